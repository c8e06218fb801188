"""What every route refuses, and that no request is a fault of the server."""

from typing import Any
from uuid import uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from student import api
from student.schemas import CardUpdate, ProfileUpdate, StandingUpdate
from tests import hostile
from tests.student.conftest import School

ROUTES = hostile.routes(api.app)
FIELDS = sorted({*ProfileUpdate.model_fields, *CardUpdate.model_fields, *StandingUpdate.model_fields})
PLAUSIBLE = (
    st.text(st.characters(codec=None), min_size=1, max_size=30)
    | st.sampled_from(["active", "A", "PK", "+923001234567", "2004-02-29", "9999-12-31", 2024, 10**5_00])
    | st.uuids().map(str)
    | st.dictionaries(st.text(max_size=5), st.integers() | st.floats(), max_size=2)
)
QUERIES = hostile.queries | st.dictionaries(
    st.sampled_from(["roll_no", "StudentRollNo", "limit"]), st.text(max_size=20), max_size=2
)


def test_routes_ask_for_a_token_then_for_a_role_and_before_all_for_a_small_body(school: School) -> None:
    refused = 0
    for method, path, roles in ROUTES:
        assert roles is not None
        concrete = path.format(student_id=uuid4(), course_id=uuid4())
        wrong: dict[str, Any] = {"query": {"limit": "0", "cursor": "x"}, "headers": {"if-match": "x"}}
        assert school.http(method, concrete, {"bad": 1}, **wrong).status == 401, path
        for role, person in (("student", school.student), ("teacher", school.teacher), ("admin", school.admin)):
            if role not in roles:
                answer = school.http(method, concrete, {"bad": 1}, token=person.token, **wrong)
                assert answer.status == 403, (method, path, role)
                refused += 1
        assert school.http(method, concrete, raw=b"x" * 300_000).status == 413
    assert refused == 13


def test_bodies_that_are_none_are_refused(school: School) -> None:
    own = f"/students/{school.student.id}"
    for method, path, token in (
        ("POST", "/student/updateProfile", school.student.token),
        ("PATCH", own, school.admin.token),
        ("PUT", f"{own}/reportCards/{school.course}", school.teacher.token),
    ):
        for name, raw in hostile.BODIES.items():
            answer = school.http(method, path, raw=raw, token=token, headers={"content-type": "application/json"})
            assert answer.status == 422, (path, name, answer)
            assert hostile.is_refusal(answer)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    route=st.sampled_from(ROUTES),
    body=hostile.bodies(FIELDS, PLAUSIBLE),
    query=QUERIES,
    headers=hostile.headers,
    role=st.sampled_from(["student", "teacher", "admin"]),
    given_id=st.text(st.characters(codec="utf-8", exclude_characters="/"), min_size=1, max_size=40) | st.none(),
)
def test_no_request_is_ever_a_fault_of_the_server(
    school: School, route: Any, body: Any, query: Any, headers: Any, role: str, given_id: str | None
) -> None:
    method, path, _ = route
    ids = {"student_id": str(school.student.id), "course_id": str(school.course)}
    concrete = path.format(**(ids if given_id is None else dict.fromkeys(ids, given_id)))
    answer = school.http(method, concrete, body, query=query, headers=headers, token=getattr(school, role).token)
    assert answer.status < 400 or hostile.is_refusal(answer), answer
