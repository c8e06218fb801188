"""Changing the key that tokens are signed with while users stay signed in, in steps that an operator takes in turn.

`signing.add_key`; `renewals`, a credential of the new key beside each old one; `retirements` of the old ones, once no
token that names them is in time any more; `drop_keys`. Each may be taken again, wherever it was broken off.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from uuid import UUID

from auth import kong, signing
from auth.rules import ACCESS_LIFETIME
from auth.service import all_users, gateway, users
from auth.tables import User
from lms.callers import ROLES
from lms.dynamo import read_together, retry_stale, transaction
from lms.errors import Conflict
from lms.republish import Collection


class CredentialsInUse(Conflict):
    code = "keys-in-use"
    detail = "Users who still have a credential of an old key: {behind}. Renew and retire these credentials first."


# A request that read the user just before may still sign by the old credential.
_LONGEST_REQUEST = timedelta(minutes=1)
_READ_AT_ONCE = 100


@dataclass
class Tally:
    """What one invocation did; `waiting` have a credential that tokens may still name."""

    renewed: int = 0
    retired: int = 0
    waiting: int = 0


def renewals(tally: Tally) -> Collection:
    """For every active user whose credential is of an old key a second one; tokens of the first stay good."""
    return all_users.each(partial(_renew, tally))


@retry_stale
def _renew(tally: Tally, user_id: UUID, now: datetime) -> None:
    user = users.find(user_id)
    if user is None or user.status != "active" or user.kid == signing.current_key().kid:
        return
    left_over = user.old_issuer
    with gateway.new_credential(user) as fresh, transaction() as tx:
        tx.update(
            user,
            [
                User.old_issuer.set(user.issuer),
                User.old_issuer_until.set(now + ACCESS_LIFETIME + _LONGEST_REQUEST),
                *gateway.store(fresh),
            ],
        )
    if left_over is not None:
        kong.delete_credential(user.id, left_over)
    tally.renewed += 1


def retirements(tally: Tally, *, at_once: bool) -> Collection:
    """Ends the credentials that were replaced: those that no token in time can name, or all `at_once`.

    At once, holders of their tokens have to refresh them; nobody has to sign in again.
    """
    return all_users.each(partial(_retire, tally, at_once))


@retry_stale
def _retire(tally: Tally, at_once: bool, user_id: UUID, now: datetime) -> None:
    user = users.find(user_id)
    if user is None or user.old_issuer is None:
        return
    if user.old_issuer_until > now and not at_once:
        tally.waiting += 1
        return
    kong.delete_credential(user.id, user.old_issuer)
    with transaction() as tx:
        tx.update(user, [User.old_issuer.remove(), User.old_issuer_until.remove()])
    tally.retired += 1


def drop_keys(now: datetime) -> list[str]:
    """Forgets all keys but the current one; their ids. Raises `CredentialsInUse` and `KeyTooNew`."""
    current = signing.current_key().kid
    behind = sum(user.kid != current or user.old_issuer is not None for user in _active_users())
    if behind:
        raise CredentialsInUse(behind=behind)
    return signing.drop_old_keys(now)


def _active_users() -> Iterator[User]:
    for role in ROLES:
        lines = User.directory_index.query(users.directory(role, "active"))
        while keys := [(User, line.id, None) for line in islice(lines, _READ_AT_ONCE)]:
            yield from read_together(keys)
