"""Holds what functions answer in the tests against the description of the API, which must name every refusal."""

import json
import re
from functools import cache
from typing import Any

from operations.source import ROOT

# No client ever sees this one: the gateway is what clients talk to.
_PAST_THE_GATEWAY = "Call this service through the gateway."
# Said of any request at all, with a body where none belongs too; and a fault of the system (`default`).
_EVERYWHERE = (413, 500)
_CODE = re.compile("urn:lms:problem:[a-z-]+")


class NotDocumented(AssertionError):
    """A client of the API would meet an answer of which docs/openapi.json does not tell."""


def check_documented(method: str, path: str, status: int, text: str) -> None:
    """Passes what no description is about: paths of applications that tests make up, methods that a path lacks."""
    operation = find_operation(method.lower(), path)
    if operation is None or _PAST_THE_GATEWAY in text:
        return
    if str(status) not in operation["responses"] and status not in _EVERYWHERE:
        raise NotDocumented(f"{operation['operationId']} answers {status}: {text[:300]}")
    code = _CODE.search(text) if status >= 400 else None
    if code and code[0] not in _codes(operation["responses"].get(str(status), {})):
        raise NotDocumented(f"{operation['operationId']} refuses with {code[0]}: name it in its @refuses")


def example_body(method: str, path: str) -> Any:
    """A body that the description gives as an example for a request, None where it takes none."""
    operation = find_operation(method.lower(), path) or {}
    return operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("example")


def check_readable(location: str) -> None:
    """What a `Location` names can be read: some service has a GET there, or it is a screen of the console."""
    if not location.startswith("/app/") and find_operation("get", location.partition("?")[0]) is None:
        raise NotDocumented(f"nothing answers GET {location}")


def _codes(response: dict[str, Any]) -> list[str]:
    """The codes of the refusals that a response of the description has for examples."""
    if "$ref" in response:
        response = _document()["components"]["responses"][response["$ref"].rpartition("/")[2]]
    return _CODE.findall(json.dumps(response))


@cache
def _document() -> dict[str, Any]:
    document: dict[str, Any] = json.loads((ROOT / "docs" / "openapi.json").read_text())
    return document


@cache
def _operations() -> list[tuple[re.Pattern[str], dict[str, Any]]]:
    paths = _document()["paths"]
    # The most literal first: `/courses/topics` before `/courses/{courseId}`.
    ordered = sorted(paths.items(), key=lambda item: item[0].count("{"))
    return [(re.compile(re.sub(r"\{[^}]+\}", "[^/]+", path)), operations) for path, operations in ordered]


def find_operation(method: str, path: str) -> dict[str, Any] | None:
    """The description of what answers a request, None where nothing does."""
    for pattern, operations in _operations():
        if pattern.fullmatch(path) and method in operations:
            operation: dict[str, Any] = operations[method]
            return operation
    return None
