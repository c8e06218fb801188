"""What the clock makes due in exams, found by index: deadlines of attempts, closings of exams."""

import random
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from itertools import islice
from typing import Any
from uuid import UUID

from aws_lambda_powertools.utilities.typing import LambdaContext

from exam.service import upkeep
from exam.service.upkeep import Student
from exam.tables import DUE_SHARDS, Candidate, DueIndex, Upkeep, UpkeepIndex
from lms.clock import now
from lms.log import logger

_PAGE = 25
_STOP_BEFORE_MS = 10_000


class Unsettled(Exception):
    """Some of what is due could not be done; it is tried again in a minute."""


def handler(_: dict[str, Any], context: LambdaContext) -> None:
    """Does what is due; what time does not allow is left to the next minute.

    Raises `Unsettled` at the end if some of it failed.
    """

    def elapsed() -> bool:
        return context.get_remaining_time_in_millis() < _STOP_BEFORE_MS

    at, failed, counts = now(), 0, {"students": 0, "exams": 0}
    for students in _due_students(at):
        if elapsed():
            break
        counts["students"] += len(students)
        failed += _failures(partial(upkeep.bring_up_to_date, students, at))
    for exam_id in _due_exams(at):
        if elapsed():
            break
        counts["exams"] += 1
        failed += _failures(partial(upkeep.work_on, exam_id, at, elapsed))
    logger.info("tick", extra={**counts, "failed": failed})
    if failed:
        raise Unsettled(f"{failed} faults")


def _failures(work: Callable[[], int]) -> int:
    try:
        return work()
    except Exception:  # noqa: BLE001 (one exam's fault must not hold up the others; the handler raises at its end)
        logger.exception("not settled")
        return 1


def _due_students(at: datetime) -> Iterator[list[Student]]:
    for shard in _shards():
        found = Candidate.due_index.query(shard, DueIndex.due_at <= at, page_size=_PAGE)
        while page := [(candidate.exam_id, candidate.student_id) for candidate in islice(found, _PAGE)]:
            yield page


def _due_exams(at: datetime) -> Iterator[UUID]:
    for shard in _shards():
        yield from (due.exam_id for due in Upkeep.due_index.query(shard, UpkeepIndex.due_at <= at))


def _shards() -> list[int]:
    # In no fixed order: what is stuck in one shard must not take the others' time every minute.
    return random.sample(range(DUE_SHARDS), DUE_SHARDS)
