"""The rights that the template gives, held against what functions do in the tests: no emulator enforces IAM."""

import sys
from collections.abc import Callable, Iterator
from functools import cache
from types import FrameType
from typing import Any

from pynamodb.connection import Connection

from tests.architecture.deployed import FUNCTIONS, handler, listed, package, statements
from tests.template import ROOT

Call = tuple[str, str]
"""An action and what it is done to: a table, or `table/index/name`."""

_FUNCTIONS = f"{ROOT / 'functions'}/"
_TESTS = f"{ROOT / 'tests'}/"
_WRITES = {"Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem", "ConditionCheck": "ConditionCheckItem"}


class NotAllowed(AssertionError):
    """A function did what its role may not do: on AWS it would have failed."""


def check_rights(dispatch: Callable[..., Any]) -> Callable[..., Any]:
    """PynamoDB's `Connection.dispatch`, refusing what the calling function's role may not do."""

    def checked(self: Connection, operation: str, arguments: dict[str, Any]) -> Any:
        entry = _entry(sys._getframe(1))
        if entry is not None:
            for call in _calls(operation, arguments):
                if call not in _allowed(entry):
                    raise NotAllowed(f"{entry} may not {call[0]} {call[1]}")
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
def _allowed(entry: str) -> frozenset[Call]:
    functions = [name for name in FUNCTIONS if entry in (package(name), handler(name).rpartition(".")[0])]
    return frozenset(
        (action.removeprefix("dynamodb:"), _resource(resource))
        for function in functions
        for statement in statements(function)
        for action in listed(statement["Action"])
        for resource in listed(statement["Resource"])
    )


def _resource(expression: Any) -> str:
    match expression:
        case {"Fn::GetAtt": attribute}:
            return str(attribute).removesuffix(".Arn")
        case {"Fn::Sub": text}:
            return str(text).replace("${", "").replace(".Arn}", "")
        case _:
            return str(expression)


def _calls(operation: str, arguments: dict[str, Any]) -> Iterator[Call]:
    if operation == "TransactWriteItems":
        for item in arguments["TransactItems"]:
            [(kind, write)] = item.items()
            yield _WRITES[kind], write["TableName"]
    elif operation in ("BatchGetItem", "BatchWriteItem"):
        for table in arguments["RequestItems"]:
            yield operation, table
    elif "IndexName" in arguments:
        yield operation, f"{arguments['TableName']}/index/{arguments['IndexName']}"
    else:
        yield operation, arguments["TableName"]
