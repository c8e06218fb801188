"""What every application answers: problems, request ids, one log line, default deny."""

import json
from collections.abc import Callable, Iterator
from functools import partial
from typing import Annotated, Any
from uuid import UUID, uuid4

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError
from fastapi import Depends, FastAPI, HTTPException, Response
from fastapi.security import OAuth2PasswordRequestForm
from pydantic import BaseModel, ConfigDict
from pynamodb.exceptions import PutError
from starlette.responses import PlainTextResponse

from lms import errors, http
from lms.dynamo import Stale
from lms.http import MAX_BODY_BYTES, LambdaHandler, create_app
from lms.log import logger
from lms.security import Admin, AnySignedIn, Permission, Public, Student, UndeclaredPermission
from tests.at_once import at_once
from tests.clients import Answer, Client
from tests.lms.conftest import Signer

Logged = Callable[[], list[dict[str, Any]]]


class Note(BaseModel):
    model_config = ConfigDict(extra="forbid")
    text: str
    stars: int = 1


class World:
    """A small application, and what its route is to raise."""

    def __init__(self) -> None:
        self.fault: Exception | None = None
        app = create_app("tests")

        @app.get("/faulty", dependencies=[Public])
        def faulty() -> str:
            if self.fault:
                raise self.fault
            return "fine"

        @app.get("/broken", dependencies=[Public])
        def broken() -> Note:
            return {"text": "s3cret", "stars": "s3cret"}  # type: ignore[return-value]

        @app.post("/notes", status_code=201)
        def write(note: Note, _: Student) -> Note:
            logger.info("written")
            return note

        @app.post("/form", dependencies=[Public])
        def form(sent: Annotated[OAuth2PasswordRequestForm, Depends()]) -> str:
            return sent.username

        @app.get("/people/{person_id}")
        def person(person_id: UUID, caller: AnySignedIn) -> str:
            return str(caller.id)

        @app.get("/cached", dependencies=[Public])
        def cached(response: Response) -> str:
            response.headers["Cache-Control"] = "public, max-age=300"
            return "fine"

        self.call = Client(LambdaHandler(app), documented=False)


@pytest.fixture
def world() -> Iterator[World]:
    return World()


def _problem(answer: Answer, status: int, detail: str | None = None) -> dict[str, Any]:
    assert answer.status == status, answer
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json
    assert {"type", "title", "status", "detail", "instance", "request_id"} <= set(body)
    assert body["status"] == status
    assert body["request_id"] == answer.headers["x-request-id"]
    if detail is not None:
        assert body["detail"] == detail
    return body


class EmailTaken(errors.Conflict):
    code = "email-taken"
    detail = "This address is taken."


class TooManyLessons(errors.Conflict):
    detail = "At most {limit} lessons."


class CommonPassword(errors.InvalidField):
    field = ("password",)
    code = "weak"
    detail = "At least {length} characters."


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (errors.BadRequest, 400),
        (errors.Unauthorized, 401),
        (errors.Forbidden, 403),
        (errors.NotFound, 404),
        (errors.Conflict, 409),
        (errors.PreconditionFailed, 412),
        (errors.ContentTooLarge, 413),
        (partial(errors.TooManyRequests, retry_after=7), 429),
        (partial(errors.Unavailable, retry_after=7), 503),
    ],
)
def test_a_refusal_is_a_problem_with_its_status(world: World, kind: Callable[[], errors.Problem], status: int) -> None:
    world.fault = kind()
    body = _problem(world.call.get("/faulty"), status, world.fault.title)
    assert body["type"] == "about:blank"
    assert body["instance"] == "/faulty"


def test_facts_fill_the_sentence_of_a_refusal(world: World) -> None:
    world.fault = TooManyLessons(limit=5)
    _problem(world.call.get("/faulty"), 409, "At most 5 lessons.")
    assert TooManyLessons.detail == "At most {limit} lessons."


