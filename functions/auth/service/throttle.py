"""Slowing down who guesses passwords: by account and address, and by account alone."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from pynamodb.exceptions import DoesNotExist, UpdateError

from auth import rules
from auth.tables import Throttle
from lms.dynamo import Transaction
from lms.errors import TooManyRequests
from lms.faults import is_refused

_SLOW_DOWN = "Too many failed attempts; wait a little."
_REMEMBERED = timedelta(hours=24)


@dataclass(frozen=True)
class Attempt:
    """An attempt, counted as failed before the password is looked at, so that many at once are no way round."""

    address: Throttle
    hour: Throttle

    def forgive(self, tx: Transaction) -> None:
        """Takes the attempt back, and what this address failed before, in a transaction of the caller's."""
        tx.delete(self.address)
        tx.update(self.hour, [Throttle.failures.add(-1)])


def begin(account: str, client_ip: str, now: datetime) -> Attempt:
    """Counts an attempt on an account; raises `TooManyRequests` while it has to wait.

    `account` is a user's id, or the name that was tried where there is no such user: strangers' names slow down alike.
    """
    digest = hashlib.sha256(account.encode()).hexdigest()
    address = Throttle(key=f"address#{digest}#{client_ip}")
    hour = Throttle(key=f"hour#{digest}#{now:%Y%m%d%H}")
    # The address first: attempts that it turns away must not use up the account's hour.
    _count_address(address, now)
    _count_hour(hour, now)
    return Attempt(address, hour)


def _count_address(address: Throttle, now: datetime) -> None:
    until = now + _REMEMBERED
    free = Throttle.blocked_until.does_not_exist() | (Throttle.blocked_until <= now)
    try:
        address.update(
            [
                Throttle.failures.add(1),
                Throttle.valid_until.set(Throttle.valid_until | until),
                Throttle.expires_at.set(until),
            ],
            condition=free,
        )
    except UpdateError as error:
        raise _refusal(error, _blocked_until(address, now), now) from error
    if address.valid_until <= now:
        address.update([Throttle.failures.set(1), Throttle.valid_until.set(until), Throttle.blocked_until.remove()])
    delay = rules.delay_after(int(address.failures))
    if delay:
        _block(address, now + delay, now)


def _block(address: Throttle, until: datetime, now: datetime) -> None:
    """Blocks the attempts after this one; of several at once, the first alone goes on."""
    before = address.blocked_until
    unchanged = Throttle.blocked_until.does_not_exist() if before is None else Throttle.blocked_until == before
    try:
        address.update([Throttle.blocked_until.set(until)], condition=unchanged)
    except UpdateError as error:
        raise _refusal(error, until, now) from error


def _count_hour(hour: Throttle, now: datetime) -> None:
    full = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    allowed = Throttle.failures.does_not_exist() | (Throttle.failures < rules.FAILURES_AN_HOUR)
    try:
        hour.update([Throttle.failures.add(1), Throttle.expires_at.set(full + timedelta(hours=1))], condition=allowed)
    except UpdateError as error:
        raise _refusal(error, full, now) from error


def _blocked_until(address: Throttle, now: datetime) -> datetime:
    try:
        return Throttle.get(address.key, consistent_read=True).blocked_until or now
    except DoesNotExist:
        return now


def _refusal(error: UpdateError, until: datetime, now: datetime) -> Exception:
    if not is_refused(error):
        return error
    return TooManyRequests(_SLOW_DOWN, retry_after=int((until - now).total_seconds()) + 1)
