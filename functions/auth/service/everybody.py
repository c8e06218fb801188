"""Going through all users, one by one, and on from where an earlier invocation stopped."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import get_args
from uuid import UUID

from auth.rules import Status
from auth.service import people
from auth.tables import User
from lms.events import UserType
from lms.republish import ID, Row, Way, onward, words_from

_PARTITIONS = [people.directory(is_type, status) for is_type in get_args(UserType) for status in get_args(Status)]
WAYS = f"({'|'.join(_PARTITIONS)}) {ID}"


def each(act: Callable[[UUID], None], last: Way) -> Iterator[Row]:
    """Every user from a way on, and what to do about them (`lms.republish.Rows`)."""
    for partition in words_from(_PARTITIONS, last):
        for line in User.directory_index.query(partition, onward(User.id, last, (partition,))):
            yield (partition, str(line.id)), partial(act, line.id)