def test_a_request_hops_into_no_thread(world: World, signer: Signer, monkeypatch: pytest.MonkeyPatch) -> None:
    hops: list[object] = []

    async def hop(function: Callable[..., Any], *_: Any, **__: Any) -> Any:
        hops.append(function)
        return function()

    # What Starlette's `run_in_threadpool` comes to, under whatever name a library has it.
    monkeypatch.setattr("anyio.to_thread.run_sync", hop)
    statuses = [
        world.call.get("/faulty").status,
        world.call.post("/notes", {"text": "x"}, token=signer.token()).status,
        world.call.post("/notes", {"text": 1}, token=signer.token()).status,
        world.call.post("/notes", {"text": "x"}).status,
        world.call.post("/form", form={"username": "a", "password": "b"}).status,
        world.call.get("/nowhere").status,
        world.call.get("/broken").status,
    ]

    assert statuses == [200, 201, 422, 401, 200, 404, 500]
    assert hops == []


def test_a_refusal_with_a_code_has_a_type_for_programs(world: World) -> None:
    world.fault = EmailTaken(headers={"Retry-After": "2"})
    answer = world.call.get("/faulty")
    assert _problem(answer, 409, "This address is taken.")["type"] == "urn:lms:problem:email-taken"
    assert answer.headers["retry-after"] == "2"


def test_401_says_how_to_authenticate(world: World) -> None:
    answer = world.call.get(f"/people/{uuid4()}")
    _problem(answer, 401)
    assert answer.headers["www-authenticate"] == "Bearer"


def test_a_wait_is_never_shorter_than_a_second() -> None:
    assert errors.TooManyRequests(retry_after=0).headers["Retry-After"] == "1"
    assert errors.Unavailable(retry_after=-3).headers["Retry-After"] == "1"


@pytest.mark.parametrize(
    ("path", "place"), [((), ["password"]), (("people", 3, "password"), ["people", 3, "password"])]
)
def test_a_refused_field_is_named(world: World, path: tuple[str | int, ...], place: list[str | int]) -> None:
    world.fault = CommonPassword(*path, length=8)
    body = _problem(world.call.get("/faulty"), 422, "At least 8 characters.")
    assert body["type"] == "about:blank"
    assert body["errors"] == [{"loc": ["body", *place], "msg": "At least 8 characters.", "type": "weak"}]


def test_what_a_function_refuses_is_named_at_it() -> None:
    @errors.refuses(EmailTaken, CommonPassword)
    def register() -> None: ...

    assert register.refusals == (EmailTaken, CommonPassword)  # type: ignore[attr-defined]  # as `refuses` sets it


def test_an_invalid_body_is_a_problem_without_what_was_sent(world: World, signer: Signer) -> None:
    answer = world.call.post("/notes", {"text": {"pin": "s3cret"}, "stars": "s3cret", "x": 1}, token=signer.token())
    body = _problem(answer, 422)
    assert {(tuple(error["loc"]), error["type"]) for error in body["errors"]} == {
        (("body", "text"), "string_type"),
        (("body", "stars"), "int_parsing"),
        (("body", "x"), "extra_forbidden"),
    }
    assert all(set(error) == {"loc", "msg", "type"} for error in body["errors"])
    assert "s3cret" not in answer.text


@pytest.mark.parametrize("raw", [b"{", b"", b'"text"', b"\xff", b"[" * 100_000])
def test_a_body_that_is_no_object_is_refused(world: World, signer: Signer, raw: bytes) -> None:
    answer = world.call.post("/notes", raw=raw, token=signer.token(), headers={"content-type": "application/json"})
    assert answer.status in (400, 422), answer
    _problem(answer, answer.status)


