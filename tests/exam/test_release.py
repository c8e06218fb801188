"""Release by hand: once nobody begins or answers; who begins at that instant is refused, or has a whole attempt."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from lms.events.exams import ExamChanged, ResultRecorded
from tests.at_once import Meanwhile, at_once, meanwhile
from tests.clients import Answer
from tests.conftest import Outbox
from tests.exam.conftest import Calls, ExamService, moment
from tests.exam.test_concurrency import written
from tests.people import Person

__all__ = ["meanwhile"]


def keys_seen(exam: ExamService, exam_id: str, student: Person) -> bool:
    return "correctAnswer" in exam.http.get(f"/exams/{exam_id}/questions", token=student.token).text


def statuses(outbox: Outbox, student: Person) -> list[str]:
    """The published statuses of a student's results."""
    return [event.status for event in outbox.of(ResultRecorded) if event.student_id == student.id]


def test_an_open_exam_is_released_only_if_it_is_closed_as_well(exam: ExamService, outbox: Outbox) -> None:
    published = exam.publish(release="manual", closesAt=exam.at(days=5))
    exam.sit(published)
    for fields in ({}, {"closeNow": False}):
        assert exam.release(published["id"], **fields).problem == (409, "open")
    released = exam.release(published["id"], closeNow=True)
    now = exam.at().replace("+00:00", "Z")
    assert (released.status, released.json["closesAt"], released.json["releasedAt"]) == (200, now, now)
    assert exam.start(published["id"], exam.other).problem == (409, "closed")
    assert exam.result(published["id"]).json["score"] == 100
    assert keys_seen(exam, published["id"], exam.student)
    assert [event.closes_at for event in outbox.of(ExamChanged)] == [exam.clock()]
    assert (statuses(outbox, exam.student), statuses(outbox, exam.other)) == (["passed"], ["missed"])
    assert exam.release(published["id"]).json == exam.release(published["id"], closeNow=True).json == released.json


def test_an_exam_is_open_while_a_student_with_a_later_closing_may_begin(exam: ExamService) -> None:
    published = exam.publish(release="manual")
    exam.grant(published["id"], exam.other, closesAt=exam.at(hours=5))
    exam.sit(published)
    exam.clock.advance(hours=2)
    assert exam.release(published["id"]).problem == (409, "open")
    assert exam.release(published["id"], closeNow=True).status == 200
    assert exam.start(published["id"], exam.other).problem == (409, "closed")
    assert keys_seen(exam, published["id"], exam.student)


def test_an_exam_is_open_while_a_student_with_more_time_answers_and_not_when_no_attempt_is_left(
    exam: ExamService,
) -> None:
    published = exam.publish(release="manual")
    exam.grant(published["id"], extraMinutes=30)
    exam.clock.advance(minutes=59)
    attempt = exam.started(published["id"])
    exam.clock.advance(minutes=1)
    assert exam.release(published["id"]).problem == (409, "open")
    exam.submit(attempt)
    assert exam.release(published["id"]).json["releasedAt"] is not None


def test_a_running_attempt_may_finish_after_the_exam_was_closed_and_before_anything_is_released(
    exam: ExamService, outbox: Outbox
) -> None:
    published = exam.publish(release="manual", closesAt=exam.at(hours=5), attemptsAllowed=2)
    exam.sit(published, {0: "b"})
    running = exam.started(published["id"], exam.other)
    exam.clock.advance(minutes=20)
    closed = exam.release(published["id"], closeNow=True)
    assert (closed.json["closesAt"], closed.json["releasedAt"]) == (exam.at().replace("+00:00", "Z"), None)
    assert exam.start(published["id"]).problem == (409, "closed")
    exam.pass_(minutes=39)
    assert exam.save(running, {running["questions"][0]["id"]: "a"}, exam.other).json["deadline"] == running["deadline"]
    assert exam.result(published["id"]).status == 404
    assert not keys_seen(exam, published["id"], exam.student)
    assert outbox.of(ResultRecorded) == []
    exam.pass_(minutes=1)
    exam.pass_(minutes=1)
    assert exam.result(published["id"], exam.other).json["score"] == 100
    assert keys_seen(exam, published["id"], exam.student)
    assert (statuses(outbox, exam.student), statuses(outbox, exam.other)) == (["failed"], ["passed"])
    for _ in range(2):
        exam.pass_(minutes=1)
    assert len(outbox.of(ResultRecorded)) == 2


def test_a_closed_exam_is_released_a_minute_after_the_last_submission_at_the_latest(exam: ExamService) -> None:
    published = exam.publish(release="manual", closesAt=exam.at(hours=5))
    running = exam.started(published["id"])
    exam.release(published["id"], closeNow=True)
    exam.pass_(minutes=1)
    exam.submit(running)
    assert exam.result(published["id"]).status == 404
    exam.pass_(minutes=1)
    assert exam.result(published["id"]).status == 200


