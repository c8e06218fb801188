"""Program on moto: people with tokens and cards in the Roster, and short ways to programs, courses and enrolments."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest

from tests.clients import Answer, Client, kafka_event
from tests.conftest import Clock
from tests.people import Person, publish_key, sign_in


@pytest.fixture
def program(aws: None, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator["Program"]:
    from lms import clock as clock_module
    from program import api, consumer

    publish_key()
    api.app.dependency_overrides[clock_module.now] = clock
    monkeypatch.setattr(consumer, "now", clock)
    yield Program(clock)
    api.app.dependency_overrides.clear()


class Program:
    """The program service, an administrator, and a program."""

    def __init__(self, clock: Clock) -> None:
        from program import api

        self.http = Client(api.handler)
        self.clock = clock
        self.admin, self.teacher, self.student = sign_in("admin"), sign_in("teacher"), sign_in("student")
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
            self.assign(teacher, course_id)
        return course_id

    def assign(self, teacher: Person, course_id: str) -> None:
        from lms import roster
        from lms.dynamo import transaction

        with transaction() as tx:
            roster.put_assignment(tx, teacher.id, UUID(course_id), version=1)

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

    def consume(self, *events: Any) -> None:
        from program import consumer

        consumer.handler(kafka_event(*events), None)

    def walk(self, path: str, *, limit: int, token: str | None = None) -> list[Any]:
        """All items of a list, page after page."""
        items, cursor = [], None
        while True:
            query = {"limit": str(limit), **({"cursor": cursor} if cursor else {})}
            answer = self.http.get(path, token=token, query=query)
            assert answer.status == 200, answer
            assert len(answer.json["items"]) <= limit
            items += answer.json["items"]
            cursor = answer.json["next"]
            if cursor is None:
                return items


def problem(answer: Answer) -> tuple[int, str]:
    """Status and code of a refusal."""
    assert answer.headers["content-type"] == "application/problem+json", answer
    return answer.status, answer.json["type"].removeprefix("urn:lms:problem:")
