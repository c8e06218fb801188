"""Courses as people see them: with their program, term and teachers, and the seats that are left."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from lms import roster
from lms.dynamo import Key, read_together
from program import rules
from program.schemas import CourseTeacher, CourseView
from program.service import teachers
from program.tables import Course, CourseTeachers, Seats


@dataclass(frozen=True)
class Shown:
    """A course with its rows of `keys_beside`."""

    course: Course
    seats: Seats | None
    teachers: CourseTeachers | None


def show(course: Course, version: int) -> CourseView:
    """A course, at the version that it has or gets."""
    [fields] = _all_fields([course])
    return CourseView.model_validate({**fields, "version": version})


def show_all(courses: Sequence[Course]) -> list[CourseView]:
    """Courses, in two reads."""
    return [CourseView.model_validate(fields) for fields in _all_fields(courses)]


def _all_fields(courses: Sequence[Course]) -> list[dict[str, Any]]:
    rows = iter(read_together([key for course in courses for key in keys_beside(course.id)]))
    return fields_of([Shown(course, next(rows), next(rows)) for course in courses])


def keys_beside(course_id: UUID) -> list[Key]:
    """Where the rest of what a course shows is, for `read_together`."""
    return [(Seats, course_id, None), (CourseTeachers, course_id, None)]


def fields_of(rows: Sequence[Shown]) -> list[dict[str, Any]]:
    """What the views of courses hold: one read for the names."""
    keys = list(dict.fromkeys(key for row in rows for key in _keys_of_names(row)))
    found = dict(zip(keys, read_together(keys), strict=True))
    return [_fields(row, found) for row in rows]


def _keys_of_names(row: Shown) -> Iterable[Key]:
    yield roster.program_key(row.course.program_id)
    if row.course.term_id:
        yield roster.term_key(row.course.term_id)
    yield from map(roster.user_key, teachers.active(row.teachers))


def _fields(row: Shown, found: dict[Key, Any]) -> dict[str, Any]:
    course = row.course
    program = found[roster.program_key(course.program_id)]
    term = found[roster.term_key(course.term_id)] if course.term_id else None
    cards = [found[roster.user_key(teacher_id)] for teacher_id in teachers.active(row.teachers)]
    return {
        **course.attribute_values,
        # A program ends after its courses, which the index may show for a moment longer.
        "program_title": program.title if program else "",
        "teachers": [CourseTeacher(id=card.id, name=card.name) for card in cards if card],
        "term_title": term.title if term else None,
        "term_starts_on": term.starts_on if term else None,
        "term_ends_on": term.ends_on if term else None,
        "seats_left": _seats_left(row),
    }


def _seats_left(row: Shown) -> int | None:
    capacity, taken = row.course.capacity, row.seats.taken if row.seats else 0
    return None if capacity is None else rules.seats_left(int(capacity), int(taken))
