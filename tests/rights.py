"""The rights that the template gives, held against what functions do in the tests: no emulator enforces IAM."""

import re
import sys
from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from functools import cache
from types import FrameType
from typing import Any

from pynamodb.connection import Connection

from tests.architecture.deployed import FUNCTIONS, handler, listed, package, statements
from tests.template import ROOT, resources

Call = tuple[str, str]
"""An action and what it is done to: a table, or `table/index/name`."""

_FUNCTIONS = f"{ROOT / 'functions'}/"
_TESTS = f"{ROOT / 'tests'}/"
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
                patterns = _allowed(entry).get(call, frozenset())
                if not any(fnmatchcase(key, pattern) for pattern in patterns):
                    raise NotAllowed(f"{entry} may not {call[0]} {call[1]} {key}")
        return dispatch(self, operation, arguments)

    return checked


def _entry(frame: FrameType | None) -> str | None:
    """The handler's module where a handler is at work, the package where a test calls a use case.

    None for what a test itself calls, from within a function's call too.
    """
    outermost = None
    while frame is not None:
        file = frame.f_code.co_filename
        if file.startswith(_FUNCTIONS):
            outermost = str(frame.f_globals["__name__"])
        elif file.startswith(_TESTS) and file != __file__:
            # Beyond it may be another function, on whose behalf the test stands in for Lambda.
            break
        frame = frame.f_back
    if outermost is None or outermost in _handler_modules():
        return outermost
    return outermost.partition(".")[0]


@cache
def _handler_modules() -> frozenset[str]:
    return frozenset(handler(function).rpartition(".")[0] for function in FUNCTIONS)


@cache
def _allowed(entry: str) -> dict[Call, set[str]]:
    """What the functions of a handler's module or of a package may do, and patterns of the keys to which they may."""
    functions = [name for name in FUNCTIONS if entry in (package(name), handler(name).rpartition(".")[0])]
    allowed: dict[Call, set[str]] = {}
    for function in functions:
        for statement in statements(function):
            for action in listed(statement["Action"]):
                for resource in listed(statement["Resource"]):
                    call = action.removeprefix("dynamodb:"), _resource(resource)
                    allowed.setdefault(call, set()).update(_patterns(statement))
    return allowed


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
