"""In which order every operation refuses (413, 401, 403, 422, 404), and that no request is a fault of the server."""

import json
import re
from typing import Any
from uuid import uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from operations.documents.authorization import Row, rows
from tests import hostile
from tests.authorization.world import AuthorizationWorld
from tests.contract.calls import DOCUMENT, ROLES
from tests.template import ENVIRONMENT

ROWS = rows()
CLOSED = [row for row in ROWS if ROLES[row.method, row.path] is not None]
WITH_BODY = [row for row in ROWS if "requestBody" in DOCUMENT["paths"][row.path][row.method.lower()]]
CALLERS = {"admin": "administrator", "teacher": "teacher", "student": "enrolled"}
EVERYTHING_WRONG: dict[str, Any] = {
    "body": {"nobody": "knows this field"},
    "query": {"limit": "0", "cursor": "x", "nobody": "knows this parameter"},
    "headers": {"if-match": "x", "idempotency-key": "x" * 200},
}


def allowed(row: Row) -> str:
    """Somebody who may, the administrator first."""
    return next(caller for caller in CALLERS.values() if row.statuses[caller] < 400)


def ids(row: Row) -> list[str]:
    """The ids in a path that need not be the caller's own or their course's."""
    own = (
        {"recipientId"} if allowed(row) == "administrator" else {"recipientId", "studentId", "courseId", "instructorId"}
    )
    return [name for name in re.findall(r"\{(\w+)\}", row.path) if name not in own]


def test_a_body_over_256_kb_is_refused_before_all_else(world: AuthorizationWorld) -> None:
    for row in ROWS:
        answer = world.send(row, None, raw=b" " * (256 * 1024 + 1), headers={"x-gateway-secret": "none"})
        assert answer.status == 413, row
        assert hostile.is_refusal(answer), row


def test_nobody_gets_past_the_gateway(world: AuthorizationWorld) -> None:
    for row in ROWS:
        for secret in ("", "x", ENVIRONMENT["GATEWAY_SECRET"] + "x", "é"):
            answer = world.send(row, allowed(row), headers={"x-gateway-secret": secret})
            assert answer.status == 403, row
            assert hostile.is_refusal(answer), row


def test_whatever_else_is_wrong_who_is_not_signed_in_gets_401(world: AuthorizationWorld) -> None:
    for row in CLOSED:
        answer = world.send(row, None, **EVERYTHING_WRONG)
        assert (answer.status, answer.headers.get("www-authenticate")) == (401, "Bearer"), row
        assert hostile.is_refusal(answer), row


def test_whatever_else_is_wrong_another_role_gets_403(world: AuthorizationWorld) -> None:
    for row in CLOSED:
        for role in CALLERS.keys() - (ROLES[row.method, row.path] or ()):
            answer = world.send(row, CALLERS[role], dict.fromkeys(ids(row), "no-id"), **EVERYTHING_WRONG)
            assert answer.status == 403, (role, row, answer)
            assert hostile.is_refusal(answer), row


def test_whatever_else_is_wrong_strangers_to_the_course_in_the_path_get_403(world: AuthorizationWorld) -> None:
    refused = set()
    for row in CLOSED:
        for caller in ("not enrolled", "other teacher"):
            named = "{courseId}" in row.path or "{course_id}" in row.path
            if named and row.statuses[caller] == 403:
                answer = world.send(row, caller, **EVERYTHING_WRONG)
                assert answer.status == 403, (caller, row, answer)
                refused.add(row.path)
    assert len(refused) > 8


def test_what_is_wrong_is_422_before_what_is_not_there_is_404(world: AuthorizationWorld) -> None:
    for row in CLOSED:
        nowhere = {name: str(uuid4()) for name in ids(row) if name != "date"}
        if nowhere:
            wrong = world.send(row, allowed(row), nowhere, **EVERYTHING_WRONG)
            assert wrong.status == 422, (row, wrong)
            assert hostile.is_refusal(wrong), row
            good = world.good(row, allowed(row))
            answer = world.send(row, allowed(row), nowhere, **good, headers={"if-match": '"9"'})
            assert answer.status == 404, (row, answer)
            assert hostile.is_refusal(answer), row


