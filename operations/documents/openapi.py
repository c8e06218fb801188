"""python -m operations.documents.openapi: writes the OpenAPI 3.1 description of all services.

A test fails when it is stale. FastAPI describes parameters, bodies and answers of each route. The rest is read from the
code too: who may call it from the permission, its refusals from what it names (`refusals.py`), examples from schemas
(`examples.py`).
"""

import inspect
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from http import HTTPStatus
from importlib import import_module
from importlib.util import find_spec
from itertools import count
from typing import Any

from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from pydantic.alias_generators import to_camel

from lms.dynamo import StorageBusy
from lms.errors import Invalid, InvalidField, Problem
from operations.documents.examples import example
from operations.documents.naming import name_enumerations
from operations.documents.refusals import refusals_of
from operations.source import ROOT, applications

PATH = ROOT / "functions" / "portal" / "files" / "openapi.json"
SERVICES = (
    "auth",
    "student",
    "program",
    "instructor",
    "content",
    "exam",
    "progress",
    "payment",
    "notification",
    "exchange",
    "institute",
    "portal",
)
_INTRODUCTION = ROOT / "docs" / "openapi-introduction.md"
# The forms that FastAPI names after their routes.
_FORMS = {"login_user": "LoginForm", "login_instructor": "InstructorLoginForm", "start_session": "StartSessionForm"}
_WHO = {"student": "students", "teacher": "teachers", "admin": "administrators"}
_REQUEST_ID = "0198c2f4-1111-7222-8333-444455556666"
_GATEWAY_SAYS = {401: "Unauthorized", 403: "You cannot consume this service", 429: "API rate limit exceeded"}
_HEADERS: dict[str, Any] = {
    "ETag": {
        "description": "For `If-Match`, the version of the object; of a GET also a digest, for `If-None-Match`.",
        "example": '"3-9c1185a5c5e9fc54"',
        "schema": {"type": "string"},
    },
    "SetCookie": {
        "description": "The refresh token, for the browser to keep and send: `HttpOnly; Secure; SameSite=Strict`.",
        "schema": {"type": "string"},
    },
    "Location": {"description": "Where the object is found.", "schema": {"type": "string", "format": "uri-reference"}},
    "RetryAfter": {"description": "Seconds to wait.", "example": 1, "schema": {"type": "integer", "minimum": 1}},
    "RequestId": {
        "description": "Names the request in every log: yours, if you sent one of up to 128 letters, digits and "
        "`._#-`, else the gateway's `X-Kong-Request-Id`, which is all that the gateway's own refusals have.",
        "example": _REQUEST_ID,
        "schema": {"type": "string"},
    },
    "Bearer": {"description": "`Bearer`", "schema": {"type": "string"}},
}
_REFUSAL: dict[str, Any] = {
    "type": "object",
    "title": "Refusal",
    "description": "A refusal. What a function refuses is RFC 9457's: all but `message` is there. What the gateway "
    "refuses itself has a `message` for people, and that alone is sure.",
    "properties": {
        "type": {"$ref": "#/components/schemas/RefusalType"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "For people."},
        "instance": {"type": "string", "description": "The path that was asked."},
        "message": {"type": "string", "description": "For people, by the gateway."},
        "request_id": {"type": "string"},
        "errors": {
            "type": "array",
            "description": "For 422: each fault, where it is, and a code for programs.",
            "items": {"$ref": "#/components/schemas/FieldFault"},
        },
    },
    "if": {"not": {"required": ["detail"]}},
    "then": {"required": ["message"]},
    "else": {"required": ["type", "title", "status", "instance", "request_id"]},
}
_FIELD_FAULT: dict[str, Any] = {
    "type": "object",
    "title": "FieldFault",
    "required": ["loc", "msg", "type"],
    "properties": {
        "loc": {"type": "array", "items": {"type": ["string", "integer"]}},
        "msg": {"type": "string"},
        "type": {"type": "string"},
    },
}
Operation = dict[str, Any]


