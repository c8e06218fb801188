"""Lessons and their resources: POST and GET /modules/{moduleId}/lessons, PUT and DELETE /lessons/{lessonId}."""

from typing import Any
from uuid import uuid4

import pytest

from tests.clients import Answer
from tests.content.conftest import Content
from tests.people import sign_in

REPO, VIDEO = "https://github.com/an/example", "https://video.example/watch?v=1&t=2#start"


@pytest.fixture
def module_id(content: Content) -> str:
    module_id: str = content.add_module()["id"]
    return module_id


def _post(content: Content, module_id: str, body: Any) -> Answer:
    return content.http.post(f"/modules/{module_id}/lessons", body, token=content.teacher.token)


def _put(content: Content, lesson: Any, body: Any) -> Answer:
    return content.http.put(f"/lessons/{lesson['id']}", body, token=content.teacher.token)


def test_a_lesson_is_made_with_its_resources(content: Content, module_id: str) -> None:
    body = {
        "title": "Tools",
        "contentUrl": "https://example.org/tools",
        "duration": 5400,
        "subtopics": [{"title": "Slides", "githubRepoLink": REPO}, {"title": "Talk", "videoLink": VIDEO}],
    }
    answer = _post(content, module_id, body)
    assert answer.status == 201
    assert answer.headers["location"] == f"/lessons/{answer.json['id']}"
    assert content.http.get(answer.headers["location"], token=content.teacher.token).json == answer.json
    moment = content.clock().isoformat().replace("+00:00", "Z")
    slides, talk = answer.json["subtopics"]
    assert answer.json == {
        "id": answer.json["id"],
        "moduleId": module_id,
        "title": "Tools",
        "contentUrl": "https://example.org/tools",
        "duration": 5400,
        "position": 0,
        "published": True,
        "asset": None,
        "text": None,
        "images": {},
        "subtopics": [
            {"id": slides["id"], "title": "Slides", "githubRepoLink": REPO, "videoLink": None},
            {"id": talk["id"], "title": "Talk", "githubRepoLink": None, "videoLink": VIDEO},
        ],
        "version": 2,
        "createdAt": moment,
        "updatedAt": moment,
    }
    assert content.lessons(module_id, content.student) == [answer.json]


def test_lessons_keep_the_order_that_positions_gave_them(content: Content, module_id: str) -> None:
    for title in "abc":
        content.add_lesson(module_id, title)
    content.add_lesson(module_id, "d", position=1)
    first = content.lessons(module_id)[0]
    assert _put(content, first, {"position": 99}).json["position"] == 3
    lessons = content.lessons(module_id)
    assert "".join(lesson["title"] for lesson in lessons) == "dbca"
    assert [lesson["position"] for lesson in lessons] == [0, 1, 2, 3]


def test_an_update_replaces_the_fields_given_empties_null_ones_and_leaves_the_others(
    content: Content, module_id: str
) -> None:
    lesson = content.add_lesson(module_id, contentUrl=REPO, duration=60, subtopics=[{"title": "a"}])
    content.clock.advance(minutes=1)
    answer = _put(content, lesson, {"contentUrl": None, "title": "New"})
    assert answer.status == 200
    later = content.clock().isoformat().replace("+00:00", "Z")
    assert answer.json == {**lesson, "title": "New", "contentUrl": None, "version": 3, "updatedAt": later}


def test_an_update_that_changes_nothing_keeps_the_time_of_the_last_change(content: Content, module_id: str) -> None:
    lesson = content.add_lesson(module_id)
    content.clock.advance(minutes=1)
    assert _put(content, lesson, {"title": lesson["title"]}).json["updatedAt"] == lesson["updatedAt"]


