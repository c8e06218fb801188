"""What clients send and see."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, Field
from pydantic.alias_generators import to_pascal

from lms.fields import Body, Day, Moment, Name, View
from lms.institute import default_currency
from lms.money import Currency, Money
from lms.profile_fields import Password
from payment.rules import Status


class StatusRequest(Body):
    """A student's roll number and password, in the founding document's spelling."""

    model_config = ConfigDict(alias_generator=to_pascal)

    student_roll_no: Name
    password: Password


class PaymentStatus(View):
    """A voucher as students see it; `Date` is when it was paid."""

    model_config = ConfigDict(alias_generator=to_pascal, validate_by_name=True, serialize_by_alias=True)

    course: str
    quarter: str
    fee: str
    voucher_no: str
    payment: Literal["Paid", "Unpaid", "Overdue"]
    paid_at: Annotated[datetime | None, Field(alias="Date")]


class OwnVoucher(PaymentStatus):
    """A voucher in its student's list: also until when to pay what; `fee_amount` is a decimal number, as text."""

    due_date: Annotated[date, Field(alias="due_date")]
    course_id: Annotated[UUID, Field(alias="course_id")]
    fee_amount: Annotated[str, Field(alias="fee_amount")]
    currency: Annotated[str, Field(alias="currency")]


class NewVoucher(Body):
    """`due_date`: the last day (in UTC) on which the voucher is not overdue. `currency`: the institute's by default."""

    student_id: UUID
    course_id: UUID
    quarter: Name
    fee: Money
    currency: Annotated[Currency, Field(default_factory=default_currency)]
    due_date: Day


class NoticeView(View):
    """A payment that paid nothing, because of its amount or currency, or because the voucher was cancelled or paid.

    `reference` is null once the student was erased.
    """

    event_id: str
    amount: str
    currency: str
    paid_at: datetime
    reference: str | None
    reason: Literal["amount", "currency", "cancelled", "already-paid"]
    received_at: datetime


class VoucherView(View):
    """A voucher as administrators see it; `fee` is a decimal number with two places, as text.

    `student_name` is null once the student was erased.
    """

    voucher_no: str
    student_id: UUID
    student_name: str | None
    course_id: UUID
    course_title: str
    quarter: str
    fee: str
    currency: str
    due_date: date
    status: Status
    paid_at: datetime | None
    reference: str | None
    notices: list[NoticeView]
    version: int
    created_at: datetime
    updated_at: datetime


class Notice(Body):
    """A payment that the provider reports."""

    event_id: Name
    voucher_no: Name
    amount: Money
    currency: Currency
    paid_at: Moment
    reference: Name


class NoticeTaken(View):
    voucher_no: str
    status: Literal["paid"] = "paid"
    paid_at: datetime
