"""The routes of exams: to set one, publish it and release its results."""

from typing import Annotated

from fastapi import Depends, Query, Response

from exam.api.application import app
from exam.api.parameters import CourseIdAsId, ExamId, ExamIdAsId
from exam.rules.editing import (
    ClosingImpossible,
    EarlierClosing,
    ExamBegun,
    ExamHasNoQuestions,
    ExamNotPublished,
    NewExamHasNoQuestions,
    PublishedTooLate,
    ReleasedAutomatically,
    SettingsFrozen,
)
from exam.rules.standing import ExamClosed, ExamNotOpen, State
from exam.schemas.exams import ExamDetails, ExamUpdate, ExamView, NewExam, Release
from exam.service import access, exams, schedules
from exam.service.access import CourseMembership, NotAccessible
from exam.service.exams import StudentsCanStillAnswer
from exam.service.schedules import TooManyExams
from lms.dependencies import CourseId, Idempotent, IfMatch, Now, Paging, set_etag
from lms.errors import refuses
from lms.pages import Page
from lms.refusals import CourseNotFound, NotCourseMember, NotCourseTeacher
from lms.security import AnySignedIn, Student, TeacherOrAdmin

ExamState = Annotated[State | None, Query()]


@app.post("/exams", status_code=201)
@refuses(NotCourseTeacher, ClosingImpossible, NewExamHasNoQuestions, CourseNotFound, TooManyExams)
def create_exam(
    caller: TeacherOrAdmin, idempotent: Idempotent, body: NewExam, response: Response, now: Now
) -> ExamView:
    """Creates an exam."""
    view = exams.create(body, caller, idempotent, now)
    response.headers["Location"] = exams.location(view)
    return view


@refuses(NotCourseMember)
def _member_of_id(caller: AnySignedIn, course_id: CourseIdAsId) -> CourseMembership:
    return access.as_member(caller, course_id)


@refuses(NotCourseMember)
def _member_of_course(caller: AnySignedIn, course_id: CourseId) -> CourseMembership:
    return access.as_member(caller, course_id)


@app.get("/exams/{id}")
@refuses(CourseNotFound)
def list_exams(course: Annotated[CourseMembership, Depends(_member_of_id)], paging: Paging) -> Page[ExamView]:
    """Lists the exams of a course; students see the published ones."""
    return exams.list_exams(*course, paging)


@app.get("/courses/{courseId}/exams")
@refuses(CourseNotFound)
def list_exams_of_course(
    course: Annotated[CourseMembership, Depends(_member_of_course)], paging: Paging
) -> Page[ExamView]:
    """Lists the exams of a course; students see the published ones."""
    return exams.list_exams(*course, paging)


@app.get("/student/exams")
def list_student_exams(caller: Student, paging: Paging, now: Now, state: ExamState = None) -> Page[ExamDetails]:
    """Lists a student's exams in all courses, soonest first."""
    return schedules.list_own(caller, state, paging, now)


@app.get("/exams/{examId}/details")
@refuses(NotAccessible)
def get_exam(caller: AnySignedIn, exam_id: ExamId, response: Response, now: Now) -> ExamDetails:
    """Shows an exam; to a student also when it opens and closes for them, and what they may do."""
    view = exams.details(exam_id, caller, now)
    set_etag(response, view.version)
    return view


@app.put("/exams/{id}")
@refuses(
    NotAccessible,
    ClosingImpossible,
    SettingsFrozen,
    EarlierClosing,
    ExamClosed,
    ExamHasNoQuestions,
    PublishedTooLate,
    CourseNotFound,
    TooManyExams,
)
def update_exam(
    caller: TeacherOrAdmin, exam_id: ExamIdAsId, if_match: IfMatch, body: ExamUpdate, response: Response, now: Now
) -> ExamView:
    """Replaces the fields given. Once an attempt has begun, only the title and a later `closesAt` are accepted."""
    view = exams.update(exam_id, caller, body, if_match, now)
    set_etag(response, view.version)
    return view


@app.delete("/exams/{id}", status_code=204)
@refuses(NotAccessible, ExamBegun, CourseNotFound)
def delete_exam(caller: TeacherOrAdmin, exam_id: ExamIdAsId, if_match: IfMatch, now: Now) -> None:
    """Deletes an exam in which no attempt has begun."""
    exams.delete(exam_id, caller, if_match, now)


@app.post("/exams/{examId}/release")
@refuses(NotAccessible, ReleasedAutomatically, ExamNotPublished, ExamNotOpen, StudentsCanStillAnswer, CourseNotFound)
def release_results(caller: TeacherOrAdmin, exam_id: ExamId, now: Now, body: Release | None = None) -> ExamView:
    """Releases the results of an exam with manual release.

    With `closeNow`, an exam that is still open is closed: no more attempts can begin, and the results are released when
    the running ones have ended.
    """
    return exams.release(exam_id, caller, now, close_now=body is not None and body.close_now)
