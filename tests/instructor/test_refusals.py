"""What every route refuses, and that no request is a fault of the server."""

from typing import Any
from uuid import uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from instructor import api
from tests import hostile
from tests.instructor.conftest import School

ROUTES = hostile.routes(api.app)
FIELDS = ["course_id", "recipient_ids", "message", "type", "subject", "channels", "send_at"]
PLAUSIBLE = (
    st.text(min_size=1, max_size=30)
    | st.sampled_from(["announcement", "exam", ["email"], "2027-01-01T00:00:00Z"])
    | st.datetimes().map(lambda moment: moment.isoformat() + "+23:59")
    | st.uuids().map(str)
    | st.lists(st.uuids().map(str), max_size=3)
)


def test_routes_ask_for_a_token_and_then_for_a_role(school: School) -> None:
    people = {"student": school.student, "teacher": school.teacher}
    for method, path, roles in ROUTES:
        assert roles is not None
        concrete = path.format(instructorId=uuid4(), courseId=uuid4())
        assert school.http(method, concrete, {"bad": 1}).status == 401, path
        for person in people.values():
            assert school.http(method, concrete, {"bad": 1}, token=person.token).status == 403, path
        assert school.http(method, concrete, raw=b"x" * 300_000).status == 413


def test_bodies_that_are_none_are_refused(school: School) -> None:
    path = f"/instructors/{school.teacher.id}/messages"
    for name, raw in hostile.BODIES.items():
        headers = {"content-type": "application/json"}
        answer = school.http.post(path, raw=raw, token=school.admin.token, headers=headers)
        assert answer.status == 422, (name, answer)
        assert hostile.is_refusal(answer)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    route=st.sampled_from(ROUTES),
    body=hostile.bodies(FIELDS, PLAUSIBLE),
    query=hostile.queries,
    headers=hostile.headers,
    role=st.sampled_from(["teacher", "admin"]),
    given_id=st.text(st.characters(codec="utf-8", exclude_characters="/"), min_size=1, max_size=40) | st.none(),
)
def test_no_request_is_ever_a_fault_of_the_server(
    school: School, route: Any, body: Any, query: Any, headers: Any, role: str, given_id: str | None
) -> None:
    method, path, _ = route
    ids = {"instructorId": str(school.teacher.id), "courseId": str(uuid4())}
    concrete = path.format(**(ids if given_id is None else dict.fromkeys(ids, given_id)))
    answer = school.http(method, concrete, body, query=query, headers=headers, token=getattr(school, role).token)
    assert answer.status < 400 or hostile.is_refusal(answer), answer
