"""Vouchers and their payment. Emitted by payment."""

from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from lms.events import Event


class VoucherEvent(Event):
    """`fee` is exact, in units of `currency` (ISO 4217)."""

    topic: ClassVar[str] = "lms.payment"
    voucher_no: str
    student_id: UUID
    course_id: UUID
    quarter: str
    fee: Decimal
    currency: str
    due_date: date

    @property
    def subject(self) -> str:
        return f"voucher#{self.voucher_no}"


class VoucherIssued(VoucherEvent):
    type: ClassVar[str] = "lms.voucher.issued.v1"


class VoucherCancelled(VoucherEvent):
    """An unpaid voucher is not to be paid any more."""

    type: ClassVar[str] = "lms.voucher.cancelled.v1"


class PaymentConfirmed(VoucherEvent):
    type: ClassVar[str] = "lms.payment.confirmed.v1"
    paid_at: datetime
