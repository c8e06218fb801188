"""The codes of reasons: every sentence that a reader of files says has one, and a report has them."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from exchange import reasons
from exchange.items import Note, Report, Sentence
from tests.template import ROOT

EXCHANGE = ROOT / "functions" / "exchange"
SENTENCES = tomllib.loads((EXCHANGE / "reasons.toml").read_text())
# Whom exchange asks to apply a file says these.
APPLYING = [ROOT / "functions" / name for name in ("content/rules.py", "exam/service/imports.py")]
# What is said by refusals has a code there.
_OTHERS = ("schemas.py", "rules.py", "api.py")


def _texts(path: Path) -> Iterator[str]:
    """The sentences of a module, but for docstrings, what a refusal says (`detail`) and what no teacher reads."""
    tree = ast.parse(path.read_text())
    skipped = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "detail":
            skipped.add(id(node.value))
        if isinstance(node, ast.Raise) and node.exc is not None and ast.unparse(node.exc).startswith("ValueError("):
            skipped |= {id(part) for part in ast.walk(node)}
    for node in ast.walk(tree):
        # An f-string loses what its gaps are called; a `Sentence` keeps it.
        if id(node) not in skipped and isinstance(node, ast.Constant | ast.JoinedStr):
            yield from re.findall(r"^[A-Z].* .*\.\Z", _text(node))


def _text(node: ast.expr) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return str(node.value) if isinstance(node, ast.Constant) else ""


@pytest.mark.parametrize(
    "path",
    [path for path in sorted(EXCHANGE.rglob("*.py")) if path.name not in _OTHERS],
    ids=lambda path: str(path.relative_to(EXCHANGE)),
)
def test_every_sentence_has_a_code(path: Path) -> None:
    assert set(_texts(path)) - set(SENTENCES.values()) == set()


def test_every_code_is_of_a_sentence_that_is_said() -> None:
    said = {
        node.value
        for path in (*EXCHANGE.rglob("*.py"), *APPLYING)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert set(SENTENCES.values()) - said == set()
    assert len(set(SENTENCES.values())) == len(SENTENCES)


def test_a_line_has_its_sentences_with_codes_and_what_they_name() -> None:
    report = Report()
    many = Sentence("It has more than {most} tags; the others were left out.", most=20)
    report.took("bank", "A question", [many, "Hints were left out.", "Hints were left out."])
    report.left_out("bank", "Another", "Nobody has given this a code.")
    taken, left_out = report.notes
    assert taken.reason == "It has more than 20 tags; the others were left out. Hints were left out."
    assert reasons.coded([*taken.reasons, *left_out.reasons]) == [
        {"code": "many-tags", "numbers": {"most": 20}, "texts": {}, "text": str(many)},
        {"code": "hints-lost", "numbers": {}, "texts": {}, "text": "Hints were left out."},
        {"code": None, "numbers": {}, "texts": {}, "text": "Nobody has given this a code."},
    ]


def test_what_is_taken_whole_has_no_reason() -> None:
    assert Note(where="bank", what="A question", outcome="taken").reasons == ()
