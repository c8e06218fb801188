"""Which refusals a route can answer with, read from the code that it reaches.

Nobody lists errors by hand: a route's function and its dependencies are followed through the calls that they make, and
every `Problem` made on the way counts, with the words it is made with. Followed are functions and classes named in the
code, and methods of values whose class an annotation tells. What is reached is what can be called, so a branch that
one route never takes may be counted too; never the other way round (the tests hold their answers against the result).
"""

import ast
import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import FunctionType, MethodType, ModuleType, UnionType
from typing import Any, cast, get_args, get_type_hints

from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from pynamodb.models import Model

from lms.errors import Invalid, Problem
from lms.inline import original

_UNKNOWN = object()


@dataclass(frozen=True)
class Refusal:
    """One way to say no: its status, its words (`…` for what varies) and its code for programs."""

    status: int
    detail: str | None
    code: str | None


@dataclass
class Reach:
    """What a route can come to."""

    refusals: set[Refusal] = field(default_factory=set)
    functions: set[FunctionType] = field(default_factory=set)
    storage: bool = False


def reach(route: APIRoute) -> Reach:
    """Follows a route and everything that it depends on."""
    found = Reach()
    pending = [_function(call) for call in _calls(route.dependant)]
    while pending:
        function = pending.pop()
        if function is None or function in found.functions:
            continue
        found.functions.add(function)
        found.refusals |= {_named(refusal) for refusal in getattr(function, "refusals", ())}
        steps = _steps(function)
        found.refusals |= steps.refusals
        found.storage |= steps.storage
        pending += steps.functions
    return found


def _calls(dependant: Dependant) -> Iterator[object]:
    yield original(dependant.call)
    for dependency in dependant.dependencies:
        yield from _calls(dependency)


def _is_ours(thing: object) -> bool:
    file = getattr(inspect.getmodule(thing), "__file__", None) or ""
    return "/functions/" in file or "/layers/shared/" in file


def _function(thing: object) -> FunctionType | None:
    """The function behind something that can be called, if it is of this project."""
    if isinstance(thing, type):
        thing = thing.__dict__.get("__init__") or thing.__dict__.get("__post_init__")
    elif not isinstance(thing, FunctionType | MethodType) and callable(thing):
        thing = getattr(thing, "__wrapped__", None) or vars(type(thing)).get("__call__")
    while hasattr(thing, "__wrapped__"):
        thing = thing.__wrapped__
    if isinstance(thing, MethodType):
        thing = thing.__func__
    return thing if isinstance(thing, FunctionType) and _is_ours(thing) else None


@cache
def _steps(function: FunctionType) -> Reach:
    """What a function names itself, one step far."""
    found = Reach()
    tree = _definitions(function.__code__.co_filename).get(function.__code__.co_firstlineno)
    if tree is None:
        # Made by a library (dataclasses): it has no text and no decisions.
        return found
    scope = _Scope(function, tree)
    for node in ast.walk(tree):
        found.refusals |= set(_refusals(scope, node))
        if isinstance(node, ast.Name | ast.Attribute):
            thing = scope.value(node)
            if isinstance(thing, type) and issubclass(thing, Model):
                found.storage = True
            called = _function(thing)
            if called is not None:
                found.functions.add(called)
    return found


