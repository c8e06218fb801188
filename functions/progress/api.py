"""The routes of progress, attendance and feedback."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path, Response

from lms.access import is_enrolled, require_belonging, require_teaching
from lms.callers import Caller
from lms.dependencies import CourseId, Idempotent, IfMatch, Now, Paging, set_etag
from lms.errors import Forbidden
from lms.http import LambdaHandler, create_app
from lms.pages import Page
from lms.security import AnySignedIn, Permission, Student, TeacherOrAdmin
from progress.schemas import (
    AttendanceView,
    FeedbackPage,
    FeedbackView,
    NewAttendance,
    NewFeedback,
    NewProgress,
    ProgressUpdate,
    ProgressView,
)
from progress.service import attendance, feedback, learning

app = create_app("progress")

StudentId = Annotated[UUID, Path(alias="studentId")]
LessonId = Annotated[UUID, Path(alias="lessonId")]
StudentOrTeacher = Annotated[Caller, Depends(Permission(frozenset({"student", "teacher"})))]


def _reader(student_id: StudentId, course_id: CourseId, caller: AnySignedIn) -> Caller:
    if caller.role != "student":
        require_teaching(caller, course_id)
    elif caller.id != student_id:
        raise Forbidden("This is another student's progress.")
    return caller


def _learner(student_id: StudentId, course_id: CourseId, caller: Student) -> Caller:
    if caller.id != student_id:
        raise Forbidden("This is another student's progress.")
    if not is_enrolled(caller, course_id):
        raise Forbidden("You are not enrolled in this course.")
    return caller


def _member(course_id: CourseId, caller: AnySignedIn) -> Caller:
    require_belonging(caller, course_id)
    return caller


Reader = Annotated[Caller, Depends(_reader)]
Learner = Annotated[Caller, Depends(_learner)]
Member = Annotated[Caller, Depends(_member)]


@app.post("/progress", status_code=201)
def create_progress(
    caller: StudentOrTeacher, idempotent: Idempotent, body: NewProgress, response: Response, now: Now
) -> ProgressView:
    """Records progress where there is none; what was done of lessons decides the percentage."""
    view = learning.create(body, caller, idempotent, now)
    response.headers["Location"] = learning.location(view)
    set_etag(response, view.version)
    return view


@app.get("/progress/{studentId}/{courseId}")
def progress(_: Reader, student_id: StudentId, course_id: CourseId, response: Response) -> ProgressView:
    """How far a student is in a course; `version` 0 where nothing was recorded yet."""
    view = learning.show(student_id, course_id)
    set_etag(response, view.version)
    return view


@app.put("/progress/{id}")
def update_progress(
    caller: StudentOrTeacher,
    progress_id: Annotated[UUID, Path(alias="id")],
    if_match: IfMatch,
    body: ProgressUpdate,
    response: Response,
    now: Now,
) -> ProgressView:
    """Replaces the fields given."""
    view = learning.update(progress_id, body, caller, if_match, now)
    set_etag(response, view.version)
    return view


@app.put("/progress/{studentId}/{courseId}/lessons/{lessonId}")
def mark_done(
    caller: Learner, course_id: CourseId, lesson_id: LessonId, if_match: IfMatch, response: Response, now: Now
) -> ProgressView:
    """A lesson is done; when all are, so is the course."""
    view = learning.mark_done(caller.id, course_id, lesson_id, if_match, now)
    set_etag(response, view.version)
    return view


@app.delete("/progress/{studentId}/{courseId}/lessons/{lessonId}", status_code=204)
def mark_undone(caller: Learner, course_id: CourseId, lesson_id: LessonId, if_match: IfMatch, now: Now) -> None:
    """A lesson is not done after all."""
    learning.mark_undone(caller.id, course_id, lesson_id, if_match, now)


@app.post("/attendance", status_code=201)
def record_attendance(
    caller: TeacherOrAdmin, idempotent: Idempotent, body: NewAttendance, response: Response, now: Now
) -> AttendanceView:
    """Records a session, in place of what was recorded of the same date."""
    view = attendance.record(body, caller, idempotent, now)
    response.headers["Location"] = attendance.location(view)
    set_etag(response, view.version)
    return view


@app.get("/attendance/{courseId}")
def list_attendance(caller: Member, course_id: CourseId, paging: Paging) -> Page[AttendanceView]:
    """The sessions of a course, the last one first; a student sees their own records alone."""
    return attendance.list_sessions(course_id, caller, paging)


@app.post("/feedback", status_code=201)
def submit_feedback(
    caller: Student, idempotent: Idempotent, body: NewFeedback, response: Response, now: Now
) -> FeedbackView:
    """Rates a course or one of its instructors; once more replaces what was said before."""
    view = feedback.submit(body, caller, idempotent, now)
    response.headers["Location"] = feedback.location(view)
    set_etag(response, view.version)
    return view


@app.get("/feedback/{courseId}")
def list_feedback(caller: AnySignedIn, course_id: CourseId, paging: Paging) -> FeedbackPage:
    """What was said of a course, the newest first, and the summary of all of it."""
    return feedback.list_feedback(course_id, caller, paging)


handler = LambdaHandler(app)
