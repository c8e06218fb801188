"""Teachers at work in one course at the same time."""

from functools import partial

import pytest

from content.service import outlines
from lms.dynamo import Transaction
from tests.auth.conftest import at_once, whole_calls
from tests.clients import Answer
from tests.content.conftest import Content
from tests.people import sign_in

__all__ = ["whole_calls"]  # a fixture


def _until_it_is_taken(content: Content, path: str, title: str, token: str) -> Answer:
    while True:
        answer = content.http.post(path, {"title": title}, token=token)
        if answer.status != 503:
            return answer


@pytest.mark.usefixtures("whole_calls")
def test_lessons_that_teachers_add_at_once_are_all_there_once(content: Content) -> None:
    module = content.add_module()
    teachers = [sign_in("teacher") for _ in range(6)]
    for teacher in teachers:
        content.assign(teacher, content.course)
    path = f"/modules/{module['id']}/lessons"
    answers = at_once([partial(_until_it_is_taken, content, path, f"by {i}", t.token) for i, t in enumerate(teachers)])
    assert [answer.status for answer in answers] == [201] * 6
    lessons = content.lessons(module["id"])
    assert sorted(lesson["title"] for lesson in lessons) == [f"by {i}" for i in range(6)]
    assert [lesson["position"] for lesson in lessons] == list(range(6))
    assert sorted(answer.json["version"] for answer in answers) == list(range(2, 8))


@pytest.mark.usefixtures("whole_calls")
def test_of_two_who_replace_the_same_version_one_wins(content: Content) -> None:
    content.add_module()
    calls = [partial(content.put_outline, [{"title": title}], headers={"if-match": '"1"'}) for title in ("one", "two")]
    answers = at_once(calls)
    assert sorted(answer.status for answer in answers) == [200, 412]
    (won,) = (answer for answer in answers if answer.status == 200)
    assert content.outline()["modules"] == won.json["modules"]


def test_a_course_that_is_deleted_during_a_change_gets_no_outline(
    content: Content, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lms.outline import read_outline

    commit = Transaction.commit

    def delete_first(tx: Transaction) -> None:
        monkeypatch.setattr(Transaction, "commit", commit)
        content.delete_course(content.course)
        commit(tx)

    monkeypatch.setattr(Transaction, "commit", delete_first)
    assert content.put_outline([{"title": "x"}]).status == 404
    assert read_outline(content.course).version == 0


def test_ids_of_a_change_that_failed_lead_nowhere(content: Content, monkeypatch: pytest.MonkeyPatch) -> None:
    from content.tables import PartPointer

    def fail(*_: object) -> None:
        raise RuntimeError("the storage is gone")

    monkeypatch.setattr(outlines, "emit", fail)
    assert content.put_outline([{"title": "x"}]).status == 500
    (orphan,) = PartPointer.scan()
    assert content.http.get(f"/modules/{orphan.part_id}/lessons", token=content.teacher.token).status == 404
