"""Slowing down whoever guesses passwords: by account and address, and by account alone, in a minute and in an hour."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from uuid import UUID

from pynamodb.expressions.update import Action

from auth import hashing, rules
from auth.tables import Throttle
from lms.dynamo import Transaction
from lms.errors import TooManyRequests
from lms.refusals import TooManyAttempts
from lms.settings import setting

_REMEMBERED = timedelta(hours=24)


class TooManyContactChanges(TooManyRequests):
    detail = f"The email address and the mobile number can be changed {rules.CONTACT_CHANGES_A_DAY} times a day."


@dataclass(frozen=True)
class Attempt:
    """An attempt, counted as failed before the password is looked at, so that many at once are no way round."""

    address: Throttle
    counters: tuple[Throttle, ...]

    def undo_failure(self, tx: Transaction, *more: Action) -> None:
        """Takes the attempt back, and earlier failures from this address, in a transaction of the caller's."""
        clear = [Throttle.failures.set(0), Throttle.blocked_until.remove(), Throttle.valid_until.remove()]
        tx.update(self.address, [*clear, *more])
        for counter in self.counters:
            tx.update(counter, [Throttle.failures.add(-1)])

    def undo_failure_and_remember(self, tx: Transaction, now: datetime) -> None:
        """As `undo_failure`, for a sign-in: for 30 days, the account's own limits no longer stop this address."""
        until = now + rules.KNOWN_ADDRESS_LIFETIME
        self.undo_failure(tx, Throttle.known_until.set(until), Throttle.expires_at.set(until))


def begin(account: str, client_ip: str, now: datetime, *, signed_in: bool = False) -> Attempt:
    """Counts an attempt on an account; raises `TooManyAttempts` while it has to wait.

    `account` is a user's id, or the name that was tried where there is no such user: unknown names slow down alike.
    `signed_in`: whoever has a session is no stranger, so the account's minute does not count.
    """
    digest = hashing.hash_name(account)
    address = Throttle(key=f"address#{hashing.hash_name(f'{account} {rules.network_of(client_ip)}')}")
    minute, hour = now.replace(second=0, microsecond=0), now.replace(minute=0, second=0, microsecond=0)
    limits = [(f"hour#{digest}#{hour:%Y%m%d%H}", hour + timedelta(hours=1), rules.FAILURES_AN_HOUR)]
    if not signed_in:
        most = int(setting("STRANGER_SIGN_INS_PER_MINUTE"))
        limits.insert(0, (f"minute#{digest}#{minute:%Y%m%d%H%M}", minute + timedelta(minutes=1), most))
    # The narrowest first: attempts that it turns away must not use up the wider ones.
    _count_address(address, now)
    is_known = address.known_until is not None and address.known_until > now
    counters = []
    for key, ends_at, limit in limits:
        counter = Throttle(key=key)
        if _count(counter, ends_at, limit):
            counters.append(counter)
        elif not is_known:
            raise _wait_until(ends_at, now)
    return Attempt(address, tuple(counters))


def count_contact_change(tx: Transaction, user_id: UUID, now: datetime) -> None:
    """Counts a change of address or number in the transaction that makes it. Raises `TooManyContactChanges`."""
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    tomorrow = today + timedelta(days=1)
    tx.update(
        Throttle(key=f"contact#{hashing.hash_name(str(user_id))}#{today:%Y%m%d}"),
        [Throttle.failures.add(1), Throttle.expires_at.set(tomorrow)],
        Throttle.failures.does_not_exist() | (Throttle.failures < rules.CONTACT_CHANGES_A_DAY),
        refuse=TooManyContactChanges(retry_after=ceil((tomorrow - now).total_seconds())),
    )


def _count_address(address: Throttle, now: datetime) -> None:
    until = now + _REMEMBERED
    counted = address.update_if(
        Throttle.blocked_until.does_not_exist() | (Throttle.blocked_until <= now),
        [
            Throttle.failures.add(1),
            Throttle.valid_until.set(Throttle.valid_until | until),
            Throttle.expires_at.set(Throttle.expires_at | until),
        ],
    )
    if not counted:
        stored = Throttle.find(address.key)
        raise _wait_until((stored and stored.blocked_until) or now, now)
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
    """Blocks the attempts after this one; of several at once, only the first goes on."""
    before = address.blocked_until
    unchanged = Throttle.blocked_until.does_not_exist() if before is None else Throttle.blocked_until == before
    if not address.update_if(unchanged, [Throttle.blocked_until.set(until)]):
        raise _wait_until(until, now)


def _count(counter: Throttle, ends_at: datetime, most: int) -> bool:
    """Counts an attempt in a period of the account's, and says whether it did: a full one takes no more."""
    return counter.update_if(
        Throttle.failures.does_not_exist() | (Throttle.failures < most),
        [Throttle.failures.add(1), Throttle.expires_at.set(ends_at + timedelta(hours=1))],
    )


def _wait_until(until: datetime, now: datetime) -> TooManyAttempts:
    return TooManyAttempts(retry_after=int((until - now).total_seconds()) + 1)
