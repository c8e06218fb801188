"""How often a notification is tried, and until when it is worth sending."""

from datetime import datetime, timedelta
from typing import Literal

Status = Literal["pending", "sent", "failed", "suppressed"]

# Longer than the function may run: a sender that holds a notification past it is dead.
LEASE = timedelta(seconds=90)
# Four tries within the fifteen minutes that a code lives, past the five that greylisting asks for; the last for what a
# channel took none of for an afternoon.
_PAUSES = (timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=6), timedelta(hours=4))
TRIES = len(_PAUSES) + 1


def pause_after(tries: int) -> timedelta:
    """How long a notification rests after its n-th try failed."""
    return _PAUSES[tries - 1]


def is_too_late(valid_until: datetime | None, now: datetime) -> bool:
    """Whether what a notification says no longer counts."""
    return valid_until is not None and valid_until <= now