def test_more_time_for_a_running_attempt_postpones_the_release(exam: ExamService) -> None:
    published = exam.publish(release="manual")
    running = exam.started(published["id"])
    exam.release(published["id"], closeNow=True)
    assert exam.grant(published["id"], extraMinutes=30).status == 200
    exam.pass_(minutes=61)
    assert exam.save(running, {running["questions"][0]["id"]: "a"}).status == 200
    assert exam.result(published["id"]).status == 404
    exam.pass_(minutes=29)
    exam.pass_(minutes=1)
    assert exam.result(published["id"]).json["score"] == 100


def test_a_closed_exam_is_not_opened_again(exam: ExamService) -> None:
    published = exam.publish(release="manual", closesAt=exam.at(hours=5))
    exam.release(published["id"], closeNow=True)
    assert exam.change(published["id"], closesAt=exam.at(hours=9)).problem == (409, "closed")
    assert exam.change(published["id"], published=False).problem == (409, "begun")


def test_results_on_paper_are_released_whenever_their_teacher_likes(exam: ExamService) -> None:
    paper = exam.paper(release="manual")
    exam.record(paper["id"], 77)
    assert exam.release(paper["id"]).status == 200
    assert exam.result(paper["id"]).json["score"] == 77


def begun(exam: ExamService) -> Any:
    """An exam that somebody has begun, so that the next start writes nothing shared."""
    published = exam.publish(release="manual", closesAt=exam.at(hours=5))
    exam.sit(published, {0: "b"})
    return published


def test_who_begins_while_the_exam_is_released_is_refused(exam: ExamService, meanwhile: Meanwhile) -> None:
    published = begun(exam)
    meanwhile(lambda: exam.release(published["id"], closeNow=True))
    assert exam.start(published["id"], exam.other).problem == (409, "closed")
    assert exam.score(published["id"], exam.other) == ("missed", 0)
    assert keys_seen(exam, published["id"], exam.student)


def test_who_begins_again_while_the_exam_is_released_is_refused_before_any_key_is_out(
    exam: ExamService, meanwhile: Meanwhile, monkeypatch: pytest.MonkeyPatch
) -> None:
    from exam.service import sweeps

    published = exam.publish(release="manual", closesAt=exam.at(hours=5), attemptsAllowed=3)
    exam.sit(published)
    release = sweeps._release

    def release_and_die(*args: Any) -> bool:
        released = release(*args)
        monkeypatch.setattr(sweeps, "run", lambda *_: 0)
        return released

    monkeypatch.setattr(sweeps, "_release", release_and_die)
    meanwhile(lambda: exam.release(published["id"], closeNow=True))
    assert exam.start(published["id"]).problem == (409, "closed")
    assert exam.score(published["id"]) == ("passed", 100)


def finishes(exam: ExamService, published: Any, attempt: Any) -> None:
    """Sees that an attempt goes on to its deadline before any key is out, and counts."""
    assert moment(attempt["deadline"]) == exam.clock() + timedelta(minutes=60)
    exam.pass_(minutes=59)
    assert not keys_seen(exam, published["id"], exam.student)
    assert exam.save(attempt, {attempt["questions"][0]["id"]: "a"}, exam.other).status == 200
    exam.pass_(minutes=1)
    exam.pass_(minutes=1)
    assert exam.result(published["id"], exam.other).json["score"] == 100
    assert keys_seen(exam, published["id"], exam.student)


def test_who_has_begun_before_the_closing_is_written_has_a_whole_attempt(
    exam: ExamService, meanwhile: Meanwhile
) -> None:
    published = begun(exam)
    answers: list[Answer] = []
    meanwhile(lambda: answers.append(exam.start(published["id"], exam.other)))
    assert exam.release(published["id"], closeNow=True).json["releasedAt"] is None
    assert answers[0].status == 201
    finishes(exam, published, answers[0].json)


def test_who_was_let_in_and_begins_after_the_closing_was_written_has_a_whole_attempt(
    exam: ExamService, meanwhile: Meanwhile, monkeypatch: pytest.MonkeyPatch
) -> None:
    from exam.service import sweeps

    published = begun(exam)

    def close_and_die() -> None:
        monkeypatch.setattr(sweeps, "run_in_request", lambda *_: None)
        assert exam.release(published["id"], closeNow=True).json["releasedAt"] is None

    meanwhile(close_and_die)
    finishes(exam, published, exam.started(published["id"], exam.other))


