"""What a student is granted in an exam, or in all of a course."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StrictInt

from lms.fields import INTEGRAL, CamelBody, CamelChanges, CamelView, Moment


class AccommodationUpdate(CamelChanges):
    """The fields to replace; omitted ones stay. `closesAt` null removes the student's own closing."""

    nullable = frozenset({"closes_at"})

    extra_minutes: Annotated[StrictInt, Field(ge=0, le=14 * 24 * 60), INTEGRAL] | None = None
    closes_at: Moment | None = None
    extra_attempts: Annotated[StrictInt, Field(ge=0, le=20), INTEGRAL] | None = None


class AccommodationView(CamelView):
    """What a student was granted in an exam; `extraPercent` in the whole course."""

    exam_id: UUID
    exam_title: str
    student_id: UUID
    student_name: str | None
    extra_minutes: int
    closes_at: datetime | None
    extra_attempts: int
    extra_percent: int
    version: int
    created_at: datetime
    updated_at: datetime


class CourseAccommodationUpdate(CamelBody):
    """`extraPercent` of the duration of every exam of the course, also of those set later."""

    extra_percent: Annotated[StrictInt, Field(ge=1, le=300), INTEGRAL]


class CourseAccommodationView(CamelView):
    """What a student was granted in every exam of a course."""

    course_id: UUID
    course_title: str
    student_id: UUID
    student_name: str | None
    extra_percent: int
    version: int
    created_at: datetime
    updated_at: datetime
