"""python -m operations.documents.authorization: writes, for administrators, what the API answers to whom.

The statuses are those of tests/authorization/table.txt, written by hand from the contract and checked by the tests.
"""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from operations.source import ROOT

PATH = ROOT / "docs" / "authorization.md"
TABLE = ROOT / "tests" / "authorization" / "table.txt"
_DOCUMENT = ROOT / "docs" / "openapi.json"
CALLERS = {
    "no token": "",
    "not enrolled": "student",
    "enrolled": "student",
    "dropped": "student",
    "another student": "student",
    "teacher": "teacher",
    "other teacher": "teacher",
    "administrator": "admin",
}
"""The columns of the table, and the role of each caller."""
_PAGE = """\
<!-- Made by `make docs` from tests/authorization/table.txt. Do not edit. -->
# Who may do what

What every operation of the API answers to each kind of caller, if nothing else is wrong with the request. The tests
send all of these requests.

| caller | who that is |
| --- | --- |
| no token | anybody who is not signed in |
| not enrolled | a student who has never been in the course |
| enrolled | a student of the course, who is in the middle of an exam |
| dropped | a student who left the course in the middle of that exam |
| another student | a student of the same course, who asks about the enrolled student where a request names a person |
| teacher | a teacher of the course |
| other teacher | a teacher of another course only |
| administrator | an administrator |
| ended | somebody whose account was disabled or erased, with a token from before |

Where a request names a person, the first three students name themselves. The teacher names the enrolled student, or
themself as the instructor or as the reader of notifications. The other teacher and the administrator name the enrolled
student, or the course's teacher as the instructor.

| answer | what it means |
| --- | --- |
| **2xx** | done |
| 401 | sign in first |
| 403 | not permitted; the same whether the thing named exists or not |
| 404 | this caller can see nothing there |
| 409 | permitted, but not in the present state |

The gateway stops the token of a disabled or erased account at the next request, before any service sees it: 401
wherever a token is needed. Operations that need no token ignore one. A service refuses every request that did not come
through the gateway: 403, whoever sends it.

A student who is suspended, or has withdrawn or graduated, still reads what is theirs; enrolling, starting an attempt
and submitting are 403. Everything that belongs to a deleted course is 404.
"""


@dataclass(frozen=True)
class Row:
    """One operation: the status for each of `CALLERS`."""

    method: str
    path: str
    statuses: dict[str, int]
    note: str

    @property
    def needs_token(self) -> bool:
        return self.statuses["no token"] == 401


class UnfitTable(ValueError):
    """The table and the operations of the API do not fit together."""


def rows() -> list[Row]:
    """The table; raises `UnfitTable` unless it has exactly one row for each operation of the API."""
    found = list(_rows())
    named = Counter((row.method, row.path) for row in found)
    described = {(method.upper(), path) for path, operations in _paths().items() for method in operations}
    faults = [
        *(f"{method} {path} has no row" for method, path in sorted(described - named.keys())),
        *(f"the row {method} {path} has no operation" for method, path in sorted(named.keys() - described)),
        *(f"{method} {path} has two rows" for method, path in sorted(each for each in named if named[each] > 1)),
    ]
    if faults:
        raise UnfitTable(f"tests/authorization/{TABLE.name}: {'; '.join(faults)}")
    return found


def _rows() -> Iterator[Row]:
    for line in TABLE.read_text().splitlines():
        content, _, note = line.partition(";")
        if content.strip() and not line.startswith("#"):
            method, path, *statuses = content.split()
            by_caller = dict(zip(CALLERS, map(int, statuses), strict=True))
            yield Row(method, path, by_caller, note.strip())


def _paths() -> dict[str, dict[str, Any]]:
    paths: dict[str, dict[str, Any]] = json.loads(_DOCUMENT.read_text())["paths"]
    return paths


def text() -> str:
    """The page as the file holds it."""
    paths = _paths()
    by_service: dict[str, list[tuple[Row, str]]] = {}
    for row in rows():
        operation = paths[row.path][row.method.lower()]
        by_service.setdefault(operation["tags"][0], []).append((row, operation["summary"]))
    return "\n".join([_PAGE, *(_section(service, table) for service, table in by_service.items())])


def _section(service: str, table: list[tuple[Row, str]]) -> str:
    heads = ["operation", *CALLERS, "ended"]
    lines = [f"## {service}", "", _line(heads), _line(["---"] * len(heads))]
    for row, summary in table:
        words = f"`{row.method} {row.path}` {summary}{f' ({row.note})' if row.note else ''}"
        ended = 401 if row.needs_token else row.statuses["no token"]
        lines.append(_line([words, *map(_cell, row.statuses.values()), _cell(ended)]))
    return "\n".join([*lines, ""])


def _cell(status: int) -> str:
    return f"**{status}**" if status < 300 else str(status)


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    PATH.write_text(text())
