"""Pages of a list that is whole in memory: an outline is one read."""

from collections.abc import Sequence
from typing import TypeVar

from lms.curriculum import Lesson, Module
from lms.pages import Listing, Position

_Part = TypeVar("_Part", bound=Module | Lesson)


def page_of(parts: Sequence[_Part], listing: Listing) -> tuple[Sequence[_Part], Position | None]:
    """At most `listing.limit` parts, and where to go on (None: the end).

    A page begins after the last part of the page before, or at its place when that one is gone by now.
    """
    start = listing.start
    begin = start.partition
    if start.key is not None:
        begin = next((i for i, part in enumerate(parts, 1) if str(part.id) == start.key["id"]), begin)
    end = begin + listing.limit
    page = parts[begin:end]
    return page, Position(end - 1, {"id": str(page[-1].id)}) if end < len(parts) else None
