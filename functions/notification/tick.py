"""What the clock makes due, found by index: reminders and planned messages, digests, the ends of quiet hours."""

import random
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import partial
from itertools import chain
from typing import Any, NoReturn
from uuid import UUID

from aws_lambda_powertools.utilities.typing import LambdaContext

from lms.clock import now
from lms.log import logger
from notification.service import broadcasts, digests, messages
from notification.tables import DUE_SHARDS

_STOP_BEFORE_MS = 10_000


class Unsettled(Exception):
    """Some of what was due could not be handed on; it stays due."""


def handler(_: dict[str, Any], context: LambdaContext) -> None:
    """Hands on what is due; what time does not allow is left to the next minute."""
    done = failed = 0
    for hand_on in _due(now()):
        if context.get_remaining_time_in_millis() < _STOP_BEFORE_MS:
            break
        try:
            hand_on()
            done += 1
        except Exception:  # noqa: BLE001 (one notice's fault must not hold up the others; raised at the end)
            logger.exception("not handed on")
            failed += 1
    logger.info("tick", extra={"done": done, "failed": failed})
    if failed:
        raise Unsettled(f"{failed} faults")


def _due(at: datetime) -> Iterable[Callable[[], object]]:
    # In no fixed order: what is stuck in one shard must not take the others' time every minute.
    return chain.from_iterable(_due_in(shard, at) for shard in random.sample(range(DUE_SHARDS), DUE_SHARDS))


def _due_in(shard: int, at: datetime) -> Iterator[Callable[[], object]]:
    yield from _each(messages.due(shard, at), messages.release)
    yield from _each(digests.due(shard, at), lambda course_id: digests.tell(course_id, at))
    yield from _each(broadcasts.due(shard, at), broadcasts.launch)


def _each(found: Iterable[UUID], hand_on: Callable[[UUID], object]) -> Iterator[Callable[[], object]]:
    """What to call for each; a list that cannot be read on is a call that fails, and stops no other list."""
    rest = iter(found)
    while True:
        try:
            one = next(rest)
        except StopIteration:
            return
        except Exception as fault:  # noqa: BLE001 (raised by the call)
            yield partial(_fail, fault)
            return
        yield partial(hand_on, one)


def _fail(fault: Exception) -> NoReturn:
    raise fault