@cache
def _definitions(file: str) -> dict[int, ast.AST]:
    """The functions of a file by their first lines, decorators included."""
    path = Path(file)
    tree = ast.parse(path.read_text()) if path.exists() else ast.Module([], [])
    return {
        min(part.lineno for part in (node, *node.decorator_list)): node
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def _named(refusal: type[Problem]) -> Refusal:
    if issubclass(refusal, Invalid):
        return Refusal(refusal.status, None, None)
    detail = re.sub(r"\{\w*\}", "…", refusal.detail) if refusal.detail else refusal.title
    return Refusal(refusal.status, detail, refusal.code)


def _refusals(scope: "_Scope", node: ast.AST) -> Iterator[Refusal]:
    match node:
        case ast.Name() | ast.Attribute() if _is_named(scope.value(node)):
            yield _named(cast(type[Problem], scope.value(node)))
        case ast.Raise(exc=ast.Name() as name):
            made = scope.value(name)
            if isinstance(made, type) and issubclass(made, Problem) and not _is_named(made):
                yield Refusal(made.status, made.title, None)
        case ast.Call(func=callee, args=given, keywords=named):
            made = scope.value(callee)
            if isinstance(made, type) and issubclass(made, Problem) and not _is_named(made):
                code = next((keyword.value for keyword in named if keyword.arg == "code"), None)
                # `Invalid` takes a place first; its words stand in `errors`.
                words = given[0] if given and made.status != 422 else None
                yield from (Refusal(made.status, *wording) for wording in scope.wordings(words, code))


def _is_named(thing: object) -> bool:
    return isinstance(thing, type) and issubclass(thing, Problem) and bool(thing.detail)


class _Scope:
    """What names mean within a function."""

    def __init__(self, function: FunctionType, tree: ast.AST) -> None:
        closure = inspect.getclosurevars(function).nonlocals
        self._names = {**function.__globals__, **closure}
        self._classes = dict(_annotated(function))
        self._columns: dict[str, list[str]] = {}
        owner = _owner(function)
        if owner is not None:
            self._classes.setdefault("self", owner)
            self._classes.setdefault("cls", owner)
        for node in ast.walk(tree):
            match node:
                case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call() as call):
                    self._learn(name, call)
                case ast.Assign(targets=[ast.Tuple(elts=[*names])], value=ast.Subscript(value=of)):
                    table = self.value(of)
                    if isinstance(table, dict):
                        self._columns |= {
                            part.id: [row[place] for row in table.values()]
                            for place, part in enumerate(names)
                            if isinstance(part, ast.Name)
                        }
                case ast.withitem(context_expr=ast.Call() as call, optional_vars=ast.Name(id=name)):
                    self._learn(name, call)

    def _learn(self, name: str, call: ast.Call) -> None:
        made = self.class_of(call)
        if made is not None:
            self._classes[name] = made

    def wordings(self, words: ast.expr | None, code: ast.expr | None) -> list[tuple[str | None, str | None]]:
        """What a refusal says and its code; several where both come from a table of the module."""
        match words, code:
            case ast.Subscript(value=of, slice=ast.Name(id=key)), ast.Name(id=name) if key == name:
                table = self.value(of)
                if isinstance(table, dict):
                    return [(text, code) for code, text in table.items()]
            case ast.Name(id=detail), ast.Name(id=name) if {detail, name} <= self._columns.keys():
                return list(zip(self._columns[detail], self._columns[name], strict=True))
        return [(self._text(words), self._text(code))]

    def _text(self, node: ast.expr | None) -> str | None:
        match node:
            case ast.Constant(value=str(text)):
                return text
            case ast.JoinedStr(values=parts):
                return "".join(self._text(part) or "…" for part in parts)
            case ast.Name() | ast.Attribute():
                meant = self.value(node)
                return meant if isinstance(meant, str) else None
            case _:
                return None

    def value(self, node: ast.AST) -> object:
        """What an expression of names and dots stands for; methods are looked up on the class of their object."""
        match node:
            case ast.Name(id=name) if name not in self._classes:
                return self._names.get(name, _UNKNOWN)
            case ast.Attribute(value=of, attr=name):
                thing = self.value(of)
                if isinstance(thing, ModuleType | type):
                    return getattr(thing, name, _UNKNOWN)
                owner = self.class_of(of)
                found = inspect.getattr_static(owner, name, _UNKNOWN) if owner else _UNKNOWN
                if isinstance(found, property):
                    return found.fget
                if hasattr(found, "func"):
                    return found.func
                return getattr(found, "__func__", found)
            case _:
                return _UNKNOWN

    def class_of(self, node: ast.AST) -> type | None:
        """The class of an expression's value, as far as annotations tell."""
        match node:
            case ast.Name(id=name) if name in self._classes:
                return self._classes[name]
            case ast.Name(id=name) if name in self._names and not isinstance(self._names[name], type | ModuleType):
                return type(self._names[name])
            case ast.Call(func=callee):
                called = self.value(callee)
                if isinstance(called, type):
                    return called
                function = _function(called)
                if function is None:
                    return None
                return dict(_annotated(function)).get("return") or _class_itself(function, called)
            case _:
                return None


def _class_itself(function: FunctionType, called: object) -> type | None:
    """`Table.get()` and its like answer an object of the class that they were asked of."""
    asked = getattr(called, "__self__", None)
    returned = str(function.__annotations__.get("return", ""))
    return asked if isinstance(asked, type) and ("Self" in returned or "_T" in returned) else None


def _owner(function: FunctionType) -> type | None:
    owner: Any = inspect.getmodule(function)
    for name in function.__qualname__.split(".")[:-1]:
        owner = getattr(owner, name, None)
    return owner if isinstance(owner, type) else None


def _annotated(function: FunctionType) -> Iterator[tuple[str, type]]:
    try:
        hints = get_type_hints(function)
    except (NameError, TypeError):
        # Names that only a type checker imports.
        return
    for name, hint in hints.items():
        options = get_args(hint) if isinstance(hint, UnionType) else (hint,)
        for option in options:
            plain = getattr(option, "__origin__", option)
            if isinstance(plain, type) and _is_ours(plain):
                yield name, plain
                break
