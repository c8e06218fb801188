"""What clients send and see."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

from pydantic import ConfigDict, Field, PlainSerializer, StrictInt, model_validator
from pydantic.alias_generators import to_pascal

from lms.fields import INTEGRAL, CamelView, Changes, Day, Name, Passage, View, absent, present
from lms.pages import Page
from lms.profile_fields import Country, Details, MobileNumber, Password
from lms.roster import EnrollmentStatus, StudentStatus
from student.rules import Attendance, Letter, OwnFields

Percentage = Annotated[Decimal, PlainSerializer(float, return_type=float)]
Remarks = Annotated[Passage, Field(max_length=2_000)]


class ProfileUpdate(Changes):
    """The fields to replace; omitted ones stay.

    `profile_picture` is a key from POST /student/profilePicture. `password` and `mobile_number` need
    `current_password`; a new password ends every session. The last five are kept by the institute: a request that
    names one is refused.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "dependentRequired": {"password": ["current_password"], "mobile_number": ["current_password"]},
        }
    )
    of_institute: ClassVar[frozenset[str]] = frozenset(
        {"student_status", "program", "enrollment_year", "roll_no", "email"}
    )
    account_fields: ClassVar[frozenset[str]] = frozenset(
        {"name", "mobile_number", "city", "country", "additional_details"}
    )
    nullable = of_institute | {"mobile_number", "city", "country", "address", "date_of_birth", "profile_picture"}

    name: Name | None = None
    mobile_number: MobileNumber | None = None
    city: Name | None = None
    country: Country | None = None
    address: Annotated[Passage, Field(max_length=500)] | None = None
    date_of_birth: Day | None = None
    additional_details: Details | None = None
    profile_picture: Annotated[str, Field(max_length=200)] | None = None
    password: Password | None = None
    current_password: Password | None = None
    student_status: Any = None
    program: Any = None
    enrollment_year: Any = None
    roll_no: Any = None
    email: Any = None

    @model_validator(mode="after")
    def _proves_who_asks(self) -> "ProfileUpdate":
        if self.model_fields_set & {"password", "mobile_number"} and self.current_password is None:
            raise ValueError("password and mobile_number need current_password")
        return self

    def of_account(self) -> dict[str, Any]:
        return {name: value for name, value in self.given().items() if name in self.account_fields}

    def own(self) -> dict[str, Any]:
        return {name: value for name, value in self.given().items() if name in OwnFields.model_fields}


class StandingUpdate(Changes):
    """The fields to replace; omitted ones stay."""

    nullable = frozenset({"program", "enrollment_year"})

    status: StudentStatus | None = None
    program: Name | None = None
    enrollment_year: Annotated[StrictInt, Field(ge=1900, le=2200), INTEGRAL] | None = None


class StudentProfile(View):
    """A student as they and administrators see them."""

    view: Literal["full"]
    student_id: UUID
    user_id: UUID
    student_status: StudentStatus
    name: str
    email: str
    mobile_number: str | None
    city: str | None
    country: str | None
    address: str | None
    date_of_birth: date | None
    enrollment_year: int | None
    program: str | None
    additional_details: dict[str, Any]
    roll_no: str
    profile_picture_url: Annotated[str | None, Field(description="Works for 5 minutes.")]
    version: int
    created_at: datetime
    updated_at: datetime


class StudentSummary(View):
    """A student as teachers and lists see them."""

    view: Literal["summary"]
    id: UUID
    roll_no: str
    name: str
    email: str
    program: str | None
    status: StudentStatus
    version: int
    created_at: datetime
    updated_at: datetime


class UploadForm(View):
    """Send the fields as multipart/form-data to the URL, and the file after them, as `file`."""

    url: str
    fields: dict[str, str]


class PictureUpload(View):
    """`key` counts once POST /student/updateProfile names it as `profile_picture`; the form works for an hour."""

    upload: UploadForm
    key: str
    expires_in: int


class CardUpdate(Changes):
    """The fields to replace; omitted ones stay. `grade` overrides the computed one and needs a `reason`; null ends the
    override. It is a letter of the institute's scale, and stays when the scale changes."""

    model_config = ConfigDict(
        json_schema_extra={"if": present("grade"), "then": present("reason"), "else": absent("reason")}
    )
    nullable = frozenset({"remarks", "grade"})

    remarks: Remarks | None = None
    grade: Annotated[Name, Field(max_length=5)] | None = None
    reason: Remarks | None = None

    @model_validator(mode="after")
    def _says_why(self) -> "CardUpdate":
        if (self.grade is None) != (self.reason is None):
            raise ValueError("give grade and reason together")
        return self


