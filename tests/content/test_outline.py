"""The whole tree in one call: GET and PUT /courses/{courseId}/outline."""

import json
import random
import string
from typing import Any
from uuid import uuid4

import pytest

from tests.content.conftest import CURRICULUM, Content


def _tree(content: Content) -> Any:
    return content.outline()["modules"]


def _without_ids(modules: Any) -> Any:
    """A tree as a curriculum file writes it."""
    if isinstance(modules, list):
        return [_without_ids(part) for part in modules]
    if isinstance(modules, dict):
        omitted = {"id", "description", "published", "duration", "asset"}
        return {name: _without_ids(value) for name, value in modules.items() if name not in omitted}
    return modules


def test_a_course_without_an_outline_has_an_empty_one(content: Content) -> None:
    assert content.outline(content.student) == {
        "courseId": str(content.course),
        "courseTitle": "Agents",
        "modules": [],
        "version": 0,
        "updatedAt": None,
    }


def test_the_real_curriculum_is_entered_with_one_call_a_course(content: Content) -> None:
    counts = [0, 0, 0, 0]
    for course in CURRICULUM["courses"]:
        content.course = content.add_course()
        content.assign(content.teacher, content.course)
        answer = content.put_outline(course["modules"])
        assert answer.status == 200, answer
        assert answer.json["version"] == 1
        assert _without_ids(answer.json["modules"]) == course["modules"]
        assert _tree(content) == answer.json["modules"]
        lessons = [lesson for module in answer.json["modules"] for lesson in module["lessons"]]
        subtopics = [subtopic for lesson in lessons for subtopic in lesson["subtopics"]]
        for i, found in enumerate([[course], answer.json["modules"], lessons, subtopics]):
            counts[i] += len(found)
    assert counts == [3, 21, 91, 291]


def test_what_was_read_can_be_sent_back_and_changes_nothing(content: Content) -> None:
    content.put_outline(CURRICULUM["courses"][1]["modules"])
    before = content.outline()
    answer = content.put_outline(before["modules"], headers={"if-match": '"1"'})
    assert answer.json["modules"] == before["modules"]
    assert answer.version == 2


def test_one_call_makes_moves_renames_and_deletes(content: Content) -> None:
    content.put_outline(
        [
            {"title": "A", "lessons": [{"title": "a1", "subtopics": [{"title": "s"}]}, {"title": "a2"}]},
            {"title": "B", "description": "kept", "lessons": [{"title": "b1", "duration": 60}]},
            {"title": "C"},
        ]
    )
    a, b, c = _tree(content)
    answer = content.put_outline(
        [
            {"id": b["id"], "title": "Beta", "lessons": [{"id": a["lessons"][0]["id"]}, {"title": "new"}]},
            {"title": "D", "lessons": [{"id": b["lessons"][0]["id"], "published": False}]},
            {"id": a["id"]},
        ]
    )
    assert answer.status == 422  # a1 would be in two places: what a kept module omits stays
    answer = content.put_outline(
        [
            {"id": b["id"], "title": "Beta", "lessons": [{"id": a["lessons"][0]["id"]}, {"title": "new"}]},
            {"title": "D", "lessons": [{"id": b["lessons"][0]["id"], "published": False}]},
            {"id": a["id"], "lessons": []},
        ]
    )
    assert answer.status == 200, answer
    beta, d, alpha = answer.json["modules"]
    assert beta == {**b, "title": "Beta", "lessons": [a["lessons"][0], beta["lessons"][1]]}
    assert beta["lessons"][1]["title"] == "new"
    assert d["lessons"] == [{**b["lessons"][0], "published": False}]
    assert alpha == {**a, "lessons": []}
    for gone in (f"/modules/{c['id']}", f"/lessons/{a['lessons'][1]['id']}"):
        assert content.http.delete(gone, token=content.teacher.token).status == 404
    assert content.http.put(f"/lessons/{beta['lessons'][1]['id']}", {}, token=content.teacher.token).status == 200


def test_a_lesson_that_moved_is_found_in_its_new_module(content: Content) -> None:
    first, second = content.add_module("A"), content.add_module("B")
    lesson = content.add_lesson(first["id"])
    content.put_outline([{"id": first["id"], "lessons": []}, {"id": second["id"], "lessons": [{"id": lesson["id"]}]}])
    assert content.lessons(first["id"]) == []
    (moved,) = content.lessons(second["id"])
    assert (moved["id"], moved["moduleId"]) == (lesson["id"], second["id"])