def test_an_invalid_path_is_422_only_for_those_who_are_signed_in(world: World, signer: Signer) -> None:
    _problem(world.call.get("/people/nobody"), 401)
    _problem(world.call.get("/people/nobody", token=signer.token()), 422)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nowhere", 404), ("GET", "/faulty/", 404), ("POST", "/faulty", 405), ("OPTIONS", "/faulty", 405)],
)
def test_what_no_route_serves_is_a_problem_too(world: World, method: str, path: str, status: int) -> None:
    answer = world.call(method, path)
    _problem(answer, status)
    assert (answer.headers.get("allow") == "GET, HEAD") == (status == 405)


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/openapi.json"])
def test_a_function_serves_no_documentation_of_its_own(world: World, path: str) -> None:
    _problem(world.call.get(path), 404)


@pytest.mark.parametrize("fault", [RuntimeError("s3cret"), KeyError("s3cret"), HTTPException(418, "s3cret")])
def test_no_exception_tells_the_client_anything(world: World, fault: Exception) -> None:
    world.fault = fault
    answer = world.call.get("/faulty")
    _problem(answer, 418 if isinstance(fault, HTTPException) else 500)
    assert "s3cret" not in answer.text


def test_an_unhandled_fault_is_a_500_problem_that_is_logged_with_its_trace(world: World, logged: Logged) -> None:
    world.fault = RuntimeError("which")
    body = _problem(world.call.get("/faulty"), 500, "Internal error")
    fault, request = logged()
    assert fault["exception_name"] == "RuntimeError"
    assert "which" in fault["exception"]
    assert fault["request_id"] == request["request_id"] == body["request_id"]


def test_an_answer_that_breaks_its_own_schema_is_a_500_and_not_logged_in_full(world: World, logged: Logged) -> None:
    answer = world.call.get("/broken")
    _problem(answer, 500)
    assert "s3cret" not in answer.text + json.dumps(logged())


def _storage_fault(code: str, status: int) -> ClientError:
    return ClientError(
        {"Error": {"Code": code, "Message": "s3cret"}, "ResponseMetadata": {"HTTPStatusCode": status}}, "PutItem"
    )


@pytest.mark.parametrize(
    "fault",
    [
        Stale(),
        _storage_fault("ThrottlingException", 400),
        _storage_fault("InternalServerError", 500),
        PutError("s3cret", _storage_fault("ProvisionedThroughputExceededException", 400)),
        PutError("s3cret", ReadTimeoutError(endpoint_url="https://dynamodb")),
        EndpointConnectionError(endpoint_url="https://sqs"),
    ],
    ids=repr,
)
def test_a_passing_fault_of_storage_is_503_and_says_when_to_come_again(world: World, fault: Exception) -> None:
    world.fault = fault
    answer = world.call.get("/faulty")
    _problem(answer, 503)
    assert answer.headers["retry-after"] == "1"
    assert "s3cret" not in answer.text


@pytest.mark.parametrize(
    "fault", [_storage_fault("AccessDeniedException", 400), PutError("s3cret", _storage_fault("Validation", 400))]
)
def test_a_lasting_fault_of_storage_is_500(world: World, fault: Exception) -> None:
    world.fault = fault
    answer = world.call.get("/faulty")
    _problem(answer, 500)
    assert "s3cret" not in answer.text


@pytest.mark.parametrize("sent", ["new", "old"])
def test_while_the_gateways_secret_is_changed_both_are_good(
    world: World, monkeypatch: pytest.MonkeyPatch, sent: str
) -> None:
    monkeypatch.setattr(http, "_GATEWAY_SECRETS", [b"new", b"old"])
    assert world.call.get("/faulty", headers={"x-gateway-secret": sent}).status == 200
    _problem(world.call.get("/faulty", headers={"x-gateway-secret": "new old"}), 403)


def test_a_request_that_did_not_come_through_the_gateway_is_refused(world: World) -> None:
    del world.call.headers["x-gateway-secret"]
    _problem(world.call.get("/faulty"), 403)
    for wrong in ("", "x", "gateway-secret-of-the-tests-012345678\u00e9"):
        _problem(world.call.get("/faulty", headers={"x-gateway-secret": wrong}), 403)


