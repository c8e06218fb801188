"""`republish`: an owner emits its current state again, at the same versions, and writes its part of the Roster anew.

It fills projections that are new or were damaged; consumers drop what they know already. An operator invokes it, for
program first: the others find courses by the Roster.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, NamedTuple, cast
from uuid import UUID

from aws_lambda_powertools.utilities.typing import LambdaContext
from pydantic import BaseModel, ConfigDict, ValidationError

from lms.clock import now
from lms.cursors import InvalidCursor, decode_cursor, encode_cursor
from lms.errors import Problem
from lms.log import logger
from lms.pages import PageRequest, Position
from lms.settings import setting

PAGE = 25
_STOP_BEFORE_MS = 30_000


class Republish(BaseModel):
    """`after` is the `next` of the answer before; omit it to begin."""

    model_config = ConfigDict(extra="forbid")
    action: Literal["republish"]
    after: str | None = None


class NotTheNext(Problem):
    """`after` is not where an answer to this command stopped."""

    detail = "after: this is not the `next` of an answer to the same command."


@dataclass(frozen=True)
class Collection:
    """Rows to go through: how to read a page of them, what to do with one, and the collections below each row.

    `page` gets a `PageRequest`; in a collection below others it gets the id of the row above first.
    """

    page: Callable[..., tuple[Sequence[Any], Position | None]]
    run: Callable[[Any, datetime], object] | None = None
    below: Sequence["Collection"] = ()


class _Step(NamedTuple):
    """A place in one of several collections: where its next page begins (None: it is finished).

    With a `row`, the collections below that row come first.
    """

    collection: int = 0
    after: Position | None = Position(0, None)
    row: UUID | None = None


_Path = tuple[_Step, ...]
"""From the outermost collection to the one that is under way; empty behind the last row."""


def republish(command: Republish, collections: Sequence[Collection], context: LambdaContext) -> dict[str, Any]:
    """Republishes rows while there is time: how many, and in `next` where to go on (None: that was all).

    Raises `NotTheNext`.
    """
    done, position = go_through(collections, command.action, command.after, context)
    return {"republished": done, "next": position}


def go_through(
    collections: Sequence[Collection], action: str, after: str | None, context: LambdaContext
) -> tuple[int, str | None]:
    """Does rows page by page while there is time: how many, and the `after` to go on from (None: that was all).

    Raises `NotTheNext` for an `after` of anything but the same action.
    """
    scope = {"service": setting("POWERTOOLS_SERVICE_NAME"), "action": action}
    done = 0
    for count, path in _run_pages(collections, (), _decode(after, scope)):
        done += count
        if context.get_remaining_time_in_millis() < _STOP_BEFORE_MS:
            return done, encode_cursor(path, scope) if path else None
    return done, None


def _run_pages(collections: Sequence[Collection], above: tuple[UUID, ...], path: _Path) -> Iterator[tuple[int, _Path]]:
    """Does page by page from a path on; of each page how many rows were done, and the path behind it."""
    first, *deeper = path or (_Step(),)
    for number in range(first.collection, len(collections)):
        collection = collections[number]
        step = first if number == first.collection else _Step(number)
        while True:
            if step.row is not None:
                for done, rest in _run_pages(collection.below, (step.row,), tuple(deeper)):
                    yield done, (step, *rest) if rest else _path_of(step._replace(row=None), collections)
                deeper = []
            if step.after is None:
                break
            # One by one where more is below: a page of them could not be gone on with behind each.
            paging = PageRequest.at(step.after, 1 if collection.below else PAGE)
            rows, after = collection.page(*above, paging)
            if collection.run:
                for row in rows:
                    collection.run(row, now())
            step = _Step(number, after, _id_of(rows[0]) if collection.below and rows else None)
            yield len(rows) if collection.run else 0, _path_of(step, collections)


def _path_of(step: _Step, collections: Sequence[Collection]) -> _Path:
    at_end = step.row is None and step.after is None and step.collection == len(collections) - 1
    return () if at_end else (step,)


def _id_of(row: Any) -> UUID:
    return row if isinstance(row, UUID) else cast(UUID, row.id)


def _decode(after: str | None, scope: Mapping[str, object]) -> _Path:
    if after is None:
        return ()
    try:
        steps = decode_cursor(after, scope)
    except InvalidCursor as error:
        raise NotTheNext from error
    return tuple(_Step(number, position and Position(*position), row and UUID(row)) for number, position, row in steps)


class Republisher:
    """The Lambda handler of a service whose only operation this is: `{"action": "republish"}`."""

    def __init__(self, *collections: Collection) -> None:
        self._collections = collections

    def __call__(self, event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
        try:
            answer = republish(Republish.model_validate(event), self._collections, context)
        except ValidationError as error:
            return {"error": "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())}
        except NotTheNext as problem:
            return {"error": problem.detail}
        logger.info("republished", extra=answer)
        return answer
