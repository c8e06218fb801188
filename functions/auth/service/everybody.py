"""Going through all users, one by one, and on from where an earlier invocation stopped."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import get_args
from uuid import UUID

from auth.rules import Status
from auth.service import people
from auth.tables import User
from lms.events import UserType
from lms.republish import Row

_PARTITIONS = [people.directory(is_type, status) for is_type in get_args(UserType) for status in get_args(Status)]


def each(act: Callable[[UUID], None], after: str | None) -> Iterator[Row]:
    """Every user behind a place, None for all, and what to do about them (`lms.republish.Rows`)."""
    first, _, last = (after or f"{_PARTITIONS[0]} ").partition(" ")
    for partition in _PARTITIONS[_PARTITIONS.index(first) :]:
        beyond = User.id > UUID(last) if last else None
        last = ""
        for line in User.directory_index.query(partition, beyond):
            yield f"{partition} {line.id}", partial(act, line.id)
