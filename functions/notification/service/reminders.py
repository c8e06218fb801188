"""What people are written about exams, results and vouchers: now, and again before a date.

The subject of the events keeps the newest version published of it, in the transaction that plans its messages: what
comes twice or late plans nothing, and whatever stops the work before the fan-out has a message, the tick finds it due.
Of what is no news only that which is still to come is planned.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from lms.dynamo import Transaction, retry_stale, transaction
from lms.events import Event, exams, payments
from notification.messages import KINDS
from notification.messages.exams import AttemptReopened, ExamCancelled, ExamReminder, ResultReleased
from notification.messages.message import Message, Money
from notification.messages.payments import (
    PaymentConfirmed,
    PaymentDueSoon,
    PaymentOverdue,
    VoucherCancelled,
    VoucherIssued,
)
from notification.rules import schedules
from notification.rules.exams import AnnouncedExam
from notification.rules.identities import source_id, source_of
from notification.service import broadcasts
from notification.service.broadcasts import Condition
from notification.service.courses import course_title
from notification.service.notifications import notify
from notification.tables import Subject

_CANCELLED = "cancelled"
_RELEASED = "released"
_WITHHELD = "withheld"
_UNPAID = "unpaid"
# What a voucher is by the type of its event, and what its student is written.
_VOUCHERS: dict[type[payments.VoucherEvent], tuple[str, type[Message]]] = {
    payments.VoucherIssued: (_UNPAID, VoucherIssued),
    payments.VoucherCancelled: ("cancelled", VoucherCancelled),
    payments.PaymentConfirmed: ("paid", PaymentConfirmed),
}


def exam_changed(event: exams.ExamState, now: datetime, *, is_news: bool) -> None:
    """An exam is scheduled or moved: its class hears of it, now and before it opens.

    A reminder whose time is over is not made up for: the message of the move has just named the time.
    """
    _launch(_plan_exam(event, now, is_news))


@retry_stale
def _plan_exam(event: exams.ExamState, now: datetime, is_news: bool) -> UUID | None:
    subject = Subject.find(event.subject)
    if _is_late(subject, event):
        return None
    before = _announced(subject)
    exam = AnnouncedExam.published(event, course_title(event.course_id), before, now, is_news=is_news)
    only_while = Condition(event.subject, exam.state)
    with transaction() as tx:
        _save(tx, subject, event, exam.state, exam.model_dump(mode="json"))
        # An exam that is over when it is first heard of (a projection filled anew) is no news.
        if event.closes_at <= now or (before is not None and before.state == exam.state):
            return None
        for ahead in schedules.EXAM_REMINDERS:
            due_at = event.opens_at - ahead
            if due_at > now:
                source = f"reminder {event.subject} {exam.state} {ahead}"
                reminder = ExamReminder(**exam.facts)
                broadcasts.plan(tx, reminder, source, due_at, course_id=event.course_id, only_while=only_while)
        if exam.announced_as is None or not is_news:
            return None
        # What was withdrawn and comes back unchanged is announced as before: who heard of it hears nothing again.
        message = KINDS[exam.announced_as](**exam.facts)
        return broadcasts.plan(tx, message, exam.announced_by, now, course_id=event.course_id, only_while=only_while)


def exam_cancelled(event: exams.ExamCancelled, now: datetime, *, is_news: bool) -> None:
    """An exam is cancelled: who heard of it hears that, and no reminder of it goes out any more.

    Of one that is only withdrawn they hear later, unless it is published again by then: it is being changed.
    """
    _launch(_plan_cancellation(event, now, is_news))


@retry_stale
def _plan_cancellation(event: exams.ExamCancelled, now: datetime, is_news: bool) -> UUID | None:
    subject = Subject.find(event.subject)
    if _is_late(subject, event):
        return None
    exam = _announced(subject)
    with transaction() as tx:
        if exam is None or exam.status == _CANCELLED or exam.closes_at <= now:
            _save(tx, subject, event, _CANCELLED, exam.cancelled().model_dump(mode="json") if exam else {})
            return None
        message = ExamCancelled(**exam.facts)
        if event.withdrawn:
            due_at = schedules.cancelled_at(*exam.times, now)
            source = source_of(event)
            exam = exam.withdrawn(event.version, source=source, cancelled_at=due_at)
            _save(tx, subject, event, exam.state, exam.model_dump(mode="json"))
            only_while = Condition(event.subject, exam.state)
            broadcasts.plan(tx, message, source, due_at, course_id=event.course_id, only_while=only_while)
            return None
        _save(tx, subject, event, _CANCELLED, exam.cancelled().model_dump(mode="json"))
        if not is_news:
            return None
        # Withdrawn before, it has a message already: who got that one gets no other.
        source = exam.cancelled_by if exam.status == "withdrawn" else source_of(event)
        return broadcasts.plan(tx, message, source, now, course_id=event.course_id)


def attempt_reopened(event: exams.AttemptReopened, now: datetime) -> None:
    """The student hears that they can answer again; what comes too late goes by no mail (`valid_until`)."""
    exam = _announced(Subject.find(f"exam#{event.exam_id}"))
    message = AttemptReopened(
        exam_id=event.exam_id,
        exam=exam.exam if exam else None,
        course_id=event.course_id,
        course=course_title(event.course_id),
        until=event.until,
    )
    notify(message, source_id(source_of(event)), [event.student_id], now)


def result_recorded(event: exams.ResultRecorded, now: datetime, *, is_news: bool) -> None:
    """The student hears of a result that is out, or has changed; not of one that is taken back."""
    _launch(_plan_result(event, now, is_news))


@retry_stale
def _plan_result(event: exams.ResultRecorded, now: datetime, is_news: bool) -> UUID | None:
    subject = Subject.find(event.subject)
    if _is_late(subject, event):
        return None
    exam = _announced(Subject.find(f"exam#{event.exam_id}"))
    with transaction() as tx:
        _save(tx, subject, event, _RELEASED if event.released else _WITHHELD, {})
        if not (event.released and is_news):
            return None
        message = ResultReleased(
            exam_id=event.exam_id,
            exam=exam.exam if exam else None,
            course_id=event.course_id,
            course=course_title(event.course_id),
            score=event.score,
            status=event.status,
        )
        only_while = Condition(event.subject, _RELEASED)
        return broadcasts.plan(tx, message, source_of(event), now, recipients=[event.student_id], only_while=only_while)


def voucher_changed(event: payments.VoucherEvent, now: datetime, *, is_news: bool) -> None:
    """A voucher is issued: its student hears of it, before it is due, and once it is overdue; or it is paid, or
    cancelled."""
    _launch(_plan_voucher(event, now, is_news))


@retry_stale
def _plan_voucher(event: payments.VoucherEvent, now: datetime, is_news: bool) -> UUID | None:
    subject = Subject.find(event.subject)
    if _is_late(subject, event):
        return None
    state, message = _VOUCHERS[type(event)]
    facts = {
        "voucher_no": event.voucher_no,
        "course_id": event.course_id,
        "course": course_title(event.course_id),
        "fee": Money(amount=event.fee, currency=event.currency),
        "due_date": event.due_date,
    }
    with transaction() as tx:
        _save(tx, subject, event, state, {})
        if state == _UNPAID:
            _plan_payment_reminders(tx, event, facts, now)
        if not is_news:
            return None
        return broadcasts.plan(tx, message(**facts), source_of(event), now, recipients=[event.student_id])


def _plan_payment_reminders(
    tx: Transaction, event: payments.VoucherEvent, facts: Mapping[str, Any], now: datetime
) -> None:
    reminders: tuple[tuple[Message, datetime], ...] = (
        (PaymentDueSoon(**facts), schedules.due_soon_at(event.due_date)),
        (PaymentOverdue(**facts), schedules.overdue_at(event.due_date)),
    )
    only_while = Condition(event.subject, _UNPAID)
    for message, due_at in reminders:
        if due_at > now:
            source = f"{message.kind} {event.subject} {event.due_date}"
            broadcasts.plan(tx, message, source, due_at, recipients=[event.student_id], only_while=only_while)


def _launch(planned: UUID | None) -> None:
    if planned is not None:
        broadcasts.launch(planned)


def _announced(subject: Subject | None) -> AnnouncedExam | None:
    return AnnouncedExam.model_validate(subject.facts) if subject is not None and subject.facts else None


def _is_late(subject: Subject | None, event: Event) -> bool:
    return subject is not None and subject.source_version >= event.version


def _save(tx: Transaction, known: Subject | None, event: Event, state: str, facts: Mapping[str, Any]) -> None:
    version = known.source_version if known is not None else None
    unchanged = Subject.source_version == version if version else Subject.source_version.does_not_exist()
    tx.put(Subject(key=event.subject, source_version=event.version, state=state, facts=dict(facts)), unchanged)