def document() -> dict[str, Any]:
    """The whole description."""
    apps = applications()
    services = {name: import_module(name) for name in SERVICES}
    routes = [(name, route) for name in services for route in apps[name].routes if _is_described(route)]
    described: dict[str, Any] = get_openapi(
        title="Education LMS",
        version="1.0.0",
        openapi_version="3.1.0",
        description=_INTRODUCTION.read_text(),
        routes=[route for _, route in routes],
        tags=[{"name": name, "description": inspect.getdoc(package)} for name, package in services.items()],
        servers=[{"url": "/", "description": "The gateway that this document came from."}],
    )
    described = _with_plain_names(described)
    schemas = described["components"]["schemas"]
    for name in ("HTTPValidationError", "ValidationError"):
        del schemas[name]
    for service, route in routes:
        for method in route.methods or ():
            _complete(described["paths"][route.path][method.lower()], service, route, schemas)
    named = {refusal for _, route in routes for refusal in refusals_of(route)}
    codes = {refusal.code for refusal in named if refusal.code and not issubclass(refusal, Invalid)}
    schemas |= {"Refusal": _REFUSAL, "FieldFault": _FIELD_FAULT, "RefusalType": _refusal_type(codes)}
    name_enumerations(described)
    _mend_defaults(described)
    _mend_forms(schemas)
    responses = {"Fault": _fault(), "NotModified": _not_modified(), **_shared(described["paths"])}
    described["components"] |= {"headers": _HEADERS, "responses": responses}
    return described


def _mend_defaults(part: Any) -> None:
    """Defaults of exact numbers, which Pydantic writes as text."""
    if isinstance(part, dict):
        if part.get("type") == "number" and isinstance(part.get("default"), str):
            part["default"] = float(part["default"])
        for inner in part.values():
            _mend_defaults(inner)


def _mend_forms(schemas: dict[str, Any]) -> None:
    """Forms have texts alone: no null, and an empty field is, to FastAPI, not there."""
    for name, schema in schemas.items():
        if name.endswith(("LoginForm", "SessionForm")):
            for field, part in schema["properties"].items():
                [text] = [option for option in part.pop("anyOf", [{}]) if option != {"type": "null"}]
                part.update(text)
                if field in schema["required"]:
                    part["minLength"] = 1


def _refusal_type(codes: Iterable[str]) -> dict[str, Any]:
    ordered = sorted(codes)
    return {
        "type": "string",
        "title": "RefusalType",
        "description": "A code for programs; `about:blank` where the status says all.",
        "enum": ["about:blank", *(f"urn:lms:problem:{code}" for code in ordered)],
        # What generated clients call the members.
        "x-enum-varnames": ["ABOUT_BLANK", *(code.replace("-", "_").upper() for code in ordered)],
    }


def _shared(paths: dict[str, Any]) -> dict[str, Any]:
    """Moves the refusals that several operations answer alike to one place."""
    operations = [operation for path in paths.values() for operation in path.values()]
    places: dict[str, list[tuple[Operation, str]]] = defaultdict(list)
    for operation in operations:
        for status, answer in operation["responses"].items():
            if status[0] in "45" and "$ref" not in answer:
                places[json.dumps(answer)].append((operation, status))
    shared: dict[str, Any] = {}
    for answer, users in places.items():
        if len(users) > 1:
            phrase = HTTPStatus(int(users[0][1])).name.title().replace("_", "")
            name = next(name for number in count(1) if (name := f"{phrase}{number}") not in shared)
            shared[name] = json.loads(answer)
            for operation, status in users:
                operation["responses"][status] = {"$ref": f"#/components/responses/{name}"}
    return dict(sorted(shared.items()))


def _is_described(route: object) -> bool:
    return isinstance(route, APIRoute) and route.include_in_schema


def _with_plain_names(described: dict[str, Any]) -> dict[str, Any]:
    """Schemas under names that people would give them: of two with one name, each has its service's before it."""
    names = {name: _plain(name) for name in described["components"]["schemas"]}
    if len(set(names.values())) < len(names):
        raise ValueError("two schemas would get one name")
    text = json.dumps(described)
    for name, plain in names.items():
        text = text.replace(f'"#/components/schemas/{name}"', f'"#/components/schemas/{plain}"')
    described = json.loads(text)
    described["components"]["schemas"] = {
        names[name]: {**schema, "title": names[name]}
        for name, schema in sorted(described["components"]["schemas"].items())
    }
    return described


def _plain(name: str) -> str:
    if found := re.fullmatch(r"(\w+?)__schemas__(\w+)", name):
        return found[1].capitalize() + found[2]
    if found := re.fullmatch(r"Page_(\w+)_", name):
        return f"PageOf{found[1]}"
    if found := re.fullmatch(r"Body_(login_user|login_instructor|start_session)_.*", name):
        return _FORMS[found[1]]
    return name


