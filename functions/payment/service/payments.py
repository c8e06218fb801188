"""Payments: confirmed by an administrator, or by a notice of the payment provider."""

from datetime import datetime
from decimal import Decimal
from typing import cast
from uuid import UUID

from lms import roster
from lms.audit import audit
from lms.dynamo import Transaction, retry_stale, transaction
from lms.errors import Conflict, InvalidField, Unauthorized
from lms.money import amount_text
from lms.settings import secret
from payment import rules
from payment.rules import Mismatch, Status
from payment.schemas import Notice, NoticeTaken, NoticeView, VoucherView
from payment.service import vouchers
from payment.tables import SINGLE, PaymentNotice, Voucher

# While it is changed there are two, the new one first; a notice may be signed with either.
_WEBHOOK_SECRETS = secret("WEBHOOK_SECRET").split()
_NOTICES_KEPT = 20


class InvalidSignature(Unauthorized):
    detail = "The signature is not valid."


class PaymentMismatch(InvalidField):
    """Raised with the field that differs."""

    code = "mismatch"
    detail = "This is not the {field} of the voucher."


class VoucherCancelled(Conflict):
    code = "cancelled"
    detail = "This voucher was cancelled."


class EventIdReused(InvalidField):
    field = ("event_id",)
    code = "event_id"
    detail = "This event_id belongs to a notice with other content."


def require_signature(signature: str, body: bytes, now: datetime) -> None:
    """Raises `InvalidSignature` unless the payment provider signed this body just now."""
    if not rules.is_signed(_WEBHOOK_SECRETS, signature, body, now):
        raise InvalidSignature


@retry_stale
def confirm(voucher_no: str, admin_id: UUID, now: datetime) -> VoucherView:
    """Marks a voucher as paid now; one that is paid stays as it is. Raises `VoucherNotFound`, `VoucherCancelled`."""
    voucher = vouchers.get(voucher_no)
    if voucher.status == "cancelled":
        raise VoucherCancelled
    if voucher.status != "paid":
        with transaction() as tx:
            audit(tx, now, "voucher.confirmed", admin_id, vouchers.about(voucher), before={"status": voucher.status})
            _pay(tx, voucher, now, None, now)
    return vouchers.views([voucher], now.date())[0]


@retry_stale
def receive(notice: Notice, now: datetime) -> NoticeTaken:
    """Takes a notice of the payment provider; the same notice again gets the same answer.

    Raises `VoucherNotFound`, `EventIdReused`, `VoucherCancelled`, and `PaymentMismatch` for another amount or currency
    than the voucher's. A notice that pays nothing is kept with the voucher.
    """
    known = _find(notice)
    voucher = vouchers.get(notice.voucher_no)
    mismatch = cast(Mismatch | None, known.mismatch) if known else _apply(voucher, notice, now)
    if mismatch == "cancelled":
        raise VoucherCancelled
    if mismatch:
        raise PaymentMismatch(mismatch, field=mismatch)
    return NoticeTaken(voucher_no=voucher.voucher_no, paid_at=voucher.paid_at)


def _apply(voucher: Voucher, notice: Notice, now: datetime) -> Mismatch | None:
    status, fee = cast(Status, voucher.status), Decimal(voucher.fee)
    mismatch = rules.mismatch(status, fee, voucher.currency, notice.amount, notice.currency)
    if roster.find_user(voucher.student_id) is None:
        # An erased student has still paid, but what the payer wrote is not kept.
        notice = notice.model_copy(update={"reference": None})
    with transaction() as tx:
        if notice.reference is not None:
            roster.require_exists(tx, voucher.student_id)
        _record(tx, notice, mismatch, now)
        if mismatch or voucher.status == "paid":
            _keep(tx, voucher, notice, mismatch, now)
        else:
            _pay(tx, voucher, notice.paid_at, notice.reference, now)
    return mismatch


def _find(notice: Notice) -> PaymentNotice | None:
    known = PaymentNotice.find(notice.event_id, SINGLE)
    if known is None:
        return None
    if (known.voucher_no, Decimal(known.amount), known.currency) != (
        notice.voucher_no.upper(),
        notice.amount,
        notice.currency,
    ):
        raise EventIdReused
    return known


def _record(tx: Transaction, notice: Notice, mismatch: Mismatch | None, now: datetime) -> None:
    tx.put(
        PaymentNotice(
            event_id=notice.event_id,
            voucher_no=notice.voucher_no.upper(),
            amount=amount_text(notice.amount),
            currency=notice.currency,
            mismatch=mismatch,
            received_at=now,
        ),
        PaymentNotice.event_id.does_not_exist(),
    )


def _keep(tx: Transaction, voucher: Voucher, notice: Notice, mismatch: Mismatch | None, now: datetime) -> None:
    kept = NoticeView(
        event_id=notice.event_id,
        amount=amount_text(notice.amount),
        currency=notice.currency,
        paid_at=notice.paid_at,
        reference=notice.reference,
        reason=mismatch or "already-paid",
        received_at=now,
    )
    voucher.notices = [*voucher.notices, kept.model_dump(mode="json")][-_NOTICES_KEPT:]
    voucher.updated_at = now
    tx.put(voucher)


def _pay(tx: Transaction, voucher: Voucher, paid_at: datetime, reference: str | None, now: datetime) -> None:
    voucher.paid_at, voucher.reference = paid_at, reference
    vouchers.close(tx, voucher, "paid", now)
