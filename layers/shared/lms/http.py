"""The HTTP side of every function: one application factory, one shape of refusal, one log line a request."""

import hmac
import json
import re
import time
import warnings
from http import HTTPStatus
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from mangum import Mangum
from mangum.types import LambdaContext, LambdaEvent
from pydantic.warnings import UnsupportedFieldAttributeWarning
from pynamodb.exceptions import PynamoDBException
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lms.dynamo import Stale, StorageBusy
from lms.errors import ContentTooLarge, FieldError, Forbidden, Invalid, InvalidField, Problem
from lms.faults import is_transient
from lms.field_messages import message_of
from lms.idempotency import Replay
from lms.ids import uuid7
from lms.inline import InlineRoute
from lms.log import logger, request_id
from lms.responses import finish
from lms.routes import LazyRoute, StrictRoute
from lms.security import GATEWAY_HEADER, require_permissions
from lms.settings import secret

MAX_BODY_BYTES = 256 * 1024
_REQUEST_ID = re.compile(r"[A-Za-z0-9._#-]{1,128}\Z")
# While it is changed there are two, the new one first; whoever comes with either came through the gateway.
_GATEWAY_SECRETS = secret("GATEWAY_SECRET").split()

# FastAPI silences it while it makes a route; a body with `defer_build` is looked at when the first request has one.
warnings.filterwarnings("ignore", category=UnsupportedFieldAttributeWarning)


class BodyTooLarge(ContentTooLarge):
    detail = f"A body may have {MAX_BODY_BYTES} bytes at most."


class NotThroughGateway(Forbidden):
    detail = "Call this service through the gateway."


class UnreadableBody(InvalidField):
    code = "body_invalid"
    detail = "The body cannot be parsed."


class InvalidUnicode(InvalidField):
    code = "string_unicode"
    detail = "The text is not valid Unicode."


class _Route(LazyRoute, StrictRoute, InlineRoute):
    """Checks query parameters, with its own dependencies, and runs all of them inline."""


def create_app(title: str) -> FastAPI:
    """An application that answers every refusal and fault as `application/problem+json`."""
    # The whole system's documentation is served at the gateway, not by each function.
    app = FastAPI(title=title, docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False)
    app.router.route_class = _Route
    app.add_exception_handler(Problem, _on_problem)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(HTTPException, _on_http_exception)
    app.add_exception_handler(Replay, _on_replay)
    app.add_exception_handler(UnicodeEncodeError, _on_unencodable)
    for passing in (PynamoDBException, ClientError, BotoCoreError, Stale):
        app.add_exception_handler(passing, _on_storage_fault)
    app.add_exception_handler(Exception, _on_fault)
    return app


