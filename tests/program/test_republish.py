"""Republishing everything, which also writes the Roster anew."""

import pytest

from tests.conftest import Outbox
from tests.people import sign_in
from tests.program.conftest import Program
from tests.republishing import Context, facts, last_words, republish
from tests.roster_rows import remove_rows, rows
from tests.world import add_term


@pytest.fixture
def school(program: Program) -> Program:
    """Programs and courses, some deleted, and enrolments of every state."""
    courses = [program.new_course(f"Course {n}") for n in range(3)]
    students = [sign_in("student") for _ in range(3)]
    for course in courses:
        for student in students:
            program.enroll(course, student)
    program.drop(courses[0], students[0])
    program.set_status(courses[0], students[1], "completed")
    for student in students:
        program.drop(courses[1], student)
    program.http.delete(f"/courses/{courses[1]}/delete", token=program.admin.token)
    gone = program.new_program("Gone")["id"]
    program.http.delete(f"/programs/{gone}/delete", token=program.admin.token)
    program.new_program("Empty")
    program.update(courses[2], termId=add_term())
    return program


def test_the_roster_is_rebuilt_from_its_owner_to_the_same_items(school: Program) -> None:
    from program.operations import handler

    before = rows()
    remove_rows("program", "course", "courses", "student", "term_courses")
    republish(handler)
    assert rows() == before
    republish(handler)
    assert rows() == before


def test_every_course_that_ever_was_is_listed_for_the_other_owners(school: Program) -> None:
    from lms.pages import PageRequest, Position
    from lms.roster import all_courses

    listed, after = all_courses(PageRequest.at(Position(0, None), 2))
    assert after is not None
    rest, end = all_courses(PageRequest.at(after, 2))
    assert len({*listed, *rest}) == 3
    assert end is None


def test_everything_is_republished_at_the_versions_it_has(school: Program, outbox: Outbox) -> None:
    from program.operations import handler

    before = last_words(outbox)
    [answer] = republish(handler)
    after = last_words(outbox)
    assert answer["republished"] == len(before)
    assert facts(after) == facts(before)


@pytest.mark.parametrize("rows", [1, 2, 3])
def test_republishing_goes_on_where_it_stopped_and_emits_each_once(school: Program, outbox: Outbox, rows: int) -> None:
    from program.operations import handler

    entities, before = len(last_words(outbox)), len(outbox.all())
    answers = republish(handler, rows)
    assert all(answer["republished"] <= rows for answer in answers)
    assert sum(answer["republished"] for answer in answers) == entities
    assert len(outbox.all()) == before + entities


def test_an_operator_reads_what_was_wrong() -> None:
    from program.operations import handler

    assert "action" in handler({"action": "erase"}, Context(1))["error"]
