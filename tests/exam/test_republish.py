"""Republishing exams and results."""

from typing import Any

import pytest

from tests.conftest import Outbox
from tests.exam.conftest import SINGLE, TEXT, ExamService
from tests.republishing import facts, last_words, republish


def republish_all(outbox: Outbox, rows: int = 1_000) -> tuple[list[Any], list[Any]]:
    """The answers, and what was published."""
    from exam.operations import handler

    before = len(outbox.all())
    return republish(handler, rows), outbox.all()[before:]


@pytest.fixture
def term(exam: ExamService) -> ExamService:
    """Exams of every state, some of whose results are out."""
    exam.draft(title="Never published")
    withdrawn = exam.publish(title="Withdrawn")
    exam.change(withdrawn["id"], published=False)
    deleted = exam.publish(title="Deleted")
    exam.http.delete(f"/exams/{deleted['id']}", token=exam.teacher.token)
    sat = exam.publish(title="Sat")
    exam.sit(sat)
    exam.pass_(minutes=61)
    exam.tick()
    marks = exam.paper(title="On paper")
    exam.record(marks["id"], 77)
    exam.grant(marks["id"], extraMinutes=5)
    exam.sit(exam.publish(TEXT, title="Waits for marks"), {})
    exam.pass_(minutes=66)
    return exam


def test_what_was_published_is_published_again_at_the_same_versions(term: ExamService, outbox: Outbox) -> None:
    before = last_words(outbox)
    republish_all(outbox)
    _, again = republish_all(outbox)
    assert sorted(event.subject for event in again) == sorted(before)
    assert {event.subject: event.model_dump() for event in again} == facts(before)
    assert facts(last_words(outbox)) == facts(before)


@pytest.mark.parametrize("rows", [1, 2])
def test_republishing_continues_where_it_stopped(term: ExamService, outbox: Outbox, rows: int) -> None:
    [whole], everything = republish_all(outbox)
    answers, again = republish_all(outbox, rows)
    assert sum(answer["republished"] for answer in answers) == whole["republished"]
    assert [event.subject for event in again] == [event.subject for event in everything]


def test_exams_of_a_deleted_course_are_republished_too(term: ExamService, outbox: Outbox) -> None:
    _, before = republish_all(outbox)
    term.delete_course(term.course)
    _, after = republish_all(outbox)
    assert len(after) == len(before) > 0


def test_no_result_is_republished_before_its_release(exam: ExamService, outbox: Outbox) -> None:
    from lms.events.exams import ResultRecorded

    running = exam.publish(title="Running")
    exam.sit(running)
    manual = exam.publish(TEXT, SINGLE, title="Manual", release="manual")
    exam.sit(manual, {1: "a"})
    republish_all(outbox)
    assert outbox.of(ResultRecorded) == []


def test_a_withdrawn_result_is_republished_as_withdrawn(exam: ExamService, outbox: Outbox) -> None:
    from lms.events.exams import ResultRecorded

    sat = exam.publish(release="onSubmit")
    exam.grant(sat["id"], exam.other, closesAt=exam.at(hours=9))
    exam.pass_(minutes=61)
    assert outbox.of(ResultRecorded)[-1].status == "missed"
    exam.grant(sat["id"], closesAt=exam.at(hours=1))
    last = [event for event in outbox.of(ResultRecorded) if event.student_id == exam.student.id][-1]
    assert not last.released
    _, again = republish_all(outbox)
    assert [event for event in again if event.subject == last.subject] == [last]
