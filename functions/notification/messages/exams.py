"""Messages about an exam and its results."""

from datetime import datetime
from decimal import Decimal
from typing import ClassVar, Literal
from uuid import UUID

from notification.messages.message import Line, Message
from notification.rules.preferences import Group


class _AboutExam(Message):
    group: ClassVar[Group | None] = "exam"
    exam_id: UUID
    exam: Line | None
    course_id: UUID | None = None
    course: Line | None

    @property
    def path(self) -> str:
        return f"/app/exams/{self.exam_id}"


class _WithTimes(_AboutExam):
    opens_at: datetime
    closes_at: datetime

    @property
    def valid_until(self) -> datetime:
        return self.closes_at


class ExamScheduled(_WithTimes):
    kind = "exam_scheduled"


class ExamMoved(_WithTimes):
    kind = "exam_moved"


class ExamReminder(_WithTimes):
    kind = "exam_reminder"

    @property
    def valid_until(self) -> datetime:
        return self.opens_at


class ExamCancelled(_AboutExam):
    kind = "exam_cancelled"


class AttemptReopened(_AboutExam):
    """The student can answer again, until then."""

    kind = "attempt_reopened"
    until: datetime

    @property
    def valid_until(self) -> datetime:
        return self.until


class ResultReleased(_AboutExam):
    """`score` is in percent."""

    kind = "result_released"
    score: Decimal
    status: Literal["passed", "failed", "missed"]

    @property
    def variant(self) -> str:
        return self.status

    @property
    def path(self) -> str:
        return f"/app/exams/{self.exam_id}/result"
