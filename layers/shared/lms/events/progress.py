"""Progress, attendance and feedback. Emitted by progress."""

from datetime import date
from typing import ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from lms.events import Event


class ProgressUpdated(Event):
    """`version` is the progress's: of one student in one course. `completed` once every lesson was done; it stays."""

    type: ClassVar[str] = "lms.progress.updated.v1"
    topic: ClassVar[str] = "lms.progress"
    student_id: UUID
    course_id: UUID
    current_module: UUID | None
    completion_percentage: int
    completed: bool

    @property
    def subject(self) -> str:
        return f"progress#{self.student_id}#{self.course_id}"


class AttendanceRecord(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    student_id: UUID
    status: Literal["present", "late", "absent", "excused"]


class AttendanceRecorded(Event):
    """The whole of one session: a course on one date. What an earlier version said of it no longer counts."""

    type: ClassVar[str] = "lms.attendance.recorded.v1"
    topic: ClassVar[str] = "lms.progress"
    course_id: UUID
    date: date
    records: tuple[AttendanceRecord, ...]

    @property
    def subject(self) -> str:
        return f"attendance#{self.course_id}#{self.date}"


class FeedbackSubmitted(Event):
    type: ClassVar[str] = "lms.feedback.submitted.v1"
    topic: ClassVar[str] = "lms.progress"
    feedback_id: UUID
    course_id: UUID
    teacher_id: UUID | None
    rating: int

    @property
    def subject(self) -> str:
        return f"feedback#{self.feedback_id}"
