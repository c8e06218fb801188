"""The routes of student."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import Depends, Path, Query, Response
from pydantic import Field

from lms import dependencies
from lms.access import require_teaching
from lms.callers import Caller
from lms.credentials import AccountsUnavailable
from lms.dependencies import ClientIp, IfMatch, Now, Paging, set_etag
from lms.errors import InvalidField, refuses
from lms.fields import Pattern
from lms.http import LambdaHandler, create_app
from lms.pages import Page
from lms.refusals import (
    AccountBeingSetUp,
    AccountDisabled,
    AccountErased,
    CourseNotFound,
    NotCourseTeacher,
    TooManyAttempts,
    WrongPassword,
)
from lms.security import Admin, AnySignedIn, Student, StudentOrAdmin, TeacherOrAdmin
from student.pictures import PictureKeyUnknown, PictureMissing, PictureUnfit
from student.rules import UnknownLetter
from student.schemas import (
    CardUpdate,
    CourseAttendance,
    CourseHistory,
    GradebookPage,
    OwnCourses,
    PictureUpload,
    ProfileUpdate,
    ReportCardView,
    StandingUpdate,
    StudentProfile,
    StudentSummary,
    Transcript,
)
from student.service import enrollments, gradebook, history, profiles, report_cards, students
from student.service.access import Access, NotTheirTeacher, access_to
from student.service.enrollments import StudentNotFound
from student.service.history import AnotherStudent
from student.service.profiles import ImplausibleBirthday, KeptByInstitute
from student.service.report_cards import ReportCardNotFound

app = create_app("student")

# The founding document writes this service's names in snake_case, so `lms.dependencies.CourseId` is not theirs.
StudentId = Annotated[UUID, Path()]
CourseId = Annotated[UUID, Path()]
_LettersAndDigits = Annotated[str, Pattern("^[0-9A-Za-z]{1,64}$", "A roll number has 1 to 64 letters and digits.")]
RollNo = Annotated[_LettersAndDigits | None, Query()]
FoundingRollNo = Annotated[_LettersAndDigits | None, Query(alias="StudentRollNo")]


class StudentMissing(InvalidField):
    part = "query"
    field = ("StudentRollNo",)
    code = "missing"
    detail = "Name the student."


@refuses(NotTheirTeacher)
def _access(student_id: StudentId, caller: AnySignedIn) -> Access:
    # Here, and not in the use cases alone, so that a stranger gets 403 whatever else is wrong.
    return access_to(student_id, caller)


@refuses(AnotherStudent)
def _self_or_admin(student_id: StudentId, caller: StudentOrAdmin) -> Caller:
    if caller.role != "admin" and caller.id != student_id:
        raise AnotherStudent
    return caller


@refuses(NotCourseTeacher)
def _course_teacher(course_id: CourseId, caller: TeacherOrAdmin) -> Caller:
    require_teaching(caller, course_id)
    return caller


AccessToStudent = Annotated[Access, Depends(_access)]
SelfOrAdmin = Annotated[Caller, Depends(_self_or_admin)]
CourseTeacher = Annotated[Caller, Depends(_course_teacher)]


@app.get("/student/profile")
@refuses(AccountErased)
def get_own_profile(student: Student, response: Response, now: Now) -> StudentProfile:
    """The caller's own profile."""
    record = students.get_caller(student.id, now)
    set_etag(response, record.version)
    return students.profile(record, record.version)


@app.post("/student/updateProfile")
@refuses(
    KeptByInstitute,
    ImplausibleBirthday,
    AccountErased,
    StudentNotFound,
    PictureKeyUnknown,
    PictureMissing,
    PictureUnfit,
    WrongPassword,
    AccountDisabled,
    AccountBeingSetUp,
    TooManyAttempts,
    AccountsUnavailable,
)
def update_own_profile(
    student: Student, if_match: IfMatch, body: ProfileUpdate, ip: ClientIp, response: Response, now: Now
) -> StudentProfile:
    """Replaces the fields given, those of the account as PUT /auth/profile does. A new password ends every session; a
    refused one changes nothing."""
    view = profiles.update(student.id, body, if_match, ip, now)
    set_etag(response, view.version)
    return view


@app.post("/student/profilePicture")
def upload_picture(student: Student) -> PictureUpload:
    """A form to upload a picture with: PNG, JPEG or WebP, 2 MB at most."""
    return profiles.picture_upload(student.id)


@app.get("/student/courses")
def list_own_courses(student: Student) -> OwnCourses:
    """All courses that the caller belongs to or did, with grade, progress, attendance and teachers."""
    return enrollments.list_courses(student.id)


