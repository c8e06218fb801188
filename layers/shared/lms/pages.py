"""Lists: pages of a query, and cursors that only their own list and caller can use."""

import base64
import binascii
import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from hashlib import sha256
from typing import Any, Generic, TypeVar, cast

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import BaseModel
from pynamodb.indexes import Index
from pynamodb.models import Model

from lms.errors import Invalid
from lms.settings import secret

_T = TypeVar("_T")
_M = TypeVar("_M", bound=Model)
_NONCE_BYTES = 12


class Page(BaseModel, Generic[_T]):
    """A page of a list. It may hold fewer items than asked for; only `next: null` ends the list."""

    items: list[_T]
    next: str | None


@dataclass(frozen=True)
class Position:
    """Where a walk over several partitions stands: which partition, and the last key read in it."""

    partition: int
    key: dict[str, Any] | None


@lru_cache(maxsize=1)
def _cipher() -> AESGCM:
    return AESGCM(sha256(secret("CURSOR_KEY")).digest())


def seal(position: Position, scope: Mapping[str, object]) -> str:
    """A cursor for `position`: encrypted, and authenticated together with `scope` (route, filters, caller)."""
    nonce = os.urandom(_NONCE_BYTES)
    plain = json.dumps([position.partition, position.key]).encode()
    return _text(nonce + _cipher().encrypt(nonce, plain, _bound(scope)))


def unseal(cursor: str, scope: Mapping[str, object]) -> Position:
    """The position of a cursor; raises `Invalid` for one that is damaged or was made for another list or caller."""
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        if _text(raw) != cursor:
            # Python's decoder skips foreign characters and spare bits.
            raise ValueError("not the spelling that was given out")
        partition, key = json.loads(_cipher().decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], _bound(scope)))
    except (binascii.Error, InvalidTag, ValueError) as error:
        raise Invalid(["query", "cursor"], "This cursor does not belong to this list.", "cursor") from error
    return Position(partition, key)


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _bound(scope: Mapping[str, object]) -> bytes:
    return json.dumps(scope, sort_keys=True, default=str).encode()


class Listing:
    """What a caller wants of a list: so many items, from here on. `scope` tells whose list it is, and is asked late."""

    def __init__(self, limit: int, cursor: str | None, scope: Callable[[], Mapping[str, object]]) -> None:
        self.limit = limit
        self._cursor = cursor
        self._scope = scope

    @cached_property
    def start(self) -> Position:
        """Where the page begins; raises `Invalid` for a cursor of another list or caller."""
        return unseal(self._cursor, self._scope()) if self._cursor else Position(0, None)

    def page(self, items: Sequence[_T], after: Position | None) -> Page[_T]:
        return Page(items=list(items), next=seal(after, self._scope()) if after else None)


def walk(
    source: type[_M] | Index[_M],
    partitions: Sequence[Any],
    listing: Listing,
    **query: Any,
) -> tuple[list[_M], Position | None]:
    """At most `listing.limit` items of the partitions, one after the other, and where to go on (None: the end).

    Reads one page of DynamoDB, or one more for each partition that ends within it; what a `filter_condition` leaves out
    of it makes the page shorter, and is not made up for by reading on.
    """
    model = cast(type[_M], source._model if isinstance(source, Index) else source)
    found: list[_M] = []
    at = listing.start
    while at.partition < len(partitions):
        answer = source.query(
            partitions[at.partition],
            page_size=listing.limit - len(found),
            last_evaluated_key=at.key,
            **query,
        ).page_iter
        # Not the items of the answer: to come to an item, PynamoDB would read page after page.
        found.extend(model.from_raw_data(item) for item in next(answer)["Items"])
        if answer.last_evaluated_key:
            return found, Position(at.partition, answer.last_evaluated_key)
        at = Position(at.partition + 1, None)
        if len(found) >= listing.limit and at.partition < len(partitions):
            return found, at
    return found, None


def part_of(
    whole: Sequence[_T], identity: Callable[[_T], object], listing: Listing
) -> tuple[Sequence[_T], Position | None]:
    """As `walk`, of a list that is whole in memory.

    A page begins after the last item of the page before, or at its place when that one is gone by now.
    """
    begin = listing.start.partition
    if listing.start.key is not None:
        last = listing.start.key["id"]
        begin = next((place for place, item in enumerate(whole, 1) if str(identity(item)) == last), begin)
    end = begin + listing.limit
    part = whole[begin:end]
    return part, Position(end - 1, {"id": str(identity(part[-1]))}) if end < len(whole) else None
