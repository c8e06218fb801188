"""Refusals over all routes: who may call, in which order (413, 401, 403, 422, 404, 409, 412), and never a 500."""

from typing import Any
from uuid import uuid4

import pytest
from fastapi.routing import APIRoute
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from content import api
from lms.security import permission_of
from tests.clients import Answer
from tests.content.conftest import Content
from tests.people import sign_in

ROUTES = [
    (method, route.path, permission_of(route))
    for route in api.app.routes
    if isinstance(route, APIRoute)
    for method in sorted(route.methods)
]
EVERYTHING_WRONG: dict[str, Any] = {
    "body": {"nobody": "knows this field"},
    "query": {"limit": "0", "cursor": "x"},
    "headers": {"if-match": "x", "idempotency-key": "x" * 200},
}
GOOD_BODIES = {
    ("PUT", "/courses/{courseId}/outline"): {"modules": []},
    ("POST", "/courses/{courseId}/modules"): {"title": "x"},
    ("PUT", "/modules/{moduleId}"): {"title": "x"},
    ("POST", "/modules/{moduleId}/lessons"): {"title": "x"},
    ("PUT", "/lessons/{lessonId}"): {"title": "x"},
    ("POST", "/lessons/{lessonId}/asset"): {"contentType": "image/png"},
}


@pytest.fixture
def paths(content: Content) -> dict[str, str]:
    """The path of each route for the course, a module and a lesson that exist."""
    module = content.add_module()
    lesson = content.add_lesson(module["id"])
    return {path: _fill(path, content.course, module["id"], lesson["id"]) for _, path, _ in ROUTES}


def _fill(path: str, course_id: object, module_id: object, lesson_id: object) -> str:
    for name, value in (("courseId", course_id), ("moduleId", module_id), ("lessonId", lesson_id)):
        path = path.replace(f"{{{name}}}", str(value))
    return path


def _is_problem(answer: Answer) -> bool:
    return answer.headers["content-type"] == "application/problem+json" and answer.json["status"] == answer.status


def test_readers_are_all_roles_and_writers_teachers_and_administrators() -> None:
    for method, path, roles in ROUTES:
        expected = {"student", "teacher", "admin"} if method == "GET" else {"teacher", "admin"}
        assert roles == expected, (method, path)


def test_whatever_else_is_wrong_who_is_not_signed_in_gets_401(content: Content, paths: dict[str, str]) -> None:
    for method, path, _ in ROUTES:
        answer = content.http(method, paths[path], **EVERYTHING_WRONG)
        assert answer.status == 401, (method, path, answer)
        assert _is_problem(answer)


def test_whatever_else_is_wrong_a_student_who_writes_gets_403(content: Content, paths: dict[str, str]) -> None:
    for method, path, roles in ROUTES:
        if "student" not in (roles or ()):
            answer = content.http(method, paths[path], token=content.student.token, **EVERYTHING_WRONG)
            assert answer.status == 403, (method, path, answer)
            assert _is_problem(answer)


def test_whatever_else_is_wrong_who_does_not_belong_to_the_course_in_the_path_gets_403(
    content: Content, paths: dict[str, str]
) -> None:
    refused = 0
    for method, path, roles in ROUTES:
        for role in (role for role in ("student", "teacher") if "courseId" in path and role in (roles or ())):
            answer = content.http(method, paths[path], token=sign_in(role).token, **EVERYTHING_WRONG)
            assert answer.status == 403, (method, path, answer)
            refused += 1
    assert refused == 6


def test_whatever_else_is_wrong_who_may_gets_422_before_404(content: Content) -> None:
    nowhere = {path: _fill(path, uuid4(), uuid4(), uuid4()) for _, path, _ in ROUTES}
    for method, path, _ in ROUTES:
        if (method, path) != ("GET", "/courses/{courseId}/outline"):  # which takes nothing that could be wrong
            answer = content.http(method, nowhere[path], token=content.admin.token, **EVERYTHING_WRONG)
            assert answer.status == 422, (method, path, answer)
        good = GOOD_BODIES.get((method, path))
        stale = {"if-match": '"9"'}
        answer = content.http(method, nowhere[path], good, token=content.admin.token, headers=stale)
        assert answer.status == 404, (method, path, answer)
        assert _is_problem(answer)


