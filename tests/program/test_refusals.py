"""What every route refuses, and that no request is a fault of the server."""

from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from program import api
from tests import hostile
from tests.program.conftest import Program

ROUTES = hostile.routes(api.app)
FIELDS = [
    "title",
    "description",
    "short_description",
    "quarter",
    "capacity",
    "enrollment",
    "requiresPayment",
    "fee",
    "currency",
    "studentId",
    "students",
    "status",
]
PLAUSIBLE = (
    st.text(min_size=1, max_size=30)
    | st.integers(1, 50)
    | st.sampled_from(["open", "closed", "active", "completed", True])
    | st.uuids().map(str)
    | st.lists(st.text(max_size=40) | st.uuids().map(str), max_size=5)
)


@pytest.fixture
def course(program: Program) -> str:
    return program.new_course(teacher=program.teacher)


def test_closed_routes_ask_for_a_token_and_then_for_a_role(program: Program) -> None:
    people = {"student": program.student, "teacher": program.teacher, "admin": program.admin}
    for method, path, roles in ROUTES:
        if roles is None:
            continue
        concrete = path.format(programId=program.id, courseId=uuid4(), studentId=uuid4())
        assert program.http(method, concrete, {"bad": 1}).status == 401, path
        for role in people.keys() - roles:
            assert program.http(method, concrete, {"bad": 1}, token=people[role].token).status == 403, (path, role)


def test_bodies_that_are_none_are_refused(program: Program, course: str) -> None:
    for method, path, _ in ROUTES:
        if method in ("GET", "DELETE"):
            continue
        concrete = path.format(programId=program.id, courseId=course, studentId=program.student.id)
        for name, raw in hostile.BODIES.items():
            headers = {"content-type": "application/json"}
            answer = program.http(method, concrete, raw=raw, token=program.admin.token, headers=headers)
            assert answer.status == 422, (method, path, name, answer)
            assert hostile.is_refusal(answer)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    route=st.sampled_from(ROUTES),
    body=hostile.bodies(FIELDS, PLAUSIBLE),
    query=hostile.queries,
    headers=hostile.headers,
    role=st.sampled_from(["student", "teacher", "admin"]),
    given_id=st.text(st.characters(codec="utf-8", exclude_characters="/"), min_size=1, max_size=40) | st.none(),
)
def test_no_request_is_ever_a_fault_of_the_server(
    program: Program, course: str, route: Any, body: Any, query: Any, headers: Any, role: str, given_id: str | None
) -> None:
    method, path, _ = route
    ids = {"programId": program.id, "courseId": course, "studentId": str(program.student.id)}
    concrete = path.format(**(ids if given_id is None else dict.fromkeys(ids, given_id)))
    query.setdefault("courseId", course)
    token = getattr(program, role).token
    answer = program.http(method, concrete, body, query=query, headers=headers, token=token)
    assert answer.status < 400 or hostile.is_refusal(answer), answer