def _complete(operation: Operation, service: str, route: APIRoute, schemas: dict[str, Any]) -> None:
    refusals = refusals_of(route)
    doc = inspect.getdoc(route.endpoint)
    if not doc:
        raise ValueError(f"{route.path}: {route.name} has no docstring, and so no summary")
    operation["tags"] = [service]
    operation["operationId"] = to_camel(route.name)
    operation["summary"] = re.split(r"[.;:](?:\s|$)", doc)[0].replace("\n", " ")
    operation["description"] = f"{doc}\n\n**Who:** {_who(route, refusals)}."
    for parameter in operation.get("parameters", ()):
        # Pages fill in what examples say, so those that may be left out have none.
        if parameter["required"]:
            parameter["example"] = example(parameter["schema"], schemas, field=parameter["name"])
        parameter["name"] = _header_case(parameter) if parameter["in"] == "header" else parameter["name"]
    _give_examples(operation.get("requestBody", {}), schemas)
    # FastAPI adds 422; a route may declare an answer of its own kind for a fault (`getHealth`).
    declared = {status: answer for status, answer in operation["responses"].items() if status != "422"}
    for status, answer in declared.items():
        _describe_answer(status, answer, route, schemas)
    answers = {
        **{str(status): refusal for status, refusal in _refusals(operation, service, route, refusals)},
        **declared,
        **({"304": {"$ref": "#/components/responses/NotModified"}} if "GET" in (route.methods or ()) else {}),
        "default": {"$ref": "#/components/responses/Fault"},
    }
    operation["responses"] = dict(sorted(answers.items()))


def _header_case(parameter: dict[str, Any]) -> str:
    return "-".join(part.capitalize() for part in parameter["name"].split("-"))


def _who(route: APIRoute, refusals: set[type[Problem]]) -> str:
    roles = import_module("lms.security").permission_of(route)
    if roles is None:
        return "anybody, without a token"
    shared = import_module("lms.refusals")
    bounds = {
        "teacher": " (of the course)" if {shared.NotCourseTeacher, shared.NotCourseMember} & refusals else "",
        "student": " (enrolled in the course)" if {shared.NotEnrolled, shared.NotCourseMember} & refusals else "",
    }
    return ", ".join(f"{_WHO[role]}{bounds.get(role, '')}" for role in _WHO if role in roles)


def _give_examples(message: dict[str, Any], schemas: dict[str, Any]) -> None:
    for media_type, media in message.get("content", {}).items():
        # Files, such as calendars, are shown by what made them.
        if media.get("schema") and not media_type.startswith("text/"):
            media["example"] = example(media["schema"], schemas)


def _describe_answer(status: str, answer: dict[str, Any], route: APIRoute, schemas: dict[str, Any]) -> None:
    answer["description"] = HTTPStatus(int(status)).phrase
    _give_examples(answer, schemas)
    headers = ["X-Request-ID"]
    if status.startswith("2") and ("GET" in (route.methods or ()) or _sets(route, "ETag")):
        headers.append("ETag")
    headers += [name for name in ("Location", "Set-Cookie") if _sets(route, name)]
    answer["headers"] = _refer(headers)


def _sets(route: APIRoute, header: str) -> bool:
    """Whether a route's function sets a header of its answer, itself or by a function that is named for it."""
    words = {
        "ETag": ("set_etag(", "_tagged("),
        "Location": ('headers["Location"]', "RedirectResponse("),
        "Set-Cookie": ("set_cookie(", "delete_cookie("),
    }
    return any(word in inspect.getsource(route.endpoint) for word in words[header])


def _refer(headers: Iterable[str]) -> dict[str, Any]:
    names = {
        "X-Request-ID": "RequestId",
        "Retry-After": "RetryAfter",
        "Set-Cookie": "SetCookie",
        "WWW-Authenticate": "Bearer",
    }
    return {name: {"$ref": f"#/components/headers/{names.get(name, name)}"} for name in headers}


