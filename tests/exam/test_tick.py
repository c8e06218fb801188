"""The tick: deadlines and closings found by index, page by page, also when something fails in between."""

from datetime import timedelta
from typing import Any

import pytest

from lms.due import Unfinished
from lms.events.exams import ResultRecorded
from tests.at_once import Meanwhile, meanwhile
from tests.clients import Context
from tests.conftest import Outbox
from tests.exam.conftest import SINGLE, TRUEFALSE, Calls, ExamService, scheduled_sweeps, stored_standings

__all__ = ["meanwhile"]

NO_TIME = Context(9_000)


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    from exam.service import sweeps
    from exam.tick import OverdueAttempts

    monkeypatch.setattr(sweeps, "_PAGE", 2)
    monkeypatch.setattr(OverdueAttempts, "page_size", 2)


def test_what_was_never_submitted_is_submitted_and_graded_at_its_deadline(exam: ExamService) -> None:
    published = exam.publish(duration=30, closesAt=exam.at(hours=5))
    attempt = exam.started(published["id"])
    exam.save(attempt, {attempt["questions"][0]["id"]: "a"})
    exam.pass_(minutes=29)
    assert exam.show(attempt).json["status"] == "running"
    exam.clock.advance(minutes=7)
    seen = exam.show(attempt).json
    exam.tick()
    assert exam.show(attempt).json == seen
    assert (seen["status"], seen["submittedAt"], seen["version"]) == ("submitted", attempt["deadline"], 3)
    assert exam.score(published["id"]) == ("passed", 100)
    exam.tick()
    assert exam.results(published["id"])["summary"]["count"] == 1


def test_a_minute_without_anything_due_reads_the_indexes_and_nothing_else(exam: ExamService, calls: Calls) -> None:
    published = exam.publish(closesAt=exam.at(hours=5))
    exam.started(published["id"])
    calls.clear()
    exam.tick()
    assert [operation for operation, _ in calls] == ["Query"] * 16
    assert {kwargs["IndexName"] for _, kwargs in calls} == {"due"}


def test_a_deadline_that_was_moved_is_waited_for(exam: ExamService) -> None:
    published = exam.publish(closesAt=exam.at(minutes=30))
    attempt = exam.started(published["id"])
    exam.change(published["id"], closesAt=exam.at(minutes=45))
    exam.pass_(minutes=30)
    assert exam.show(attempt).json["status"] == "running"
    exam.pass_(minutes=15)
    assert exam.show(attempt, exam.teacher).json["status"] == "graded"


def test_students_that_do_not_fit_into_one_minute_come_in_the_next(exam: ExamService, small_pages: None) -> None:
    published = exam.publish(duration=30, closesAt=exam.at(hours=5))
    students = [exam.new_student() for _ in range(7)]
    for student in students:
        exam.started(published["id"], student)
    exam.clock.advance(minutes=30)
    exam.tick(NO_TIME)
    assert exam.results(published["id"])["summary"]["count"] == 0
    exam.tick(Context(looks=2))
    assert 0 < exam.results(published["id"])["summary"]["count"] < 7
    exam.tick()
    assert exam.results(published["id"])["summary"]["count"] == 7


def test_a_sweep_continues_where_the_last_run_stopped(exam: ExamService, small_pages: None, outbox: Outbox) -> None:
    published = exam.publish()
    for student in (exam.new_student() for _ in range(5)):
        exam.sit(published, student=student)
    exam.clock.advance(hours=1)
    published_so_far = 0
    for _ in range(10):
        exam.tick(Context(looks=3))
        before, published_so_far = published_so_far, len(outbox.of(ResultRecorded))
        assert published_so_far - before <= 4
    assert published_so_far == 7
    versions = {(event.subject, event.version) for event in outbox.of(ResultRecorded)}
    assert len(versions) == 7