def test_resources_are_kept_renamed_reordered_added_and_removed_by_id(content: Content, module_id: str) -> None:
    lesson = content.add_lesson(module_id, subtopics=[{"title": t, "videoLink": VIDEO} for t in "abc"])
    a, _, c = lesson["subtopics"]
    answer = _put(content, lesson, {"subtopics": [{"id": c["id"]}, {"title": "d"}, {"id": a["id"], "title": "A"}]})
    assert [(part["title"], part["videoLink"]) for part in answer.json["subtopics"]] == [
        ("c", VIDEO),
        ("d", None),
        ("A", VIDEO),
    ]
    assert [part["id"] for part in answer.json["subtopics"]][::2] == [c["id"], a["id"]]


def test_a_resource_id_of_another_lesson_or_given_twice_is_refused(content: Content, module_id: str) -> None:
    lesson = content.add_lesson(module_id, subtopics=[{"title": "a"}])
    other = content.add_lesson(module_id, subtopics=[{"title": "b"}])
    own, foreign = lesson["subtopics"][0]["id"], other["subtopics"][0]["id"]
    unknown = _put(content, lesson, {"subtopics": [{"id": own}, {"id": foreign}]})
    assert unknown.json["errors"][0] == {
        "loc": ["body", "subtopics", 1, "id"],
        "msg": "There is no such part in this place.",
        "type": "unknown_id",
    }
    twice = _put(content, lesson, {"subtopics": [{"id": own}, {"id": own}]})
    assert twice.json["errors"][0]["type"] == "repeated_id"
    assert _post(content, module_id, {"title": "x", "subtopics": [{"id": own}]}).status == 422
    assert content.lessons(module_id) == [
        {**lesson, "version": 3},
        other,
    ]


def test_deleting_a_lesson_closes_the_gap(content: Content, module_id: str) -> None:
    lessons = [content.add_lesson(module_id, title) for title in "abc"]
    path = f"/lessons/{lessons[1]['id']}"
    assert content.http.delete(path, token=content.teacher.token).status == 204
    assert content.http.delete(path, token=content.teacher.token).status == 404
    assert [(part["title"], part["position"]) for part in content.lessons(module_id)] == [("a", 0), ("c", 1)]


def test_students_see_published_lessons_alone(content: Content, module_id: str) -> None:
    content.add_lesson(module_id, "open")
    content.add_lesson(module_id, "hidden", published=False)
    assert [lesson["title"] for lesson in content.lessons(module_id, content.student)] == ["open"]
    assert [lesson["title"] for lesson in content.lessons(module_id, content.admin)] == ["open", "hidden"]


def test_who_does_not_belong_to_the_course_cannot_tell_whether_an_id_exists(content: Content, module_id: str) -> None:
    lesson = content.add_lesson(module_id)
    colleague = sign_in("teacher")
    content.assign(colleague, content.add_course())
    for module, one in [(module_id, lesson["id"]), (str(uuid4()), str(uuid4()))]:
        answers = [
            content.http.get(f"/modules/{module}/lessons", token=sign_in("student").token),
            content.http.get(f"/modules/{module}/lessons", token=colleague.token),
            content.http.put(f"/modules/{module}", {"title": "x"}, token=colleague.token),
            content.http.delete(f"/modules/{module}", token=colleague.token),
            content.http.post(f"/modules/{module}/lessons", {"title": "x"}, token=colleague.token),
            content.http.put(f"/lessons/{one}", {"title": "x"}, token=colleague.token),
            content.http.delete(f"/lessons/{one}", token=colleague.token),
            content.http.post(f"/lessons/{one}/asset", {"contentType": "image/png"}, token=colleague.token),
        ]
        assert {(answer.status, answer.json["detail"]) for answer in answers} == {
            (404, "There is no such module or lesson.")
        }


def test_a_modules_id_is_no_lessons_id(content: Content, module_id: str) -> None:
    lesson = content.add_lesson(module_id)
    token = content.teacher.token
    assert content.http.put(f"/lessons/{module_id}", {"title": "x"}, token=token).status == 404
    assert content.http.get(f"/modules/{lesson['id']}/lessons", token=token).status == 404


