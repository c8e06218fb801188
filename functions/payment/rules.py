"""The rules of vouchers: values in, decisions out."""

import hmac
import re
import secrets
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Literal
from uuid import UUID

from lms.texts import uniqueness_key

Status = Literal["unpaid", "overdue", "paid", "cancelled"]
Mismatch = Literal["amount", "currency", "cancelled"]

SIGNED_WITHIN_SECONDS = 300
# Crockford's base 32: no I, L, O, U to misread. 12 characters are 60 random bits.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH = 12
_SIGNATURE = re.compile(r"t=(\d{1,12}),v1=([0-9a-fA-F]{64})", re.ASCII)


def new_voucher_no() -> str:
    """A voucher's number: fit to be typed at a bank, and not to be guessed from another."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))


def unpaid_key(student_id: UUID, course_id: UUID, quarter: str) -> str:
    """Equal for two vouchers that may not be unpaid at once; quarters that look the same are the same."""
    return f"{student_id}#{course_id}#{uniqueness_key(quarter)}"


def end_of(due: date) -> datetime:
    """The last moment at which a voucher can be paid in time. Dates are of UTC."""
    return datetime.combine(due, time.max, UTC)


def status(stored: Status, due: date, today: date) -> Status:
    """A voucher's status today, even if the schedule has yet to mark it: it is not overdue before its due date ends."""
    return "overdue" if stored == "unpaid" and due < today else stored


def fee_text(fee: Decimal, currency: str) -> str:
    """A fee for people: `5000 Rs`, `5000.50 Rs`, `100.00 USD`."""
    if currency != "PKR":
        return f"{fee:.2f} {currency}"
    return f"{fee:.0f} Rs" if fee == fee.to_integral_value() else f"{fee:.2f} Rs"


def mismatch(status: Status, fee: Decimal, currency: str, paid: Decimal, paid_currency: str) -> Mismatch | None:
    """Why a payment does not pay a voucher; None where it does, or where the voucher is paid already."""
    if status == "cancelled":
        return "cancelled"
    if paid_currency != currency:
        return "currency"
    return None if paid == fee else "amount"


def is_signed(keys: Sequence[bytes], signature: str, body: bytes, now: datetime) -> bool:
    """Whether `t=<unix>,v1=<hex>` is the HMAC-SHA256 of `t.body` by one of the keys, made within five minutes."""
    parts = _SIGNATURE.fullmatch(signature)
    if parts is None:
        return False
    made_at, given = parts.groups()
    signed = made_at.encode() + b"." + body
    expected = [hmac.new(key, signed, "sha256").digest() for key in keys]
    is_ours = any([hmac.compare_digest(one, bytes.fromhex(given)) for one in expected])  # noqa: C419 (each takes its time)
    return is_ours and abs(now.timestamp() - int(made_at)) <= SIGNED_WITHIN_SECONDS