@app.get("/student/attendance")
def list_own_attendance(student: Student, paging: Paging) -> Page[CourseAttendance]:
    """When the caller was there: the sessions of all their courses, by course."""
    return enrollments.list_attendance(student.id, paging)


@app.get("/student/courseHistory", response_model_exclude_unset=True)
@refuses(AccountErased, AnotherStudent, NotTheirTeacher, StudentNotFound, StudentMissing)
def get_course_history(caller: AnySignedIn, roll_no: FoundingRollNo = None) -> CourseHistory:
    """Programs and courses with their chapters: a student's own; teachers and administrators name the student."""
    if caller.role == "student":
        return history.own_history(caller.id, roll_no)
    if roll_no is None:
        raise StudentMissing
    return history.history_of(roll_no, caller)


@app.get("/student/reportCards")
@refuses(StudentNotFound)
def list_own_report_cards(student: Student, paging: Paging) -> Page[ReportCardView]:
    """The caller's report cards, one a course."""
    return report_cards.list_cards(Access(student.id, None), paging)


@app.get("/students")
def list_students(_: Admin, paging: Paging, now: Now, roll_no: RollNo = None) -> Page[StudentSummary]:
    """All students, or the one with a roll number."""
    if roll_no is not None:
        return students.list_one(roll_no, paging, now)
    return students.list_students(paging)


@app.get("/students/{student_id}")
@refuses(StudentNotFound)
def get_student(
    access: AccessToStudent, student_id: StudentId, response: Response, now: Now
) -> Annotated[StudentProfile | StudentSummary, Field(discriminator="view")]:
    """The whole profile for the student and administrators, a summary for teachers."""
    record = students.get(student_id, now)
    set_etag(response, record.version)
    return students.profile(record, record.version) if access.is_full else students.summary(record)


@app.patch("/students/{student_id}")
@refuses(StudentNotFound)
def update_student(
    caller: Admin, student_id: StudentId, if_match: IfMatch, body: StandingUpdate, response: Response, now: Now
) -> StudentProfile:
    """Replaces what the institute decides about a student."""
    view = students.change_standing(student_id, body, caller.id, if_match, now)
    set_etag(response, view.version)
    return view


@app.get("/students/{student_id}/reportCards")
@refuses(StudentNotFound)
def list_report_cards(access: AccessToStudent, paging: Paging) -> Page[ReportCardView]:
    """A student's report cards, for teachers those of their own courses."""
    return report_cards.list_cards(access, paging)


@app.get("/students/{student_id}/transcript")
@refuses(StudentNotFound)
def get_transcript(_: SelfOrAdmin, student_id: StudentId, now: Now) -> Transcript:
    """Every course of a student with its grade, and who certifies it on which day."""
    return enrollments.transcript(student_id, now)


_CSV = """\
Roll number,Name,Status,Grade,Percentage,Attendance,Completion,Midterm
7KD2M9QX,Amina Khan,active,B,84.50,92,60,84.50
"""


@app.get(
    "/courses/{courseId}/reportCards",
    response_model=GradebookPage,
    responses={200: {"content": {"text/csv": {"schema": {"type": "string"}, "example": _CSV}}}},
)
@refuses(CourseNotFound, gradebook.ClassTooLarge)
def get_gradebook(
    _: dependencies.CourseTeacher,
    course_id: dependencies.CourseId,
    paging: Paging,
    wanted: Annotated[
        Literal["json", "csv"], Query(alias="format", description="`csv`: the whole class as a file for spreadsheets.")
    ] = "json",
) -> GradebookPage | Response:
    """The class with grades, attendance, progress and the score of each exam."""
    if wanted == "json":
        return gradebook.page(course_id, paging)
    file = gradebook.file(course_id)
    return Response(file.text, media_type="text/csv", headers={"Content-Disposition": file.disposition})


@app.put("/students/{student_id}/reportCards/{course_id}")
@refuses(UnknownLetter, ReportCardNotFound)
def annotate_report_card(
    caller: CourseTeacher,
    student_id: StudentId,
    course_id: CourseId,
    if_match: IfMatch,
    body: CardUpdate,
    response: Response,
    now: Now,
) -> ReportCardView:
    """Sets remarks, or a grade that replaces the computed one."""
    view = report_cards.annotate(student_id, course_id, caller.id, body, if_match, now)
    set_etag(response, view.version)
    return view


handler = LambdaHandler(app)
