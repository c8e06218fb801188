"""How an exam is taken, and what one student was granted on top of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal
from uuid import UUID

ReleaseMode = Literal["onClose", "onSubmit", "manual"]


@dataclass(frozen=True)
class ExamSettings:
    """What an exam says about how it is taken and graded.

    `closes_by_default`: its teachers chose no time, so it closes `duration` after it opens. `questions` says how many
    it has, `question_set` is their version. `last_closing` is when it has closed for every student. `closed_at`
    is when its teachers closed it early: since then no attempt begins.
    """

    exam_id: UUID
    course_id: UUID
    title: str
    published: bool
    paper: bool
    shuffle: bool
    opens_at: datetime
    closes_at: datetime
    closes_by_default: bool
    last_closing: datetime
    duration: timedelta
    attempts_allowed: int
    pass_mark: Decimal
    weight: Decimal
    release: ReleaseMode
    questions: int
    question_set: int
    version: int | None = None
    started_at: datetime | None = None
    deleted: bool = False
    closed_at: datetime | None = None
    released_at: datetime | None = None
    instructions: str = ""

    @property
    def closing(self) -> datetime:
        """When it closes, or has closed, for students without an accommodation."""
        return min(self.closes_at, self.closed_at or self.closes_at)


@dataclass(frozen=True)
class Accommodation:
    """What one student was granted. `extra_minutes` lengthen each attempt, and move the student's closing as well.

    So does `extra_percent` of the exam's duration, which they were granted in the whole course. `reopened_until`: an
    attempt that was reopened takes answers until then.
    """

    extra_minutes: int = 0
    closes_at: datetime | None = None
    extra_attempts: int = 0
    extra_percent: int = 0
    reopened_until: datetime | None = None
