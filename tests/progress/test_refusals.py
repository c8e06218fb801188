"""What every route refuses, and that no request is a fault of the server."""

from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from progress import api
from tests import hostile
from tests.people import sign_in
from tests.progress.conftest import School

ROUTES = hostile.routes(api.app)
FIELDS = [
    "studentId",
    "courseId",
    "currentModule",
    "completionPercentage",
    "date",
    "records",
    "rating",
    "comment",
    "instructorId",
]
_RECORD = st.fixed_dictionaries(
    {"studentId": st.uuids().map(str), "status": st.sampled_from(["present", "late", "x", 1, None])}
)
PLAUSIBLE = (
    st.text(st.characters(codec=None), max_size=30)
    | st.integers(-1, 101)
    | st.sampled_from(["2027-03-01", "2027-02-29", "0000-01-01", "\ud800", "\x00", True])
    | st.uuids().map(str)
    | st.lists(_RECORD, max_size=3)
)


@pytest.fixture
def ids(school: School) -> dict[str, str]:
    """What the parameters of paths may stand for."""
    _, [lesson] = school.outline.add_module(lessons=1)
    progress_id = school.create().json["id"]
    return {
        "id": progress_id,
        "studentId": str(school.student.id),
        "courseId": str(school.course),
        "lessonId": str(lesson),
    }


def test_closed_routes_ask_for_a_token_and_then_for_a_role(school: School) -> None:
    people = {"student": school.student, "teacher": school.teacher, "admin": school.admin}
    for method, path, roles in ROUTES:
        assert roles
        concrete = path.format(id=uuid4(), studentId=uuid4(), courseId=uuid4(), lessonId=uuid4())
        assert school.http(method, concrete, {"bad": 1}).status == 401, path
        for role in people.keys() - roles:
            assert school.http(method, concrete, {"bad": 1}, token=people[role].token).status == 403, (path, role)


def test_whatever_else_is_wrong_who_does_not_belong_to_the_course_in_the_path_gets_403(
    school: School, ids: dict[str, str]
) -> None:
    wrong: dict[str, Any] = {"query": {"limit": "0", "cursor": "x"}, "headers": {"if-match": "x"}}
    refused = 0
    for method, path, roles in ROUTES:
        if "{courseId}" in path and path != "/feedback/{courseId}":
            for role in (role for role in ("student", "teacher") if role in (roles or ())):
                answer = school.http(method, path.format(**ids), token=sign_in(role).token, **wrong)
                assert answer.status == 403, (method, path, role)
                refused += 1
    assert refused == 6


def test_a_body_over_256_kb_is_refused_before_all_else(school: School, ids: dict[str, str]) -> None:
    for method, path, _ in ROUTES:
        answer = school.http(
            method, path.format(**ids), raw=b" " * (256 * 1024 + 1), headers={"x-gateway-secret": "none"}
        )
        assert answer.status == 413, (method, path)


def test_bodies_that_are_none_are_refused(school: School, ids: dict[str, str]) -> None:
    for method, path, roles in ROUTES:
        if method == "POST" or path == "/progress/{id}":
            token = (school.student if "student" in (roles or ()) else school.teacher).token
            for name, raw in hostile.BODIES.items():
                headers = {"content-type": "application/json"}
                answer = school.http(method, path.format(**ids), raw=raw, token=token, headers=headers)
                assert answer.status == 422, (method, path, name, answer)
                assert hostile.is_refusal(answer)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    route=st.sampled_from(ROUTES),
    body=hostile.bodies(FIELDS, PLAUSIBLE),
    own=st.booleans(),
    query=hostile.queries,
    headers=hostile.headers,
    role=st.sampled_from(["student", "teacher", "admin"]),
    given_id=st.text(st.characters(codec="utf-8", exclude_characters="/"), min_size=1, max_size=40) | st.none(),
)
def test_no_request_is_ever_a_fault_of_the_server(
    school: School,
    ids: dict[str, str],
    route: Any,
    body: Any,
    own: bool,
    query: Any,
    headers: Any,
    role: str,
    given_id: str | None,
) -> None:
    method, path, _ = route
    if own and isinstance(body, dict):
        body |= {"courseId": ids["courseId"]} | ({"studentId": ids["studentId"]} if "studentId" in body else {})
    concrete = path.format(**(ids if given_id is None else dict.fromkeys(ids, given_id)))
    token = getattr(school, role).token
    answer = school.http(method, concrete, body, query=query, headers=headers, token=token)
    assert answer.status < 400 or hostile.is_refusal(answer), answer
