"""What the clock makes due in exams, found by index: the deadlines of attempts, and sweeps over whole exams."""

import random
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import partial
from itertools import islice
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from exam.service import sweeps
from exam.tables import DUE_SHARDS, DeadlineIndex, StoredStanding, Sweep, SweepIndex
from lms.clock import now
from lms.log import logger

_PAGE = 25
_STOP_BEFORE_MS = 10_000


class Unfinished(Exception):
    """Some of what is due failed; it is tried again in a minute."""


def handler(_: dict[str, Any], context: LambdaContext) -> None:
    """Does what is due; what time does not allow is left to the next minute.

    Raises `Unfinished` at the end if some of it failed.
    """

    def elapsed() -> bool:
        return context.get_remaining_time_in_millis() < _STOP_BEFORE_MS

    at, failed, counts = now(), 0, {"students": 0, "exams": 0}
    for counted, due, run in (
        ("students", _due(StoredStanding.due_index, at, _PAGE), partial(_finish_attempts, at)),
        ("exams", _due(Sweep.due_index, at, 1), partial(_sweep, at, elapsed)),
    ):
        for items in due:
            if elapsed():
                break
            counts[counted] += len(items)
            failed += _failures(partial(run, items))
    logger.info("tick", extra={**counts, "failed": failed})
    if failed:
        raise Unfinished(f"{failed} faults")


def _finish_attempts(at: datetime, students: Sequence[StoredStanding]) -> int:
    return sweeps.bring_up_to_date([(student.exam_id, student.student_id) for student in students], at)


def _sweep(at: datetime, elapsed: Callable[[], bool], due: Sequence[Sweep]) -> int:
    return sum(sweeps.run(sweep.exam_id, at, elapsed) for sweep in due)


def _due(index: DeadlineIndex | SweepIndex, at: datetime, size: int) -> Iterator[list[Any]]:
    """What is due by an index, so many items at a time."""
    # In no fixed order: what is stuck in one shard must not take the time of the others every minute.
    for shard in random.sample(range(DUE_SHARDS), DUE_SHARDS):
        found = index.query(shard, type(index).due_at <= at, page_size=_PAGE)
        while items := list(islice(found, size)):
            yield items


def _failures(run: Callable[[], int]) -> int:
    try:
        return run()
    except Exception:  # noqa: BLE001 (one exam's fault must not hold up the others; the handler raises at its end)
        logger.exception("not finished")
        return 1