def test_413_comes_before_403_and_401_and_these_before_422(world: World, signer: Signer) -> None:
    large = b'"' + b"x" * MAX_BODY_BYTES
    teacher = signer.token("teacher")
    no_gateway = {"x-gateway-secret": "x"}
    _problem(world.call.post("/notes", raw=large, headers=no_gateway), 413)
    _problem(world.call.post("/notes", {"text": 1}, headers=no_gateway, token=signer.token()), 403)
    _problem(world.call.post("/notes", {"text": 1}), 401)
    _problem(world.call.post("/notes", {"text": 1}, token=teacher), 403)
    _problem(world.call.post("/notes", {"text": 1}, token=signer.token()), 422)


def test_a_body_of_256_kilobytes_is_taken_and_one_byte_more_is_not(world: World, signer: Signer) -> None:
    def sized(size: int) -> bytes:
        return b'{"text": "' + b"x" * (size - 12) + b'"}'

    json_body = {"content-type": "application/json"}
    assert len(sized(MAX_BODY_BYTES)) == 262_144
    token = signer.token()
    assert world.call.post("/notes", raw=sized(MAX_BODY_BYTES), token=token, headers=json_body).status == 201
    _problem(world.call.post("/notes", raw=sized(MAX_BODY_BYTES + 1), token=token, headers=json_body), 413)


def test_a_form_reaches_its_route(world: World) -> None:
    assert world.call.post("/form", form={"username": "amina", "password": "x"}).json == "amina"


def test_the_request_id_of_the_gateway_is_echoed(world: World) -> None:
    answer = world.call.get("/nowhere", headers={"x-request-id": "abc-123#1"})
    assert answer.headers["x-request-id"] == answer.json["request_id"] == "abc-123#1"


@pytest.mark.parametrize("given", ["", "a b", "a:b", "x" * 129, "x" * 7000, "a\nb", 'a"b', "\u00e9"])
def test_a_request_id_that_is_not_plain_gives_way_to_the_gateways(world: World, given: str) -> None:
    gateways = "0f" * 16
    answer = world.call.get("/nowhere", headers={"x-request-id": given, "x-kong-request-id": gateways})
    assert answer.headers["x-request-id"] == answer.json["request_id"] == gateways


@pytest.mark.parametrize("given", ["", "a b", "a:b", "x" * 129, "a\nb", 'a"b', "\u00e9"])
def test_a_request_id_that_could_harm_the_log_is_replaced(world: World, given: str) -> None:
    answer = world.call.get("/faulty", headers={"x-request-id": given})
    assert UUID(answer.headers["x-request-id"]).version == 7


def test_answers_are_not_cached_unless_they_say_so(world: World) -> None:
    assert world.call.get("/faulty").headers["cache-control"] == "no-store"
    assert world.call.get("/nowhere").headers["cache-control"] == "no-store"
    assert world.call.get("/cached").headers["cache-control"] == "public, max-age=300"


def test_a_request_writes_one_line_of_ids(world: World, signer: Signer, logged: Logged) -> None:
    person = uuid4()
    world.call.get(f"/people/{uuid4()}", token=signer.token(user_id=person), headers={"x-request-id": "abc"})
    (line,) = logged()
    assert line["message"] == "request"
    assert line["method"] == "GET"
    assert line["route"] == "/people/{person_id}"
    assert line["status"] == 200
    assert line["request_id"] == "abc"
    assert line["caller_id"] == str(person)
    assert line["ms"] > 0


def test_every_line_of_a_request_has_its_id(world: World, signer: Signer, logged: Logged) -> None:
    answer = world.call.post("/notes", {"text": "s3cret"}, token=signer.token())
    assert answer.status == 201
    assert [line["message"] for line in logged()] == ["written", "request"]
    assert {line["request_id"] for line in logged()} == {answer.headers["x-request-id"]}


