"""Slowing down who guesses passwords: by account and address, and by account alone."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from uuid import UUID

from pynamodb.exceptions import DoesNotExist, UpdateError
from pynamodb.expressions.update import Action

from auth import hashing, rules
from auth.tables import Throttle
from lms.dynamo import Transaction
from lms.errors import TooManyRequests
from lms.faults import condition_failed

_SLOW_DOWN = "Too many failed attempts; wait a little."
_REMEMBERED = timedelta(hours=24)


@dataclass(frozen=True)
class Attempt:
    """An attempt, counted as failed before the password is looked at, so that many at once are no way round."""

    address: Throttle
    hour: Throttle | None

    def forgive(self, tx: Transaction) -> None:
        """Takes the attempt back, and what this address failed before, in a transaction of the caller's."""
        self._start_anew(tx, [])

    def remember(self, tx: Transaction, now: datetime) -> None:
        """As `forgive`, for a sign-in: the account's hourly limit stops this address no more, for 30 days."""
        until = now + rules.KNOWN_ADDRESS_LIFETIME
        self._start_anew(tx, [Throttle.known_until.set(until), Throttle.expires_at.set(until)])

    def _start_anew(self, tx: Transaction, and_so: list[Action]) -> None:
        clear = [Throttle.failures.set(0), Throttle.blocked_until.remove(), Throttle.valid_until.remove()]
        tx.update(self.address, [*clear, *and_so])
        if self.hour is not None:
            tx.update(self.hour, [Throttle.failures.add(-1)])


def begin(account: str, client_ip: str, now: datetime) -> Attempt:
    """Counts an attempt on an account; raises `TooManyRequests` while it has to wait.

    `account` is a user's id, or the name that was tried where there is no such user: strangers' names slow down alike.
    """
    address = Throttle(key=f"address#{hashing.hash_name(f'{account} {rules.network_of(client_ip)}')}")
    hour = Throttle(key=f"hour#{hashing.hash_name(account)}#{now:%Y%m%d%H}")
    # The address first: attempts that it turns away must not use up the account's hour.
    _count_address(address, now)
    is_known = address.known_until is not None and address.known_until > now
    return Attempt(address, hour if _count_hour(hour, now, beyond_limit=is_known) else None)


def count_contact_change(tx: Transaction, user_id: UUID, now: datetime) -> None:
    """Counts a change of address or number in the transaction that makes it; `TooManyRequests` after ten in a day."""
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    tomorrow = today + timedelta(days=1)
    tx.update(
        Throttle(key=f"contact#{hashing.hash_name(str(user_id))}#{today:%Y%m%d}"),
        [Throttle.failures.add(1), Throttle.expires_at.set(tomorrow)],
        Throttle.failures.does_not_exist() | (Throttle.failures < rules.CONTACT_CHANGES_A_DAY),
        refuse=TooManyRequests(
            "Address and number can be changed ten times a day.", retry_after=ceil((tomorrow - now).total_seconds())
        ),
    )


def _count_address(address: Throttle, now: datetime) -> None:
    until = now + _REMEMBERED
    free = Throttle.blocked_until.does_not_exist() | (Throttle.blocked_until <= now)
    try:
        address.update(
            [
                Throttle.failures.add(1),
                Throttle.valid_until.set(Throttle.valid_until | until),
                Throttle.expires_at.set(Throttle.expires_at | until),
            ],
            condition=free,
        )
    except UpdateError as error:
        raise _refusal(error, _blocked_until(address, now), now) from error
    if address.valid_until <= now:
        address.update(
            [
                Throttle.failures.set(1),
                Throttle.valid_until.set(until),
                Throttle.expires_at.set(max(until, address.known_until or until)),
                Throttle.blocked_until.remove(),
            ]
        )
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


def _count_hour(hour: Throttle, now: datetime, *, beyond_limit: bool) -> bool:
    """Counts an attempt in the account's hour. Whether it was: `beyond_limit` lets one pass that the hour has no room
    for."""
    full = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    allowed = Throttle.failures.does_not_exist() | (Throttle.failures < rules.FAILURES_AN_HOUR)
    try:
        hour.update([Throttle.failures.add(1), Throttle.expires_at.set(full + timedelta(hours=1))], condition=allowed)
    except UpdateError as error:
        if beyond_limit and condition_failed(error):
            return False
        raise _refusal(error, full, now) from error
    return True


def _blocked_until(address: Throttle, now: datetime) -> datetime:
    try:
        return Throttle.get(address.key, consistent_read=True).blocked_until or now
    except DoesNotExist:
        return now


def _refusal(error: UpdateError, until: datetime, now: datetime) -> Exception:
    if not condition_failed(error):
        return error
    return TooManyRequests(_SLOW_DOWN, retry_after=int((until - now).total_seconds()) + 1)