class Entry:
    """The outermost layer of an application: what must hold before and after any route.

    Refuses bodies over 256 KB (413) and requests that did not come through the gateway (403), answers HEAD wherever
    there is GET, lets no exception out (500 without detail), and writes the one log line.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        identity = _identity(headers)
        token = request_id.set(identity)
        started = time.perf_counter()
        method = scope["method"]
        if method == "HEAD":
            scope["method"] = "GET"
        start: Message = {"status": 0}
        body = b""

        async def answer(message: Message) -> None:
            # Lambda answers in one piece: to hold an answer back until it is whole costs nothing.
            nonlocal start, body
            if message["type"] == "http.response.start":
                start = message
                return
            body += message.get("body", b"")
            if message.get("more_body"):
                return
            out = MutableHeaders(scope=start)
            out["X-Request-ID"] = identity
            out.setdefault("Cache-Control", "no-store")
            start["status"], body = finish(method, headers, start["status"], out, body)
            await send(start)
            await send({"type": "http.response.body", "body": body})

        try:
            refusal = await _refuse(headers, receive)
            if isinstance(refusal, Problem):
                await problem_response(scope["path"], refusal)(scope, receive, answer)
            else:
                await self._app(scope, refusal, answer)
        except Exception:  # noqa: BLE001 (the last line of defence; the client got its 500 from `_on_fault`)
            logger.exception("unhandled fault")
        finally:
            _log(method, scope, start["status"], time.perf_counter() - started)
            request_id.reset(token)


def _identity(headers: Headers) -> str:
    """The client's own id of the request where it is a plain one, else the gateway's, so that there is one id only."""
    given = (headers.get(name, "") for name in ("x-request-id", "x-kong-request-id"))
    return next((name for name in given if _REQUEST_ID.match(name)), None) or str(uuid7())


async def _refuse(headers: Headers, receive: Receive) -> Problem | Receive:
    """The refusal that comes before any route, or a `receive` that gives the body already read."""
    message = await receive()
    if len(message.get("body", b"")) > MAX_BODY_BYTES:
        return BodyTooLarge()
    given = headers.get(GATEWAY_HEADER, "").encode()
    if not any([hmac.compare_digest(given, known) for known in _GATEWAY_SECRETS]):  # noqa: C419 (each takes its time)
        return NotThroughGateway()
    pending = [message]

    async def replay() -> Message:
        return pending.pop() if pending else await receive()

    return replay


def _log(method: str, scope: Scope, status: int, seconds: float) -> None:
    route = scope.get("route")
    caller = scope.get("state", {}).get("caller")
    logger.info(
        "request",
        extra={
            "method": method,
            "route": getattr(route, "path", None),
            "status": status,
            "ms": round(seconds * 1000, 1),
            "caller_id": str(caller.id) if caller else None,
        },
    )


def problem_response(path: str, problem: Problem) -> Response:
    """A refusal as `application/problem+json` (RFC 9457)."""
    body: dict[str, Any] = {
        "type": f"urn:lms:problem:{problem.code}" if problem.code else "about:blank",
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail or problem.title,
        "instance": path,
        "request_id": request_id.get(),
    }
    if problem.errors is not None:
        body["errors"] = problem.errors
    return Response(json.dumps(body), problem.status, problem.headers, "application/problem+json")


# Handlers are `async def` for the same reason that routes are inline: Starlette runs others in a thread.


async def _on_problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    return problem_response(request.url.path, error)


async def _on_invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    # Pydantic's `input` and `ctx` are left out: they would echo passwords and codes.
    faults: list[FieldError] = [
        {"loc": list(e["loc"]), "msg": message_of(e), "type": e["type"]} for e in error.errors()
    ]
    return problem_response(request.url.path, Invalid(*faults))


async def _on_http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == HTTPStatus.BAD_REQUEST:
        # What FastAPI and Starlette say to a body they cannot parse: no UTF-8, no form, numbers of 5 000 digits.
        return problem_response(request.url.path, UnreadableBody())
    problem = Problem(headers=error.headers)
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        # Starlette names the methods of the first route of the path alone.
        problem.headers["Allow"] = ", ".join(sorted(_methods(request)))
    problem.status = error.status_code
    problem.title = HTTPStatus(error.status_code).phrase
    return problem_response(request.url.path, problem)


def _methods(request: Request) -> set[str]:
    """What may be asked of the path of a request."""
    here = [route for route in request.app.routes if route.path_regex.match(request.scope["path"])]
    methods = {method for route in here for method in route.methods}
    return methods | {"HEAD"} if "GET" in methods else methods


async def _on_unencodable(request: Request, error: Exception) -> Response:
    # Lone surrogates are the one kind of text that cannot be encoded, and only a request can have brought them.
    assert isinstance(error, UnicodeEncodeError)
    return problem_response(request.url.path, InvalidUnicode())


async def _on_replay(_: Request, replay: Exception) -> Response:
    assert isinstance(replay, Replay)
    headers = {"Location": replay.location} if replay.location else None
    return Response(replay.body, replay.status, headers, "application/json")


async def _on_storage_fault(request: Request, error: Exception) -> Response:
    if not (isinstance(error, Stale) or is_transient(error)):
        raise error
    logger.warning("storage fault", extra={"error": type(error).__name__})
    return problem_response(request.url.path, StorageBusy())


async def _on_fault(request: Request, _: Exception) -> Response:
    return problem_response(request.url.path, Problem())


class LambdaHandler:
    """The Lambda entry point of an application. Raises at import when a route declares no permission."""

    def __init__(self, app: FastAPI) -> None:
        require_permissions(app.routes)
        self._mangum = Mangum(Entry(app), lifespan="off")

    def __call__(self, event: LambdaEvent, context: LambdaContext) -> dict[str, Any]:
        # Mangum takes a port out of these two before any of our code runs, and falls over one that is no number.
        # Nothing here asks for host or port.
        headers = {k: v for k, v in event.get("headers", {}).items() if k.lower() not in ("host", "x-forwarded-port")}
        return self._mangum({**event, "headers": headers}, context)