def test_nothing_that_a_client_sent_but_its_request_id_is_logged(world: World, signer: Signer, logged: Logged) -> None:
    token = signer.token()
    world.call.post("/notes", {"text": "s3cret"}, token=token)
    world.call.post("/notes", {"text": "s3cret"}, token=token, query={"code": "s3cret"})
    world.call.post("/notes", {"stars": "s3cret"}, token=token)
    world.call.post("/form", form={"username": "s3cret", "password": "s3cret"})
    world.call.get("/s3cret")
    world.call.get("/people/s3cret", token=token)
    text = json.dumps(logged())
    assert len(logged()) == 7
    assert "s3cret" not in text
    assert token not in text


def _app(declare: Callable[[FastAPI], object]) -> FastAPI:
    app = create_app("tests")
    declare(app)
    return app


def _nothing() -> None: ...


def test_a_route_without_a_permission_stops_the_start() -> None:
    with pytest.raises(UndeclaredPermission, match=r"\['GET'\] /open declares 0 permissions"):
        LambdaHandler(_app(lambda app: app.get("/open")(_nothing)))


def test_a_route_with_two_permissions_stops_the_start() -> None:
    def both(_: Student, __: Admin) -> None: ...

    with pytest.raises(UndeclaredPermission, match="declares 2 permissions"):
        LambdaHandler(_app(lambda app: app.get("/both")(both)))
    with pytest.raises(UndeclaredPermission, match="declares 2 permissions"):
        LambdaHandler(_app(lambda app: app.get("/both", dependencies=[Public])(_of_a_student)))


def _of_a_student(_: Student) -> None: ...


def test_a_permission_may_be_declared_by_a_dependency() -> None:
    def own(caller: Student) -> UUID:
        return caller.id

    def route(_: Annotated[UUID, Depends(own)]) -> None: ...

    LambdaHandler(_app(lambda app: app.get("/own")(route)))


def test_a_route_is_built_with_its_first_request_though_many_come_at_once() -> None:
    app = _app(lambda app: app.get("/open", dependencies=[Public])(_nothing))
    call, [route] = Client(LambdaHandler(app), documented=False), app.routes
    assert "dependant" not in vars(route)
    answers = at_once([lambda: call.get("/open")] * 8)
    assert {answer.status for answer in answers} == {200}
    assert "dependant" in vars(route)


@pytest.mark.parametrize(
    "declare",
    [
        lambda app: app.add_route("/plain", lambda _: PlainTextResponse("x")),
        lambda app: app.mount("/mounted", PlainTextResponse("x")),
        lambda app: app.add_api_websocket_route("/socket", _nothing),
    ],
    ids=["plain route", "mounted application", "websocket"],
)
def test_a_route_that_cannot_declare_a_permission_stops_the_start(declare: Callable[[FastAPI], object]) -> None:
    with pytest.raises(UndeclaredPermission):
        LambdaHandler(_app(declare))


def test_a_role_that_the_route_does_not_name_is_refused(world: World, signer: Signer) -> None:
    for role in ("teacher", "admin"):
        _problem(world.call.post("/notes", {"text": "x"}, token=signer.token(role)), 403)
    assert Permission(frozenset({"student"})) == Permission(frozenset({"student"}))


@pytest.mark.parametrize("query", [{"of": "me"}, {"limit": "5"}, {"": ""}])
def test_a_query_parameter_that_the_route_does_not_know_is_422(world: World, query: dict[str, str]) -> None:
    answer = world.call.get("/faulty", query=query)
    assert answer.status == 422
    assert answer.json["errors"] == [
        {"loc": ["query", *query], "msg": "There is no such parameter.", "type": "extra_forbidden"}
    ]


def test_who_may_not_call_a_route_hears_that_before_its_unknown_parameter(world: World) -> None:
    assert world.call.get(f"/people/{uuid4()}", query={"of": "me"}).status == 401
