"""`republish` of every owner: where to go on is what its own answer said, or is refused."""

from collections.abc import Sequence
from datetime import datetime
from importlib import import_module
from itertools import count
from typing import NamedTuple
from uuid import UUID

import pytest

from lms.pages import PageRequest, Position, slice_page
from lms.republish import Collection, NotTheNext, go_through
from tests.conftest import Outbox
from tests.recorded import event
from tests.republishing import Context

ID = "018f4e2a-7c1e-7d3b-9a54-2f6f1c0d9e11"

every_owner = pytest.mark.parametrize(
    "owner", ["auth", "content", "exam", "instructor", "payment", "program", "progress"]
)


@every_owner
def test_a_place_that_is_none_is_refused(outbox: Outbox, owner: str) -> None:
    handler = import_module(f"{owner}.operations").handler
    for after in ("", "nonsense", "student#active nonsense", f"listed {ID}#", f"{ID} progress", f"{ID}\n"):
        assert handler({"action": "republish", "after": after}, Context(1)) == {
            "error": "after: this is not the `next` of an answer to the same command."
        }


@every_owner
def test_the_recorded_command_is_carried_out(outbox: Outbox, owner: str) -> None:
    handler = import_module(f"{owner}.operations").handler
    assert handler(event("republish"), Context(1)) == {"republished": 0, "next": None}


class Row(NamedTuple):
    id: UUID


class School:
    """Courses with lessons and students, in memory; `done` is what was gone through."""

    def __init__(self, *sizes: tuple[int, int]) -> None:
        ids = map(UUID, map("{:032d}".format, count()))
        self.courses = [next(ids) for _ in sizes]
        self.lessons = {
            course: [Row(next(ids)) for _ in range(n)] for course, (n, _) in zip(self.courses, sizes, strict=True)
        }
        self.students = {
            course: [Row(next(ids)) for _ in range(n)] for course, (_, n) in zip(self.courses, sizes, strict=True)
        }
        self.done: list[UUID] = []
        self.everything = [
            Collection(
                lambda paging: slice_page(self.courses, str, paging),
                self._do,
                [Collection(self._lessons, self._do), Collection(self._students, self._do)],
            )
        ]

    def _do(self, row: UUID | Row, now: datetime) -> None:
        self.done.append(row if isinstance(row, UUID) else row.id)

    def _lessons(self, course: UUID, paging: PageRequest) -> tuple[Sequence[Row], Position | None]:
        return slice_page(self.lessons[course], lambda row: row.id, paging)

    def _students(self, course: UUID, paging: PageRequest) -> tuple[Sequence[Row], Position | None]:
        return slice_page(self.students[course], lambda row: row.id, paging)

    def go_through(self, pages: int, after: str | None = None) -> str | None:
        return go_through(self.everything, "republish", after, Context(pages))[1]

    @property
    def in_order(self) -> list[UUID]:
        below = {course: [row.id for row in [*self.lessons[course], *self.students[course]]] for course in self.courses}
        return [id_ for course in self.courses for id_ in [course, *below[course]]]


@pytest.mark.parametrize("page", [1, 2, 25])
@pytest.mark.parametrize("pages", [1, 2, 3, 1_000])
@pytest.mark.parametrize("sizes", [[], [(0, 0)], [(3, 0), (0, 0), (0, 2), (4, 4)], [(1, 0), (0, 0)]])
def test_every_row_is_done_once_in_order_wherever_time_is_up(
    monkeypatch: pytest.MonkeyPatch, page: int, pages: int, sizes: list[tuple[int, int]]
) -> None:
    monkeypatch.setattr("lms.republish.PAGE", page)
    school = School(*sizes)
    after = school.go_through(pages)
    while after is not None:
        after = school.go_through(pages, after)
    assert school.done == school.in_order


def test_rows_that_are_gone_by_the_next_call_are_not_missed_by_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lms.republish.PAGE", 1)
    school = School((3, 0), (2, 0))
    expected = school.in_order
    after = school.go_through(3)
    assert school.done == expected[:3]
    school.courses.pop(0)
    while after is not None:
        after = school.go_through(1_000, after)
    assert school.done == expected


def test_where_another_command_stopped_is_refused() -> None:
    school = School((3, 0), (2, 0))
    after = school.go_through(1)
    with pytest.raises(NotTheNext):
        go_through(school.everything, "retire_credentials", after, Context(1))
