"""The schedule of a course, fed by the events of exam."""

from datetime import timedelta
from itertools import permutations
from typing import Any
from uuid import UUID, uuid4

import pytest

from lms.events import Event
from lms.events.exams import ExamCancelled, ExamChanged, ExamScheduled
from tests.program.conftest import Program


@pytest.fixture
def course(program: Program) -> str:
    return program.new_course()


def _exam_event(
    program: Program, course: str, kind: type[ExamScheduled | ExamChanged], **state: Any
) -> ExamScheduled | ExamChanged:
    opens = program.clock() + timedelta(days=state.pop("days", 1))
    return kind(
        course_id=UUID(course),
        opens_at=opens,
        closes_at=opens + timedelta(hours=1),
        **{
            "exam_id": uuid4(),
            "version": 1,
            "title": "Midterm",
            "duration": 60,
            "weight": 1,
            "pass_mark": 50,
            "paper": False,
            **state,
        },
    )


def _schedule(program: Program, course: str, **query: str) -> Any:
    answer = program.http.get("/courses/schedule", token=program.admin.token, query={"courseId": course, **query})
    assert answer.status == 200, answer
    return answer.json


def test_exams_are_listed_soonest_first_page_by_page(program: Program, course: str) -> None:
    for days in (3, 1, 2):
        program.consume(_exam_event(program, course, ExamScheduled, days=days, title=f"in {days}"))
    program.consume(_exam_event(program, program.new_course("other"), ExamScheduled))
    first = _schedule(program, course, limit="2")
    rest = _schedule(program, course, limit="2", cursor=first["next"])
    assert [exam["title"] for exam in first["items"] + rest["items"]] == ["in 1", "in 2", "in 3"]
    assert set(first["items"][0]) == {"examId", "title", "examDate", "closesAt", "duration"}


def test_the_newest_word_of_an_exam_stands_in_whatever_order_it_comes(program: Program, course: str) -> None:
    for order in permutations((0, 1, 2)):
        exam_id = uuid4()
        events: list[Event] = [
            _exam_event(program, course, ExamScheduled, exam_id=exam_id, version=2),
            _exam_event(program, course, ExamChanged, exam_id=exam_id, version=3, title="Moved", days=5),
            _exam_event(program, course, ExamScheduled, exam_id=exam_id, version=2),
        ]
        program.consume(*(events[index] for index in order))
        listed = [exam for exam in _schedule(program, course, limit="100")["items"] if exam["examId"] == str(exam_id)]
        assert [exam["title"] for exam in listed] == ["Moved"]


def test_a_cancelled_exam_is_gone_for_late_news_of_it_too(program: Program, course: str) -> None:
    scheduled = _exam_event(program, course, ExamScheduled)
    cancelled = ExamCancelled(version=2, exam_id=scheduled.exam_id, course_id=UUID(course))
    program.consume(scheduled, cancelled, scheduled)
    assert _schedule(program, course)["items"] == []