@pytest.mark.parametrize(
    "link",
    [
        "https://example.org",
        "https://example.org:8443/a/b?c=d%20e#f",
        "https://github.com/an/example/tree/main/01 first steps",
        "https://xn--bcher-kva.example/ü",
        "https://[2001:db8::1]/x",
        "https://example.org/" + "a" * 2028,
    ],
)
def test_a_https_link_is_kept_as_it_was_given(content: Content, module_id: str, link: str) -> None:
    lesson = content.add_lesson(
        module_id, contentUrl=link, subtopics=[{"title": "a", "githubRepoLink": link, "videoLink": link}]
    )
    subtopic = lesson["subtopics"][0]
    assert {lesson["contentUrl"], subtopic["githubRepoLink"], subtopic["videoLink"]} == {link}


@pytest.mark.parametrize(
    "link",
    [
        "",
        "example.org",
        "http://example.org",
        "ftp://example.org",
        "javascript:alert(1)",
        "https:example.org",
        "https:///path",
        "https://",
        "https://user@example.org",
        "https://user:password@example.org",
        "https://@example.org",
        "https://good.example\\@evil.example",
        "https://exam ple.org/",
        "https://example.org/\u00a0x",
        "https://example.org/\na",
        "https://example.org/\x7f",
        "https://example.org/\u202e",
        'https://example.org/"onclick="',
        "https://example.org:0",
        "https://example.org:99999",
        "https://example.org:port",
        "https://[2001:db8::1",
        "https://example.org/" + "a" * 2029,
        17,
        {},
    ],
)
def test_anything_but_a_plain_https_link_is_refused(content: Content, module_id: str, link: Any) -> None:
    for body in (
        {"title": "x", "contentUrl": link},
        {"title": "x", "subtopics": [{"title": "a", "githubRepoLink": link}]},
        {"title": "x", "subtopics": [{"title": "a", "videoLink": link}]},
    ):
        assert _post(content, module_id, body).status == 422


@pytest.mark.parametrize(
    "fields",
    [
        {"title": None},
        {"title": " "},
        {"title": "x" * 201},
        {"title": "a\nb"},
        {"title": "\ud800"},
        {"duration": -1},
        {"duration": 1.5},
        {"duration": True},
        {"duration": 10**9},
        {"position": -1},
        {"position": "1"},
        {"position": None},
        {"published": None},
        {"published": "yes"},
        {"subtopics": None},
        {"subtopics": [{}]},
        {"subtopics": [{"id": "no-uuid"}]},
        {"subtopics": [{"title": "a", "video_link": VIDEO}]},
        {"moduleId": str(uuid4())},
        {"id": str(uuid4())},
        {"version": 3},
    ],
)
def test_a_field_out_of_bounds_or_unknown_is_refused(content: Content, module_id: str, fields: Any) -> None:
    lesson = content.add_lesson(module_id)
    assert _post(content, module_id, {"title": "x", **fields}).status == 422
    assert _put(content, lesson, fields).status == 422
    assert content.lessons(module_id) == [lesson]


def test_a_301st_lesson_and_a_2001st_resource_are_refused(content: Content) -> None:
    full = [{"title": "m", "lessons": [{"title": "l"}] * 299 + [{"title": "l", "subtopics": [{"title": "s"}] * 2000}]}]
    assert content.put_outline(full).status == 200
    (module,) = content.modules()
    refused = _post(content, module["id"], {"title": "x"})
    assert (refused.status, refused.json["errors"][0]["type"]) == (422, "too_many_lessons")
    first = content.lessons(module["id"])[0]
    refused = _put(content, first, {"subtopics": [{"title": "x"}]})
    assert (refused.status, refused.json["errors"][0]["type"]) == (422, "too_many_subtopics")


def test_a_lesson_of_more_than_256_kb_is_refused(content: Content, module_id: str) -> None:
    # Within the limit of a body, but not with what it gets besides.
    subtopics = [{"title": "s" * 100} for _ in range(1_900)]
    answer = _post(content, module_id, {"title": "x", "subtopics": subtopics})
    assert (answer.status, answer.json["errors"][0]["type"]) == (422, "lesson_too_large")
