"""Parts of imports: their modules and lessons become part of the outline once, unpublished."""

import json
import secrets
from typing import Any
from uuid import UUID, uuid4

import pytest

from lms.events.exchange import ImportPartApplied, ImportPartRequested
from tests.conftest import Outbox
from tests.content.conftest import Content

IMPORT = uuid4()


@pytest.fixture(autouse=True)
def _bucket_is_there(bucket: Any) -> None:
    """Parts are there."""


def lesson(title: str, **fields: Any) -> Any:
    return {"id": str(uuid4()), "title": title, "text": "", "link": None, "file": None, "images": {}, **fields}


def module(title: str, *lessons: Any, **fields: Any) -> Any:
    return {"id": str(uuid4()), "title": title, "continues": False, "lessons": list(lessons), **fields}


def requested(content: Content, bucket: Any, *modules: Any, part: int = 0) -> ImportPartRequested:
    key = f"imports/{IMPORT}/parts/{part:05d}.json"
    bucket.put_object(Key=key, Body=json.dumps({"modules": modules}).encode())
    return ImportPartRequested(
        version=part + 4,
        import_id=IMPORT,
        course_id=content.course,
        part=part,
        kind="outline",
        key=key,
        actor_id=content.teacher.id,
    )


def answers(outbox: Outbox) -> list[Any]:
    return [(event.part, event.added, [one.what for one in event.left_out]) for event in outbox.of(ImportPartApplied)]


def test_modules_and_lessons_come_unpublished_behind_those_that_are_there(
    content: Content, bucket: Any, outbox: Outbox
) -> None:
    content.add_module("Before")
    page = lesson("Page", text="Hello, *world*.")
    link = lesson("Link", link="https://example.com/a")
    content.consume(requested(content, bucket, module("Week 1", page, link), module("Week 2")))
    before, first, second = content.outline()["modules"]
    assert [part["title"] for part in (before, first, second)] == ["Before", "Week 1", "Week 2"]
    assert (first["published"], [part["published"] for part in first["lessons"]]) == (False, [False, False])
    shown = content.lessons(first["id"])
    assert (shown[0]["text"], shown[1]["contentUrl"]) == ("Hello, *world*.", "https://example.com/a")
    assert content.outline(content.student)["modules"] == [{**before, "lessons": before["lessons"]}]
    assert answers(outbox) == [(0, 4, [])]


def test_files_are_copied_and_served_as_what_they_are(content: Content, bucket: Any, outbox: Outbox) -> None:
    bucket.put_object(Key=f"imports/{IMPORT}/files/00000", Body=b"%PDF-1.7")
    bucket.put_object(Key=f"imports/{IMPORT}/files/00001", Body=b"MZ no PDF")
    slides = {"key": f"imports/{IMPORT}/files/00000", "name": "a/slides one.pdf", "size": 8}
    fake = {"key": f"imports/{IMPORT}/files/00001", "name": "fake.pdf", "size": 9}
    gone = {"key": f"imports/{IMPORT}/files/00002", "name": "gone.pdf", "size": 9}
    lessons = [lesson(name, file=file) for name, file in (("Slides", slides), ("Fake", fake), ("Gone", gone))]
    content.consume(requested(content, bucket, module("Week 1", *lessons)))
    [first] = content.outline()["modules"]
    asset = first["lessons"][0]["asset"]
    assert (asset["fileName"], asset["contentType"], asset["size"]) == ("slides one.pdf", "application/pdf", 8)
    assert asset["key"].startswith(f"courses/{content.course}/lessons/{first['lessons'][0]['id']}/")
    assert bucket.Object(asset["key"]).get()["Body"].read() == b"%PDF-1.7"
    assert [part["asset"] for part in first["lessons"][1:]] == [None, None]
    assert answers(outbox) == [(0, 4, ["fake.pdf", "gone.pdf"])]


def test_pictures_of_texts_come_with_them_and_stay_when_the_text_is_changed(content: Content, bucket: Any) -> None:
    bucket.put_object(Key=f"imports/{IMPORT}/files/00000", Body=b"\x89PNG\r\n\x1a\n...")
    bucket.put_object(Key=f"imports/{IMPORT}/files/00001", Body=b"GIF89a")
    images = {
        "a/the map.png": {"key": f"imports/{IMPORT}/files/00000", "name": "a/the map.png", "size": 11},
        "fake.png": {"key": f"imports/{IMPORT}/files/00001", "name": "fake.png", "size": 6},
    }
    text = "![The map](image:a/the%20map.png) and ![a fake](image:fake.png)"
    content.consume(requested(content, bucket, module("Week 1", lesson("Page", text=text, images=images))))
    [first] = content.outline()["modules"]
    [shown] = content.lessons(first["id"])
    assert shown["text"] == "![The map](image:a/the%20map.png) and a fake"
    [(name, image)] = shown["images"].items()
    assert (name, image["contentType"]) == ("a/the map.png", "image/png")
    assert f"/courses/{content.course}/lessons/{shown['id']}/" in image["url"]
    path = f"/lessons/{shown['id']}"
    changed = content.http.put(path, {"text": f"Look: {shown['text']}"}, token=content.teacher.token).json
    assert list(changed["images"]) == ["a/the map.png"]
    assert content.http.put(path, {"text": "No more."}, token=content.teacher.token).json["images"] == {}


