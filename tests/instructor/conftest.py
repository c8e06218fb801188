"""Instructor on moto: teachers with cards in the Roster, courses, and students in them as program would write them."""

from typing import Any
from uuid import UUID

import pytest

from lms import roster
from lms.dynamo import transaction
from lms.events.courses import CourseDeleted
from lms.events.enrollments import StudentCompleted, StudentDropped, StudentEnrolled
from lms.ids import uuid7
from lms.roster import EnrollmentStatus
from tests.clients import Answer
from tests.conftest import Clock
from tests.people import Person
from tests.world import World


@pytest.fixture
def school(aws: None, clock: Clock) -> "School":
    return School(clock)


class School(World):
    """The instructor service, and a program."""

    service = "instructor"

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.program = uuid7()
        with transaction() as tx:
            roster.put_program(tx, self.program, title="Agentic AI", version=1)

    def add_course(self, title: str = "AI-201", program_id: UUID | None = None) -> UUID:
        return super().add_course(title, program_id or self.program)

    def deleted(self, course_id: UUID) -> CourseDeleted:
        """Deletes a course; the event of program."""
        self.delete_course(course_id)
        return CourseDeleted(version=2, course_id=course_id, program_id=self.program)

    def enroll(self, course_id: UUID, student: Person, status: EnrollmentStatus = "active", version: int = 1) -> None:
        """Writes an enrolment and delivers its event."""
        self.add_student(student, course_id, status)
        self.consume(enrollment(course_id, student.id, status, version))

    def assign_teacher(self, course_id: UUID, teacher: Person | None = None, **kwargs: Any) -> Answer:
        path = f"/instructors/{(teacher or self.teacher).id}/courses/{course_id}"
        return self.http.put(path, token=self.admin.token, **kwargs)

    def unassign_teacher(self, course_id: UUID, teacher: Person | None = None, **kwargs: Any) -> Answer:
        path = f"/instructors/{(teacher or self.teacher).id}/courses/{course_id}"
        return self.http.delete(path, token=self.admin.token, **kwargs)

    def classes(self, teacher: Person | None = None) -> list[Any]:
        teacher = teacher or self.teacher
        return self.list_all(f"/instructors/{teacher.id}/classes", token=teacher.token)

    def list_all(self, path: str, *, token: str, limit: int = 25, **query: str) -> list[Any]:
        return self.http.list_all(path, token=token, limit=limit, **query)


def enrollment(course_id: UUID, student_id: UUID, status: EnrollmentStatus, version: int) -> Any:
    event = {"active": StudentEnrolled, "completed": StudentCompleted, "dropped": StudentDropped}[status]
    return event(version=version, course_id=course_id, student_id=student_id)
