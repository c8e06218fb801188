"""Exams, their results and what waits for marks. Emitted by exam."""

from datetime import datetime
from decimal import Decimal
from typing import ClassVar, Literal
from uuid import UUID

from lms.events import Event


class ExamEvent(Event):
    topic: ClassVar[str] = "lms.exam"
    exam_id: UUID
    course_id: UUID

    @property
    def subject(self) -> str:
        return f"exam#{self.exam_id}"


class ExamState(ExamEvent):
    """A published exam, without its questions. `duration` is in minutes, `weight` and `pass_mark` are plain numbers."""

    title: str
    opens_at: datetime
    closes_at: datetime
    duration: int
    weight: Decimal
    pass_mark: Decimal
    paper: bool


class ExamScheduled(ExamState):
    """Students can see the exam from now on."""

    type: ClassVar[str] = "lms.exam.scheduled.v1"


class ExamChanged(ExamState):
    type: ClassVar[str] = "lms.exam.changed.v1"


class ExamCancelled(ExamEvent):
    """The tombstone of an exam that was published. `withdrawn`: it is not deleted, and may be published again."""

    type: ClassVar[str] = "lms.exam.cancelled.v1"
    withdrawn: bool = False


class ResultRecorded(Event):
    """A student's result in an exam, at its release and on each later change; `version` is the result's.

    `score` is the best attempt's, in percent with two places; a missed exam has 0. `released` is False when a
    published result is withdrawn.
    """

    type: ClassVar[str] = "lms.result.recorded.v1"
    topic: ClassVar[str] = "lms.exam"
    exam_id: UUID
    course_id: UUID
    student_id: UUID
    score: Decimal
    status: Literal["passed", "failed", "missed"]
    weight: Decimal
    released: bool = True

    @property
    def subject(self) -> str:
        return f"result#{self.exam_id}#{self.student_id}"


class AttemptReopened(Event):
    """A submitted attempt takes answers again, until `until`; `version` is that of the student's part in the exam."""

    type: ClassVar[str] = "lms.attempt.reopened.v1"
    topic: ClassVar[str] = "lms.exam"
    attempt_id: UUID
    exam_id: UUID
    course_id: UUID
    student_id: UUID
    until: datetime

    @property
    def subject(self) -> str:
        return f"attempt#{self.attempt_id}"


class MarkingChanged(Event):
    """How many of a student's attempts at an exam wait for a teacher's marks; `version` is that of this number.

    Whoever counts what waits in a course adds up the students: no counter is shared by a class that submits at once.
    """

    type: ClassVar[str] = "lms.marking.changed.v1"
    topic: ClassVar[str] = "lms.exam"
    exam_id: UUID
    course_id: UUID
    student_id: UUID
    waiting: int

    @property
    def subject(self) -> str:
        return f"marking#{self.exam_id}#{self.student_id}"
