"""Telling the current state of every user again, for projections that are new or were damaged."""

from collections.abc import Iterator
from functools import partial
from typing import get_args
from uuid import UUID

from auth.rules import Status
from auth.service import people
from auth.tables import User
from lms.clock import now
from lms.dynamo import retry_stale, transaction
from lms.events import Event, UserDisabled, UserErased, UserType
from lms.outbox import emit_again
from lms.republish import Row

_PARTITIONS = [people.directory(is_type, status) for is_type in get_args(UserType) for status in get_args(Status)]


def users(after: str | None) -> Iterator[Row]:
    """Every user (`lms.republish.Rows`)."""
    first, _, last = (after or f"{_PARTITIONS[0]} ").partition(" ")
    for partition in _PARTITIONS[_PARTITIONS.index(first) :]:
        beyond = User.id > UUID(last) if last else None
        last = ""
        for line in User.directory_index.query(partition, beyond):
            yield f"{partition} {line.id}", partial(_tell, line.id)


@retry_stale
def _tell(user_id: UUID) -> None:
    user = User.get(user_id, consistent_read=True)
    with transaction() as tx:
        tx.check(User, user.id, None, User.version == user.version)
        for event in _state(user):
            emit_again(tx, event, now())
        if user.status != "erased":
            name = people.profile_of(user).name
            people.put_card(tx, user, name, status=user.status, version=user.version)


def _state(user: User) -> Iterator[Event]:
    if user.status == "erased":
        yield UserErased(version=user.version, user_id=user.id)
        return
    if user.status == "provisioning":
        # Their registration is still to be heard, and it alone carries the profile and the invitation.
        return
    profile = people.profile_of(user)
    yield people.profile_updated(user, profile, version=user.version)
    if user.status == "disabled":
        yield UserDisabled(version=user.version, user_id=user.id)
