"""Instructor on moto: teachers with cards in the Roster, courses, and students in them as program would write them."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest

from lms.roster import EnrollmentStatus
from tests.clients import Answer, Client, kafka_event
from tests.conftest import Clock
from tests.people import Person, publish_key, sign_in


@pytest.fixture
def school(aws: None, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator["School"]:
    from instructor import api, consumer
    from lms import clock as clock_module

    publish_key()
    api.app.dependency_overrides[clock_module.now] = clock
    monkeypatch.setattr(consumer, "now", clock)
    yield School(clock)
    api.app.dependency_overrides.clear()


class School:
    """The instructor service, an administrator, a teacher, and a program."""

    def __init__(self, clock: Clock) -> None:
        from instructor import api
        from lms import roster
        from lms.dynamo import transaction

        self.http = Client(api.handler)
        self.clock = clock
        self.admin, self.teacher, self.student = sign_in("admin"), sign_in("teacher"), sign_in("student")
        self.program = uuid4()
        with transaction() as tx:
            roster.put_program(tx, self.program, title="Agentic AI", version=1)

    def new_course(self, title: str = "AI-201") -> UUID:
        from lms import roster
        from lms.dynamo import transaction
        from lms.ids import uuid7

        course_id = uuid7()
        with transaction() as tx:
            roster.put_course(tx, course_id, title=title, program_id=self.program, requires_payment=False, version=1)
        return course_id

    def delete_course(self, course_id: UUID) -> Any:
        """Takes a course away; the event of program."""
        from lms import roster
        from lms.dynamo import transaction
        from lms.events import CourseDeleted

        with transaction() as tx:
            roster.remove_course(tx, course_id)
        return CourseDeleted(version=2, course_id=course_id, program_id=self.program)

    def enroll(self, course_id: UUID, student: Person, status: EnrollmentStatus = "active", version: int = 1) -> None:
        """Writes an enrolment and delivers its event."""
        from lms import roster
        from lms.dynamo import transaction

        with transaction() as tx:
            roster.put_enrollment(tx, student.id, course_id, status, version=version)
        self.consume(enrollment(course_id, student.id, status, version))

    def assign(self, course_id: UUID, teacher: Person | None = None, **kwargs: Any) -> Answer:
        path = f"/instructors/{(teacher or self.teacher).id}/courses/{course_id}"
        return self.http.put(path, token=self.admin.token, **kwargs)

    def unassign(self, course_id: UUID, teacher: Person | None = None, **kwargs: Any) -> Answer:
        path = f"/instructors/{(teacher or self.teacher).id}/courses/{course_id}"
        return self.http.delete(path, token=self.admin.token, **kwargs)

    def classes(self, teacher: Person | None = None) -> list[Any]:
        teacher = teacher or self.teacher
        return self.walk(f"/instructors/{teacher.id}/classes", token=teacher.token)

    def consume(self, *events: Any) -> None:
        from instructor import consumer

        consumer.handler(kafka_event(*events), None)

    def walk(self, path: str, *, token: str, limit: int = 25, **query: str) -> list[Any]:
        """All items of a list, page after page."""
        items, cursor = [], None
        while True:
            page = {**query, "limit": str(limit), **({"cursor": cursor} if cursor else {})}
            answer = self.http.get(path, token=token, query=page)
            assert answer.status == 200, answer
            assert len(answer.json["items"]) <= limit
            items += answer.json["items"]
            cursor = answer.json["next"]
            if cursor is None:
                return items


def enrollment(course_id: UUID, student_id: UUID, status: EnrollmentStatus, version: int) -> Any:
    from lms.events import StudentCompleted, StudentDropped, StudentEnrolled

    event = {"active": StudentEnrolled, "completed": StudentCompleted, "dropped": StudentDropped}[status]
    return event(version=version, course_id=course_id, student_id=student_id)
