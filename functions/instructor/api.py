"""The routes of instructor. Teachers sign in at auth, which serves `/instructors/login`."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path, Response

from instructor.schemas import Accepted, ClassMessage, ClassStudent, ClassView, InstructorView
from instructor.service import assignments, classes, messages, people
from lms.callers import Caller
from lms.dependencies import CourseId, Idempotent, IfMatch, Now, Paging, set_etag
from lms.errors import Forbidden
from lms.http import LambdaHandler, create_app
from lms.pages import Page
from lms.security import Admin, TeacherOrAdmin

app = create_app("instructor")

InstructorId = Annotated[UUID, Path(alias="instructorId")]


def _self_or_admin(instructor_id: InstructorId, caller: TeacherOrAdmin) -> Caller:
    if caller.role == "teacher" and caller.id != instructor_id:
        raise Forbidden("This is another instructor.")
    return caller


SelfOrAdmin = Annotated[Caller, Depends(_self_or_admin)]


@app.get("/instructors")
def list_instructors(_: Admin, paging: Paging) -> Page[InstructorView]:
    """Every instructor, with the courses assigned."""
    return people.list_instructors(paging)


@app.get("/instructors/{instructorId}")
def instructor(_: SelfOrAdmin, instructor_id: InstructorId, response: Response, now: Now) -> InstructorView:
    """One instructor, with the courses assigned."""
    found = people.get(instructor_id, now)
    set_etag(response, found.version)
    return people.view(found, found.version)


@app.get("/instructors/{instructorId}/classes")
def list_classes(_: SelfOrAdmin, instructor_id: InstructorId, paging: Paging, now: Now) -> Page[ClassView]:
    """The courses taught, with their program and the number of active students."""
    return classes.list_classes(instructor_id, paging, now)


@app.get("/instructors/{instructorId}/students")
def list_students(
    _: SelfOrAdmin, instructor_id: InstructorId, paging: Paging, now: Now, course_id: UUID | None = None
) -> Page[ClassStudent]:
    """The students of all courses taught, or of one."""
    return classes.list_students(instructor_id, course_id, paging, now)


@app.put("/instructors/{instructorId}/courses/{courseId}")
def assign(
    _: Admin, instructor_id: InstructorId, course_id: CourseId, if_match: IfMatch, response: Response, now: Now
) -> InstructorView:
    """Makes the instructor a teacher of the course."""
    view = assignments.assign(instructor_id, course_id, if_match, now)
    set_etag(response, view.version)
    return view


@app.delete("/instructors/{instructorId}/courses/{courseId}", status_code=204)
def unassign(_: Admin, instructor_id: InstructorId, course_id: CourseId, if_match: IfMatch, now: Now) -> None:
    """Ends the assignment."""
    assignments.unassign(instructor_id, course_id, if_match, now)


@app.post("/instructors/{instructorId}/messages", status_code=202)
def send(
    caller: SelfOrAdmin, instructor_id: InstructorId, idempotent: Idempotent, body: ClassMessage, now: Now
) -> Accepted:
    """Sends a message to the students of a course, all or some."""
    return messages.send(instructor_id, caller.id, body, idempotent, now)


handler = LambdaHandler(app)
