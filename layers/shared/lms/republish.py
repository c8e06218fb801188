"""`republish`: an owner tells its current state again, at the same versions, and writes its part of the Roster anew.

It fills projections that are new or were damaged; consumers drop what they know already. An operator invokes it, for
program first: the others find courses by the Roster.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Literal
from uuid import UUID

from aws_lambda_powertools.utilities.typing import LambdaContext
from pydantic import BaseModel, ConfigDict, ValidationError
from pynamodb.expressions.condition import Condition

from lms.dynamo import UUIDAttribute
from lms.errors import Problem
from lms.log import logger

Way = tuple[str, ...]
"""The way to a row: the keys that lead to it, from the top."""
Row = tuple[Way, Callable[[], None]]
"""Where a row stands among all of them, and how to see to it."""
Rows = Callable[[Way], Iterator[Row]]
"""All rows from a way on, () for all; always in the same order, each behind those that its way leads through."""

ID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
"""An id in the pattern of an owner's ways."""
_STOP_BEFORE_MS = 30_000


class Republish(BaseModel):
    """`after` is the `next` of the answer before; omit it to begin."""

    model_config = ConfigDict(extra="forbid")
    action: Literal["republish"]
    after: str | None = None


class Misplaced(Problem):
    """`after` is no place to go on behind."""

    def __init__(self) -> None:
        super().__init__("after: this is not the `next` of an answer to the same command.")


def republish(command: Republish, rows: Rows, ways: str, context: LambdaContext) -> dict[str, Any]:
    """Tells rows while there is time: how many, and in `next` where to go on (None: all were told).

    Raises `Misplaced`.
    """
    told, place = go_through(rows, ways, command.after, context)
    return {"told": told, "next": place}


def go_through(rows: Rows, ways: str, after: str | None, context: LambdaContext) -> tuple[int, str | None]:
    """Sees to rows while there is time: how many, and behind which place to go on (None: that was all).

    `ways` is the pattern of their ways, keys separated by a space; raises `Misplaced` for an `after` that is none.
    """
    if after is not None and not re.fullmatch(ways, after):
        raise Misplaced
    last, done = tuple((after or "").split()), 0
    for way, act in rows(last):
        if last[: len(way)] == way:
            continue
        act()
        done += 1
        if context.get_remaining_time_in_millis() < _STOP_BEFORE_MS:
            return done, " ".join(way)
    return done, None


class Republisher:
    """The Lambda handler of a service whose only operation this is: `{"action": "republish"}`."""

    def __init__(self, rows: Rows, ways: str) -> None:
        self._rows = rows
        self._ways = ways

    def __call__(self, event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
        try:
            answer = republish(Republish.model_validate(event), self._rows, self._ways, context)
        except ValidationError as error:
            return {"error": "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())}
        except Misplaced as problem:
            return {"error": problem.detail}
        logger.info("republished", extra=answer)
        return answer


def key_in(last: Way, above: Way) -> str | None:
    """The key below `above` on the way to `last`, where to go on; None when the way does not lead there."""
    return last[len(above)] if len(last) > len(above) and last[: len(above)] == above else None


def id_in(last: Way, above: Way) -> UUID | None:
    """As `key_in`, where the keys are ids."""
    key = key_in(last, above)
    return UUID(key) if key is not None else None


def onward(attribute: UUIDAttribute, last: Way, above: Way) -> Condition | None:
    """The key condition for a query of the rows below `above`, to go on where `last` leads."""
    begin = id_in(last, above)
    return attribute >= begin if begin is not None else None


def words_from(words: Sequence[str], last: Way, above: Way = ()) -> Sequence[str]:
    """Those of the keys below `above` that remain to be gone through; they are always the same."""
    begin = key_in(last, above)
    return words[words.index(begin) :] if begin is not None else words
