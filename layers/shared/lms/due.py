"""Due work: what waits for its time stands in a sparse index, and the scheduled function does it item by item."""

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, ClassVar, Generic, TypeVar
from zlib import crc32

from aws_lambda_powertools.utilities.typing import LambdaContext
from pynamodb.attributes import NumberAttribute, UTCDateTimeAttribute
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection
from pynamodb.models import Model

from lms.clock import now
from lms.log import logger

SHARDS = range(8)
"""The partitions of a due index; one alone would take a thousand writes a second at most."""

_T = TypeVar("_T")
_M = TypeVar("_M", bound=Model)


class DueIndex(GlobalSecondaryIndex[_M]):  # type: ignore[no-untyped-call]  # PynamoDB leaves it untyped
    """The items of a table that wait, by the time when they are due; an item without `due_shard` is not in it.

    The table declares `due_shard` (`shard_of` its key) and `due_at`, and `due_index = DueIndex["ItsModel"]()`.
    """

    class Meta:
        index_name = "due"
        projection = KeysOnlyProjection()

    due_shard = NumberAttribute(hash_key=True)
    due_at = UTCDateTimeAttribute(range_key=True)


def shard_of(key: object) -> int:
    """The partition of a due index in which the item with this key waits."""
    return crc32(str(key).encode()) % len(SHARDS)


class Unfinished(Exception):
    """Some of what was due failed; it stays due, and the next minute tries it again."""


@dataclass(frozen=True)
class Tick:
    """One call of the scheduled function: when it came, and how much of its time is left."""

    now: datetime
    seconds_left: Callable[[], float]


class DueWork(Generic[_M]):
    """A kind of due work: the index in which its items wait, and what to do with one (`run`) or a page (`run_page`).

    Doing an item takes it out of the index, or makes it due later. An item comes again if that fails, so doing it twice
    must do no harm.
    """

    index: ClassVar[DueIndex[Any]]
    page_size = 25
    needs_seconds = 10.0
    """Nothing is begun with less time left."""

    def __init__(self, tick: Tick) -> None:
        self.tick = tick

    def run(self, item: _M) -> None:
        """Does one item, of which only the keys are known."""
        raise NotImplementedError

    def run_page(self, items: Sequence[_M]) -> int:
        """Does a page of items while there is time; how many failed."""
        return run_each(self.run, (item for item in items if self.has_time()))

    def has_time(self) -> bool:
        return self.tick.seconds_left() >= self.needs_seconds

    def pages(self, shard: int) -> Iterator[list[_M]]:
        """What is due in a shard, oldest first."""
        found = self.index.query(shard, DueIndex.due_at <= self.tick.now, page_size=self.page_size)
        while page := list(islice(found, self.page_size)):
            yield page


class DueHandler:
    """The Lambda handler of a schedule: does each kind of work in turn, the most urgent one first.

    What time does not allow is left to the next minute. Raises `Unfinished` at its end if anything failed.
    """

    def __init__(self, *kinds: type[DueWork[Any]]) -> None:
        self._kinds = kinds

    def __call__(self, _: dict[str, Any], context: LambdaContext) -> None:
        tick = Tick(now(), lambda: context.get_remaining_time_in_millis() / 1000)
        failed = sum(_do(kind(tick)) for kind in self._kinds)
        if failed:
            raise Unfinished(f"{failed} failed")


def run_each(run: Callable[[_T], object], items: Iterable[_T], *, threads: int = 1) -> int:
    """Runs each item, whatever becomes of the others; how many failed, each of which is logged."""

    def fails(item: _T) -> bool:
        try:
            run(item)
        except Exception:  # noqa: BLE001 (one item must not hold up the others; the handler raises at its end)
            logger.exception("due work failed", extra={"item": _named(item)})
            return True
        return False

    if threads == 1:
        return sum(map(fails, items))
    with ThreadPoolExecutor(threads) as pool:
        return sum(pool.map(fails, items))


def _do(work: DueWork[Any]) -> int:
    found = failed = 0
    # In no fixed order: what is stuck in one shard must not take the time of the others every minute.
    for shard in random.sample(SHARDS, len(SHARDS)):
        try:
            for page in work.pages(shard):
                if not work.has_time():
                    break
                failed += work.run_page(page)
                found += len(page)
        except Exception:  # noqa: BLE001 (a shard that cannot be read must not hold up the others; as above)
            logger.exception("due work failed", extra={"work": type(work).__name__, "shard": shard})
            failed += 1
    logger.info("due work", extra={"work": type(work).__name__, "due": found, "failed": failed})
    return failed


def _named(item: object) -> str:
    if not isinstance(item, Model):
        return str(item)
    return " ".join(str(getattr(item, name)) for name in (item._hash_keyname, item._range_keyname) if name)