def test_ids_that_are_none_are_422(world: AuthorizationWorld) -> None:
    for row in CLOSED:
        for name in set(ids(row)) - {"voucher_no"}:
            for bad in (
                "x",
                "%",
                "%zz",
                "%ff",
                "%00",
                "%ed%a0%80",
                "..",
                "%2e%2e",
                "1" * 5_000,
                f"{uuid4()}%00",
                "'",
                "{}",
            ):
                answer = world.send(row, allowed(row), {name: bad}, **world.good(row, allowed(row)))
                assert answer.status == 422, (row, name, bad, answer)
                assert hostile.is_refusal(answer), row


def test_bodies_that_are_none_are_422(world: AuthorizationWorld) -> None:
    for row in WITH_BODY:
        for name, raw in hostile.BODIES.items():
            request = {"raw": raw, "headers": {"content-type": "application/json"}}
            if row.path == "/payments/webhook":
                request = world.signed(raw)
            answer = world.send(row, allowed(row), **request)
            assert answer.status == 422, (row, name, answer)
            assert hostile.is_refusal(answer), row


_SCHEMAS = DOCUMENT["components"]["schemas"].values()
_FIELDS = sorted({name for schema in _SCHEMAS for name in schema.get("properties", ())})
_PARAMETERS = sorted(
    {
        parameter["name"]
        for operations in DOCUMENT["paths"].values()
        for operation in operations.values()
        for parameter in operation.get("parameters", ())
        if parameter["in"] == "query"
    }
)
_KNOWN = "an id that is there"
_PLAUSIBLE = st.sampled_from(
    [
        *(
            _KNOWN,
            "Week 1",
            "amina@example.com",
            "123456",
            "5000.00",
            "PKR",
            "a",
            "open",
            "active",
            "completed",
            "single",
        ),
        *("2027-03-01", "2027-02-29", "9999-12-31", "2026-06-01T09:00:00Z", "0001-01-01T00:00:00-23:59", "image/png"),
        *(
            "https://example.org/x",
            "https://[",
            "courses/x",
            f"{'f' * 32}.x",
            "\ud800",
            "\x00",
            ["a"],
            [],
            {"value": 1},
        ),
        *(0, 1, 50, 0.1, 1e308, 5e-324, -0.0, 10**400, True),
    ]
)
_OBJECT = st.dictionaries(st.sampled_from([*_FIELDS, _KNOWN]), _PLAUSIBLE | hostile.JSON, max_size=6)
_TREE = st.dictionaries(st.sampled_from(_FIELDS), st.lists(_OBJECT, max_size=3), max_size=2)


def _with_known(body: Any, known: str) -> Any:
    if isinstance(body, list):
        return [_with_known(part, known) for part in body]
    if isinstance(body, dict):
        return {_with_known(name, known): _with_known(value, known) for name, value in body.items()}
    return known if body == _KNOWN else body


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    row=st.sampled_from(ROWS),
    body=hostile.JSON | _OBJECT | _TREE,
    nearly=st.booleans(),
    known=st.sampled_from(["course", "module", "lesson", "exam", "question", "attempt", "progress", "voucher"]),
    query=st.dictionaries(st.sampled_from(_PARAMETERS), st.text(max_size=40), max_size=3),
    headers=st.dictionaries(
        st.sampled_from(["if-match", "idempotency-key", "authorization", "x-real-ip"]),
        st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=30),
        max_size=2,
    ),
    caller=st.sampled_from([*CALLERS.values(), "not enrolled"]),
    given_id=st.text(st.characters(codec="utf-8", exclude_characters="/"), min_size=1, max_size=70) | st.none(),
)
def test_no_request_is_ever_a_fault_of_the_server(
    world: AuthorizationWorld,
    row: Row,
    body: Any,
    nearly: bool,
    known: str,
    query: dict[str, str],
    headers: dict[str, str],
    caller: str,
    given_id: str | None,
) -> None:
    world.reset()
    body = _with_known(body, getattr(world, known))
    if nearly and isinstance(body, dict):
        body = {**(world.example(row, allowed(row)) or {}), **body}
    request = {"raw": json.dumps(body).encode(), "headers": {"content-type": "application/json"}}
    if row.path == "/payments/webhook":
        request = world.signed(request["raw"])
    named = {} if given_id is None else dict.fromkeys(re.findall(r"\{(\w+)\}", row.path), given_id)
    who = None if "authorization" in headers else caller
    answer = world.send(row, who, named, raw=request["raw"], query=query, headers={**headers, **request["headers"]})
    assert answer.status < 500, answer
    assert answer.status < 400 or hostile.is_refusal(answer), answer
    for secret in ("$argon2", "Traceback", "consumer_id", "issuer"):
        assert secret not in answer.text
