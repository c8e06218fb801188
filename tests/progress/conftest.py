"""Progress on moto: people with tokens, a course in the Roster with an outline that tests change, short ways to it."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.at_once import meanwhile
from tests.clients import Answer
from tests.conftest import Clock
from tests.people import Person, sign_in
from tests.world import World

__all__ = ["meanwhile"]


@pytest.fixture
def school(aws: None, clock: Clock) -> "School":
    return School(clock)


class School(World):
    """The progress service, a course with its teacher and a student, and an administrator."""

    service = "progress"

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.course = self.add_course()
        self.outline = TaughtOutline(self.course)
        self.assign(self.teacher, self.course)
        self.enroll(self.student)

    def enroll(self, student: Person, status: Any = "active") -> Person:
        self.add_student(student, self.course, status)
        return student

    def new_student(self) -> Person:
        return self.enroll(sign_in("student"))

    def follow_outline(self) -> None:
        """Consumes the event of the outline as it is."""
        self.consume(self.outline.event())

    def path(self, student: Person | None = None) -> str:
        return f"/progress/{(student or self.student).id}/{self.course}"

    def progress(self, student: Person | None = None) -> Any:
        student = student or self.student
        answer = self.http.get(self.path(student), token=student.token)
        assert answer.status == 200, answer
        return answer.json

    def percentage(self, student: Person | None = None) -> int:
        percentage: int = self.progress(student)["completionPercentage"]
        return percentage

    def create(self, student: Person | None = None, **fields: Any) -> Answer:
        student = student or self.student
        body = {"studentId": str(student.id), "courseId": str(self.course), **fields}
        return self.http.post("/progress", body, token=student.token)

    def learn(self, *lessons: UUID, student: Person | None = None) -> Any:
        """Does lessons; the progress after the last."""
        for lesson in lessons:
            answer = self.mark(lesson, student)
            assert answer.status == 200, answer
        return answer.json

    def mark(self, lesson: UUID, student: Person | None = None, **kwargs: Any) -> Answer:
        student = student or self.student
        return self.http.put(f"{self.path(student)}/lessons/{lesson}", token=student.token, **kwargs)

    def unmark(self, lesson: UUID, student: Person | None = None, **kwargs: Any) -> Answer:
        student = student or self.student
        return self.http.delete(f"{self.path(student)}/lessons/{lesson}", token=student.token, **kwargs)

    def record(self, date: str, statuses: dict[Person, str], **kwargs: Any) -> Answer:
        records = [{"studentId": str(student.id), "status": status} for student, status in statuses.items()]
        body = {"courseId": str(self.course), "date": date, "records": records}
        return self.http.post("/attendance", body, token=self.teacher.token, **kwargs)

    def rate(self, rating: int, student: Person | None = None, *, key: str | None = None, **fields: Any) -> Answer:
        body = {"courseId": str(self.course), "rating": rating, **fields}
        headers = {"idempotency-key": key} if key else None
        return self.http.post("/feedback", body, token=(student or self.student).token, headers=headers)


class TaughtOutline:
    """What is taught in a course; each change is stored as content stores it."""

    def __init__(self, course_id: UUID) -> None:
        self.course_id = course_id
        self.version = 0
        # Module id to published, and lesson id to published.
        self.modules: dict[UUID, tuple[bool, dict[UUID, bool]]] = {}

    def add_module(self, lessons: int = 0) -> tuple[UUID, list[UUID]]:
        module, made = uuid4(), [uuid4() for _ in range(lessons)]
        self.modules[module] = (True, dict.fromkeys(made, True))
        self._store()
        return module, made

    def add_lesson(self, module: UUID) -> UUID:
        lesson = uuid4()
        self.modules[module][1][lesson] = True
        self._store()
        return lesson

    def publish(self, part: UUID, published: bool) -> None:
        if part in self.modules:
            self.modules[part] = (published, self.modules[part][1])
        for _, lessons in self.modules.values():
            if part in lessons:
                lessons[part] = published
        self._store()

    def remove(self, part: UUID) -> None:
        self.modules.pop(part, None)
        for _, lessons in self.modules.values():
            lessons.pop(part, None)
        self._store()

    def event(self) -> Any:
        from lms.events.content import OutlineChanged

        return OutlineChanged(version=self.version, course_id=self.course_id, modules=0, lessons=0)

    def _store(self) -> None:
        from datetime import UTC, datetime

        from lms.curriculum import Lesson, Module
        from lms.outline import OutlineItem

        at = datetime.now(UTC)
        modules = tuple(
            Module(
                id=module,
                title="Module",
                published=published,
                lessons=tuple(
                    Lesson(id=lesson, title="Lesson", published=shown, created_at=at, updated_at=at)
                    for lesson, shown in lessons.items()
                ),
                created_at=at,
                updated_at=at,
            )
            for module, (published, lessons) in self.modules.items()
        )
        item = OutlineItem(course_id=self.course_id, updated_at=at)
        if self.version:
            item.version = self.version
        item.store(modules)
        item.save()
        self.version += 1
