"""The routes of program."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path, Query, Response

from lms.callers import Caller
from lms.dependencies import CachedForAMinute, CourseId, CourseTeacher, Idempotent, IfMatch, Now, Paging, set_etag
from lms.enrollment import EnrollmentStatus
from lms.errors import Forbidden, refuses
from lms.http import LambdaHandler, create_app
from lms.pages import Page
from lms.refusals import CourseNotFound, NotCourseMember, NotInGoodStanding
from lms.security import Admin, AnySignedIn, Public, StudentOrAdmin
from program import rules
from program.schemas import (
    BulkEnroll,
    BulkEnrolled,
    CatalogueCourse,
    ChapterView,
    CourseCopy,
    CourseDetails,
    CourseUpdate,
    CourseView,
    Enroll,
    EnrollmentUpdate,
    EnrollmentView,
    NewCourse,
    NewProgram,
    ProgramUpdate,
    ProgramView,
    ScheduledExam,
)
from program.service import bulk, catalogue, contents, courses, enrollments, programs, schedule

app = create_app("program")

ProgramId = Annotated[UUID, Path(alias="programId")]
StudentId = Annotated[UUID, Path(alias="studentId")]
CourseInQuery = Annotated[UUID, Query(alias="courseId")]
ChapterInQuery = Annotated[UUID, Query(alias="chapterId")]


class EnrollmentOfAnother(Forbidden):
    detail = "You can only end your own enrolment."


@refuses(EnrollmentOfAnother)
def _self_or_admin(student_id: StudentId, caller: StudentOrAdmin) -> Caller:
    if caller.role == "student" and caller.id != student_id:
        raise EnrollmentOfAnother
    return caller


SelfOrAdmin = Annotated[Caller, Depends(_self_or_admin)]


@app.post("/programs/create", status_code=201)
@refuses(programs.TitleTaken)
def create_program(_: Admin, idempotent: Idempotent, form: NewProgram, response: Response, now: Now) -> ProgramView:
    """Creates a program. Its title must be unique."""
    view = programs.create(form, idempotent, now)
    response.headers["Location"] = programs.location(view.id)
    set_etag(response, view.version)
    return view


@app.get("/programs/list", dependencies=[Public, CachedForAMinute])
def list_programs(paging: Paging) -> Page[ProgramView]:
    """All programs."""
    return programs.list_programs(paging)


@app.get("/programs/{programId}/details", dependencies=[Public, CachedForAMinute])
@refuses(programs.ProgramNotFound)
def get_program(program_id: ProgramId, response: Response) -> ProgramView:
    """One program."""
    view = programs.show(program_id)
    set_etag(response, view.version)
    return view


@app.put("/programs/{programId}/update")
@refuses(programs.ProgramNotFound, programs.TitleTaken)
def update_program(
    _: Admin, program_id: ProgramId, if_match: IfMatch, body: ProgramUpdate, response: Response, now: Now
) -> ProgramView:
    """Replaces the given fields."""
    view = programs.update(program_id, body, if_match, now)
    set_etag(response, view.version)
    return view


@app.delete("/programs/{programId}/delete", status_code=204)
@refuses(programs.ProgramNotFound, programs.ProgramHasCourses)
def delete_program(_: Admin, program_id: ProgramId, if_match: IfMatch, now: Now) -> None:
    """Deletes a program that has no courses."""
    programs.delete(program_id, if_match, now)


@app.post("/programs/{programId}/courses/create", status_code=201)
@refuses(programs.ProgramNotFound, courses.TermUnknown)
def create_course(
    _: Admin, program_id: ProgramId, idempotent: Idempotent, form: NewCourse, response: Response, now: Now
) -> CourseView:
    """Creates a course within a program."""
    view = courses.create(program_id, form, idempotent, now)
    response.headers["Location"] = courses.location(view.id)
    set_etag(response, view.version)
    return view


@app.post("/courses/{courseId}/copy", status_code=201)
@refuses(CourseNotFound, courses.ProgramUnknown, courses.TermUnknown)
def copy_course(
    _: Admin, course_id: CourseId, idempotent: Idempotent, form: CourseCopy, response: Response, now: Now
) -> CourseView:
    """Creates a course like another, without its people.

    Its outline, files and exams follow within seconds; the exams are not published, and as much later as the term.
    """
    view = courses.copy(course_id, form, idempotent, now)
    response.headers["Location"] = courses.location(view.id)
    set_etag(response, view.version)
    return view


@app.get("/programs/{programId}/courses", dependencies=[Public, CachedForAMinute])
@refuses(programs.ProgramNotFound)
def list_courses(program_id: ProgramId, paging: Paging) -> Page[CourseView]:
    """The courses of a program."""
    return courses.list_courses(program_id, paging)


@app.get("/courses/catalogue", dependencies=[Public, CachedForAMinute])
def search_courses(
    paging: Paging,
    words: Annotated[str, Query(alias="q", max_length=200, description="Words, or how they begin.")] = "",
    program_id: Annotated[UUID | None, Query(alias="programId")] = None,
    term_id: Annotated[UUID | None, Query(alias="termId")] = None,
) -> Page[CourseView]:
    """The courses that are open for enrolment, by words of the title: all of them must be there."""
    return catalogue.search(words, program_id, term_id, paging)


@app.get("/courses/{courseId}/catalogue", dependencies=[Public, CachedForAMinute])
@refuses(CourseNotFound)
def get_catalogue_course(course_id: CourseId) -> CatalogueCourse:
    """A course with the titles of what it teaches, for anybody."""
    return contents.in_catalogue(course_id)


@app.put("/courses/{courseId}/update")
@refuses(CourseNotFound, courses.FeeChangeForbidden, courses.TermUnknown)
def update_course(
    caller: CourseTeacher, course_id: CourseId, if_match: IfMatch, body: CourseUpdate, response: Response, now: Now
) -> CourseView:
    """Replaces the given fields. Only administrators can change what the course costs."""
    view = courses.update(course_id, body, caller, if_match, now)
    set_etag(response, view.version)
    return view


@app.delete("/courses/{courseId}/delete", status_code=204)
@refuses(CourseNotFound, courses.StudentsActive)
def delete_course(_: Admin, course_id: CourseId, if_match: IfMatch, now: Now) -> None:
    """Deletes a course in which no student is active."""
    courses.delete(course_id, if_match, now)


@app.get("/courses/{courseId}/details")
@refuses(CourseNotFound)
def get_course(caller: AnySignedIn, course_id: CourseId, response: Response) -> CourseDetails:
    """A course with its table of contents: members see links and files, teachers also unpublished parts."""
    view = contents.details(course_id, caller)
    set_etag(response, view.version)
    return view


@app.get("/courses/topics")
@refuses(CourseNotFound, contents.ChapterNotFound)
def get_chapter(caller: AnySignedIn, course_id: CourseInQuery, chapter_id: ChapterInQuery) -> ChapterView:
    """The topics and subtopics of a chapter."""
    return contents.chapter(course_id, chapter_id, caller)


@app.get("/courses/schedule")
@refuses(CourseNotFound, NotCourseMember)
def get_exam_schedule(caller: AnySignedIn, course_id: CourseInQuery, paging: Paging) -> Page[ScheduledExam]:
    """The published exams of a course, soonest first."""
    return schedule.list_exams(course_id, caller, paging)


@app.post("/courses/{courseId}/enrollments", status_code=201)
@refuses(
    CourseNotFound,
    enrollments.EnrollsAnother,
    enrollments.StudentMissing,
    rules.UnknownStudent,
    NotInGoodStanding,
    rules.AlreadyEnrolled,
    rules.EnrollmentClosed,
    rules.CourseFull,
    rules.CourseUnpaid,
)
def enroll_student(
    caller: StudentOrAdmin,
    course_id: CourseId,
    idempotent: Idempotent,
    response: Response,
    now: Now,
    body: Enroll = Enroll(),
) -> EnrollmentView:
    """Enrols the caller, or the student whom an administrator names."""
    view = enrollments.enroll(course_id, body.student_id, caller, idempotent, now)
    response.headers["Location"] = enrollments.location(view)
    set_etag(response, view.version)
    return view


@app.post("/courses/{courseId}/enrollments/bulk")
@refuses(CourseNotFound)
def enroll_students(
    caller: Admin, course_id: CourseId, idempotent: Idempotent, body: BulkEnroll, now: Now
) -> BulkEnrolled:
    """Enrols a list of students, named by id, e-mail address or roll number."""
    return bulk.enroll_list(course_id, body.students, caller.id, idempotent, now)


@app.get("/courses/{courseId}/enrollments")
@refuses(CourseNotFound)
def list_enrollments(
    _: CourseTeacher, course_id: CourseId, paging: Paging, status: EnrollmentStatus | None = None
) -> Page[EnrollmentView]:
    """All students who ever enrolled in the course, with their current status, or those of one status."""
    return enrollments.list_enrollments(course_id, status, paging)


@app.patch("/courses/{courseId}/enrollments/{studentId}")
@refuses(enrollments.EnrollmentNotFound, rules.EnrollmentDropped, rules.CourseFull)
def update_enrollment(
    caller: CourseTeacher,
    course_id: CourseId,
    student_id: StudentId,
    if_match: IfMatch,
    body: EnrollmentUpdate,
    response: Response,
    now: Now,
) -> EnrollmentView:
    """Completes an enrolment, or makes it active again."""
    view = enrollments.set_status(course_id, student_id, body.status, caller.id, if_match, now)
    set_etag(response, view.version)
    return view


@app.delete("/courses/{courseId}/enrollments/{studentId}", status_code=204)
@refuses(enrollments.EnrollmentNotFound, rules.EnrollmentCompleted)
def drop_enrollment(
    caller: SelfOrAdmin, course_id: CourseId, student_id: StudentId, if_match: IfMatch, now: Now
) -> None:
    """Ends an enrolment. The student can enrol again later."""
    enrollments.drop(course_id, student_id, caller.id, if_match, now)


handler = LambdaHandler(app)
