"""What clients send and see."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, StrictInt
from pydantic_core import PydanticCustomError

from lms.fields import INTEGRAL, CamelBody, CamelChanges, CamelView, Day, Description
from lms.pages import Page

Percentage = Annotated[StrictInt, Field(ge=0, le=100), INTEGRAL]
Comment = Annotated[Description, Field(max_length=2_000)]
AttendanceStatus = Literal["present", "late", "absent", "excused"]


class NewProgress(CamelBody):
    """`completionPercentage` counts only where the course has no lessons."""

    student_id: UUID
    course_id: UUID
    current_module: UUID | None = None
    completion_percentage: Percentage = 0


class ProgressUpdate(CamelChanges):
    """The fields to replace; omitted ones stay, null empties `currentModule`."""

    nullable = frozenset({"current_module"})

    current_module: UUID | None = None
    completion_percentage: Percentage | None = None


class ProgressView(CamelView):
    """`lessonsDone` are the present lessons that are done; `version` 0: nothing was recorded yet."""

    id: UUID
    student_id: UUID
    student_name: str | None
    course_id: UUID
    course_title: str
    current_module: UUID | None
    completion_percentage: int
    completed: bool
    lessons_done: list[UUID]
    version: int
    created_at: datetime | None
    updated_at: datetime | None


class AttendanceRecord(CamelBody):
    student_id: UUID
    status: AttendanceStatus


def _each_once(records: list[AttendanceRecord]) -> list[AttendanceRecord]:
    if len({record.student_id for record in records}) != len(records):
        raise PydanticCustomError("value_error", "Name each student only once.")
    return records


class NewAttendance(CamelBody):
    """A whole session. Without records, it did not take place."""

    course_id: UUID
    date: Day
    records: Annotated[list[AttendanceRecord], Field(max_length=1_000), AfterValidator(_each_once)]


class AttendanceRecordView(CamelView):
    """Who was erased has no name."""

    student_id: UUID
    student_name: str | None
    status: AttendanceStatus


class AttendanceView(CamelView):
    """A session; a student sees their own record alone."""

    course_id: UUID
    course_title: str
    date: date
    records: list[AttendanceRecordView]
    version: int
    created_at: datetime
    updated_at: datetime


class NewFeedback(CamelBody):
    """Feedback on a course, or with `instructorId` on one of its teachers."""

    course_id: UUID
    rating: Annotated[StrictInt, Field(ge=1, le=5), INTEGRAL]
    comment: Comment = ""
    teacher_id: UUID | None = Field(None, alias="instructorId")


class FeedbackView(CamelView):
    """Only administrators and the author see `studentId` and `studentName`; for others they are null."""

    id: UUID
    course_id: UUID
    course_title: str
    student_id: UUID | None
    student_name: str | None
    teacher_id: UUID | None = Field(alias="instructorId")
    teacher_name: str | None = Field(alias="instructorName")
    rating: int
    comment: str
    version: int
    created_at: datetime
    updated_at: datetime


class SummaryView(CamelView):
    """All feedback on a course: `average` has two places and is null without feedback; `histogram` is by rating."""

    count: int
    average: float | None
    histogram: dict[int, int]


class FeedbackPage(Page[FeedbackView]):
    summary: SummaryView
