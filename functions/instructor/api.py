"""The routes of instructor. Teachers sign in at auth, which serves `/instructors/login`."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path, Response

from instructor.schemas import Accepted, ClassMessage, ClassStudent, ClassView, InstructorView
from instructor.service import assignments, classes, messages, teachers
from instructor.service.assignments import NotAssigned, TeacherDisabled
from instructor.service.messages import NotTaught
from lms.callers import Caller
from lms.dependencies import CourseId, Idempotent, IfMatch, Now, Paging, set_etag
from lms.errors import Forbidden, refuses
from lms.http import LambdaHandler, create_app
from lms.pages import Page
from lms.refusals import CourseNotFound, RecipientOutsideCourse, TeacherNotFound
from lms.security import Admin, TeacherOrAdmin

app = create_app("instructor")

TeacherId = Annotated[UUID, Path(alias="instructorId")]


class AnotherTeacher(Forbidden):
    detail = "This is another instructor."


@refuses(AnotherTeacher)
def _self_or_admin(teacher_id: TeacherId, caller: TeacherOrAdmin) -> Caller:
    if caller.role == "teacher" and caller.id != teacher_id:
        raise AnotherTeacher
    return caller


SelfOrAdmin = Annotated[Caller, Depends(_self_or_admin)]


@app.get("/instructors")
def list_instructors(_: Admin, paging: Paging) -> Page[InstructorView]:
    """All instructors, with their courses."""
    return teachers.list_teachers(paging)


@app.get("/instructors/{instructorId}")
@refuses(TeacherNotFound)
def get_instructor(_: SelfOrAdmin, teacher_id: TeacherId, response: Response, now: Now) -> InstructorView:
    """One instructor, with their courses."""
    teacher = teachers.get(teacher_id, now)
    set_etag(response, teacher.version)
    return teachers.view(teacher, teacher.version)


@app.get("/instructors/{instructorId}/classes")
@refuses(TeacherNotFound)
def list_classes(_: SelfOrAdmin, teacher_id: TeacherId, paging: Paging, now: Now) -> Page[ClassView]:
    """The instructor's courses, with their program and the number of active students."""
    return classes.list_classes(teacher_id, paging, now)


@app.get("/instructors/{instructorId}/students")
@refuses(TeacherNotFound, CourseNotFound)
def list_class_students(
    _: SelfOrAdmin, teacher_id: TeacherId, paging: Paging, now: Now, course_id: UUID | None = None
) -> Page[ClassStudent]:
    """The students of all the instructor's courses, or of one."""
    return classes.list_students(teacher_id, course_id, paging, now)


@app.put("/instructors/{instructorId}/courses/{courseId}")
@refuses(TeacherNotFound, CourseNotFound, TeacherDisabled)
def assign_instructor(
    caller: Admin, teacher_id: TeacherId, course_id: CourseId, if_match: IfMatch, response: Response, now: Now
) -> InstructorView:
    """Assigns the instructor to the course."""
    view = assignments.assign(teacher_id, course_id, caller.id, if_match, now)
    set_etag(response, view.version)
    return view


@app.delete("/instructors/{instructorId}/courses/{courseId}", status_code=204)
@refuses(TeacherNotFound, NotAssigned)
def unassign_instructor(caller: Admin, teacher_id: TeacherId, course_id: CourseId, if_match: IfMatch, now: Now) -> None:
    """Ends the instructor's assignment to the course."""
    assignments.unassign(teacher_id, course_id, caller.id, if_match, now)


@app.post("/instructors/{instructorId}/messages", status_code=202)
@refuses(TeacherNotFound, NotTaught, CourseNotFound, RecipientOutsideCourse)
def send_class_message(
    caller: SelfOrAdmin, teacher_id: TeacherId, idempotent: Idempotent, body: ClassMessage, now: Now
) -> Accepted:
    """Sends a message to all students of a course, or to some."""
    return messages.send(teacher_id, caller.id, body, idempotent, now)


handler = LambdaHandler(app)
