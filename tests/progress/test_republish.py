"""Republishing progress, attendance and feedback."""

from typing import Any

import pytest

from tests.conftest import Outbox
from tests.progress.conftest import School
from tests.republishing import facts, last_words, republish


def republish_all(outbox: Outbox, rows: int = 1_000) -> tuple[list[Any], list[Any]]:
    """The answers, and what was published."""
    from progress.operations import handler

    before = len(outbox.all())
    return republish(handler, rows), outbox.all()[before:]


@pytest.fixture
def term(school: School) -> School:
    """Two students who learned, were there, and said how it was."""
    other = school.new_student()
    _, (first, second) = school.outline.add_module(2)
    school.learn(first, second)
    school.learn(first, student=other)
    for day in ("2027-01-04", "2027-01-05"):
        school.record(day, {school.student: "present", other: "excused"})
    school.record("2027-01-04", {school.student: "late", other: "excused"})
    school.rate(5)
    school.rate(2, other)
    return school


def test_everything_is_republished_at_the_version_it_has(term: School, outbox: Outbox) -> None:
    before = last_words(outbox)
    [answer], again = republish_all(outbox)
    assert answer["republished"] == len(again) == len(before) == 6
    assert {event.subject: event.model_dump() for event in again} == facts(before)


@pytest.mark.parametrize("rows", [1, 2, 5])
def test_republishing_continues_where_it_stopped(term: School, outbox: Outbox, rows: int) -> None:
    answers, again = republish_all(outbox, rows)
    assert sum(answer["republished"] for answer in answers) == 6
    assert len({event.subject for event in again}) == len(again) == 6


def test_progress_that_has_not_followed_the_outline_yet_is_published_as_it_is_by_now(
    term: School, outbox: Outbox
) -> None:
    from lms.events.progress import ProgressUpdated

    before = last_words(outbox)
    term.outline.add_module(2)
    _, again = republish_all(outbox)
    for event in (event for event in again if isinstance(event, ProgressUpdated)):
        assert event.version == before[event.subject].version + 1
        assert event.completion_percentage * 2 == before[event.subject].completion_percentage


def test_feedback_of_an_erased_student_is_published_without_them(term: School, outbox: Outbox) -> None:
    from lms.events.progress import FeedbackSubmitted
    from lms.events.users import UserErased

    term.consume(UserErased(version=2, user_id=term.student.id))
    _, again = republish_all(outbox)
    given = [event for event in again if isinstance(event, FeedbackSubmitted)]
    assert sorted(event.rating for event in given) == [2, 5]
