"""Lists: pages of a query, or of what is in memory."""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, Generic, NamedTuple, TypeVar, cast

from pydantic import BaseModel
from pynamodb.indexes import Index
from pynamodb.models import Model

_T = TypeVar("_T")
_M = TypeVar("_M", bound=Model)


class Page(BaseModel, Generic[_T]):
    """A page of a list. It may hold fewer items than asked for; only `next: null` ends the list."""

    items: list[_T]
    next: str | None


class Position(NamedTuple):
    """Where reading several partitions stands: which partition, and the last key read in it."""

    partition: int
    key: dict[str, Any] | None


class PageRequest:
    """What a caller wants of a list: at most `limit` items, from `start` on."""

    def __init__(self, limit: int, start: Callable[[], Position], encode: Callable[[Position], str]) -> None:
        self.limit = limit
        self._start = start
        self._encode = encode

    @classmethod
    def at(cls, position: Position, limit: int) -> "PageRequest":
        """A page of a whole list that is gone through without cursors, from a position on."""
        return cls(limit, lambda: position, repr)

    def at_most(self, limit: int) -> "PageRequest":
        """The same page, shorter where it would be longer."""
        return PageRequest(min(self.limit, limit), self._start, self._encode)

    @cached_property
    def start(self) -> Position:
        """Where the page begins; raises `InvalidCursor` for a cursor of another list or caller."""
        return self._start()

    def shortened(self, limit: int) -> "PageRequest":
        """The same page with fewer items."""
        return PageRequest(limit, lambda: self.start, self._encode)

    def page(self, items: Sequence[_T], after: Position | None) -> Page[_T]:
        return Page(items=list(items), next=self._encode(after) if after else None)


def query_page(
    source: type[_M] | Index[_M],
    partitions: Sequence[Any],
    paging: PageRequest,
    **query: Any,
) -> tuple[list[_M], Position | None]:
    """At most `paging.limit` items of the partitions, one after the other, and where to go on (None: the end).

    Reads one page of DynamoDB, or one more for each partition that ends within it; what a `filter_condition` leaves out
    of it makes the page shorter, and is not made up for by reading on.
    """
    model = cast(type[_M], source._model if isinstance(source, Index) else source)
    found: list[_M] = []
    at = paging.start
    while at.partition < len(partitions):
        answer = source.query(
            partitions[at.partition],
            page_size=paging.limit - len(found),
            last_evaluated_key=at.key,
            **query,
        ).page_iter
        # Not the items of the answer: to come to an item, PynamoDB would read page after page.
        found.extend(model.from_raw_data(item) for item in next(answer)["Items"])
        if answer.last_evaluated_key:
            return found, Position(at.partition, answer.last_evaluated_key)
        at = Position(at.partition + 1, None)
        if len(found) >= paging.limit and at.partition < len(partitions):
            return found, at
    return found, None


def slice_page(
    whole: Sequence[_T], identity: Callable[[_T], object], paging: PageRequest
) -> tuple[Sequence[_T], Position | None]:
    """As `query_page`, of a list that is whole in memory.

    A page begins after the last item of the page before, or at its place when that one is gone by now.
    """
    begin = paging.start.partition
    if paging.start.key is not None:
        last = paging.start.key["id"]
        begin = next((index for index, item in enumerate(whole, 1) if str(identity(item)) == last), begin)
    end = begin + paging.limit
    part = whole[begin:end]
    return part, Position(end - 1, {"id": str(identity(part[-1]))}) if end < len(whole) else None
