"""A refusal is a class with a name: no rule and no use case makes one of words."""

import ast
from pathlib import Path

import pytest

from lms import errors
from lms.errors import Problem
from operations.source import ROOT

KINDS = {name for name, thing in vars(errors).items() if isinstance(thing, type) and issubclass(thing, Problem)}
# They answer whatever was wrong: a fault, what FastAPI finds, and what auth said to another function.
GENERAL = {ROOT / "layers" / "shared" / "lms" / name for name in ("http.py", "credentials.py", "errors.py")}
FILES = sorted(
    path
    for folder in ("functions", "layers/shared/lms")
    for path in (ROOT / folder).rglob("*.py")
    if path not in GENERAL
)


def _anonymous(tree: ast.AST) -> list[str]:
    found = []
    for node in ast.walk(tree):
        match node:
            case (
                ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name))
                | ast.Raise(exc=ast.Name(id=name) | ast.Attribute(attr=name))
            ) if name in KINDS:
                found.append(f"line {node.lineno}: {name}")
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_refusal_has_a_name(path: Path) -> None:
    assert _anonymous(ast.parse(path.read_text())) == []


@pytest.mark.parametrize(
    "line",
    ['raise Conflict("x")', "raise NotFound", "tx.put(row, refuse=Conflict())", 'errors.Invalid(["body"], "x")'],
)
def test_one_without_a_name_is_found(line: str) -> None:
    assert _anonymous(ast.parse(line))
