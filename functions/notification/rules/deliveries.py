"""How often a notification is tried, and until when it is worth sending."""

import re
from datetime import datetime, timedelta
from typing import Literal

Status = Literal["pending", "sent", "failed", "suppressed"]
Cause = Literal[
    "no-address", "no-number", "no-sms-account", "undecryptable", "interrupted", "too-late", "refused", "unavailable"
]

_CAUSES: dict[str, Cause] = {
    "no e-mail address": "no-address",
    "no E.164 number": "no-number",
    "no SMS account": "no-sms-account",
    "its secret cannot be decrypted": "undecryptable",
    "no try came to an end": "interrupted",
    "too late": "too-late",
}
_REFUSED = re.compile(r"SMTP 5\d\d|Twilio 400")

# Longer than the function may run: a sender that holds a notification past it is dead.
LEASE = timedelta(seconds=90)
# Four tries within the fifteen minutes that a code lives, past the five that greylisting asks for; the last for what a
# channel took none of for an afternoon.
_PAUSES = (timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=6), timedelta(hours=4))
TRIES = len(_PAUSES) + 1


def pause_after(tries: int) -> timedelta:
    """How long a notification rests after its n-th try failed."""
    return _PAUSES[tries - 1]


def cause_of(reason: str) -> Cause:
    """What a reason means to people: of what a channel answered, whether it refused this message or took none."""
    return _CAUSES.get(reason) or ("refused" if _REFUSED.match(reason) else "unavailable")


def is_too_late(valid_until: datetime | None, now: datetime) -> bool:
    """Whether what a notification says no longer counts."""
    return valid_until is not None and valid_until <= now
