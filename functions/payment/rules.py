"""The rules of vouchers: values in, decisions out."""

import hmac
import re
import secrets
from datetime import date, datetime
from decimal import Decimal
from typing import Literal
from zlib import crc32

Status = Literal["unpaid", "overdue", "paid"]
Fault = Literal["amount", "currency"]

DUE_SHARDS = 10
SIGNED_WITHIN_SECONDS = 300
# Crockford's base 32: no I, L, O, U to misread. 12 characters are 60 random bits.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH = 12
_SIGNATURE = re.compile(r"t=(\d{1,12}),v1=([0-9a-fA-F]{64})", re.ASCII)


def new_voucher_no() -> str:
    """A voucher's number: fit to be typed at a bank, and not to be guessed from another."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))


def due_shard(voucher_no: str) -> int:
    return crc32(voucher_no.encode()) % DUE_SHARDS


def status(stored: Status, due: date, today: date) -> Status:
    """What a voucher is by now, whether or not the schedule has been there: it may be paid all through its due date.

    Dates are of UTC.
    """
    return "overdue" if stored == "unpaid" and due < today else stored


def fee_text(fee: Decimal, currency: str) -> str:
    """A fee for people: `5000 Rs`, `5000.50 Rs`, `100.00 USD`."""
    if currency != "PKR":
        return f"{fee:.2f} {currency}"
    return f"{fee:.0f} Rs" if fee == fee.to_integral_value() else f"{fee:.2f} Rs"


def fault(fee: Decimal, currency: str, paid: Decimal, paid_currency: str) -> Fault | None:
    """Why what was paid is not what was asked for, None when it is."""
    if paid_currency != currency:
        return "currency"
    return None if paid == fee else "amount"


def is_signed(secret: bytes, signature: str, body: bytes, now: datetime) -> bool:
    """Whether `t=<unix>,v1=<hex>` is the HMAC-SHA256 of `t.body`, made within five minutes of now."""
    parts = _SIGNATURE.fullmatch(signature)
    if parts is None:
        return False
    made_at, given = parts.groups()
    expected = hmac.new(secret, made_at.encode() + b"." + body, "sha256").digest()
    is_ours = hmac.compare_digest(expected, bytes.fromhex(given))
    return is_ours and abs(now.timestamp() - int(made_at)) <= SIGNED_WITHIN_SECONDS
