"""A course of a test's own on the running stack."""

from typing import Any
from uuid import uuid4

from tests.stack.clients import Person, demo_person
from tests.stack.conftest import StackUnderTest


class Course:
    """A course of its own with one lesson, taught by the demo teacher; whoever teaches or manages may act in it."""

    def __init__(self, stack: StackUnderTest, title: str, **terms: Any) -> None:
        self.admin, self.teacher = demo_person(stack, "admin"), demo_person(stack, "teacher")
        program = self.done(self.admin, "POST", "/programs/create", {"title": f"{title} {uuid4()}"})
        path = f"/programs/{program['id']}/courses/create"
        self.id: str = self.done(self.admin, "POST", path, {"title": title, **terms})["id"]
        teacher_id = self.done(self.teacher, "GET", "/auth/profile")["id"]
        self.done(self.admin, "PUT", f"/instructors/{teacher_id}/courses/{self.id}")
        outline = {"modules": [{"title": "Agents", "lessons": [{"title": "A first agent"}]}]}
        self.outline = self.done(self.teacher, "PUT", f"/courses/{self.id}/outline", outline)

    @staticmethod
    def done(person: Person, method: str, path: str, body: Any = None) -> Any:
        answer = person.call(method, path, **({} if body is None else {"json": body}))
        assert answer.status_code < 300, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None