def test_one_student_who_fails_does_not_hold_up_the_others(
    exam: ExamService, small_pages: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    from exam.service import standings

    published = exam.publish(duration=30, closesAt=exam.at(hours=5))
    students = [exam.new_student() for _ in range(5)]
    for student in students:
        exam.started(published["id"], student)
    exam.clock.advance(minutes=30)
    bring_up_to_date = standings.bring_up_to_date

    def fail_for_one(exam_id: Any, student_id: Any, now: Any) -> None:
        if student_id == students[0].id:
            raise RuntimeError("storage of one item is damaged")
        bring_up_to_date(exam_id, student_id, now)

    monkeypatch.setattr(standings, "bring_up_to_date", fail_for_one)
    with pytest.raises(Unfinished):
        exam.tick()
    assert exam.results(published["id"])["summary"]["count"] == 4
    monkeypatch.setattr(standings, "bring_up_to_date", bring_up_to_date)
    exam.tick()
    assert exam.results(published["id"])["summary"]["count"] == 5


def test_a_sweep_goes_past_a_student_who_fails_and_comes_back_to_them(
    exam: ExamService, small_pages: None, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    from exam.service import standings

    published = exam.publish()
    for student in (exam.new_student() for _ in range(5)):
        exam.sit(published, student=student)
    bring_up_to_date, damaged = standings.bring_up_to_date, {exam.student.id}

    def fail_for_one(exam_id: Any, student_id: Any, now: Any) -> None:
        if student_id in damaged:
            raise RuntimeError("storage of one item is damaged")
        bring_up_to_date(exam_id, student_id, now)

    monkeypatch.setattr(standings, "bring_up_to_date", fail_for_one)
    exam.clock.advance(hours=1)
    for _ in range(4):
        with pytest.raises(Unfinished):
            exam.tick()
        assert len(outbox.of(ResultRecorded)) == 6
        exam.clock.advance(minutes=1)
    damaged.clear()
    exam.tick()
    assert exam.result(published["id"]).json["status"] == "missed"
    assert len(outbox.of(ResultRecorded)) == 7


def test_a_sweep_that_crashed_continues_from_its_last_page(
    exam: ExamService, small_pages: None, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    from exam.service import sweeps

    published = exam.publish()
    for student in (exam.new_student() for _ in range(3)):
        exam.sit(published, student=student)
    exam.clock.advance(hours=1)
    note, pages = sweeps._note_progress, iter(range(9))

    def crash(*args: Any, **kwargs: Any) -> bool:
        if next(pages) == 1:
            raise MemoryError
        return note(*args, **kwargs)

    monkeypatch.setattr(sweeps, "_note_progress", crash)
    with pytest.raises(Unfinished):
        exam.tick()
    published_so_far = len(outbox.of(ResultRecorded))
    assert 0 < published_so_far < 5
    exam.tick()
    assert len(outbox.of(ResultRecorded)) == 5


def test_a_result_graded_by_the_old_key_during_its_correction_is_corrected_a_minute_later(
    exam: ExamService, meanwhile: Meanwhile
) -> None:
    published = exam.publish(TRUEFALSE, release="onSubmit")
    attempt = exam.started(published["id"])
    (question,) = exam.questions(published["id"])
    exam.save(attempt, {question["id"]: False})
    meanwhile(lambda: exam.regrade(published["id"], question["id"], False))
    assert exam.submit(attempt).json["score"] == 0
    exam.pass_(seconds=59)
    assert exam.score(published["id"]) == ("failed", 0)
    exam.pass_(seconds=1)
    assert exam.score(published["id"]) == ("passed", 100)


def test_nothing_is_due_any_more_when_all_is_done(exam: ExamService) -> None:
    published = exam.publish(SINGLE, attemptsAllowed=2)
    exam.sit(published)
    exam.started(published["id"], exam.other)
    assert len([item for item in stored_standings() if item.due_at is not None]) == 1
    assert [sweep.due_at for sweep in scheduled_sweeps()] == [exam.clock() + timedelta(hours=1)]
    exam.pass_(hours=1)
    exam.pass_(minutes=1)
    exam.pass_(minutes=1)
    assert [item for item in stored_standings() if item.due_at is not None] == []
    assert scheduled_sweeps() == []
