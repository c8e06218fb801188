"""The routes of payment."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Header, Path, Query, Request, Response
from pydantic import BeforeValidator

from lms.dependencies import ClientIp, Idempotent, Now, Paging, set_etag
from lms.http import LambdaHandler, create_app
from lms.pages import Page
from lms.security import Admin, Public, Student
from payment.rules import Status
from payment.schemas import NewVoucher, Notice, NoticeTaken, PaymentStatus, StatusRequest, VoucherView
from payment.service import payments, students, vouchers

app = create_app("payment")


def _small_letters(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


StatusInQuery = Annotated[Status | None, BeforeValidator(_small_letters), Query(alias="status")]


async def _signed(request: Request, now: Now, x_signature: Annotated[str, Header()] = "") -> None:
    payments.require_signature(x_signature, await request.body(), now)


Signed = Depends(_signed)


@app.post("/student/payment", dependencies=[Public])
def check_payment(body: StatusRequest, client_ip: ClientIp, now: Now) -> PaymentStatus:
    """The student's latest voucher."""
    return students.check(body.student_roll_no, body.password, client_ip, now)


@app.get("/student/payment")
def list_own_payments(caller: Student, paging: Paging, now: Now) -> Page[PaymentStatus]:
    """The caller's vouchers, the newest first."""
    return students.list_own(caller.id, paging, now.date())


@app.post("/payments/vouchers", status_code=201)
def issue_voucher(_: Admin, idempotent: Idempotent, form: NewVoucher, response: Response, now: Now) -> VoucherView:
    """Asks a student to pay for a course."""
    view = vouchers.issue(form, idempotent, now)
    response.headers["Location"] = vouchers.location(view.student_id)
    set_etag(response, view.version)
    return view


@app.get("/payments/vouchers")
def list_vouchers(
    _: Admin, paging: Paging, now: Now, student_id: UUID | None = None, status: StatusInQuery = None
) -> Page[VoucherView]:
    """A student's vouchers, the newest first; else those of a status, in the order in which they are due."""
    return vouchers.list_vouchers(student_id, status, paging, now.date())


@app.post("/payments/vouchers/{voucher_no}/confirm")
def confirm(_: Admin, voucher_no: Annotated[str, Path(max_length=64)], response: Response, now: Now) -> VoucherView:
    """Notes that a voucher was paid; again changes nothing."""
    view = payments.confirm(voucher_no, now)
    set_etag(response, view.version)
    return view


@app.post("/payments/webhook", dependencies=[Public, Signed])
def take_notice(notice: Notice, now: Now) -> NoticeTaken:
    """The payment provider tells of a payment, signed with the shared secret."""
    return payments.take(notice, now)


handler = LambdaHandler(app)
