"""Going through all users, one by one, and on from where an earlier invocation stopped."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import get_args
from uuid import UUID

from auth.rules import Status
from auth.service import users
from auth.tables import User
from lms.callers import ROLES
from lms.pages import PageRequest, Position, query_page
from lms.republish import Collection

_PARTITIONS = [users.directory(role, status) for role in ROLES for status in get_args(Status)]


def each(run: Callable[[UUID, datetime], None]) -> Collection:
    """Every user, and what to do about them."""
    return Collection(_ids, run)


def _ids(paging: PageRequest) -> tuple[Sequence[UUID], Position | None]:
    lines, after = query_page(User.directory_index, _PARTITIONS, paging)
    return [line.id for line in lines], after