def _refusals(
    operation: Operation, service: str, route: APIRoute, refusals: set[type[Problem]]
) -> Iterator[tuple[int, dict[str, Any]]]:
    """What the route names, what any route can answer, and what the gateway refuses before it, by status."""
    by_status: dict[int, set[type[Problem]]] = defaultdict(set)
    for refusal in refusals:
        by_status[refusal.status].add(refusal)
    if "422" in operation["responses"]:
        by_status[422].add(Invalid)
    if find_spec(f"{service}.tables"):
        by_status[503].add(StorageBusy)
    roles = import_module("lms.security").permission_of(route)
    gateway = {429}
    if roles is not None:
        gateway |= {401} if len(roles) == len(_WHO) else {401, 403}
    if "requestBody" in operation:
        by_status[413].add(import_module("lms.http").BodyTooLarge)
        gateway.add(413)
    for status in sorted({*gateway, *by_status}):
        ordered = sorted(by_status[status], key=lambda refusal: (refusal.detail or "", refusal.code or ""))
        yield status, _refusal(status, ordered, operation, by_gateway=status in gateway)


def _refusal(status: int, refusals: list[type[Problem]], operation: Operation, *, by_gateway: bool) -> dict[str, Any]:
    details = [_detail(refusal) for refusal in refusals if status != 422]
    content: dict[str, Any] = {}
    if refusals:
        content["application/problem+json"] = {
            "schema": {"$ref": "#/components/schemas/Refusal"},
            "examples": _problems(status, refusals, operation),
        }
    if by_gateway:
        message = _GATEWAY_SAYS.get(status, "Payload too large")
        content["application/json"] = {
            "schema": {"$ref": "#/components/schemas/Refusal"},
            "example": {"message": message, "request_id": _REQUEST_ID},
        }
        details.insert(0, f"By the gateway: {message}.")
    headers = ["X-Request-ID"]
    if status == 401:
        headers.append("WWW-Authenticate")
    if status in (429, 503) or any(refusal.code in ("still-running", "provisioning") for refusal in refusals):
        headers.append("Retry-After")
    return {
        "description": f"{HTTPStatus(status).phrase}. {' '.join(dict.fromkeys(details))}".strip(),
        "headers": _refer(headers),
        "content": content,
    }


def _problems(status: int, refusals: list[type[Problem]], operation: Operation) -> dict[str, Any]:
    problems: dict[str, Any] = {}
    for number, refusal in enumerate(refusals, 1):
        body: dict[str, Any] = {
            "type": f"urn:lms:problem:{refusal.code}" if refusal.code and status != 422 else "about:blank",
            "title": refusal.title,
            "status": status,
            "detail": _detail(refusal),
            "instance": "/the/path/that/was/asked",
            "request_id": _REQUEST_ID,
        }
        if status == 422:
            body["errors"] = [_fault_named(refusal) if issubclass(refusal, InvalidField) else _fault_of(operation)]
            body["detail"] = Invalid.detail
        name = refusal.code or (f"problem-{number}" if len(refusals) > 1 else "problem")
        name = f"{name}-{number}" if name in problems else name
        problems[name] = {"summary": _detail(refusal), "value": body}
    return problems


def _detail(refusal: type[Problem]) -> str:
    """The sentence of a refusal, with `…` for what varies."""
    return re.sub(r"\{\w*\}", "…", refusal.detail) if refusal.detail else refusal.title


def _fault_named(refusal: type[InvalidField]) -> dict[str, Any]:
    return {"loc": [refusal.part, *refusal.field], "msg": _detail(refusal), "type": refusal.code}


def _fault_of(operation: Operation) -> dict[str, Any]:
    if "requestBody" in operation:
        return {"loc": ["body"], "msg": "This field is required.", "type": "missing"}
    parameter = (operation.get("parameters") or [{"in": "query", "name": "cursor"}])[0]
    return {"loc": [parameter["in"], parameter["name"]], "msg": "This value cannot be accepted.", "type": "value_error"}


def _not_modified() -> dict[str, Any]:
    return {
        "description": "You have this answer already (`If-None-Match`).",
        "headers": _refer(["X-Request-ID", "ETag"]),
    }


def _fault() -> dict[str, Any]:
    return {
        "description": "A fault of the system, without details.",
        "headers": _refer(["X-Request-ID"]),
        "content": {
            "application/problem+json": {
                "schema": {"$ref": "#/components/schemas/Refusal"},
                "example": {
                    "type": "about:blank",
                    "title": "Internal error",
                    "status": 500,
                    "detail": "Internal error",
                    "instance": "/the/path/that/was/asked",
                    "request_id": _REQUEST_ID,
                },
            }
        },
    }


def text() -> str:
    """The description as the file holds it."""
    return json.dumps(document(), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    PATH.parent.mkdir(parents=True, exist_ok=True)
    PATH.write_text(text())