def test_a_part_comes_once_whatever_teachers_delete_of_it(content: Content, bucket: Any, outbox: Outbox) -> None:
    event = requested(content, bucket, module("Week 1", lesson("Page", text="Hello")))
    content.consume(event, event)
    [first] = content.outline()["modules"]
    answer = content.http.delete(f"/modules/{first['id']}", token=content.teacher.token)
    assert answer.status == 204
    content.consume(event)
    assert content.outline()["modules"] == []
    assert answers(outbox) == [(0, 2, [])]


def test_a_module_goes_on_in_the_next_part_unless_it_was_deleted(content: Content, bucket: Any, outbox: Outbox) -> None:
    first = module("Week 1", lesson("One"))
    second = module("Week 2", lesson("Two"))
    content.consume(requested(content, bucket, first, second))
    content.http.delete(f"/modules/{second['id']}", token=content.teacher.token)
    rest = [{**each, "continues": True, "lessons": [lesson("More")]} for each in (first, second)]
    content.consume(requested(content, bucket, *rest, part=1))
    [kept] = content.outline()["modules"]
    assert [part["title"] for part in kept["lessons"]] == ["One", "More"]
    assert answers(outbox) == [(0, 4, []), (1, 1, ["More"])]


def test_what_does_not_fit_is_left_out_with_a_reason(content: Content, bucket: Any, outbox: Outbox) -> None:
    for number in range(29):
        content.add_module(f"Week {number}")
    content.consume(requested(content, bucket, module("Fits", lesson("A")), module("Too many", lesson("B"))))
    assert answers(outbox) == [(0, 2, ["Too many", "B"])]
    [event] = outbox.of(ImportPartApplied)
    assert event.left_out[0].reason == "A course can have at most 30 modules."
    assert event.left_out[0].code == "too_many_modules"


def test_lessons_beyond_the_limits_of_an_outline_are_left_out(content: Content, bucket: Any, outbox: Outbox) -> None:
    from content import rules

    week = content.add_module("Week 1")
    body = [{"id": week["id"], "lessons": [{"title": f"Lesson {number}"} for number in range(rules.MAX_LESSONS - 1)]}]
    assert content.put_outline(body).status == 200
    content.consume(requested(content, bucket, module("Week 2", lesson("Fits"), lesson("Too many"))))
    assert answers(outbox) == [(0, 2, ["Too many"])]


def test_an_outline_of_largest_size_takes_as_much_as_it_can(content: Content, bucket: Any, outbox: Outbox) -> None:
    weeks = [module(f"Week {number}", *(lesson("L", link=_long_link()) for _ in range(20))) for number in range(14)]
    for part, week in enumerate(weeks):
        content.consume(requested(content, bucket, week, part=part))
    added = sum(event.added for event in outbox.of(ImportPartApplied))
    left_out = [one for event in outbox.of(ImportPartApplied) for one in event.left_out]
    assert added + len(left_out) == 14 * 21
    assert {one.reason for one in left_out} == {"With it, the outline of the course would be too large."}


def _long_link() -> str:
    return f"https://example.com/{secrets.token_urlsafe(1500)}"


def test_a_lesson_that_no_outline_takes_is_left_out(content: Content, bucket: Any, outbox: Outbox) -> None:
    bad = lesson("Bad", link="javascript:alert(1)")
    content.consume(requested(content, bucket, module("Week 1", bad, lesson("Good"))))
    assert answers(outbox) == [(0, 2, ["Bad"])]


def test_nothing_comes_into_a_deleted_course_or_of_a_deleted_import(
    content: Content, bucket: Any, outbox: Outbox
) -> None:
    event = requested(content, bucket, module("Week 1"))
    bucket.Object(event.key).delete()
    content.consume(event)
    event = requested(content, bucket, module("Week 1"))
    content.delete_course(content.course)
    content.consume(event)
    assert answers(outbox) == []


def test_parts_of_other_kinds_are_for_others(content: Content, bucket: Any, outbox: Outbox) -> None:
    event = requested(content, bucket, module("Week 1"))
    content.consume(event.model_copy(update={"kind": "bank", "import_id": UUID(int=1)}))
    assert content.outline()["modules"] == []