def test_a_body_over_256_kb_is_refused_before_all_else(content: Content, paths: dict[str, str]) -> None:
    for method, path, _ in ROUTES:
        answer = content.http(method, paths[path], raw=b" " * (256 * 1024 + 1), headers={"x-gateway-secret": "none"})
        assert answer.status == 413, (method, path)


def test_an_id_that_is_none_is_422(content: Content) -> None:
    for name in ("x", "%", "%zz", "%00", "..", "1" * 5_000, "{}"):
        for method, path, _ in ROUTES:
            filled = _fill(path, name, name, name)
            answer = content.http(method, filled, GOOD_BODIES.get((method, path)), token=content.admin.token)
            assert answer.status == 422, (method, filled, answer)


def test_a_running_twin_is_409_and_tells_when_to_come_again(content: Content) -> None:
    from lms.idempotency import IdempotencyRecord

    path, token, key = f"/courses/{content.course}/modules", content.teacher.token, {"idempotency-key": "k"}
    content.http.post(path, {"title": "x"}, token=token, headers=key)
    (record,) = IdempotencyRecord.scan()
    record.update(actions=[IdempotencyRecord.status.remove()])
    answer = content.http.post(path, {"title": "x"}, token=token, headers=key)
    assert (answer.status, answer.headers["retry-after"]) == (409, "1")


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None), max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
_FIELDS = sorted(
    {field.alias or name for model in vars(api).values() for name, field in getattr(model, "model_fields", {}).items()}
)
_OLD_ID = "an id that exists"
_PLAUSIBLE = st.sampled_from(
    ["Week 1", "https://example.org/x", "https://[", _OLD_ID, "\ud800", "\x00", "image/png", 0, 7, True, "courses/x"]
)
_PART = st.dictionaries(st.sampled_from(_FIELDS), _PLAUSIBLE, max_size=4)
_TREE = st.fixed_dictionaries(
    {"modules": st.lists(_PART | st.fixed_dictionaries({"title": _PLAUSIBLE, "lessons": st.lists(_PART)}), max_size=3)}
)


def _with_id(body: Any, old_id: str) -> Any:
    if isinstance(body, list):
        return [_with_id(part, old_id) for part in body]
    if isinstance(body, dict):
        return {name: _with_id(value, old_id) for name, value in body.items()}
    return old_id if body == _OLD_ID else body


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    route=st.sampled_from(ROUTES),
    body=_JSON | _PART | _TREE,
    query=st.dictionaries(st.sampled_from(["limit", "cursor"]), st.text(max_size=30), max_size=2),
    headers=st.dictionaries(
        st.sampled_from(["if-match", "idempotency-key", "authorization"]),
        st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=30),
        max_size=2,
    ),
    role=st.sampled_from(["admin", "teacher", "student"]),
)
def test_no_request_is_ever_a_fault_of_the_server(
    content: Content, route: Any, body: Any, query: Any, headers: dict[str, str], role: str
) -> None:
    content.http.put(f"/courses/{content.course}/outline", {"modules": []}, token=content.admin.token)
    module = content.add_module()
    lesson = content.add_lesson(module["id"])
    method, path, _ = route
    token = None if "authorization" in headers else getattr(content, role).token
    filled = _fill(path, content.course, module["id"], lesson["id"])
    answer = content.http(method, filled, _with_id(body, lesson["id"]), query=query, headers=headers, token=token)
    assert answer.status < 500, answer
    assert answer.status < 400 or _is_problem(answer)
    assert "Traceback" not in answer.text
