"""The rights that the template gives, held against what functions do in the tests: no emulator enforces IAM."""

import re
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from fnmatch import fnmatchcase
from functools import cache
from types import FrameType
from typing import Any

from pynamodb.connection import Connection

from operations.source import ROOT
from tests.architecture.deployed import FUNCTIONS, handler, listed, package, statements
from tests.template import resources

Call = tuple[str, str]
"""An action and what it is done to: a table, or `table/index/name`."""
Right = tuple[str, str, str, str]
"""A handler's module, an action, what it may be done to, and a pattern of the partition keys."""

used: set[Right] = set()
"""The rights that functions used in the tests of this process."""

_FUNCTIONS = f"{ROOT / 'functions'}/"
_LAYER = f"{ROOT / 'layers'}/"
_TESTS = f"{ROOT / 'tests'}/"
_WRAPPERS = (__file__, f"{_TESTS}conftest.py")
"""What stands between a function and PynamoDB here only looks on, such as the fixture `calls`."""
_api: ContextVar[str | None] = ContextVar("api", default=None)
_TABLES = resources("AWS::DynamoDB::Table")
_WRITES = {"Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem", "ConditionCheck": "ConditionCheckItem"}


class NotAllowed(AssertionError):
    """A function did what its role may not do: on AWS it would have failed."""


def check_rights(dispatch: Callable[..., Any]) -> Callable[..., Any]:
    """PynamoDB's `Connection.dispatch`, refusing what the calling function's role may not do."""

    def checked(self: Connection, operation: str, arguments: dict[str, Any]) -> Any:
        entry = _entry(sys._getframe(1))
        if entry is not None:
            for call, key in _calls(operation, arguments):
                patterns = [pattern for pattern in _allowed(entry).get(call, ()) if fnmatchcase(key, pattern)]
                if not patterns:
                    raise NotAllowed(f"{entry} may not {call[0]} {call[1]} {key}")
                used.update((entry, *call, pattern) for pattern in patterns)
        return dispatch(self, operation, arguments)

    return checked


