"""500 people with two courses each, imported from a list on the whole stack.

    PYTHONPATH=functions:layers/shared .venv/bin/python -m benchmarks.imports     (`make bench` does)

It starts a stack of its own and stops it. The list is sent as a table through the gateway: as a dry run, for good, and
once more; then it waits until everybody is in both courses. A row is compared with the invitation of one person, which
is measured in the same run. Fails when a row is refused, when an answer takes longer than 20 seconds, or when somebody
is missing.
"""

import csv
import io
import time
from collections.abc import Callable
from statistics import median
from typing import Any

from benchmarks.figures import table
from benchmarks.own_stack import own_stack
from tests.stack.taught import Course

ROWS, INVITATIONS, COURSES = 500, 20, 2
GOAL_SECONDS = 20
_PATIENCE_SECONDS = 600
_LOOK_SECONDS = 0.5


def main() -> None:
    with own_stack() as stack:
        courses = [Course(stack, f"Imported {number}") for number in range(COURSES)]
        one = median(_timed(lambda number=number: _invite(courses[0], number))[0] for number in range(INVITATIONS))
        upload = _csv([course.id for course in courses])
        steps = [(name, *_send(courses[0], upload, **query)) for name, query in _STEPS]
        waited, _ = _timed(lambda: _wait_for_all(courses))
    columns = [f"a list of {ROWS} people", "seconds", "ms a row", "one invitation's"]
    rows = [[name, f"{took:.1f}", f"{1000 * took / ROWS:.1f}", f"{took / ROWS / one:.2f}"] for name, took, _ in steps]
    print(table(columns, [*rows, [f"until all are in {COURSES} courses", f"{waited:.1f}", "", ""]]))
    outcomes = [
        answer[outcome] for (_, _, answer), outcome in zip(steps, ("created", "created", "unchanged"), strict=True)
    ]
    slow = [name for name, took, _ in steps if took > GOAL_SECONDS]
    if outcomes != [ROWS] * len(steps) or slow:
        raise SystemExit(f"not {ROWS} each: {outcomes}; slower than {GOAL_SECONDS} s: {slow}")


_STEPS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("dry run", {"dryRun": "true"}),
    ("import", {}),
    ("the same again", {}),
)


def _invite(course: Course, number: int) -> None:
    body = {"username": f"single-{number}", "email": f"single-{number}@example.com", "is_type": "student"}
    course.done(course.admin, "POST", "/auth/users", body)


def _csv(course_ids: list[str]) -> bytes:
    upload = io.StringIO()
    writer = csv.writer(upload)
    writer.writerow(["email", "name", "is_type", "roll_no", "courses"])
    for number in range(ROWS):
        writer.writerow(
            [f"import-{number}@example.com", f"Amina Khan {number}", "student", f"I-{number}", ";".join(course_ids)]
        )
    return upload.getvalue().encode()


def _send(course: Course, upload: bytes, **query: str) -> tuple[float, Any]:
    headers = {"Content-Type": "text/csv"}
    took, answer = _timed(
        lambda: course.admin.call("POST", "/auth/users/import", content=upload, headers=headers, params=query)
    )
    if answer.status_code != 200:
        raise SystemExit(f"{answer.status_code} {answer.text[:500]}")
    return took, answer.json()


def _wait_for_all(courses: list[Course]) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while (enrolled := [_enrolled(course) for course in courses]) != [ROWS] * len(courses):
        if time.monotonic() > deadline:
            raise SystemExit(f"enrolled: {enrolled}")
        time.sleep(_LOOK_SECONDS)


def _enrolled(course: Course) -> int:
    answer = course.done(course.teacher, "GET", f"/instructors/{_teacher_id(course)}/classes?limit=100")
    return next(one["students"] for one in answer["items"] if one["course_id"] == course.id)


def _teacher_id(course: Course) -> str:
    found: str = course.done(course.teacher, "GET", "/auth/profile")["id"]
    return found


def _timed(call: Callable[[], Any]) -> tuple[float, Any]:
    began = time.perf_counter()
    answer = call()
    return time.perf_counter() - began, answer


if __name__ == "__main__":
    main()
