"""Payments: confirmed by an administrator, or told of by the payment provider."""

from datetime import datetime
from decimal import Decimal
from typing import cast

from pynamodb.exceptions import DoesNotExist

from lms import roster
from lms.dynamo import Transaction, next_version, retry_stale, transaction
from lms.errors import Invalid, Unauthorized
from lms.outbox import emit
from lms.settings import secret
from payment import rules
from payment.rules import Fault
from payment.schemas import Notice, NoticeTaken, NoticeView, VoucherView
from payment.service import vouchers
from payment.tables import PaymentNotice, UnpaidVoucher, Voucher

# While it is changed there are two, the new one first; a notice may be signed with either.
_WEBHOOK_SECRETS = secret("WEBHOOK_SECRET").split()
_NOTICES_KEPT = 20


def require_signature(signature: str, body: bytes, now: datetime) -> None:
    """Raises `Unauthorized` unless the payment provider signed this body just now."""
    if not rules.is_signed(_WEBHOOK_SECRETS, signature, body, now):
        raise Unauthorized("The signature is not valid.")


@retry_stale
def confirm(voucher_no: str, now: datetime) -> VoucherView:
    """Notes that a voucher was paid, today; one that is paid stays as it is. Raises `NotFound`."""
    voucher = vouchers.get(voucher_no)
    version = voucher.version
    if voucher.status != "paid":
        version = next_version(voucher)
        with transaction() as tx:
            _pay(tx, voucher, now, None, now)
    return vouchers.view(voucher, version, vouchers.titles_of([voucher])[voucher.course_id], now.date())


@retry_stale
def take(notice: Notice, now: datetime) -> NoticeTaken:
    """Takes what the payment provider tells; told again, it answers the same again.

    Raises `NotFound`, and `Invalid` for another amount or currency than asked for. That, and what comes for a voucher
    that is paid, is kept with the voucher.
    """
    seen = _seen(notice)
    voucher = vouchers.get(notice.voucher_no)
    fault = cast(Fault | None, seen.fault) if seen else _settle(voucher, notice, now)
    if fault:
        raise Invalid(["body", fault], f"This is not the {fault} that the voucher asks for.", "mismatch")
    return NoticeTaken(voucher_no=voucher.voucher_no, paid_at=voucher.paid_at)


def _settle(voucher: Voucher, notice: Notice, now: datetime) -> Fault | None:
    fault = rules.fault(Decimal(voucher.fee), voucher.currency, notice.amount, notice.currency)
    if roster.find_user(voucher.student_id) is None:
        # Whoever was erased has still paid, but what the payer wrote is not kept.
        notice = notice.model_copy(update={"reference": None})
    with transaction() as tx:
        if notice.reference is not None:
            roster.require_exists(tx, voucher.student_id)
        _remember(tx, notice, fault, now)
        if fault or voucher.status == "paid":
            _keep(tx, voucher, notice, fault, now)
        else:
            _pay(tx, voucher, notice.paid_at, notice.reference, now)
    return fault


def _seen(notice: Notice) -> PaymentNotice | None:
    try:
        seen = PaymentNotice.get(notice.event_id, consistent_read=True)
    except DoesNotExist:
        return None
    if (seen.voucher_no, Decimal(seen.amount), seen.currency) != (
        notice.voucher_no.upper(),
        notice.amount,
        notice.currency,
    ):
        raise Invalid(["body", "event_id"], "This event was told with other content.", "event_id")
    return seen


def _remember(tx: Transaction, notice: Notice, fault: Fault | None, now: datetime) -> None:
    tx.put(
        PaymentNotice(
            event_id=notice.event_id,
            voucher_no=notice.voucher_no.upper(),
            amount=f"{notice.amount:.2f}",
            currency=notice.currency,
            fault=fault,
            received_at=now,
        ),
        PaymentNotice.event_id.does_not_exist(),
    )


def _keep(tx: Transaction, voucher: Voucher, notice: Notice, fault: Fault | None, now: datetime) -> None:
    kept = NoticeView(
        event_id=notice.event_id,
        amount=f"{notice.amount:.2f}",
        currency=notice.currency,
        paid_at=notice.paid_at,
        reference=notice.reference,
        reason=fault or "already-paid",
        received_at=now,
    )
    voucher.notices = [*voucher.notices, kept.model_dump(mode="json")][-_NOTICES_KEPT:]
    voucher.updated_at = now
    tx.put(voucher)


def _pay(tx: Transaction, voucher: Voucher, paid_at: datetime, reference: str | None, now: datetime) -> None:
    version = next_version(voucher)
    voucher.status, voucher.paid_at, voucher.reference = "paid", paid_at, reference
    voucher.due_shard = None
    if voucher.unpaid_key is not None:
        tx.delete(UnpaidVoucher(key=voucher.unpaid_key))
        voucher.unpaid_key = None
    voucher.told_version = version
    voucher.updated_at = now
    tx.put(voucher)
    emit(tx, vouchers.told(voucher), now)
