"""What clients send and see."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field

from lms.enrollment import EnrolledStatus
from lms.fields import View
from lms.messages import MessageBody


class InstructorView(View):
    """The founding schema writes `assignedCourses` among snake_case names."""

    model_config = ConfigDict(validate_by_name=True, serialize_by_alias=True)

    id: UUID
    name: str
    email: str
    assigned_courses: Annotated[list[UUID], Field(alias="assignedCourses")]
    version: int
    created_at: datetime
    updated_at: datetime


class NextExam(View):
    exam_id: UUID
    title: str
    opens_at: datetime
    closes_at: datetime


class ClassView(View):
    """A course that the instructor teaches, with what waits there.

    `students` counts the active ones, `attempts_to_mark` those that wait for marks; `next_exam` is the one that is
    open, or opens next.
    """

    course_id: UUID
    title: str
    program_id: UUID
    program_title: str
    students: int
    attempts_to_mark: int
    next_exam: NextExam | None


class ClassStudent(View):
    student_id: UUID
    course_id: UUID
    course_title: str
    roll_no: str | None
    name: str | None
    email: str | None
    status: EnrolledStatus


class ClassMessage(MessageBody):
    """A message to a class, or to some of it. `send_at`: not before."""

    course_id: UUID
    recipient_ids: Annotated[list[UUID], Field(min_length=1, max_length=500)] | None = None


class Accepted(View):
    """How many people the message goes to."""

    accepted: int
