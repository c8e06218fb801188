"""What clients send and see."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StrictBool, StrictInt, StringConstraints

from lms.assets import AssetView
from lms.enrollment import EnrolledStatus, EnrollmentStatus
from lms.fields import INTEGRAL, CamelBody, CamelChanges, CamelView, Description, Name
from lms.institute import default_currency
from lms.money import Currency, Money

EnrollmentMode = Literal["open", "closed"]
Outcome = Literal["enrolled", "already-enrolled", "closed", "full", "standing", "unconfirmed", "unknown", "unpaid"]
Capacity = Annotated[StrictInt, Field(ge=1, le=1_000_000), INTEGRAL]
# The founding schema writes this one name in snake_case.
_SHORT_DESCRIPTION = Field(alias="short_description")


class NewProgram(CamelBody):
    title: Name
    description: Description = ""


class ProgramUpdate(CamelChanges):
    """The fields to replace; omitted ones stay."""

    title: Name | None = None
    description: Description | None = None


class ProgramView(CamelView):
    id: UUID
    title: str
    description: str
    version: int
    created_at: datetime
    updated_at: datetime


class NewCourse(CamelBody):
    """`capacity` null: any number of students.

    `requiresPayment` admits students who have paid `fee` (in `currency`); without a fee, those who have paid any of the
    course's vouchers. `currency` is the institute's if none is given.
    """

    title: Name
    short_description: Annotated[Description, _SHORT_DESCRIPTION] = ""
    quarter: Name | None = None
    term_id: UUID | None = None
    capacity: Capacity | None = None
    enrollment: EnrollmentMode = "open"
    requires_payment: StrictBool = False
    fee: Money | None = None
    currency: Annotated[Currency, Field(default_factory=default_currency)]


class CourseCopy(CamelBody):
    """A course like another. `programId` and `termId` are the other's where none is given."""

    title: Name
    program_id: UUID | None = None
    term_id: UUID | None = None


class CourseUpdate(CamelChanges):
    """The fields to replace; omitted ones stay, null empties `quarter`, `termId` and `fee` and lifts `capacity`.

    Only administrators can change `requiresPayment`, `fee` and `currency`.
    """

    nullable = frozenset({"quarter", "term_id", "capacity", "fee"})

    title: Name | None = None
    short_description: Annotated[Description | None, _SHORT_DESCRIPTION] = None
    quarter: Name | None = None
    term_id: UUID | None = None
    capacity: Capacity | None = None
    enrollment: EnrollmentMode | None = None
    requires_payment: StrictBool | None = None
    fee: Money | None = None
    currency: Currency | None = None


class CourseTeacher(CamelView):
    id: UUID
    name: str


class CourseView(CamelView):
    """A course; `seatsLeft` null: it takes any number of students."""

    id: UUID
    program_id: UUID
    program_title: str
    title: str
    short_description: Annotated[str, _SHORT_DESCRIPTION]
    teachers: list[CourseTeacher]
    quarter: str | None = None
    term_id: UUID | None = None
    term_title: str | None = None
    term_starts_on: date | None = None
    term_ends_on: date | None = None
    capacity: int | None = None
    seats_left: int | None = None
    enrollment: EnrollmentMode
    requires_payment: bool
    fee: str | None = None
    currency: str
    version: int
    created_at: datetime
    updated_at: datetime


class SubtopicView(CamelView):
    """Links are null for callers who do not belong to the course."""

    subtopic_id: UUID
    title: str
    github_repo_link: str | None
    video_link: str | None


class TopicView(CamelView):
    """`asset` is the lesson's file; null for callers who do not belong to the course."""

    topic_id: UUID
    title: str
    asset: AssetView | None
    subtopics: list[SubtopicView]


class ChapterView(CamelView):
    chapter_id: UUID
    title: str
    topics: list[TopicView]


class CatalogueCourse(CourseView):
    """A course with the titles of what it teaches; without links and files."""

    table_of_contents: list[ChapterView]


class CourseDetails(CatalogueCourse):
    """A course with what it teaches; `ownEnrollment` is that of the student who asks, null for all others."""

    own_enrollment: EnrollmentStatus | None


class ScheduledExam(CamelView):
    exam_id: UUID
    title: str
    opens_at: Annotated[datetime, Field(alias="examDate")]
    closes_at: datetime
    duration: int


class Enroll(CamelBody):
    """`studentId` is for administrators, who enrol others; a student can leave it out."""

    student_id: UUID | None = None


class BulkEnroll(CamelBody):
    """Students by id, e-mail address or roll number."""

    students: Annotated[
        list[Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=254)]],
        Field(min_length=1, max_length=500),
    ]


class BulkOutcome(CamelView):
    """The outcome of one row: `student` as it was given, `studentId` if it names a student.

    `unconfirmed`: a student registered with this e-mail address and has not confirmed it; use their id or roll number,
    or wait until they do.
    """

    student: str
    student_id: UUID | None
    student_name: str | None
    outcome: Outcome


class BulkEnrolled(CamelView):
    """The outcomes of all rows, counted and one by one."""

    enrolled: int
    already_enrolled: int
    not_enrolled: int
    outcomes: list[BulkOutcome]


class EnrollmentUpdate(CamelBody):
    status: EnrolledStatus


class EnrollmentView(CamelView):
    """A student's enrolment; `name`, `email` and `rollNo` are null once the student is erased."""

    student_id: UUID
    course_id: UUID
    course_title: str
    status: EnrollmentStatus
    name: str | None
    email: str | None
    roll_no: str | None
    version: int
    created_at: datetime
    updated_at: datetime