def in_threads(submit: Callable[..., Any]) -> Callable[..., Any]:
    """`ThreadPoolExecutor.submit`, so that what the threads of a pool do counts as done by the function that asks."""

    def submitted(pool: ThreadPoolExecutor, work: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        return submit(pool, _work_for, _entry(sys._getframe(1)), work, *arguments, **named)

    return submitted


def _work_for(entry: str | None, work: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
    return work(*arguments, **named)


def in_request(call: Callable[..., Any]) -> Callable[..., Any]:
    """`LambdaHandler.__call__`, noted for the threads that FastAPI uses once a test overrides a dependency."""

    def called(handler_: object, *arguments: Any) -> Any:
        token = _api.set(_module_of(handler_))
        try:
            return call(handler_, *arguments)
        finally:
            _api.reset(token)

    return called


def _entry(frame: FrameType | None) -> str | None:
    """The handler's module where a handler is at work, the package where a test calls a use case.

    None for what a test itself calls, from within a function's call too.
    """
    outermost = None
    while frame is not None:
        code, file = frame.f_code, frame.f_code.co_filename
        if code is _work_for.__code__ and frame.f_locals["entry"]:
            return str(frame.f_locals["entry"])
        if file.startswith(_LAYER) and code.co_name == "__call__" and (module := _module_of(frame.f_locals["self"])):
            # What the shared layer does for a handler is the function's doing too.
            return module
        if file.startswith(_FUNCTIONS):
            outermost = str(frame.f_globals["__name__"])
        elif file.startswith(_TESTS) and file not in _WRAPPERS:
            # Beyond it may be another function, on whose behalf the test stands in for Lambda.
            break
        frame = frame.f_back
    else:
        outermost = outermost or _api.get()
    if outermost is None or outermost in _handler_modules():
        return outermost
    return outermost.partition(".")[0]


def _module_of(entry_point: object) -> str | None:
    """The module whose handler this is; None for one that a test made up."""
    modules = (sys.modules.get(name) for name in _handler_modules())
    # Another thread may be importing one just now: that has no handler yet.
    found = (module for module in modules if getattr(module, "handler", None) is entry_point)
    return next((str(module.__name__) for module in found), None)


@cache
def _handler_modules() -> frozenset[str]:
    return frozenset(handler(function).rpartition(".")[0] for function in FUNCTIONS)


def unused() -> list[str]:
    """The rights on tables that functions have and none of them used, as text."""
    return [
        f"{function}: {action} {resource} {pattern}"
        for function in FUNCTIONS
        for (action, resource), patterns in _given(function).items()
        for pattern in sorted(patterns)
        if resource.partition("/")[0] in _TABLES
        and not _is_used((handler(function).rpartition(".")[0], action, resource, pattern))
    ]


def _is_used(right: Right) -> bool:
    if right[2] == "IdempotencyTable":
        # The shared layer does it for all alike, so that one function's tests are enough.
        return any(one[1:3] == right[1:3] for one in used)
    return right in used


@cache
def _allowed(entry: str) -> dict[Call, set[str]]:
    """What the functions of a handler's module or of a package may do, and patterns of the keys to which they may."""
    allowed: dict[Call, set[str]] = {}
    for function in FUNCTIONS:
        if entry in (package(function), handler(function).rpartition(".")[0]):
            for call, patterns in _given(function).items():
                allowed.setdefault(call, set()).update(patterns)
    return allowed


@cache
def _given(function: str) -> dict[Call, set[str]]:
    """What a function may do, and patterns of the keys to which it may."""
    given: dict[Call, set[str]] = {}
    for statement in statements(function):
        for action in listed(statement["Action"]):
            for resource in listed(statement["Resource"]):
                call = action.removeprefix("dynamodb:"), _resource(resource)
                given.setdefault(call, set()).update(_patterns(statement))
    return given


def _patterns(statement: dict[str, Any]) -> list[str]:
    return listed(statement.get("Condition", {}).get("ForAllValues:StringLike", {}).get("dynamodb:LeadingKeys", "*"))


def _resource(expression: Any) -> str:
    match expression:
        case {"Fn::GetAtt": attribute}:
            return str(attribute).removesuffix(".Arn")
        case {"Fn::Sub": text}:
            return str(text).replace("${", "").replace(".Arn}", "")
        case _:
            return str(expression)


def _calls(operation: str, arguments: dict[str, Any]) -> Iterator[tuple[Call, str]]:
    """Each call with the partition key of the one item that it is about, empty where it is about several."""
    if operation == "TransactWriteItems":
        for item in arguments["TransactItems"]:
            [(kind, write)] = item.items()
            yield (_WRITES[kind], write["TableName"]), _partition_key(write)
    elif operation in ("BatchGetItem", "BatchWriteItem"):
        for table in arguments["RequestItems"]:
            yield (operation, table), ""
    elif "IndexName" in arguments:
        yield (operation, f"{arguments['TableName']}/index/{arguments['IndexName']}"), ""
    else:
        yield (operation, arguments["TableName"]), _partition_key(arguments)


def _partition_key(arguments: dict[str, Any]) -> str:
    if condition := arguments.get("KeyConditionExpression"):
        # PynamoDB puts the partition key first: `#0 = :0`, or `(#0 = :0 AND ...)`.
        value = re.search(r":\w+", condition)
        return str(*arguments["ExpressionAttributeValues"][value[0]].values()) if value else ""
    item = arguments.get("Key") or arguments.get("Item")
    table = _TABLES.get(arguments["TableName"])
    if item is None or table is None:
        return ""
    [name] = [key["AttributeName"] for key in table["KeySchema"] if key["KeyType"] == "HASH"]
    return str(*item[name].values())
