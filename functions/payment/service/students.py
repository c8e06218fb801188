"""Vouchers as students see them, signed in or with roll number and password."""

from datetime import date, datetime
from decimal import Decimal
from typing import Literal, cast
from uuid import UUID

from lms import credentials, roster
from lms.errors import NotFound, Unauthorized
from lms.pages import Page, PageRequest, query_page
from payment import rules
from payment.schemas import PaymentStatus
from payment.service import vouchers
from payment.tables import Voucher


class WrongCredentials(Unauthorized):
    detail = "The roll number or the password is wrong."


class NoVoucher(NotFound):
    detail = "The student has no voucher."


def check(roll_no: str, password: str, client_ip: str, now: datetime) -> PaymentStatus:
    """The latest voucher of the student with this roll number and password.

    Raises `WrongCredentials`, `NoVoucher`, and as `lms.credentials.check` does.
    """
    student_id = _student_of(roll_no, password, client_ip)
    latest = list(Voucher.query(student_id, consistent_read=True, scan_index_forward=False, limit=1))
    if not latest:
        raise NoVoucher
    return _statuses(latest, now.date())[0]


def list_own(student_id: UUID, paging: PageRequest, today: date) -> Page[PaymentStatus]:
    """A student's vouchers, the newest first."""
    found, after = query_page(Voucher, [student_id], paging, consistent_read=True, scan_index_forward=False)
    return paging.page(_statuses(found, today), after)


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


def _statuses(found: list[Voucher], today: date) -> list[PaymentStatus]:
    titles = vouchers.titles_of(found)
    return [
        PaymentStatus(
            course=titles[voucher.course_id],
            quarter=voucher.quarter,
            fee=rules.fee_text(Decimal(voucher.fee), voucher.currency),
            voucher_no=voucher.voucher_no,
            payment=cast(Literal["Paid", "Unpaid", "Overdue"], vouchers.status_of(voucher, today).capitalize()),
            date=voucher.paid_at,
        )
        for voucher in found
    ]
