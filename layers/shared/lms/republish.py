"""`republish`: an owner tells its current state again, at the same versions, and writes its part of the Roster anew.

It fills projections that are new or were damaged; consumers drop what they know already. An operator invokes it.
"""

from collections.abc import Callable, Iterator
from typing import Any, Literal

from aws_lambda_powertools.utilities.typing import LambdaContext
from pydantic import BaseModel, ConfigDict, ValidationError

from lms.log import logger

Row = tuple[str, Callable[[], None]]
"""Where a row stands among all of them, and how to tell it."""
Rows = Callable[[str | None], Iterator[Row]]
"""Every row behind a place, None for all, always in the same order."""

_STOP_BEFORE_MS = 30_000


class Republish(BaseModel):
    """`after` is the `next` of the answer before; omit it to begin."""

    model_config = ConfigDict(extra="forbid")
    action: Literal["republish"]
    after: str | None = None


def republish(command: Republish, rows: Rows, context: LambdaContext) -> dict[str, Any]:
    """Tells rows while there is time: how many, and in `next` where to go on (None: all were told)."""
    told, place = go_through(rows(command.after), context)
    return {"told": told, "next": place}


def go_through(rows: Iterator[Row], context: LambdaContext) -> tuple[int, str | None]:
    """Sees to rows while there is time: how many, and behind which place to go on (None: that was all)."""
    done = 0
    for place, act in rows:
        act()
        done += 1
        if context.get_remaining_time_in_millis() < _STOP_BEFORE_MS:
            return done, place
    return done, None


class Republisher:
    """The Lambda handler of a service whose only operation this is: `{"action": "republish"}`."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def __call__(self, event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
        try:
            command = Republish.model_validate(event)
        except ValidationError as error:
            return {"error": "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())}
        answer = republish(command, self._rows, context)
        logger.info("republished", extra=answer)
        return answer
