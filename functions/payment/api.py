"""The routes of payment."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Header, Path, Query, Request, Response
from pydantic import BeforeValidator

from lms.credentials import AccountsUnavailable
from lms.dependencies import ClientIp, Idempotent, Now, Paging, set_etag
from lms.errors import refuses
from lms.http import LambdaHandler, create_app
from lms.pages import Page
from lms.refusals import AccountDisabled, CourseNotFound, TooManyAttempts
from lms.security import Admin, Public, Student
from payment.rules import Status
from payment.schemas import NewVoucher, Notice, NoticeTaken, PaymentStatus, StatusRequest, VoucherView
from payment.service import payments, students, vouchers
from payment.service.payments import EventIdReused, InvalidSignature, PaymentMismatch
from payment.service.students import NoVoucher, WrongCredentials
from payment.service.vouchers import DueDatePast, NotAStudent, UnpaidVoucherExists, VoucherNotFound

app = create_app("payment")


def _lower_case(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


StatusInQuery = Annotated[Status | None, BeforeValidator(_lower_case), Query(alias="status")]


@refuses(InvalidSignature)
async def _signed(request: Request, now: Now, x_signature: Annotated[str, Header()] = "") -> None:
    payments.require_signature(x_signature, await request.body(), now)


Signed = Depends(_signed)


@app.post("/student/payment", dependencies=[Public])
@refuses(WrongCredentials, AccountDisabled, NoVoucher, TooManyAttempts, AccountsUnavailable)
def check_payment(body: StatusRequest, client_ip: ClientIp, now: Now) -> PaymentStatus:
    """The student's latest voucher."""
    return students.check(body.student_roll_no, body.password, client_ip, now)


@app.get("/student/payment")
def list_own_payments(caller: Student, paging: Paging, now: Now) -> Page[PaymentStatus]:
    """The caller's vouchers, the newest first."""
    return students.list_own(caller.id, paging, now.date())


@app.post("/payments/vouchers", status_code=201)
@refuses(DueDatePast, NotAStudent, CourseNotFound, UnpaidVoucherExists)
def issue_voucher(caller: Admin, idempotent: Idempotent, form: NewVoucher, response: Response, now: Now) -> VoucherView:
    """Issues a voucher by which a student pays for a course."""
    view = vouchers.issue(form, caller.id, idempotent, now)
    response.headers["Location"] = vouchers.location(view.student_id)
    set_etag(response, view.version)
    return view


@app.get("/payments/vouchers")
def list_vouchers(
    _: Admin, paging: Paging, now: Now, student_id: UUID | None = None, status: StatusInQuery = None
) -> Page[VoucherView]:
    """A student's vouchers, the newest first; otherwise those of a status, the one due first in front."""
    return vouchers.list_vouchers(student_id, status, paging, now.date())


@app.post("/payments/vouchers/{voucher_no}/confirm")
@refuses(VoucherNotFound)
def confirm(
    caller: Admin, voucher_no: Annotated[str, Path(max_length=64)], response: Response, now: Now
) -> VoucherView:
    """Marks a voucher as paid; doing it again changes nothing."""
    view = payments.confirm(voucher_no, caller.id, now)
    set_etag(response, view.version)
    return view


@app.post("/payments/webhook", dependencies=[Public, Signed])
@refuses(VoucherNotFound, EventIdReused, PaymentMismatch)
def take_notice(notice: Notice, now: Now) -> NoticeTaken:
    """Takes a payment that the provider reports, signed with the shared secret."""
    return payments.receive(notice, now)


handler = LambdaHandler(app)
