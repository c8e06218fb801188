"""Telling everything again, and the Roster made anew by it."""

from typing import Any

import pytest

from tests.conftest import Outbox
from tests.people import sign_in
from tests.program.conftest import Program


class Context:
    """Lambda's, with time for so many rows."""

    def __init__(self, rows: int) -> None:
        self.rows = rows

    def get_remaining_time_in_millis(self) -> int:
        self.rows -= 1
        return 100_000 if self.rows > 0 else 1_000


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
    return program


def republish(context: Context, after: str | None = None) -> Any:
    from program.operations import handler

    return handler({"action": "republish", "after": after}, context)


def roster_items() -> dict[tuple[str, str], Any]:
    from lms.roster import RosterItem

    return {(item.owner, item.item): item.attribute_values for item in RosterItem.scan()}


def latest(outbox: Outbox) -> dict[str, Any]:
    """What each entity's last event is, as a consumer would remember it."""
    last: dict[str, Any] = {}
    for event in outbox.all():
        if event.subject not in last or event.version >= last[event.subject].version:
            last[event.subject] = event
    return last


def test_the_roster_is_rebuilt_from_its_owner_to_the_same_items(school: Program) -> None:
    from lms.roster import RosterItem

    before = roster_items()
    owned = [item for item in RosterItem.scan() if item.owner.partition("#")[0] in ("program", "course", "student")]
    for item in owned:
        item.delete()
    assert republish(Context(1000))["next"] is None
    assert roster_items() == before
    republish(Context(1000))
    assert roster_items() == before


def test_everything_is_told_at_the_versions_it_has(school: Program, outbox: Outbox) -> None:
    before = latest(outbox)
    told = republish(Context(1000))["told"]
    after = latest(outbox)
    assert told == len(before) == len(after)
    for subject, event in before.items():
        again = after[subject].model_dump()
        assert again == event.model_dump()


def test_telling_goes_on_where_it_stopped_and_tells_each_once(school: Program, outbox: Outbox) -> None:
    entities, before = len(latest(outbox)), len(outbox.all())
    answers, after = [], None
    while not answers or after is not None:
        answers.append(republish(Context(2), after))
        after = answers[-1]["next"]
        assert answers[-1]["told"] <= 2
    assert sum(answer["told"] for answer in answers) == entities
    assert len(outbox.all()) == before + entities


def test_an_operator_is_told_what_was_wrong() -> None:
    from program.operations import handler

    assert "action" in handler({"action": "erase"}, Context(1))["error"]
