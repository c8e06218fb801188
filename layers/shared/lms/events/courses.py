"""Programs and courses. Emitted by program."""

from decimal import Decimal
from typing import ClassVar, Literal
from uuid import UUID, uuid5

from lms.events import Event


class ProgramEvent(Event):
    topic: ClassVar[str] = "lms.catalog"
    program_id: UUID

    @property
    def subject(self) -> str:
        return f"program#{self.program_id}"


class ProgramCreated(ProgramEvent):
    type: ClassVar[str] = "lms.program.created.v1"
    title: str


class ProgramUpdated(ProgramEvent):
    type: ClassVar[str] = "lms.program.updated.v1"
    title: str


class ProgramDeleted(ProgramEvent):
    """The tombstone of a program."""

    type: ClassVar[str] = "lms.program.deleted.v1"


class CourseEvent(Event):
    topic: ClassVar[str] = "lms.catalog"
    course_id: UUID
    program_id: UUID

    @property
    def subject(self) -> str:
        return f"course#{self.course_id}"


class CourseState(CourseEvent):
    """The whole of a course, but for its outline. `fee` is exact, in units of `currency`; None: none is stated."""

    title: str
    short_description: str
    quarter: str | None
    capacity: int | None
    enrollment: Literal["open", "closed"]
    requires_payment: bool
    fee: Decimal | None = None
    currency: str = "PKR"
    term_id: UUID | None = None


class CourseCreated(CourseState):
    type: ClassVar[str] = "lms.course.created.v1"


class CourseCopied(CourseEvent):
    """A course was created as a copy of another, whose outline and exams it is to get.

    `days`: how much later its term begins than that of the other.
    """

    type: ClassVar[str] = "lms.course.copied.v1"
    copied_from: UUID
    days: int

    def copy_of(self, part_id: UUID) -> UUID:
        """The id that a part of the other course has in this one."""
        return uuid5(self.course_id, str(part_id))


class CourseUpdated(CourseState):
    type: ClassVar[str] = "lms.course.updated.v1"


class CourseDeleted(CourseEvent):
    """The tombstone of a course. Results, report cards and vouchers stay."""

    type: ClassVar[str] = "lms.course.deleted.v1"
