"""Time is asked for where something is woken, and handed down from there."""

import ast
import re
from pathlib import Path

import pytest

from operations.source import ROOT
from tests.architecture.test_contracts import LINTER

_CLOCK = ROOT / "layers" / "shared" / "lms" / "clock.py"
_WOKEN = {"dependencies", "due", "republish"}
"""Of the shared layer: what FastAPI asks for a request, and what is itself a handler."""
FILES = sorted(path for folder in ("functions", "layers/shared/lms") for path in (ROOT / folder).rglob("*.py"))


def _entries() -> set[str]:
    (contract,) = (contract for contract in LINTER["contracts"] if contract["type"] == "layers")
    return set(re.findall(r"\w+", contract["layers"][0]))


def _asks(tree: ast.AST) -> bool:
    return any(isinstance(node, ast.ImportFrom) and node.module == "lms.clock" for node in ast.walk(tree))


def _reads_the_machines_clock(tree: ast.AST) -> bool:
    clocks = {("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today")}
    attributes = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
    return any(isinstance(node.value, ast.Name) and (node.value.id, node.attr) in clocks for node in attributes)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_only_entry_points_ask_for_the_time(path: Path) -> None:
    tree = ast.parse(path.read_text())
    entries = _WOKEN if "layers" in path.relative_to(ROOT).parts else _entries()
    assert not _asks(tree) or path.stem in entries
    assert not _reads_the_machines_clock(tree) or path == _CLOCK


@pytest.mark.parametrize("line", ["datetime.now(UTC)", "date.today()"])
def test_whoever_reads_the_machines_clock_is_found(line: str) -> None:
    assert _reads_the_machines_clock(ast.parse(line))


def test_whoever_asks_for_the_time_is_found() -> None:
    assert _asks(ast.parse("from lms.clock import now"))
