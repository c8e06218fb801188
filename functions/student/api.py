"""The routes of student."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path, Query, Response

from lms.access import require_teaching
from lms.callers import Caller
from lms.dependencies import ClientIp, IfMatch, Now, Paging, set_etag
from lms.errors import Invalid
from lms.http import LambdaHandler, create_app
from lms.pages import Page
from lms.security import Admin, AnySignedIn, Student, TeacherOrAdmin
from student.schemas import (
    CardUpdate,
    CourseHistory,
    PictureUpload,
    ProfileUpdate,
    ReportCardView,
    StandingUpdate,
    StudentProfile,
    StudentSummary,
)
from student.service import cards, history, people, profiles
from student.service.sight import Sight, sight_of

app = create_app("student")

StudentId = Annotated[UUID, Path()]
CourseId = Annotated[UUID, Path()]
_ROLL_NO = r"^[0-9A-Za-z]{1,64}$"
RollNo = Annotated[str | None, Query(pattern=_ROLL_NO)]
FoundingRollNo = Annotated[str | None, Query(alias="StudentRollNo", pattern=_ROLL_NO)]


def _sight(student_id: StudentId, caller: AnySignedIn) -> Sight:
    # Here, and not in the use cases alone, so that a stranger gets 403 whatever else is wrong.
    return sight_of(caller, student_id)


def _course_teacher(course_id: CourseId, caller: TeacherOrAdmin) -> Caller:
    require_teaching(caller, course_id)
    return caller


MaySee = Annotated[Sight, Depends(_sight)]
CourseTeacher = Annotated[Caller, Depends(_course_teacher)]


@app.get("/student/profile")
def show_profile(student: Student, response: Response, now: Now) -> StudentProfile:
    """The caller's own profile."""
    person = people.get_caller(student.id, now)
    set_etag(response, person.version)
    return people.profile(person, person.version)


@app.post("/student/updateProfile")
def update_profile(
    student: Student, if_match: IfMatch, body: ProfileUpdate, ip: ClientIp, response: Response, now: Now
) -> StudentProfile:
    """Replaces the fields given, of the account as PUT /auth/profile does. A new password ends every session; a refused
    one changes nothing."""
    view = profiles.update(student.id, body, if_match, ip, now)
    set_etag(response, view.version)
    return view


@app.post("/student/profilePicture")
def upload_picture(student: Student) -> PictureUpload:
    """A form to upload a picture with: PNG, JPEG or WebP, 2 MB at most."""
    return profiles.picture_upload(student.id)


@app.get("/student/courseHistory", response_model_exclude_unset=True)
def course_history(caller: AnySignedIn, roll_no: FoundingRollNo = None) -> CourseHistory:
    """Programs and courses with their chapters: a student's own, or for others that of the student named."""
    if caller.role == "student":
        return history.own_history(caller.id, roll_no)
    if roll_no is None:
        raise Invalid(["query", "StudentRollNo"], "Name the student.", "missing")
    return history.history_of(roll_no, caller)


@app.get("/student/reportCards")
def own_report_cards(student: Student, paging: Paging) -> Page[ReportCardView]:
    """The caller's report cards, one a course."""
    return cards.list_cards(sight_of(student, student.id), paging)


@app.get("/students")
def list_students(_: Admin, paging: Paging, now: Now, roll_no: RollNo = None) -> Page[StudentSummary]:
    """All students, or the one with a roll number."""
    if roll_no is not None:
        return people.list_one(roll_no, paging, now)
    return people.list_students(paging)


@app.get("/students/{student_id}")
def student(sight: MaySee, student_id: StudentId, response: Response, now: Now) -> StudentProfile | StudentSummary:
    """The whole profile for the student and administrators, a line of the list for teachers."""
    person = people.get(student_id, now)
    set_etag(response, person.version)
    return people.profile(person, person.version) if sight.is_whole else people.summary(person)


@app.patch("/students/{student_id}")
def change_standing(
    _: Admin, student_id: StudentId, if_match: IfMatch, body: StandingUpdate, response: Response, now: Now
) -> StudentProfile:
    """Replaces what the school decides of a student."""
    view = people.change_standing(student_id, body, if_match, now)
    set_etag(response, view.version)
    return view


@app.get("/students/{student_id}/reportCards")
def report_cards(sight: MaySee, student_id: StudentId, paging: Paging, now: Now) -> Page[ReportCardView]:
    """A student's report cards, for teachers those of their own courses."""
    people.get(student_id, now)
    return cards.list_cards(sight, paging)


@app.put("/students/{student_id}/reportCards/{course_id}")
def write_on_report_card(
    caller: CourseTeacher,
    student_id: StudentId,
    course_id: CourseId,
    if_match: IfMatch,
    body: CardUpdate,
    response: Response,
    now: Now,
) -> ReportCardView:
    """Sets remarks, or a grade that stands before the computed one."""
    view = cards.write_on(student_id, course_id, caller.id, body, if_match, now)
    set_etag(response, view.version)
    return view


handler = LambdaHandler(app)
