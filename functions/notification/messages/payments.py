"""Messages about the fee for a course."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from notification.messages.message import Line, Message, Money
from notification.rules.preferences import Group


class _AboutVoucher(Message):
    group: ClassVar[Group | None] = "payment"
    voucher_no: Line
    course_id: UUID | None = None
    course: Line | None
    fee: Money
    due_date: date

    @property
    def path(self) -> str:
        return f"/app/payments/{self.voucher_no}"


class VoucherIssued(_AboutVoucher):
    kind = "voucher_issued"


class VoucherCancelled(_AboutVoucher):
    kind = "voucher_cancelled"


class PaymentDueSoon(_AboutVoucher):
    kind = "payment_due_soon"


class PaymentOverdue(_AboutVoucher):
    kind = "payment_overdue"


class PaymentConfirmed(_AboutVoucher):
    kind = "payment_confirmed"