def test_the_first_of_all_who_begins_while_the_exam_is_released_has_a_whole_attempt(
    exam: ExamService, meanwhile: Meanwhile
) -> None:
    published = exam.publish(release="manual", closesAt=exam.at(hours=5))
    answers: list[Answer] = []
    meanwhile(lambda: answers.append(exam.start(published["id"])))
    assert exam.release(published["id"], closeNow=True).json["releasedAt"] is None
    exam.clock.advance(minutes=59)
    assert exam.save(answers[0].json, {answers[0].json["questions"][0]["id"]: "a"}).status == 200


@pytest.mark.parametrize("attempts", [1, 2])
def test_of_a_class_that_begins_while_the_exam_is_released_nobody_is_let_in_and_turned_away(
    exam: ExamService, attempts: int
) -> None:
    published = exam.publish(release="manual", closesAt=exam.at(hours=5), attemptsAllowed=attempts)
    exam.sit(published, {0: "b"})
    students = [exam.new_student() for _ in range(12)]

    def sit(student: Person) -> tuple[int, ...]:
        attempt = exam.start(published["id"], student)
        if attempt.status != 201:
            return (attempt.status,)
        saved = exam.save(attempt.json, {attempt.json["questions"][0]["id"]: "a"}, student)
        return attempt.status, saved.status, exam.submit(attempt.json, student).status

    release = partial(exam.release, published["id"], closeNow=True)
    *done, released = at_once([*(partial(sit, student) for student in students), release])
    assert released.status == 200
    assert set(done) <= {(201, 200, 200), (409,)}
    exam.pass_(minutes=1)
    exam.pass_(minutes=1)
    for student, answers in zip(students, done, strict=True):
        expected = ("missed", 0) if answers == (409,) else ("passed", 100)
        assert exam.score(published["id"], student) == expected
    assert keys_seen(exam, published["id"], exam.student)


def test_a_start_still_writes_and_checks_nothing_shared(exam: ExamService, calls: Calls) -> None:
    published = begun(exam)
    calls.clear()
    exam.started(published["id"], exam.other)
    assert {item.partition(" ")[0] for item in written(calls)} == {"StandingsTable", "AttemptAnswersTable"}


@pytest.mark.parametrize("mode", ["onClose", "onSubmit", "manual"])
def test_nothing_is_granted_to_a_student_once_keys_are_out(exam: ExamService, mode: str) -> None:
    published = exam.publish(release=mode)
    exam.grant(published["id"], exam.other, extraMinutes=30)
    exam.sit(published, student=exam.other)
    exam.pass_(minutes=89)
    assert exam.grant(published["id"], extraMinutes=10).status == 200
    exam.pass_(minutes=1)
    if mode == "manual":
        assert exam.grant(published["id"], extraMinutes=20).status == 200
        assert exam.release(published["id"]).status == 200
    for fields in ({"closesAt": exam.at(hours=2)}, {"extraAttempts": 1}, {"extraMinutes": 90}, {}):
        for student in (exam.student, exam.other):
            assert exam.grant(published["id"], student, **fields).problem == (409, "released")
    for student in (exam.student, exam.other):
        assert exam.start(published["id"], student).problem == (409, "closed")


def test_what_is_granted_while_the_exam_is_released_is_refused(exam: ExamService, meanwhile: Meanwhile) -> None:
    published = exam.publish(release="manual")
    exam.sit(published)
    exam.clock.advance(hours=1)
    meanwhile(lambda: exam.release(published["id"]))
    assert exam.grant(published["id"], closesAt=exam.at(hours=2), extraAttempts=1).problem == (409, "released")
    assert exam.start(published["id"]).problem == (409, "closed")


def test_an_exam_is_not_released_while_a_student_is_granted_a_later_closing(
    exam: ExamService, meanwhile: Meanwhile
) -> None:
    published = exam.publish(release="manual")
    exam.sit(published)
    exam.clock.advance(hours=1)
    meanwhile(lambda: exam.grant(published["id"], exam.other, closesAt=exam.at(hours=2)))
    assert exam.release(published["id"]).problem == (409, "open")
    assert exam.started(published["id"], exam.other)
    assert not keys_seen(exam, published["id"], exam.student)


def test_an_exam_is_not_released_while_a_student_is_let_in_whose_closing_moves_nothing(
    exam: ExamService, meanwhile: Meanwhile
) -> None:
    published = exam.publish(release="manual")
    exam.grant(published["id"], exam.other, closesAt=exam.at(hours=9))
    exam.sit(published, student=exam.other)
    exam.clock.advance(hours=1)
    meanwhile(lambda: exam.grant(published["id"], closesAt=exam.at(hours=2)))
    assert exam.release(published["id"]).problem == (409, "open")
    assert exam.release(published["id"], closeNow=True).status == 200
