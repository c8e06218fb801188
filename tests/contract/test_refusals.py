"""What every route refuses, by the examples of docs/openapi.json, and in which order.

A body that is too long is 413; then come 401, 403, 422 for what was sent, and what a use case finds: 404, 409, 412.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import hostile
from tests.clients import Answer
from tests.contract.calls import DOCUMENT, OPERATIONS, ROLES
from tests.contract.world import World, meant

EVERYTHING_WRONG: dict[str, Any] = {
    "body": {"nobody": "knows this field"},
    "query": {"limit": "0", "cursor": "x", "nobody": "knows this parameter"},
    "headers": {"if-match": "x", "idempotency-key": "x" * 200},
}


@dataclass(frozen=True)
class Operation:
    """An operation of docs/openapi.json."""

    name: str
    method: str
    path: str

    @property
    def described(self) -> Any:
        return DOCUMENT["paths"][self.path][self.method.lower()]

    @property
    def roles(self) -> frozenset[str] | None:
        """Who may call it; None for everybody."""
        return ROLES[self.method, self.path]

    @property
    def best_role(self) -> str | None:
        """The role that gets furthest."""
        return next((role for role in ("admin", "teacher", "student") if role in (self.roles or ())), None)

    @property
    def example(self) -> Any:
        """A body that it accepts, as JSON; None if it takes none."""
        content = self.described.get("requestBody", {}).get("content", {})
        return content.get("application/json", {}).get("example")

    @property
    def ids(self) -> set[str]:
        """The parameters of its path that are ids."""
        return {
            parameter["name"]
            for parameter in self.described.get("parameters", ())
            if parameter["in"] == "path" and parameter["schema"].get("format") == "uuid"
        }

    def send(self, world: World, role: str | None, ids: Any = None, **request: Any) -> Answer:
        """Calls it as somebody of a role (None: not signed in), with ids that nothing has unless they are given."""
        names = {name.strip("{}") for name in self.path.split("/") if name.startswith("{")}
        path = self.path.format(**{name: str(uuid4()) for name in names} | (ids or {}))
        token = getattr(world, role).token if role else None
        return world.doors[self.described["tags"][0]](self.method, path, token=token, **request)


ALL = [Operation(name, method, path) for name, (method, path) in OPERATIONS.items()]
CLOSED = [operation for operation in ALL if operation.roles is not None]
# Their path names a person, and to all others they are closed, whatever exists.
OF_ONE_PERSON = {
    "markLessonDone",
    "markLessonUndone",
    "markNotificationsRead",
    "showPreferences",
    "updatePreferences",
}
# Signed by the payment provider; nothing is looked at before the signature.
SIGNED = {"receivePaymentNotice"}
# Empty for whomever they are asked of.
LISTS_OF_A_PERSON = {"listNotifications", "listDeliveries"}
OPEN_TO_FAULTS = [operation for operation in ALL if operation.name not in SIGNED]
_FIELDS = sorted({field for operation in ALL if isinstance(operation.example, dict) for field in operation.example})
_PLAUSIBLE = (
    st.text(st.characters(codec=None), max_size=30)
    | st.integers(-1, 101)
    | st.sampled_from(["single", "open", "email", "full_credit", "2027-03-01", "2027-02-29", "2027-03-01T09:00:00Z"])
    | st.sampled_from(["0001-01-01T00:00:00-23:59", "\ud800", "\x00", "https://[", "22:30", True, 1e308, -0.0, 10**400])
    | st.sampled_from([{"value": 1, "tolerance": 0}, {"value": 1e-300}, ["a"], []])
    | st.uuids().map(str)
    | st.lists(st.text(max_size=40) | st.uuids().map(str), max_size=5)
)


def sent_by_role(world: World, operation: Operation, ids: Any = None, **request: Any) -> Answer:
    """As the role that gets furthest sends it."""
    return operation.send(world, operation.best_role, ids, **request)


def unlike(answers: Iterator[tuple[str, int, Answer]]) -> dict[str, Answer]:
    """The answers that are not refusals of the status that is expected."""
    return {
        name: answer for name, status, answer in answers if not (answer.status == status and hostile.is_refusal(answer))
    }


def test_a_body_over_256_kb_is_refused_before_all_else(world: World) -> None:
    request: dict[str, Any] = {"raw": b" " * (256 * 1024 + 1), "headers": {"x-gateway-secret": "none"}}
    assert not unlike((operation.name, 413, operation.send(world, None, **request)) for operation in ALL)


def test_a_caller_who_is_not_signed_in_gets_401_whatever_else_is_wrong(world: World) -> None:
    assert not unlike((operation.name, 401, operation.send(world, None, **EVERYTHING_WRONG)) for operation in CLOSED)


def test_a_caller_of_another_role_gets_403_whatever_else_is_wrong(world: World) -> None:
    assert not unlike(
        (f"{operation.name} {role}", 403, operation.send(world, role, **EVERYTHING_WRONG))
        for operation in CLOSED
        for role in {"student", "teacher", "admin"} - (operation.roles or frozenset())
    )


def test_fields_and_parameters_that_a_route_does_not_know_are_422_before_anything_is_looked_up(world: World) -> None:
    assert not unlike(
        (
            operation.name,
            403 if operation.name in OF_ONE_PERSON else 422,
            sent_by_role(world, operation, **EVERYTHING_WRONG),
        )
        for operation in OPEN_TO_FAULTS
    )


def test_an_id_that_is_none_is_422(world: World) -> None:
    assert not unlike(
        (
            f"{operation.name} {bad[:5]}",
            422,
            sent_by_role(world, operation, dict.fromkeys(operation.ids, bad), body=operation.example),
        )
        for operation in ALL
        if operation.ids
        for bad in ("x", "%", "%zz", "%00", "..", "1" * 5_000, "{}")
    )


def test_a_body_that_is_none_is_422(world: World) -> None:
    assert not unlike(
        (
            f"{operation.name} {name}",
            422,
            sent_by_role(
                world,
                operation,
                world.parameters(operation.name, operation.path, getattr(world, operation.best_role or "student")),
                raw=raw,
                headers={"content-type": "application/json"},
            ),
        )
        for operation in OPEN_TO_FAULTS
        if operation.example is not None
        for name, raw in hostile.BODIES.items()
    )


def test_what_does_not_exist_is_404_before_409_and_412(world: World) -> None:
    assert not unlike(
        (
            operation.name,
            403 if operation.name in OF_ONE_PERSON else 404,
            sent_by_role(world, operation, body=operation.example, headers={"if-match": '"9"'}),
        )
        for operation in ALL
        if operation.ids and operation.name not in LISTS_OF_A_PERSON
    )


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    operation=st.sampled_from(ALL),
    role=st.sampled_from(["student", "other", "teacher", "admin", None]),
    body=hostile.bodies(_FIELDS, _PLAUSIBLE),
    nearly_good=st.booleans(),
    given_id=st.text(st.characters(codec="utf-8", exclude_characters="/"), min_size=1, max_size=40) | st.none(),
    query=hostile.queries,
    headers=hostile.headers,
)
def test_no_request_is_ever_a_fault_of_the_server(
    world: World,
    operation: Operation,
    role: str | None,
    body: Any,
    nearly_good: bool,
    given_id: str | None,
    query: Any,
    headers: Any,
) -> None:
    world.reset()
    known = world.parameters(operation.name, operation.path, getattr(world, role or "student"))
    if nearly_good and isinstance(body, dict) and isinstance(operation.example, dict):
        body = meant(operation.example, world.fields(operation.name)) | body
    ids = known if given_id is None else dict.fromkeys(known, given_id)
    answer = operation.send(world, role, ids, body=body, query=query, headers=headers)
    assert answer.status < 400 or hostile.is_refusal(answer), answer
    assert "Traceback" not in answer.text
