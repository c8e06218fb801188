"""The texts of lessons."""

from typing import Any

import pytest

from tests.conftest import Calls
from tests.content.conftest import Content

TEXT = "# Agents\n\nAn *agent* chooses its next step."


def read(content: Content, lesson: Any) -> Any:
    answer = content.http.get(f"/lessons/{lesson['id']}", token=content.student.token)
    assert answer.status == 200, answer
    return answer.json


def change(content: Content, lesson: Any, **fields: Any) -> Any:
    answer = content.http.put(f"/lessons/{lesson['id']}", fields, token=content.teacher.token)
    assert answer.status == 200, answer
    return answer.json


def test_a_lesson_may_be_a_text_that_members_read(content: Content) -> None:
    module = content.add_module()["id"]
    lesson = content.add_lesson(module, text=TEXT)
    assert (lesson["text"], lesson["contentUrl"]) == (TEXT, None)
    assert read(content, lesson) == content.lessons(module, content.student)[0] == lesson
    assert "text" not in content.outline()["modules"][0]["lessons"][0]


def test_a_text_is_changed_kept_and_removed(content: Content) -> None:
    lesson = content.add_lesson(content.add_module()["id"], text=TEXT)
    content.clock.advance(minutes=1)
    assert change(content, lesson, title="Other")["text"] == TEXT
    changed = change(content, lesson, text=TEXT[::-1])
    assert (changed["text"], changed["updatedAt"] > lesson["updatedAt"]) == (TEXT[::-1], True)
    assert change(content, lesson, text=None)["text"] is read(content, lesson)["text"] is None


def test_a_text_has_at_most_50_000_characters(content: Content) -> None:
    module = content.add_module()["id"]
    assert read(content, content.add_lesson(module, text="x" * 50_000))["text"] == "x" * 50_000
    body = {"title": "Long", "text": "x" * 50_001}
    assert content.http.post(f"/modules/{module}/lessons", body, token=content.teacher.token).status == 422


def test_a_page_of_long_texts_ends_before_an_answer_would_be_too_large(
    content: Content, monkeypatch: pytest.MonkeyPatch
) -> None:
    from content import rules

    monkeypatch.setattr(rules, "_MAX_PAGE_BYTES", 100)
    module = content.add_module()["id"]
    lessons = [content.add_lesson(module, text="x" * 33 * number) for number in (1, 1, 1, 1, 5, 2)]
    path = f"/modules/{module}/lessons"
    first = content.http.get(path, token=content.student.token).json
    assert len(first["items"]) == 3
    found = content.http.list_all(path, limit=25, token=content.student.token)
    assert [lesson["id"] for lesson in found] == [lesson["id"] for lesson in lessons]


def test_a_lesson_is_read_in_three_calls(content: Content, calls: Calls) -> None:
    lesson = content.add_lesson(content.add_module()["id"], text=TEXT)
    calls.clear()
    read(content, lesson)
    assert [operation for operation, _ in calls] == ["GetItem", "BatchGetItem", "BatchGetItem"]


@pytest.mark.parametrize("part", ["lesson", "module"])
def test_the_text_of_a_deleted_lesson_cannot_be_read(content: Content, part: str) -> None:
    lesson = content.add_lesson(content.add_module()["id"], text=TEXT)
    path = f"/lessons/{lesson['id']}"
    content.http.delete(path if part == "lesson" else f"/modules/{lesson['moduleId']}", token=content.teacher.token)
    assert content.http.get(path, token=content.teacher.token).status == 404
