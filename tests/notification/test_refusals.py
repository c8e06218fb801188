"""What every route refuses, and that no request is a fault of the server."""

from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from notification import api
from tests import hostile
from tests.notification.world import School

ROUTES = hostile.routes(api.app)
FIELDS = ["course_id", "recipient_ids", "message", "type", "subject", "channels", "send_at", "quiet_hours", "time_zone"]
PLAUSIBLE = (
    st.text(st.characters(codec=None), max_size=30)
    | st.integers(-1, 101)
    | st.sampled_from(["announcement", "2027-03-01T10:00:00Z", "0001-01-01T00:00:00+14:00", "UTC", "\ud800", "\x00"])
    | st.uuids().map(str)
    | st.lists(st.sampled_from(["in_app", "email", "sms", "x", 1]), max_size=3)
    | st.lists(st.uuids().map(str), max_size=3)
    | st.fixed_dictionaries({"from": st.text(max_size=6), "until": st.sampled_from(["07:00", "99:99", "", None])})
    | st.dictionaries(st.sampled_from(["course", "exam", "x"]), st.lists(st.sampled_from(["email", "x"]), max_size=2))
)


@pytest.fixture
def ids(school: School) -> dict[str, str]:
    """What the parameters of paths may stand for."""
    school.settle(school.enrolled())
    return {"recipientId": str(school.student.id), "id": school.inbox()[0]["id"]}


def test_closed_routes_ask_for_a_token_and_then_for_a_role(school: School) -> None:
    people = {"student": school.student, "teacher": school.teacher, "admin": school.admin}
    public = []
    for method, path, roles in ROUTES:
        concrete = path.format(id=uuid4(), recipientId=uuid4())
        if roles is None:
            public.append((method, path))
            continue
        assert school.http(method, concrete, {"bad": 1}).status == 401, path
        for role in people.keys() - roles:
            assert school.http(method, concrete, {"bad": 1}, token=people[role].token).status == 403, (path, role)
    assert public == [("GET", "/notifications/unsubscribe"), ("POST", "/notifications/unsubscribe")]


def test_a_body_over_256_kb_is_refused_before_all_else(school: School, ids: dict[str, str]) -> None:
    for method, path, _ in ROUTES:
        answer = school.http(
            method, path.format(**ids), raw=b" " * (256 * 1024 + 1), headers={"x-gateway-secret": "none"}
        )
        assert answer.status == 413, (method, path)


def test_bodies_that_are_none_are_refused(school: School, ids: dict[str, str]) -> None:
    for method, path, person in (
        ("POST", "/notifications/send", school.teacher),
        ("PUT", "/notifications/{recipientId}/preferences", school.student),
    ):
        for name, raw in hostile.BODIES.items():
            headers = {"content-type": "application/json"}
            answer = school.http(method, path.format(**ids), raw=raw, token=person.token, headers=headers)
            assert answer.status == 422, (name, path, answer)
            assert hostile.is_refusal(answer)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    route=st.sampled_from(ROUTES),
    who=st.sampled_from(["student", "teacher", "admin"]),
    body=hostile.bodies(FIELDS, PLAUSIBLE),
    query=hostile.queries | st.fixed_dictionaries({"token": st.text(max_size=60)}),
    headers=hostile.headers,
)
def test_no_request_is_a_fault_of_the_server(
    school: School, ids: dict[str, str], route: Any, who: str, body: Any, query: Any, headers: Any
) -> None:
    method, path, _ = route
    sent = None if method == "GET" else body
    answer = school.http(
        method, path.format(**ids), sent, token=getattr(school, who).token, query=query, headers=headers
    )

    assert answer.status < 300 or hostile.is_refusal(answer), answer
