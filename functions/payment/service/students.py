"""Vouchers as students see them, signed in or with roll number and password."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from lms import credentials, roster
from lms.errors import NotFound, Unauthorized
from lms.pages import Page, PageRequest, query_page
from payment import rules
from payment.schemas import OwnVoucher, PaymentStatus
from payment.service import vouchers
from payment.tables import Voucher

_SHOWN = Voucher.status != "cancelled"


class WrongCredentials(Unauthorized):
    detail = "The roll number or the password is wrong."


class NoVoucher(NotFound):
    detail = "The student has no voucher."


def check(roll_no: str, password: str, client_ip: str, now: datetime) -> PaymentStatus:
    """The latest voucher of the student with this roll number and password.

    Raises `WrongCredentials`, `NoVoucher`, and as `lms.credentials.check` does.
    """
    student_id = _student_of(roll_no, password, client_ip)
    newest_first = Voucher.query(student_id, filter_condition=_SHOWN, consistent_read=True, scan_index_forward=False)
    latest = next(newest_first, None)
    if latest is None:
        raise NoVoucher
    return PaymentStatus(**_facts([latest], now.date())[0])


def list_own(student_id: UUID, paging: PageRequest, today: date) -> Page[OwnVoucher]:
    """A student's vouchers that are not cancelled, the newest first."""
    found, after = query_page(
        Voucher, [student_id], paging, filter_condition=_SHOWN, consistent_read=True, scan_index_forward=False
    )
    views = [
        OwnVoucher(
            **facts,
            due_date=date.fromisoformat(voucher.due_date),
            course_id=voucher.course_id,
            fee_amount=voucher.fee,
            currency=voucher.currency,
        )
        for voucher, facts in zip(found, _facts(found, today), strict=True)
    ]
    return paging.page(views, after)


def _student_of(roll_no: str, password: str, client_ip: str) -> UUID:
    # One answer whatever is wrong: a username with its password is refused here, too, without a hint that it is right.
    try:
        student_id = credentials.check(roll_no, password, client_ip)
    except Unauthorized:
        raise WrongCredentials from None
    card = roster.find_user(student_id)
    if card is None or card.roll_no is None or card.roll_no.casefold() != roll_no.casefold():
        raise WrongCredentials
    return student_id


def _facts(found: list[Voucher], today: date) -> list[dict[str, Any]]:
    """The fields of a `PaymentStatus` of each voucher."""
    titles = vouchers.titles_of(found)
    return [
        {
            "course": titles[voucher.course_id],
            "quarter": voucher.quarter,
            "fee": rules.fee_text(Decimal(voucher.fee), voucher.currency),
            "voucher_no": voucher.voucher_no,
            "payment": vouchers.status_of(voucher, today).capitalize(),
            "paid_at": voucher.paid_at,
        }
        for voucher in found
    ]
