"""Outlines of courses that are copies of others."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from lms.events.content import OutlineChanged
from lms.events.courses import CourseCopied
from tests.conftest import Outbox
from tests.content.conftest import Content

LINK = "https://example.com/video"


class Copies(Content):
    """A course with a lesson of every kind of content, and a course that becomes its copy."""

    def __init__(self, content: Content) -> None:
        self.__dict__.update(vars(content))
        self.source = self.course
        self.module = self.add_module("Week 1", description="Begin here")["id"]
        subtopics = [{"title": "Watch", "videoLink": LINK}]
        self.add_lesson(self.module, "Intro", text="# Read", duration=60, subtopics=subtopics)
        self.add_lesson(self.module, "Later", published=False)
        self.copy = self.add_course("Copy")
        self.assign(self.teacher, self.copy)
        self.event = CourseCopied(version=1, course_id=self.copy, program_id=uuid4(), copied_from=self.source, days=7)

    def words_of(self, course: UUID) -> Any:
        """Modules and lessons without their ids and times."""
        self.course = course
        modules = [{**module, "lessons": self.lessons(module["id"])} for module in self.modules()]
        return _without_ids(modules)


def _without_ids(part: Any) -> Any:
    own = ("id", "courseId", "courseTitle", "moduleId", "version", "createdAt", "updatedAt")
    if isinstance(part, list):
        return [_without_ids(each) for each in part]
    return {k: _without_ids(v) for k, v in part.items() if k not in own} if isinstance(part, dict) else part


@pytest.fixture
def copies(content: Content) -> Copies:
    return Copies(content)


def test_a_copy_teaches_the_same_under_ids_of_its_own(copies: Copies, outbox: Outbox) -> None:
    copies.consume(copies.event)
    assert copies.words_of(copies.copy) == copies.words_of(copies.source)
    assert copies.words_of(copies.copy)[0]["lessons"][0]["text"] == "# Read"
    changed = outbox.of(OutlineChanged)[-1]
    assert (changed.course_id, changed.modules, changed.lessons) == (copies.copy, 1, 2)
    copies.course = copies.source
    old = copies.outline()["modules"][0]
    copies.course = copies.copy
    [new] = copies.outline()["modules"]
    assert new["id"] != old["id"]
    assert {lesson["id"] for lesson in new["lessons"]}.isdisjoint(lesson["id"] for lesson in old["lessons"])


def test_a_copied_lesson_has_the_same_file(copies: Copies) -> None:
    from lms.curriculum import Asset
    from lms.outline import OutlineItem

    item = OutlineItem.find(copies.source)
    assert item is not None
    [module] = item.outline().modules
    lesson = module.lessons[0].model_copy(update={"asset": Asset(key="courses/1/lessons/2/3.pdf", file_name="A.pdf")})
    item.store((module.model_copy(update={"lessons": (lesson,)}),))
    item.save()
    copies.consume(copies.event)
    copies.course = copies.copy
    [copied] = copies.outline()["modules"][0]["lessons"]
    assert copied["asset"]["key"] == "courses/1/lessons/2/3.pdf"
    kept = copies.http.put(f"/lessons/{copied['id']}", {"asset": copied["asset"]["key"]}, token=copies.teacher.token)
    assert kept.status == 200, kept


def test_an_event_that_comes_again_undoes_nothing(copies: Copies) -> None:
    copies.consume(copies.event)
    copies.course = copies.copy
    intro, later = copies.outline()["modules"][0]["lessons"]
    copies.http.put(f"/lessons/{intro['id']}", {"text": "Mine"}, token=copies.teacher.token)
    copies.http.delete(f"/lessons/{later['id']}", token=copies.teacher.token)
    copies.consume(copies.event, copies.event)
    [lesson] = copies.words_of(copies.copy)[0]["lessons"]
    assert lesson["text"] == "Mine"


def test_a_text_that_is_there_already_stays(copies: Copies) -> None:
    """As when an earlier delivery wrote the texts and stopped before the outline."""
    from content.service import copies as service
    from content.tables import LessonText

    copies.course = copies.source
    [module] = copies.outline()["modules"]
    lesson_id = copies.event.copy_of(UUID(module["lessons"][0]["id"]))
    LessonText(lesson_id, text="There").save()
    service.copy_outline(copies.event, copies.clock())
    assert copies.words_of(copies.copy)[0]["lessons"][0]["text"] == "There"


def test_a_copy_that_was_deleted_meanwhile_gets_nothing(copies: Copies, outbox: Outbox) -> None:
    copies.delete_course(copies.copy)
    copies.consume(copies.event)
    assert copies.copy not in [event.course_id for event in outbox.of(OutlineChanged)]


def test_a_copy_of_a_course_without_an_outline_has_none(content: Content, outbox: Outbox) -> None:
    event = CourseCopied(
        version=1, course_id=content.add_course(), program_id=uuid4(), copied_from=content.course, days=0
    )
    content.consume(event)
    assert outbox.of(OutlineChanged) == []
