"""Vouchers: issued, found, listed."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal, cast
from uuid import UUID

from lms import roster
from lms.audit import audit
from lms.due import shard_of
from lms.dynamo import Transaction, read_together, retry_stale, transaction
from lms.errors import Conflict, InvalidField, NotFound
from lms.etags import Precondition, require_match
from lms.events.payments import PaymentConfirmed, VoucherCancelled, VoucherEvent, VoucherIssued
from lms.idempotency import IdempotentAnswer
from lms.ids import uuid7
from lms.money import amount_text
from lms.outbox import emit
from lms.pages import Page, PageRequest, query_page
from lms.refusals import CourseNotFound
from payment import rules
from payment.rules import Status
from payment.schemas import NewVoucher, NoticeView, VoucherView
from payment.tables import SINGLE, UnpaidVoucher, Voucher, VoucherNumber


class DueDatePast(InvalidField):
    field = ("due_date",)
    code = "past"
    detail = "The due date is in the past."


class NotAStudent(InvalidField):
    field = ("student_id",)
    code = "unknown"
    detail = "This person is not a student."


class UnpaidVoucherExists(Conflict):
    code = "unpaid-voucher"
    detail = "The student has an unpaid voucher for this course and quarter."


class VoucherPaid(Conflict):
    code = "paid"
    detail = "This voucher is paid."


class VoucherNotFound(NotFound):
    detail = "There is no such voucher."


@retry_stale
def issue(form: NewVoucher, admin_id: UUID, idempotent: IdempotentAnswer, now: datetime) -> VoucherView:
    """Issues a voucher under a new number.

    Raises `DueDatePast`, `NotAStudent`, `CourseNotFound`, `UnpaidVoucherExists`.
    """
    if form.due_date < now.date():
        raise DueDatePast
    student, course = read_together([roster.user_key(form.student_id), roster.course_key(form.course_id)])
    if student is None or student.role != "student":
        raise NotAStudent
    if course is None:
        raise CourseNotFound
    voucher_id, voucher_no = uuid7(), rules.new_voucher_no()
    unpaid_key = rules.unpaid_key(form.student_id, form.course_id, form.quarter)
    voucher = Voucher(
        student_id=form.student_id,
        id=voucher_id,
        voucher_no=voucher_no,
        course_id=form.course_id,
        course_title=course.title,
        quarter=form.quarter,
        fee=amount_text(form.fee),
        currency=form.currency,
        due_date=form.due_date.isoformat(),
        due_order=f"{form.due_date.isoformat()}#{voucher_id}",
        due_shard=shard_of(voucher_no),
        due_at=rules.end_of(form.due_date),
        status="unpaid",
        unpaid_key=unpaid_key,
        created_at=now,
        updated_at=now,
    )
    with transaction() as tx:
        answer = _view(voucher, tx.put(voucher), student.name, course.title, now.date())
        tx.put(
            VoucherNumber(voucher_no=voucher_no, student_id=form.student_id, voucher_id=voucher_id),
            VoucherNumber.voucher_no.does_not_exist(),
        )
        tx.put(
            UnpaidVoucher(key=unpaid_key, voucher_id=voucher_id),
            UnpaidVoucher.key.does_not_exist(),
            refuse=UnpaidVoucherExists(),
        )
        emit(tx, event_of(voucher), now)
        audit(tx, now, "voucher.issued", admin_id, about(voucher), after=amount(voucher))
        idempotent.record(tx, answer, location=location(voucher_no))
    return answer


def get(voucher_no: str) -> Voucher:
    """The voucher with this number, in upper or lower case; raises `VoucherNotFound`."""
    number = VoucherNumber.find(voucher_no.upper(), SINGLE)
    if number is None:
        raise VoucherNotFound
    return Voucher.get(number.student_id, number.voucher_id, consistent_read=True)


def show(voucher_no: str, today: date) -> VoucherView:
    """One voucher; raises `VoucherNotFound`."""
    return views([get(voucher_no)], today)[0]


@retry_stale
def cancel(voucher_no: str, admin_id: UUID, if_match: Precondition, now: datetime) -> None:
    """Cancels an unpaid voucher; raises `VoucherNotFound` (also of a cancelled one), `VoucherPaid`,
    `PreconditionFailed`."""
    voucher = get(voucher_no)
    if voucher.status == "cancelled":
        raise VoucherNotFound
    if voucher.status == "paid":
        raise VoucherPaid
    require_match(voucher.version, if_match)
    with transaction() as tx:
        before = {**amount(voucher), "status": status_of(voucher, now.date())}
        audit(tx, now, "voucher.cancelled", admin_id, about(voucher), before=before)
        close(tx, voucher, "cancelled", now)


def close(tx: Transaction, voucher: Voucher, status: Literal["paid", "cancelled"], now: datetime) -> None:
    """Adds to the transaction that a voucher is no longer to be paid, and its event."""
    voucher.status, voucher.due_shard, voucher.updated_at = status, None, now
    if voucher.unpaid_key is not None:
        tx.delete(UnpaidVoucher(key=voucher.unpaid_key))
        voucher.unpaid_key = None
    voucher.event_version = tx.put(voucher)
    emit(tx, event_of(voucher), now)


def list_vouchers(
    student_id: UUID | None, course_id: UUID | None, status: Status | None, paging: PageRequest, today: date
) -> Page[VoucherView]:
    """A student's or a course's vouchers, the newest first, or those of a status (None: of each), by due date."""
    if student_id is not None:
        found, after = query_page(Voucher, [student_id], paging, consistent_read=True, scan_index_forward=False)
    elif course_id is not None:
        found, after = query_page(Voucher.course_index, [course_id], paging, scan_index_forward=False)
    else:
        found, after = query_page(Voucher.status_index, paging=paging, **_partitions(status, today))
    wanted = [
        voucher
        for voucher in found
        if course_id in (None, voucher.course_id) and status in (None, status_of(voucher, today))
    ]
    return paging.page(views(wanted, today), after)


def _partitions(status: Status | None, today: date) -> dict[str, Any]:
    """The query for the vouchers of a status, with those that the schedule has yet to mark as overdue."""
    match status:
        case "overdue":
            return {"partitions": ["overdue", "unpaid"], "range_key_condition": Voucher.due_order < today.isoformat()}
        case "unpaid":
            # No condition on the key: one that moves on at midnight would shut out the cursors of the day before.
            return {"partitions": ["unpaid"], "filter_condition": Voucher.due_date >= today.isoformat()}
        case None:
            return {"partitions": ["unpaid", "overdue", "paid", "cancelled"]}
        case _:
            return {"partitions": [status]}


def titles_of(vouchers: list[Voucher]) -> dict[UUID, str]:
    """The titles of the vouchers' courses: today's, or the last one of a deleted course."""
    cards = roster.find_courses({voucher.course_id for voucher in vouchers})
    titles = {voucher.course_id: str(voucher.course_title) for voucher in vouchers}
    return titles | {course_id: str(card.title) for course_id, card in cards.items()}


def status_of(voucher: Voucher, today: date) -> Status:
    return rules.status(cast(Status, voucher.status), date.fromisoformat(voucher.due_date), today)


def about(voucher: Voucher) -> dict[str, UUID | str]:
    """What an entry of the audit trail about a voucher is found by."""
    return {"voucher": voucher.voucher_no, "course": voucher.course_id, "user": voucher.student_id}


def amount(voucher: Voucher) -> dict[str, str]:
    return {"fee": voucher.fee, "currency": voucher.currency, "due_date": voucher.due_date}


def event_of(voucher: Voucher) -> VoucherEvent:
    """The event that says how a voucher is: issued, cancelled, or paid."""
    facts: dict[str, Any] = {
        "version": voucher.event_version,
        "voucher_no": voucher.voucher_no,
        "student_id": voucher.student_id,
        "course_id": voucher.course_id,
        "quarter": voucher.quarter,
        "fee": Decimal(voucher.fee),
        "currency": voucher.currency,
        "due_date": date.fromisoformat(voucher.due_date),
    }
    if voucher.status == "paid":
        return PaymentConfirmed(**facts, paid_at=voucher.paid_at)
    return VoucherCancelled(**facts) if voucher.status == "cancelled" else VoucherIssued(**facts)


def views(vouchers: list[Voucher], today: date) -> list[VoucherView]:
    """Vouchers with the names of their students and courses."""
    students = list({voucher.student_id for voucher in vouchers})
    courses = list({voucher.course_id for voucher in vouchers})
    cards = read_together([*map(roster.user_key, students), *map(roster.course_key, courses)])
    known = {card.id: card for card in cards if card is not None}
    return [
        _view(
            voucher,
            voucher.version,
            known[voucher.student_id].name if voucher.student_id in known else None,
            known[voucher.course_id].title if voucher.course_id in known else voucher.course_title,
            today,
        )
        for voucher in vouchers
    ]


def _view(voucher: Voucher, version: int, student_name: str | None, course_title: str, today: date) -> VoucherView:
    return VoucherView(
        voucher_no=voucher.voucher_no,
        student_id=voucher.student_id,
        student_name=student_name,
        course_id=voucher.course_id,
        course_title=course_title,
        quarter=voucher.quarter,
        fee=voucher.fee,
        currency=voucher.currency,
        due_date=date.fromisoformat(voucher.due_date),
        status=status_of(voucher, today),
        paid_at=voucher.paid_at,
        reference=voucher.reference,
        notices=[NoticeView.model_validate(notice) for notice in voucher.notices],
        version=version,
        created_at=voucher.created_at,
        updated_at=voucher.updated_at,
    )


def location(voucher_no: str) -> str:
    return f"/payments/vouchers/{voucher_no}"