class GradeOverride(View):
    grade: Letter
    reason: str
    overridden_by: UUID
    overridden_by_name: str | None
    overridden_at: datetime


class ExamScore(View):
    exam_id: UUID
    exam_title: str | None
    score: Percentage


class CountedScore(ExamScore):
    """The best attempt of an exam; without a weight of any, all exams of the course count alike."""

    weight: Percentage


class Metadata(View):
    """What the card was computed from: the mean of the `scores` of `results` exams, and sessions by attendance."""

    grade_percentage: Percentage | None
    computed_grade: Letter | None
    grade_override: GradeOverride | None
    results: int
    scores: list[CountedScore]
    sessions: int
    attendance: dict[Attendance, int]


class ReportCardView(View):
    """A report card; `version` is 0, and there are no times, before anything was recorded.

    Grades are letters of the institute's scale.
    """

    report_id: UUID
    student_id: UUID
    student_name: str
    course_id: UUID
    course_title: str | None
    grade: Letter | None
    completion_percentage: int
    attendance: int | None
    remarks: str | None
    metadata: Metadata
    version: int
    created_at: datetime | None
    updated_at: datetime | None


class GradebookExam(View):
    """An exam that counts in the grades of a course."""

    exam_id: UUID
    exam_title: str | None
    weight: Percentage


class GradebookRow(View):
    """A student of the class; `version` is the report card's. Who was erased has no name."""

    student_id: UUID
    student_name: str | None
    roll_no: str | None
    status: EnrollmentStatus
    grade: Letter | None
    grade_percentage: Percentage | None
    attendance: int | None
    completion_percentage: int
    scores: list[ExamScore]
    version: int


class GradebookPage(Page[GradebookRow]):
    """`exams` are the columns, whether or not anybody on this page has a score."""

    course_id: UUID
    course_title: str | None
    exams: list[GradebookExam]


class TeacherName(CamelView):
    id: UUID
    name: str


class _CourseOfStudent(CamelView):
    """A course that the student belongs to, or did; `gradePercentage` is the computed one, whoever gave the grade."""

    course_id: UUID
    course_title: str
    program_id: UUID
    program_title: str | None
    status: EnrollmentStatus
    completion_percentage: int
    grade: Letter | None
    grade_percentage: Percentage | None
    attendance: int | None


class TranscriptCourse(_CourseOfStudent):
    term_id: UUID | None
    term_title: str | None
    term_starts_on: date | None
    term_ends_on: date | None


class Transcript(CamelView):
    """What an institute certifies of a student; `date` is today in its time zone."""

    institute_name: str
    date: date
    student_id: UUID
    student_name: str
    roll_no: str
    courses: list[TranscriptCourse]


class EnrolledCourse(_CourseOfStudent):
    teachers: list[TeacherName]


class OwnCourses(CamelView):
    items: list[EnrolledCourse]


class AttendedSession(CamelView):
    date: date
    status: Attendance


class CourseAttendance(CamelView):
    """The sessions of one course, the last one first; `attendance` is in percent, of those that count."""

    course_id: UUID
    course_title: str | None
    attendance: int | None
    sessions: list[AttendedSession]


class _Founding(View):
    """Names its fields as the founding document does in this one answer."""

    model_config = ConfigDict(alias_generator=to_pascal, validate_by_name=True, serialize_by_alias=True)


HistoryStatus = Literal["in-progress", "completed", "dropped"]


class HistorySubtopic(_Founding):
    subtopic_id: UUID
    title: str
    github_repo_link: Annotated[str | None, Field(alias="GitHubRepoLink")]
    video_link: str | None


class HistoryTopic(_Founding):
    topic_id: UUID
    title: str
    subtopics: list[HistorySubtopic]


class HistoryChapter(_Founding):
    chapter_id: UUID
    title: str
    topics: list[HistoryTopic]


class HistoryCourse(_Founding):
    """A dropped course has no `Chapters`."""

    course_id: UUID
    title: str
    status: HistoryStatus
    completion_percentage: int
    grade: Letter | None
    chapters: list[HistoryChapter] = Field(default=[])


class HistoryProgram(_Founding):
    program_id: UUID
    title: str
    courses: list[HistoryCourse]


class CourseHistory(_Founding):
    student_roll_no: str
    programs: list[HistoryProgram]
