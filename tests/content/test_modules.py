"""Modules: POST and GET /courses/{courseId}/modules, PUT and DELETE /modules/{moduleId}."""

from uuid import uuid4

import pytest

from tests.content.conftest import Content
from tests.people import sign_in


def _titles(modules: list[dict[str, str]]) -> list[str]:
    return [module["title"] for module in modules]


def test_a_teacher_adds_a_module_and_gets_it_whole(content: Content) -> None:
    answer = content.http.post(
        f"/courses/{content.course}/modules",
        {"title": "  Week 1 ", "description": "Agents\nand tools"},
        token=content.teacher.token,
    )
    assert answer.status == 201
    assert answer.headers["location"] == f"/courses/{answer.json['courseId']}/modules"
    listed = content.http.get(answer.headers["location"], token=content.teacher.token)
    assert answer.json["id"] in [shown["id"] for shown in listed.json["items"]]
    assert answer.version == 1
    moment = content.clock().isoformat().replace("+00:00", "Z")
    assert answer.json == {
        "id": answer.json["id"],
        "courseId": str(content.course),
        "courseTitle": "Agents",
        "title": "Week 1",
        "description": "Agents\nand tools",
        "position": 0,
        "published": True,
        "version": 1,
        "createdAt": moment,
        "updatedAt": moment,
    }
    assert content.modules() == [answer.json]


def test_an_administrator_adds_a_module_to_any_course(content: Content) -> None:
    path = f"/courses/{content.course}/modules"
    assert content.http.post(path, {"title": "Week 1"}, token=content.admin.token).status == 201


@pytest.mark.parametrize(("position", "expected"), [(0, "cab"), (1, "acb"), (2, "abc"), (9, "abc"), (None, "abc")])
def test_a_module_is_added_where_its_position_says(content: Content, position: int | None, expected: str) -> None:
    content.add_module("a")
    content.add_module("b")
    content.add_module("c", **({} if position is None else {"position": position}))
    assert "".join(_titles(content.modules())) == expected


@pytest.mark.parametrize(("position", "expected"), [(0, "cab"), (1, "acb"), (2, "abc"), (9, "abc")])
def test_a_module_is_moved_among_its_siblings(content: Content, position: int, expected: str) -> None:
    for title in "abc":
        content.add_module(title)
    last = content.modules()[-1]
    answer = content.http.put(f"/modules/{last['id']}", {"position": position}, token=content.teacher.token)
    assert answer.json["position"] == expected.index("c")
    assert "".join(_titles(content.modules())) == expected
    assert [module["position"] for module in content.modules()] == [0, 1, 2]


def test_an_update_replaces_the_fields_given_and_leaves_the_others(content: Content) -> None:
    module = content.add_module("Week 1", description="old", published=False)
    content.clock.advance(minutes=1)
    answer = content.http.put(f"/modules/{module['id']}", {"description": ""}, token=content.teacher.token)
    assert answer.status == 200
    assert answer.version == 2
    later = content.clock().isoformat().replace("+00:00", "Z")
    assert answer.json == {**module, "description": "", "version": 2, "updatedAt": later}


def test_deleting_a_module_takes_its_lessons_along(content: Content) -> None:
    module, other = content.add_module("Week 1"), content.add_module("Week 2")
    lesson = content.add_lesson(module["id"])
    token = content.teacher.token
    assert content.http.delete(f"/modules/{module['id']}", token=token).status == 204
    assert _titles(content.modules()) == ["Week 2"]
    assert content.modules()[0]["id"] == other["id"]
    for method, path in [
        ("DELETE", f"/modules/{module['id']}"),
        ("GET", f"/modules/{module['id']}/lessons"),
        ("PUT", f"/lessons/{lesson['id']}"),
    ]:
        assert content.http(method, path, {"title": "x"} if method == "PUT" else None, token=token).status == 404


def test_students_see_published_modules_alone(content: Content) -> None:
    content.add_module("open")
    hidden = content.add_module("hidden", published=False)
    assert _titles(content.modules(content.student)) == ["open"]
    assert _titles(content.modules(content.teacher)) == ["open", "hidden"]
    assert _titles(content.modules(content.admin)) == ["open", "hidden"]
    assert content.http.get(f"/modules/{hidden['id']}/lessons", token=content.student.token).status == 404


@pytest.mark.parametrize(("status", "expected"), [("active", 200), ("completed", 200), ("dropped", 403)])
def test_who_is_enrolled_reads_and_who_dropped_does_not(content: Content, status: str, expected: int) -> None:
    module = content.add_module()
    student = sign_in("student")
    content.add_student(student, content.course, status)
    assert content.http.get(f"/courses/{content.course}/modules", token=student.token).status == expected
    assert content.http.get(f"/courses/{content.course}/outline", token=student.token).status == expected
    by_id = content.http.get(f"/modules/{module['id']}/lessons", token=student.token).status
    assert by_id == (404 if expected == 403 else 200)


