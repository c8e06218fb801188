"""Progress's screens, in a course of thirty students and ten sessions."""

from collections.abc import Iterator
from typing import Any

from benchmarks.meter import Row
from tests.conftest import Clock
from tests.people import Person, publish_key
from tests.progress.conftest import School


def rows() -> Iterator[Row]:
    publish_key()
    school = School(Clock())
    _, [lesson, *_] = school.outline.add_module(10)
    students = [school.student, *(school.new_student() for _ in range(29))]
    for day in range(1, 11):
        school.record(f"2027-03-{day:02}", dict.fromkeys(students, "present"))
    for student in students:
        school.rate(5, student, comment="Clear.")
    student, teacher, admin = school.student, school.teacher, school.admin
    attendance, feedback = f"/attendance/{school.course}", f"/feedback/{school.course}"

    def row(endpoint: str, caller: Person, path: str, most_calls: int, **query: str) -> Row:
        method = endpoint.partition(" ")[0]

        def call() -> Any:
            return school.http(method, path, token=caller.token, query=query)

        return Row(endpoint, caller.role, call, most_calls=most_calls)

    yield row("GET /progress/{id}/{id}", student, school.path(), 1)
    yield row("PUT /progress/{id}/{id}/lessons/{id}", student, f"{school.path()}/lessons/{lesson}", 3)
    yield row("GET /attendance/{id}", student, attendance, 3)
    yield row("GET /attendance/{id}", teacher, attendance, 3)
    yield row("GET /attendance/{id}?date=", teacher, attendance, 3, date="2027-03-04")
    yield row("DELETE /attendance/{id}/{date}", teacher, f"{attendance}/2027-03-04", 3)
    yield row("GET /feedback/{id}", student, feedback, 2)
    yield row("GET /feedback/{id}", admin, feedback, 2)
