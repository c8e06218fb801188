"""What events of exams, results and vouchers give to tell, now and later.

An occasion keeps the newest version told of it, in the transaction that plans its notices: what comes twice or late
tells nothing, and whatever stops the work before the fan-out has a notice, the tick finds it due. Of what is no news
only that which is still to come is planned.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import cast
from uuid import UUID

from pynamodb.exceptions import DoesNotExist

from lms import roster
from lms.dynamo import Transaction, retry_stale, transaction
from lms.events import ExamCancelled, ExamState, PaymentConfirmed, ResultRecorded, VoucherEvent
from notification.rules import schedules
from notification.rules.messages import NoticeKind, notice_id, origin
from notification.service import broadcasts
from notification.service.broadcasts import Condition
from notification.service.telling import Notice
from notification.tables import Occasion

_CANCELLED = "cancelled"
_WITHDRAWN = "withdrawn"
_PAID = "paid"
_UNPAID = "unpaid"


def exam_told(event: ExamState, now: datetime, *, is_news: bool) -> None:
    """An exam is scheduled or moved: its class hears of it, now and before it opens.

    A reminder whose time is over is not made up for: the notice of the move has just named the time.
    """
    _launch(_plan_exam(event, now, is_news))


@retry_stale
def _plan_exam(event: ExamState, now: datetime, is_news: bool) -> list[UUID]:
    known = _find(event.subject)
    if known is not None and known.told_version >= event.version:
        return []
    facts = {
        "exam": event.title,
        "opens_at": event.opens_at.isoformat(),
        "closes_at": event.closes_at.isoformat(),
        **course_facts(event.course_id),
    }
    times, expected = _times(facts), _expected_times(known, now)
    kind: NoticeKind = "exam_scheduled" if expected is None else "exam_moved"
    announcement = f"{kind} {notice_id(origin(event))}" if is_news else ""
    if known is not None and expected == times:
        announcement = known.facts.get("announcement", "")
    facts["announcement"] = announcement
    with transaction() as tx:
        _note(tx, known, event.subject, event.version, times, facts)
        # An exam that is over when it is first heard of (a projection filled anew) is no news.
        if event.closes_at <= now or (known is not None and known.state == times):
            return []
        while_so = Condition(event.subject, times)
        for before in schedules.EXAM_REMINDERS:
            due_at = event.opens_at - before
            if due_at > now:
                reminder = Notice(
                    notice_id(f"reminder {event.subject} {times} {before}"),
                    "exam_reminder",
                    facts,
                    valid_until=event.opens_at,
                )
                broadcasts.plan(tx, reminder, due_at, course_id=event.course_id, only_while=while_so)
        if not (is_news and announcement):
            return []
        # What was withdrawn and comes back unchanged is announced as before: who heard of it hears nothing again.
        announced, _, known_as = announcement.partition(" ")
        notice = Notice(UUID(known_as), cast(NoticeKind, announced), facts, valid_until=event.closes_at)
        planned = broadcasts.plan(tx, notice, now, course_id=event.course_id, only_while=while_so)
    return [planned]


def _times(facts: Mapping[str, str]) -> str:
    return f"{facts['opens_at']} {facts['closes_at']}"


def _expected_times(known: Occasion | None, now: datetime) -> str | None:
    """When a class expects an exam, as far as it was told; None when it expects none."""
    if known is None or known.state == _CANCELLED:
        return None
    if _is_withdrawn(known) and datetime.fromisoformat(known.facts["cancelled_at"]) <= now:
        return None
    return _times(known.facts)


def _is_withdrawn(known: Occasion) -> bool:
    return bool(known.state.startswith(_WITHDRAWN))


def exam_cancelled(event: ExamCancelled, now: datetime, *, is_news: bool) -> None:
    """An exam is cancelled: who heard of it hears that, and its reminders fall silent.

    Of one that is only withdrawn they hear later, unless it is published again by then: it is being changed.
    """
    _launch(_plan_cancellation(event, now, is_news))


@retry_stale
def _plan_cancellation(event: ExamCancelled, now: datetime, is_news: bool) -> list[UUID]:
    known = _find(event.subject)
    if known is not None and known.told_version >= event.version:
        return []
    facts = dict(known.facts) if known is not None else {}
    with transaction() as tx:
        if known is None or known.state == _CANCELLED or datetime.fromisoformat(facts["closes_at"]) <= now:
            _note(tx, known, event.subject, event.version, _CANCELLED, facts)
            return []
        if event.withdrawn:
            opens_at, closes_at = (datetime.fromisoformat(facts[name]) for name in ("opens_at", "closes_at"))
            due_at = schedules.cancelled_at(opens_at, closes_at, now)
            notice = Notice(notice_id(origin(event)), "exam_cancelled", facts)
            facts = {**facts, "cancelled_at": due_at.isoformat(), "cancelled_by": str(notice.id)}
            state = f"{_WITHDRAWN} {event.version}"
            _note(tx, known, event.subject, event.version, state, facts)
            while_so = Condition(event.subject, state)
            broadcasts.plan(tx, notice, due_at, course_id=event.course_id, only_while=while_so)
            return []
        _note(tx, known, event.subject, event.version, _CANCELLED, facts)
        if not is_news:
            return []
        # Withdrawn before, it has a notice already: who got that one gets no other.
        planned_before = facts["cancelled_by"] if _is_withdrawn(known) else None
        notice = Notice(UUID(planned_before) if planned_before else notice_id(origin(event)), "exam_cancelled", facts)
        planned = broadcasts.plan(tx, notice, now, course_id=event.course_id)
    return [planned]


def result_told(event: ResultRecorded, now: datetime, *, is_news: bool) -> None:
    """A result is out, or another one by now; one that is taken back is not told."""
    _launch(_plan_result(event, now, is_news))


@retry_stale
def _plan_result(event: ResultRecorded, now: datetime, is_news: bool) -> list[UUID]:
    known = _find(event.subject)
    if known is not None and known.told_version >= event.version:
        return []
    exam = _find(f"exam#{event.exam_id}")
    facts = {
        "exam": exam.facts.get("exam", "") if exam else "",
        "score": f"{event.score:f}",
        "status": event.status,
        **course_facts(event.course_id),
    }
    with transaction() as tx:
        _note(tx, known, event.subject, event.version, "released" if event.released else "withheld", {})
        if not (event.released and is_news):
            return []
        notice = Notice(notice_id(origin(event)), "result_released", facts)
        while_so = Condition(event.subject, "released")
        planned = broadcasts.plan(tx, notice, now, recipients=[event.student_id], only_while=while_so)
    return [planned]


def voucher_told(event: VoucherEvent, now: datetime, *, is_news: bool) -> None:
    """A voucher is issued: its student hears of it, before it is due, and once it is overdue; or it is paid."""
    _launch(_plan_voucher(event, now, is_news))


@retry_stale
def _plan_voucher(event: VoucherEvent, now: datetime, is_news: bool) -> list[UUID]:
    known = _find(event.subject)
    if known is not None and known.told_version >= event.version:
        return []
    paid = isinstance(event, PaymentConfirmed)
    facts = {
        "voucher_no": event.voucher_no,
        "fee": f"{event.fee:f}",
        "currency": event.currency,
        "due_date": f"{event.due_date:%d %B %Y}",
        **course_facts(event.course_id),
    }
    with transaction() as tx:
        _note(tx, known, event.subject, event.version, _PAID if paid else _UNPAID, facts)
        if not paid:
            _plan_payment_reminders(tx, event, facts, now)
        if not is_news:
            return []
        kind: NoticeKind = "payment_confirmed" if paid else "voucher_issued"
        planned = broadcasts.plan(tx, Notice(notice_id(origin(event)), kind, facts), now, recipients=[event.student_id])
    return [planned]


def _plan_payment_reminders(tx: Transaction, event: VoucherEvent, facts: Mapping[str, str], now: datetime) -> None:
    reminders: tuple[tuple[NoticeKind, datetime], ...] = (
        ("payment_due_soon", schedules.due_soon_at(event.due_date)),
        ("payment_overdue", schedules.overdue_at(event.due_date)),
    )
    for kind, due_at in reminders:
        if due_at > now:
            notice = Notice(notice_id(f"{kind} {event.subject} {event.due_date}"), kind, facts)
            while_so = Condition(event.subject, _UNPAID)
            broadcasts.plan(tx, notice, due_at, recipients=[event.student_id], only_while=while_so)


def course_facts(course_id: UUID | None) -> dict[str, str]:
    """The title of a course, as far as there is one."""
    card = roster.find_course(course_id) if course_id is not None else None
    return {"course": card.title} if card is not None and card.title else {}


def _launch(planned: list[UUID]) -> None:
    for broadcast_id in planned:
        broadcasts.launch(broadcast_id)


def _find(key: str) -> Occasion | None:
    try:
        return Occasion.get(key, consistent_read=True)
    except DoesNotExist:
        return None


def _note(
    tx: Transaction, known: Occasion | None, key: str, version: int, state: str, facts: Mapping[str, str]
) -> None:
    unchanged = Occasion.told_version.does_not_exist() if known is None else Occasion.told_version == known.told_version
    tx.put(Occasion(key=key, told_version=version, state=state, facts=dict(facts)), unchanged)