def test_a_list_is_read_page_by_page_though_it_changes_on_the_way(content: Content) -> None:
    modules = [content.add_module(f"m{i}") for i in range(7)]
    path, token = f"/courses/{content.course}/modules", content.student.token
    first = content.http.get(path, token=token, query={"limit": "3"}).json
    assert content.http.delete(f"/modules/{modules[0]['id']}", token=content.teacher.token).status == 204
    content.add_module("new", position=0)
    seen, cursor = first["items"], first["next"]
    while cursor:
        page = content.http.get(path, token=token, query={"limit": "3", "cursor": cursor}).json
        seen, cursor = seen + page["items"], page["next"]
    assert _titles(seen) == [f"m{i}" for i in range(7)]


def test_the_next_page_comes_when_the_last_one_of_the_page_before_is_gone(content: Content) -> None:
    modules = [content.add_module(f"m{i}") for i in range(4)]
    path, token = f"/courses/{content.course}/modules", content.student.token
    first = content.http.get(path, token=token, query={"limit": "2"}).json
    content.http.put(f"/modules/{modules[1]['id']}", {"published": False}, token=content.teacher.token)
    rest = content.http.get(path, token=token, query={"limit": "2", "cursor": first["next"]}).json
    assert _titles(rest["items"]) == ["m2", "m3"]
    assert rest["next"] is None


def test_a_cursor_serves_its_own_list_and_caller_alone(content: Content) -> None:
    module = content.add_module("a")
    content.add_module("b")
    path = f"/courses/{content.course}/modules"
    cursor = content.http.get(path, token=content.student.token, query={"limit": "1"}).json["next"]
    for other_path, token in [
        (path, content.teacher.token),
        (f"/modules/{module['id']}/lessons", content.student.token),
    ]:
        assert content.http.get(other_path, token=token, query={"cursor": cursor}).status == 422


def test_a_create_sent_twice_happens_once(content: Content) -> None:
    path, token, key = f"/courses/{content.course}/modules", content.teacher.token, {"idempotency-key": "k"}
    first = content.http.post(path, {"title": "Week 1"}, token=token, headers=key)
    again = content.http.post(path, {"title": "Week 1"}, token=token, headers=key)
    assert (first.status, again.status) == (201, 201)
    assert again.json == first.json
    assert again.headers["location"] == first.headers["location"]
    assert len(content.modules()) == 1
    assert content.http.post(path, {"title": "Week 2"}, token=token, headers=key).status == 422


def test_an_update_on_what_was_read_earlier_is_refused_and_changes_nothing(content: Content) -> None:
    module = content.add_module("Week 1")
    content.add_module("Week 2")
    path, token, stale = f"/modules/{module['id']}", content.teacher.token, {"if-match": '"1"'}
    assert content.http.put(path, {"title": "x"}, token=token, headers=stale).status == 412
    assert content.http.delete(path, token=token, headers=stale).status == 412
    assert _titles(content.modules()) == ["Week 1", "Week 2"]
    listed = content.http.get(f"/courses/{content.course}/modules", token=token)
    assert (
        content.http.put(path, {"title": "x"}, token=token, headers={"if-match": listed.headers["etag"]}).status == 200
    )


def test_a_course_that_does_not_exist_is_404_to_an_administrator_and_403_to_all_others(content: Content) -> None:
    nowhere = uuid4()
    for path, method, body in [
        (f"/courses/{nowhere}/modules", "GET", None),
        (f"/courses/{nowhere}/modules", "POST", {"title": "x"}),
        (f"/courses/{nowhere}/outline", "GET", None),
        (f"/courses/{nowhere}/outline", "PUT", {"modules": []}),
    ]:
        assert content.http(method, path, body, token=content.admin.token).status == 404
        for caller in (content.teacher, content.student):
            assert content.http(method, path, body, token=caller.token).status == 403


def test_nothing_of_a_deleted_course_is_shown_or_changed(content: Content) -> None:
    module = content.add_module()
    lesson = content.add_lesson(module["id"])
    content.delete_course(content.course)
    for method, path, body in [
        ("GET", f"/courses/{content.course}/modules", None),
        ("GET", f"/courses/{content.course}/outline", None),
        ("PUT", f"/courses/{content.course}/outline", {"modules": []}),
        ("POST", f"/courses/{content.course}/modules", {"title": "x"}),
        ("GET", f"/modules/{module['id']}/lessons", None),
        ("POST", f"/modules/{module['id']}/lessons", {"title": "x"}),
        ("PUT", f"/modules/{module['id']}", {"title": "x"}),
        ("DELETE", f"/lessons/{lesson['id']}", None),
    ]:
        assert content.http(method, path, body, token=content.teacher.token).status == 404, (method, path)


def test_a_31st_module_is_refused(content: Content) -> None:
    assert content.put_outline([{"title": f"m{i}"} for i in range(30)]).status == 200
    answer = content.http.post(f"/courses/{content.course}/modules", {"title": "x"}, token=content.teacher.token)
    assert answer.status == 422
    assert answer.json["errors"][0]["type"] == "too_many_modules"
    assert len(content.modules(limit="100")) == 30