def test_students_read_the_published_part_of_the_tree(content: Content) -> None:
    content.put_outline(
        [
            {"title": "open", "lessons": [{"title": "open"}, {"title": "hidden", "published": False}]},
            {"title": "hidden", "published": False, "lessons": [{"title": "inside"}]},
        ]
    )
    shown = [
        (part["title"], [each["title"] for each in part["lessons"]])
        for part in content.outline(content.student)["modules"]
    ]
    assert shown == [("open", ["open"])]


def test_an_update_of_an_older_tree_is_refused_even_when_it_names_what_is_gone(content: Content) -> None:
    content.put_outline([{"title": "A"}])
    old = content.http.get(f"/courses/{content.course}/outline", token=content.teacher.token)
    content.put_outline([{"title": "B"}])
    refused = content.put_outline(old.json["modules"], headers={"if-match": old.headers["etag"]})
    assert refused.status == 412
    assert [part["title"] for part in _tree(content)] == ["B"]


def test_ids_of_another_course_are_unknown_in_this_one(content: Content) -> None:
    content.put_outline([{"title": "A", "lessons": [{"title": "a", "subtopics": [{"title": "s"}]}]}])
    (module,) = _tree(content)
    lesson = module["lessons"][0]
    own, content.course = content.course, content.add_course()
    content.assign(content.teacher, content.course)
    for foreign in (
        [{"id": module["id"], "title": "x"}],
        [{"title": "x", "lessons": [{"id": lesson["id"]}]}],
        [{"title": "x", "lessons": [{"title": "x", "subtopics": [{"id": lesson["subtopics"][0]["id"]}]}]}],
        [{"id": str(uuid4()), "title": "x"}],
    ):
        refused = content.put_outline(foreign)
        assert (refused.status, refused.json["errors"][0]["type"]) == (422, "unknown_id")
    assert content.outline()["version"] == 0
    content.course = own
    assert _tree(content) == [module]


@pytest.mark.parametrize(
    "modules",
    [
        None,
        {},
        [None],
        [{}],
        [{"title": None}],
        [{"title": "x", "lessons": None}],
        [{"title": "x", "lessons": [{}]}],
        [{"title": "x", "lessons": [{"title": "x", "subtopics": [{}]}]}],
        [{"title": "x", "position": 1}],
        [{"title": "x", "version": 1}],
        [{"title": "x", "lessons": [{"title": "x", "asset": "courses/x"}]}],
        [{"title": f"m{i}"} for i in range(31)],
        [{"title": "x", "lessons": [{"title": "x"}] * 301}],
        [{"title": "x", "lessons": [{"title": "x", "subtopics": [{"title": "x"}] * 2001}]}],
    ],
)
def test_a_tree_out_of_bounds_is_refused_and_changes_nothing(content: Content, modules: Any) -> None:
    content.put_outline([{"title": "A"}])
    before = content.outline()
    assert content.put_outline(modules).status == 422
    assert content.outline() == before


def test_the_largest_course_of_the_contract_is_taken_and_answered(content: Content) -> None:
    lessons = [
        {"title": f"Lesson {i}", "subtopics": [{"title": f"Topic {i}.{j}"} for j in range(6 + (i < 200))]}
        for i in range(300)
    ]
    modules = [{"title": f"Module {i}", "lessons": lessons[i * 10 : i * 10 + 10]} for i in range(30)]
    assert content.put_outline(modules).status == 200
    found = content.outline(content.student)["modules"]
    assert sum(len(lesson["subtopics"]) for module in found for lesson in module["lessons"]) == 2000


def test_any_tree_that_fits_a_body_fits_the_item(content: Content) -> None:
    noise = random.Random(1)
    letters = string.ascii_letters + string.digits
    subtopics = [{"title": "".join(noise.choices(letters, k=110))} for _ in range(2000)]
    body = [{"title": "m", "lessons": [{"title": "l", "subtopics": subtopics}]}]
    assert 240_000 < len(json.dumps({"modules": body})) < 256 * 1024
    assert content.put_outline(body).status == 200


@pytest.mark.parametrize("alphabet", ["ab", "".join(map(chr, range(0x4E00, 0x9000)))])
def test_a_course_that_outgrows_its_item_is_refused_and_stays_as_it_was(content: Content, alphabet: str) -> None:
    noise = random.Random(2)
    (module_id,) = (content.add_module()["id"],)
    link = "https://example.org/" + "a" * 2000
    status = 201
    while status == 201:
        before = content.outline()
        subtopics = [
            {"title": "".join(noise.choices(alphabet, k=200)), "githubRepoLink": link, "videoLink": link}
            for _ in range(40)
        ]
        body = {"title": "x", "subtopics": subtopics}
        answer = content.http.post(f"/modules/{module_id}/lessons", body, token=content.teacher.token)
        status = answer.status
    assert (status, answer.json["errors"][0]["type"]) == (422, "outline_too_large")
    assert content.outline() == before
