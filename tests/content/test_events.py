"""The events of changes to content."""

from uuid import UUID

from lms.events.content import MaterialPublished, OutlineChanged
from tests.conftest import Outbox
from tests.content.conftest import Content


def test_each_change_emits_the_new_version_and_the_counts(content: Content, outbox: Outbox) -> None:
    module = content.add_module()
    lesson = content.add_lesson(module["id"])
    token = content.teacher.token
    content.http.put(f"/lessons/{lesson['id']}", {"title": "x"}, token=token)
    content.put_outline([{"title": "a"}, {"title": "b", "lessons": [{"title": "c"}]}])
    content.http.delete(f"/modules/{content.modules()[0]['id']}", token=token)
    published = [(event.course_id, event.version, event.modules, event.lessons) for event in outbox.of(OutlineChanged)]
    assert published == [
        (content.course, 1, 1, 0),
        (content.course, 2, 1, 1),
        (content.course, 3, 1, 1),
        (content.course, 4, 2, 1),
        (content.course, 5, 1, 1),
    ]


def test_lessons_are_announced_when_students_can_see_them_and_not_before(content: Content, outbox: Outbox) -> None:
    module = content.add_module(published=False)
    first = content.add_lesson(module["id"], "first")
    content.add_lesson(module["id"], "second", published=False)
    assert outbox.of(MaterialPublished) == []
    token = content.teacher.token
    content.http.put(f"/modules/{module['id']}", {"published": True}, token=token)
    content.http.put(f"/lessons/{first['id']}", {"title": "renamed"}, token=token)
    content.add_lesson(module["id"], "third")
    published = [(event.version, event.count, event.lessons) for event in outbox.of(MaterialPublished)]
    assert published == [(4, 1, ("first",)), (6, 1, ("third",))]


def test_an_announcement_names_ten_lessons_however_long_and_many_they_are(content: Content, outbox: Outbox) -> None:
    title = "\U0001f393" * 200
    assert content.put_outline([{"title": "m", "lessons": [{"title": title}] * 100}]).status == 200
    (published,) = outbox.of(MaterialPublished)
    assert (published.count, published.lessons) == (100, (title,) * 10)
    assert published.course_id == UUID(str(content.course))


def test_a_refused_change_emits_nothing(content: Content, outbox: Outbox) -> None:
    content.add_module()
    before = outbox.all()
    content.put_outline([], headers={"if-match": '"7"'})
    content.put_outline([{"title": "x"}] * 31)
    assert outbox.all() == before
