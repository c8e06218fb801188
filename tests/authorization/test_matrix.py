"""The table of who may do what is what the functions answer at their own doors, and fits the API."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from operations.documents import authorization
from operations.documents.authorization import CALLERS, Row, UnfitTable, rows
from operations.source import ROOT
from tests.authorization.world import AuthorizationWorld

ROWS = rows()
CREATES = [row for row in ROWS if 201 in row.statuses.values()]


def name(row: Row) -> str:
    return f"{row.method} {row.path}"


@pytest.mark.parametrize("row", ROWS, ids=name)
def test_every_caller_is_answered_what_the_table_says(world: AuthorizationWorld, row: Row) -> None:
    answers = {}
    for caller in CALLERS:
        answers[caller] = world.call(row, caller)
        if row.method != "GET" and answers[caller].status < 300:
            world.reset()

    assert {caller: answer.status for caller, answer in answers.items()} == row.statuses, answers


def test_what_was_made_can_be_read_by_its_maker_where_the_answer_says(world: AuthorizationWorld) -> None:
    for row in CREATES:
        world.reset()
        maker = next(caller for caller, status in row.statuses.items() if status == 201)
        location = world.call(row, maker).headers["location"]
        token = world.token_of(maker) or world.token_of_newcomer()
        assert world.read(location, token).status == 200, name(row)


def test_every_operation_that_can_answer_201_makes_something_in_the_table() -> None:
    paths = json.loads((ROOT / "docs" / "openapi.json").read_text())["paths"]
    described = {
        (method.upper(), path)
        for path, operations in paths.items()
        for method, operation in operations.items()
        if "201" in operation["responses"]
    }
    assert {(row.method, row.path) for row in CREATES} == described


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda table: table.replace("GET    /health ", "# GET /health "), "GET /health has no row"),
        (lambda table: table.replace("GET    /health ", "GET /wealth "), "the row GET /wealth has no operation"),
        (lambda table: table + "GET /health 200 200 200 200 200 200 200 200\n", "GET /health has two rows"),
    ],
)
def test_a_table_that_does_not_fit_the_api_is_refused(
    change: Callable[[str], str], fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = tmp_path / "table.txt"
    table.write_text(change(authorization.TABLE.read_text()))
    monkeypatch.setattr(authorization, "TABLE", table)

    with pytest.raises(UnfitTable, match=fault):
        rows()


def test_the_page_for_administrators_is_current() -> None:
    assert authorization.PATH.read_text() == authorization.text(), "run `make docs`"
