"""Vouchers: issued, found, listed."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

from lms import roster
from lms.audit import audit
from lms.due import shard_of
from lms.dynamo import read_together, retry_stale, transaction
from lms.errors import Conflict, InvalidField, NotFound
from lms.events import PaymentConfirmed, VoucherEvent, VoucherIssued
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
        answer = view(voucher, tx.put(voucher), course.title, now.date())
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
        idempotent.record(tx, answer, location=location(form.student_id))
    return answer


def get(voucher_no: str) -> Voucher:
    """The voucher with this number, in upper or lower case; raises `VoucherNotFound`."""
    number = VoucherNumber.find(voucher_no.upper(), SINGLE)
    if number is None:
        raise VoucherNotFound
    return Voucher.get(number.student_id, number.voucher_id, consistent_read=True)


def list_vouchers(
    student_id: UUID | None, status: Status | None, paging: PageRequest, today: date
) -> Page[VoucherView]:
    """A student's vouchers, the newest first, or those of a status (None: of each), the one due first in front."""
    if student_id is not None:
        found, after = query_page(Voucher, [student_id], paging, consistent_read=True, scan_index_forward=False)
        found = [voucher for voucher in found if status in (None, status_of(voucher, today))]
    else:
        found, after = query_page(Voucher.status_index, paging=paging, **_partitions(status, today))
    titles = titles_of(found)
    return paging.page([view(one, one.version, titles[one.course_id], today) for one in found], after)


def _partitions(status: Status | None, today: date) -> dict[str, Any]:
    """The query for the vouchers of a status, with those that the schedule has yet to mark as overdue."""
    match status:
        case "overdue":
            return {"partitions": ["overdue", "unpaid"], "range_key_condition": Voucher.due_order < today.isoformat()}
        case "unpaid":
            # No condition on the key: one that moves on at midnight would shut out the cursors of the day before.
            return {"partitions": ["unpaid"], "filter_condition": Voucher.due_date >= today.isoformat()}
        case "paid":
            return {"partitions": ["paid"]}
        case _:
            return {"partitions": ["unpaid", "overdue", "paid"]}


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
    """The event that says how a voucher is: issued, or paid."""
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
    return VoucherIssued(**facts)


def view(voucher: Voucher, version: int, course: str, today: date) -> VoucherView:
    return VoucherView(
        voucher_no=voucher.voucher_no,
        student_id=voucher.student_id,
        course_id=voucher.course_id,
        course=course,
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


def location(student_id: UUID) -> str:
    return f"/payments/vouchers?student_id={student_id}"
