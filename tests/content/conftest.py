"""Content on moto, and short ways to outlines."""

import json
from pathlib import Path
from typing import Any

import pytest

from operations.source import ROOT
from tests.clients import Answer
from tests.conftest import Clock
from tests.people import Person
from tests.world import World

CURRICULUM = json.loads(Path(ROOT / "localstack" / "curriculum.json").read_text())


@pytest.fixture
def content(aws: None, clock: Clock) -> "Content":
    return Content(clock)


class Content(World):
    """The content service, and a course with the teacher and the student."""

    service = "content"

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.course = self.add_course()
        self.assign(self.teacher, self.course)
        self.add_student(self.student, self.course)

    def add_module(self, title: str = "Week 1", **fields: Any) -> Any:
        answer = self.http.post(f"/courses/{self.course}/modules", {"title": title, **fields}, token=self.teacher.token)
        assert answer.status == 201, answer
        return answer.json

    def add_lesson(self, module_id: str, title: str = "Intro", **fields: Any) -> Any:
        answer = self.http.post(f"/modules/{module_id}/lessons", {"title": title, **fields}, token=self.teacher.token)
        assert answer.status == 201, answer
        return answer.json

    def modules(self, as_: Person | None = None, **query: str) -> Any:
        token = (as_ or self.teacher).token
        answer = self.http.get(f"/courses/{self.course}/modules", token=token, query=query)
        assert answer.status == 200, answer
        return answer.json["items"]

    def lessons(self, module_id: str, as_: Person | None = None) -> Any:
        answer = self.http.get(f"/modules/{module_id}/lessons", token=(as_ or self.teacher).token)
        assert answer.status == 200, answer
        return answer.json["items"]

    def outline(self, as_: Person | None = None) -> Any:
        answer = self.http.get(f"/courses/{self.course}/outline", token=(as_ or self.teacher).token)
        assert answer.status == 200, answer
        return answer.json

    def put_outline(self, modules: Any, **kwargs: Any) -> Answer:
        body = {"modules": modules}
        return self.http.put(f"/courses/{self.course}/outline", body, token=self.teacher.token, **kwargs)
