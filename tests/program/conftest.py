"""Program on moto, and short ways to programs, courses and enrolments."""

from typing import Any
from uuid import UUID

import pytest

from tests.clients import Answer
from tests.conftest import Clock
from tests.people import Person
from tests.world import World


@pytest.fixture
def program(aws: None, clock: Clock) -> "Program":
    return Program(clock)


class Program(World):
    """The program service with a program."""

    service = "program"

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.id = self.new_program("Agentic AI")["id"]

    def new_program(self, title: str, **fields: Any) -> Any:
        answer = self.http.post("/programs/create", {"title": title, **fields}, token=self.admin.token)
        assert answer.status == 201, answer
        return answer.json

    def new_course(self, title: str = "AI-201", *, teacher: Person | None = None, **fields: Any) -> str:
        answer = self.http.post(
            f"/programs/{self.id}/courses/create", {"title": title, **fields}, token=self.admin.token
        )
        assert answer.status == 201, answer
        course_id: str = answer.json["id"]
        if teacher:
            self.assign(teacher, UUID(course_id))
        return course_id

    def shown(self, course_id: str) -> Any:
        answer = self.http.get(f"/courses/{course_id}/details", token=self.admin.token)
        assert answer.status == 200, answer
        return answer.json

    def update(self, course_id: str, **fields: Any) -> Any:
        answer = self.http.put(f"/courses/{course_id}/update", fields, token=self.admin.token)
        assert answer.status == 200, answer
        return answer.json

    def enroll(self, course_id: str, student: Person | None = None, **kwargs: Any) -> Answer:
        student = student or self.student
        return self.http.post(f"/courses/{course_id}/enrollments", token=student.token, **kwargs)

    def drop(self, course_id: str, student: Person | None = None) -> Answer:
        student = student or self.student
        return self.http.delete(f"/courses/{course_id}/enrollments/{student.id}", token=student.token)

    def set_status(self, course_id: str, student: Person, status: str, **kwargs: Any) -> Answer:
        path = f"/courses/{course_id}/enrollments/{student.id}"
        return self.http.patch(path, {"status": status}, token=self.admin.token, **kwargs)

    def seats_taken(self, course_id: str) -> int:
        from program.tables import Seats

        return int(Seats.get(UUID(course_id)).taken)
