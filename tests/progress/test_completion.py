"""From the last lesson to a completed enrolment: what progress publishes, and what program makes of it."""

from typing import Any
from uuid import UUID

import pytest

from lms import roster
from lms.events.enrollments import StudentCompleted
from lms.events.progress import ProgressUpdated
from tests.conftest import Outbox
from tests.program.conftest import Program, program
from tests.progress.conftest import School

__all__ = ["program"]


@pytest.fixture
def enrolled(program: Program, school: School) -> Program:
    """The program service with a student of the school in a course of the school, which has one seat."""
    program.student = school.student
    course = program.new_course(capacity=1)
    school.outline.course_id = school.course = UUID(course)
    school.assign(school.teacher, school.course)
    assert program.enroll(course).status == 201
    return program


def _deliver(program: Program, outbox: Outbox) -> None:
    program.consume(*outbox.of(ProgressUpdated))


def _status(school: School) -> Any:
    return roster.enrollment_of(school.student.id, school.course)


def test_the_last_lesson_completes_the_enrolment_and_frees_the_seat(
    school: School, enrolled: Program, outbox: Outbox
) -> None:
    _, [one, two] = school.outline.add_module(lessons=2)
    school.learn(one)
    _deliver(enrolled, outbox)
    assert _status(school) == "active"
    school.learn(two)
    _deliver(enrolled, outbox)
    assert _status(school) == "completed"
    assert enrolled.seats_taken(str(school.course)) == 0
    assert [event.student_id for event in outbox.of(StudentCompleted)] == [school.student.id]


def test_it_is_completed_once_however_often_and_in_whatever_order_it_is_published(
    school: School, enrolled: Program, outbox: Outbox
) -> None:
    _, [one, two] = school.outline.add_module(lessons=2)
    school.learn(one, two)
    school.unmark(two)
    events = outbox.of(ProgressUpdated)
    enrolled.consume(*reversed(events), *events)
    assert _status(school) == "completed"
    assert len(outbox.of(StudentCompleted)) == 1
    assert enrolled.seats_taken(str(school.course)) == 0


def test_what_a_teacher_made_active_again_stays_active(school: School, enrolled: Program, outbox: Outbox) -> None:
    _, [one] = school.outline.add_module(lessons=1)
    school.learn(one)
    _deliver(enrolled, outbox)
    assert enrolled.set_status(str(school.course), school.student, "active").status == 200
    school.unmark(one)
    school.learn(one)
    _deliver(enrolled, outbox)
    assert _status(school) == "active"
    assert enrolled.seats_taken(str(school.course)) == 1


def test_late_news_complete_nothing_after_a_teacher_had_completed_it_first(
    school: School, enrolled: Program, outbox: Outbox
) -> None:
    _, [one] = school.outline.add_module(lessons=1)
    school.learn(one)
    enrolled.set_status(str(school.course), school.student, "completed")
    _deliver(enrolled, outbox)
    enrolled.set_status(str(school.course), school.student, "active")
    _deliver(enrolled, outbox)
    assert _status(school) == "active"


def test_who_dropped_out_is_not_completed_but_may_be_after_coming_back(
    school: School, enrolled: Program, outbox: Outbox
) -> None:
    _, [one] = school.outline.add_module(lessons=1)
    school.learn(one)
    enrolled.drop(str(school.course))
    _deliver(enrolled, outbox)
    assert _status(school) == "dropped"
    assert enrolled.enroll(str(school.course)).status == 201
    _deliver(enrolled, outbox)
    assert _status(school) == "completed"


def test_progress_of_somebody_who_never_enrolled_is_no_fault(school: School, enrolled: Program) -> None:
    fields = {"version": 1, "current_module": None, "completion_percentage": 100, "completed": True}
    enrolled.consume(ProgressUpdated(student_id=school.admin.id, course_id=school.course, **fields))
    assert roster.enrollment_of(school.admin.id, school.course) is None
