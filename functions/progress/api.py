"""The routes of progress, attendance and feedback."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path, Query, Response

from lms.access import is_enrolled, require_belonging, require_teaching
from lms.callers import Caller
from lms.dependencies import CourseId, CourseTeacher, Idempotent, IfMatch, Now, Paging, set_etag
from lms.errors import refuses
from lms.fields import Day
from lms.http import LambdaHandler, create_app
from lms.pages import Page
from lms.refusals import AccountErased, CourseNotFound, NotCourseMember, NotCourseTeacher, NotEnrolled
from lms.security import AnySignedIn, Permission, Student, TeacherOrAdmin
from progress.rules import StudentNotEnrolled, UnknownModule
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
from progress.service import attendance, feedback, progress
from progress.service.attendance import SessionNotFound
from progress.service.feedback import UnknownTeacher
from progress.service.progress import (
    LessonNotDone,
    LessonNotFound,
    OtherStudentsProgress,
    ProgressExists,
    ProgressNotFound,
)

app = create_app("progress")

StudentId = Annotated[UUID, Path(alias="studentId")]
LessonId = Annotated[UUID, Path(alias="lessonId")]
StudentOrTeacher = Annotated[Caller, Depends(Permission(frozenset({"student", "teacher"})))]


@refuses(NotCourseTeacher, OtherStudentsProgress)
def _reader(student_id: StudentId, course_id: CourseId, caller: AnySignedIn) -> Caller:
    if caller.role != "student":
        require_teaching(caller, course_id)
    elif caller.id != student_id:
        raise OtherStudentsProgress
    return caller


@refuses(OtherStudentsProgress, NotEnrolled)
def _learner(student_id: StudentId, course_id: CourseId, caller: Student) -> Caller:
    if caller.id != student_id:
        raise OtherStudentsProgress
    if not is_enrolled(caller, course_id):
        raise NotEnrolled
    return caller


@refuses(NotCourseMember)
def _member(course_id: CourseId, caller: AnySignedIn) -> Caller:
    require_belonging(caller, course_id)
    return caller


Reader = Annotated[Caller, Depends(_reader)]
Learner = Annotated[Caller, Depends(_learner)]
Member = Annotated[Caller, Depends(_member)]


@app.post("/progress", status_code=201)
@refuses(
    OtherStudentsProgress,
    NotCourseTeacher,
    NotEnrolled,
    StudentNotEnrolled,
    UnknownModule,
    CourseNotFound,
    ProgressExists,
)
def create_progress(
    caller: StudentOrTeacher, idempotent: Idempotent, body: NewProgress, response: Response, now: Now
) -> ProgressView:
    """Records the first progress of a student; in a course with lessons, those done decide the percentage."""
    view = progress.create(body, caller, idempotent, now)
    response.headers["Location"] = progress.location(view)
    set_etag(response, view.version)
    return view


@app.get("/progress/{studentId}/{courseId}")
@refuses(CourseNotFound, ProgressNotFound)
def get_progress(_: Reader, student_id: StudentId, course_id: CourseId, response: Response) -> ProgressView:
    """Shows how far a student is in a course; `version` is 0 while nothing is recorded."""
    view = progress.show(student_id, course_id)
    set_etag(response, view.version)
    return view


@app.put("/progress/{id}")
@refuses(ProgressNotFound, NotEnrolled, StudentNotEnrolled, UnknownModule)
def update_progress(
    caller: StudentOrTeacher,
    progress_id: Annotated[UUID, Path(alias="id")],
    if_match: IfMatch,
    body: ProgressUpdate,
    response: Response,
    now: Now,
) -> ProgressView:
    """Replaces the fields given."""
    view = progress.update(progress_id, body, caller, if_match, now)
    set_etag(response, view.version)
    return view


@app.put("/progress/{studentId}/{courseId}/lessons/{lessonId}")
@refuses(CourseNotFound, LessonNotFound)
def mark_lesson_done(
    caller: Learner, course_id: CourseId, lesson_id: LessonId, if_match: IfMatch, response: Response, now: Now
) -> ProgressView:
    """Marks a lesson as done; with the last one, the course is completed."""
    view = progress.mark_done(caller.id, course_id, lesson_id, if_match, now)
    set_etag(response, view.version)
    return view


@app.delete("/progress/{studentId}/{courseId}/lessons/{lessonId}", status_code=204)
@refuses(CourseNotFound, LessonNotDone)
def mark_lesson_undone(caller: Learner, course_id: CourseId, lesson_id: LessonId, if_match: IfMatch, now: Now) -> None:
    """Marks a lesson as not done."""
    progress.mark_undone(caller.id, course_id, lesson_id, if_match, now)


@app.post("/attendance", status_code=201)
@refuses(NotCourseTeacher, CourseNotFound, StudentNotEnrolled)
def record_attendance(
    caller: TeacherOrAdmin, idempotent: Idempotent, body: NewAttendance, response: Response, now: Now
) -> AttendanceView:
    """Records a session, and replaces what was recorded for the same date."""
    view = attendance.record(body, caller, idempotent, now)
    response.headers["Location"] = attendance.location(view)
    set_etag(response, view.version)
    return view


@app.get("/attendance/{courseId}")
@refuses(CourseNotFound)
def list_attendance(
    caller: Member, course_id: CourseId, paging: Paging, day: Annotated[Day | None, Query(alias="date")] = None
) -> Page[AttendanceView]:
    """Lists the sessions of a course, or of one date, the last one first; students see only their own records."""
    return attendance.list_sessions(course_id, caller, day, paging)


@app.delete("/attendance/{courseId}/{date}", status_code=204)
@refuses(CourseNotFound, SessionNotFound)
def delete_attendance(
    _: CourseTeacher, course_id: CourseId, day: Annotated[Day, Path(alias="date")], if_match: IfMatch, now: Now
) -> None:
    """Takes back what was recorded for a date."""
    attendance.delete(course_id, day, if_match, now)


@app.post("/feedback", status_code=201)
@refuses(NotEnrolled, CourseNotFound, UnknownTeacher, AccountErased)
def submit_feedback(
    caller: Student, idempotent: Idempotent, body: NewFeedback, response: Response, now: Now
) -> FeedbackView:
    """Rates a course or one of its instructors, and replaces what the student said before."""
    view = feedback.submit(body, caller, idempotent, now)
    response.headers["Location"] = feedback.location(view)
    set_etag(response, view.version)
    return view


@app.get("/feedback/{courseId}")
@refuses(CourseNotFound)
def list_feedback(caller: AnySignedIn, course_id: CourseId, paging: Paging) -> FeedbackPage:
    """Lists the feedback on a course, the newest first, with a summary of all of it."""
    return feedback.list_feedback(course_id, caller, paging)


handler = LambdaHandler(app)
