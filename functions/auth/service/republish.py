"""Telling the current state of every user again, for projections that are new or were damaged."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import get_args
from uuid import UUID

from auth.rules import Status
from auth.service import people
from auth.tables import User
from lms.dynamo import transaction
from lms.events import Event, Person, UserDisabled, UserErased, UserRegistered, UserType
from lms.outbox import emit_again

_USERS_A_STEP = 25
_PARTITIONS = [people.directory(is_type, status) for is_type in get_args(UserType) for status in get_args(Status)]


def users(after: str | None, now: datetime, goes_on: Callable[[], bool]) -> tuple[int, str | None]:
    """Tells users again, at their own versions, while `goes_on`; how many, and where to go on (None: all were told).

    Consumers drop what they know already.
    """
    told = 0
    first, _, key = (after or f"{_PARTITIONS[0]} ").partition(" ")
    for partition in _PARTITIONS[_PARTITIONS.index(first) :]:
        last = key or None
        key = ""
        while True:
            if not goes_on():
                return told, f"{partition} {last or ''}"
            step = list(_step(partition, last))
            with transaction() as tx:
                for user in step:
                    for event in _state(user):
                        emit_again(tx, event, now)
            told += len(step)
            if len(step) < _USERS_A_STEP:
                break
            last = str(step[-1].id)
    return told, None


def _step(partition: str, after: str | None) -> Iterator[User]:
    beyond = User.id > UUID(after) if after else None
    for line in User.directory_index.query(partition, beyond, limit=_USERS_A_STEP):
        yield User.get(line.id, consistent_read=True)


def _state(user: User) -> Iterator[Event]:
    if user.status == "erased":
        yield UserErased(version=user.version, user_id=user.id)
        return
    profile = people.profile_of(user)
    if user.status == "provisioning":
        yield UserRegistered(
            version=user.version,
            user_id=user.id,
            is_type=user.is_type,
            roll_no=user.roll_no,
            person=Person(username=user.username, email=user.email, name=profile.name),
        )
        return
    yield people.profile_updated(user, profile, version=user.version)
    if user.status == "disabled":
        yield UserDisabled(version=user.version, user_id=user.id)
