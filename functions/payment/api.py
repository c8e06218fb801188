"""The routes of payment."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Header, Path, Query, Request, Response
from pydantic import BeforeValidator

from lms.credentials import AccountsUnavailable
from lms.dependencies import ClientIp, Idempotent, IfMatch, Now, Paging, set_etag
from lms.errors import refuses
from lms.http import LambdaHandler, create_app
from lms.pages import Page
from lms.refusals import AccountDisabled, CourseNotFound, TooManyAttempts
from lms.security import Admin, Public, Student
from payment.rules import Status
from payment.schemas import NewVoucher, Notice, NoticeTaken, OwnVoucher, PaymentStatus, StatusRequest, VoucherView
from payment.service import payments, students, vouchers
from payment.service.payments import EventIdReused, InvalidSignature, PaymentMismatch, VoucherCancelled
from payment.service.students import NoVoucher, WrongCredentials
from payment.service.vouchers import DueDatePast, NotAStudent, UnpaidVoucherExists, VoucherNotFound, VoucherPaid

app = create_app("payment")


def _lower_case(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


VoucherNo = Annotated[str, Path(max_length=64)]
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
def list_own_payments(caller: Student, paging: Paging, now: Now) -> Page[OwnVoucher]:
    """The caller's vouchers that are not cancelled, the newest first."""
    return students.list_own(caller.id, paging, now.date())


@app.post("/payments/vouchers", status_code=201)
@refuses(DueDatePast, NotAStudent, CourseNotFound, UnpaidVoucherExists)
def issue_voucher(caller: Admin, idempotent: Idempotent, form: NewVoucher, response: Response, now: Now) -> VoucherView:
    """Issues a voucher by which a student pays for a course."""
    view = vouchers.issue(form, caller.id, idempotent, now)
    response.headers["Location"] = vouchers.location(view.voucher_no)
    set_etag(response, view.version)
    return view


@app.get("/payments/vouchers")
def list_vouchers(
    _: Admin,
    paging: Paging,
    now: Now,
    student_id: UUID | None = None,
    course_id: UUID | None = None,
    status: StatusInQuery = None,
) -> Page[VoucherView]:
    """A student's or a course's vouchers, the newest first; otherwise those of a status, the one due first in front."""
    return vouchers.list_vouchers(student_id, course_id, status, paging, now.date())


@app.get("/payments/vouchers/{voucher_no}")
@refuses(VoucherNotFound)
def get_voucher(_: Admin, voucher_no: VoucherNo, response: Response, now: Now) -> VoucherView:
    """One voucher, by its number."""
    view = vouchers.show(voucher_no, now.date())
    set_etag(response, view.version)
    return view


@app.delete("/payments/vouchers/{voucher_no}", status_code=204)
@refuses(VoucherNotFound, VoucherPaid)
def cancel_voucher(caller: Admin, voucher_no: VoucherNo, if_match: IfMatch, now: Now) -> None:
    """Cancels a voucher that is not paid; the student hears of it. It stays listed, as cancelled."""
    vouchers.cancel(voucher_no, caller.id, if_match, now)


@app.post("/payments/vouchers/{voucher_no}/confirm")
@refuses(VoucherNotFound, VoucherCancelled)
def confirm_voucher(caller: Admin, voucher_no: VoucherNo, response: Response, now: Now) -> VoucherView:
    """Marks a voucher as paid; doing it again changes nothing."""
    view = payments.confirm(voucher_no, caller.id, now)
    set_etag(response, view.version)
    return view


@app.post("/payments/webhook", dependencies=[Public, Signed])
@refuses(VoucherNotFound, VoucherCancelled, EventIdReused, PaymentMismatch)
def receive_payment_notice(notice: Notice, now: Now) -> NoticeTaken:
    """Takes a payment that the provider reports, signed with the shared secret."""
    return payments.receive(notice, now)


handler = LambdaHandler(app)
