"""Submitted attempts that go on, and accommodations that are listed and taken back."""

from datetime import timedelta
from typing import Any

import pytest

from lms.events.audit import Audited
from lms.events.exams import AttemptReopened, MarkingChanged, ResultRecorded
from tests.clients import Answer
from tests.conftest import Outbox
from tests.exam.conftest import SINGLE, TEXT, ExamService, moment
from tests.people import sign_in


def reopen(exam: ExamService, attempt: Any, minutes: int = 15, **fields: Any) -> Answer:
    body = {"minutes": minutes, "reason": "The power failed", **fields}
    return exam.http.post(f"/attempts/{attempt['id']}/reopen", body, token=exam.teacher.token)


def test_a_reopened_attempt_goes_on_with_its_answers(exam: ExamService, outbox: Outbox) -> None:
    published = exam.publish(SINGLE, TEXT)
    single, text = (question["id"] for question in exam.questions(published["id"]))
    attempt = exam.sit(published, {0: "b", 1: "Beca"})
    exam.mark(attempt, {text: 1})
    exam.clock.advance(minutes=50)
    answer = reopen(exam, attempt)
    assert (answer.status, answer.json["status"], answer.json["score"]) == (200, "running", None)
    assert moment(answer.json["deadline"]) == exam.clock() + timedelta(minutes=15)
    assert [(change["score"], change["reason"]) for change in answer.json["history"]] == [(16.67, "The power failed")]
    assert exam.start(published["id"]).json["answers"] == {single: "b", text: "Beca"}
    exam.clock.advance(minutes=14)
    assert exam.save(attempt, {single: "a", text: "Because"}).status == 200
    exam.submit(attempt)
    seen = exam.show(attempt, exam.teacher).json
    assert (seen["status"], seen["marks"]) == ("pending", {single: 2, text: None})
    assert [event.waiting for event in outbox.of(MarkingChanged)] == [1, 0, 1]
    assert [event.action for event in outbox.of(Audited)] == ["attempt.marked", "attempt.reopened"]
    [reopened] = outbox.of(AttemptReopened)
    assert (str(reopened.student_id), reopened.until) == (str(exam.student.id), moment(answer.json["deadline"]))


def test_no_key_is_out_before_a_reopened_attempt_ends(exam: ExamService) -> None:
    published = exam.publish()
    attempt = exam.sit(published, {0: "b"})
    exam.sit(published, student=exam.other)
    exam.clock.advance(minutes=59)
    assert reopen(exam, attempt, 30).status == 200
    exam.grant(published["id"], exam.other, extraMinutes=1)
    exam.pass_(minutes=20)
    assert exam.result(published["id"], exam.other).status == 404
    exam.pass_(minutes=10)
    assert exam.result(published["id"], exam.other).json["score"] == 100
    assert exam.score(published["id"]) == ("failed", 0)


def test_a_result_that_is_out_is_withdrawn_until_the_attempt_ends_again(exam: ExamService, outbox: Outbox) -> None:
    published = exam.publish(release="onSubmit")
    attempt = exam.sit(published)
    reopen(exam, attempt)
    assert exam.results(published["id"])["summary"]["count"] == 0
    exam.submit(attempt)
    events = outbox.of(ResultRecorded)
    assert [event.released for event in events] == [True, False, True]
    assert [event.version for event in events] == sorted({event.version for event in events})


def test_only_what_is_over_is_reopened_and_not_beside_another_attempt(exam: ExamService) -> None:
    published = exam.publish(duration=10, closesAt=exam.at(hours=2), attemptsAllowed=2)
    first = exam.started(published["id"])
    assert reopen(exam, first).problem == (409, "running")
    exam.clock.advance(minutes=10)
    assert reopen(exam, first).json["status"] == "running"
    exam.submit(first)
    second = exam.started(published["id"])
    assert reopen(exam, first).problem == (409, "running")
    exam.clock.advance(minutes=10)
    assert reopen(exam, first).status == 200
    assert exam.show(second, exam.teacher).json["status"] == "graded"


def test_nothing_is_reopened_once_keys_are_out(exam: ExamService) -> None:
    attempt = exam.sit(exam.publish())
    exam.pass_(hours=1)
    assert reopen(exam, attempt).problem == (409, "released")
    assert exam.show(attempt, exam.teacher).json["status"] == "graded"


@pytest.mark.parametrize("fields", [{"minutes": 0}, {"reason": ""}, {"reason": None}, {"until": "now"}])
def test_what_is_no_reopening_is_refused(exam: ExamService, fields: Any) -> None:
    attempt = exam.sit(exam.publish())
    assert reopen(exam, attempt, **fields).status == 422


def test_accommodations_are_listed_and_taken_back_at_once(exam: ExamService) -> None:
    published = exam.publish()
    path, token = f"/exams/{published['id']}/accommodations", exam.teacher.token
    assert exam.http.list_all(path, limit=5, token=token) == []
    granted = exam.grant(published["id"], extraMinutes=30).json
    exam.sit(published, student=exam.other)
    assert exam.http.list_all(path, limit=5, token=token) == [granted]
    assert granted["studentName"] == exam.student.name
    attempt = exam.started(published["id"])
    own = f"{path}/{exam.student.id}"
    assert exam.http.delete(own, token=sign_in("teacher").token).status == 403
    assert exam.http.delete(own, token=token).status == 204
    assert moment(exam.show(attempt).json["deadline"]) == exam.clock() + timedelta(hours=1)
    assert exam.http.delete(own, token=token).status == 404
    exam.pass_(hours=1)
    assert exam.score(published["id"]) == ("failed", 0)
    assert exam.http.delete(own, token=token).status == 404


def test_an_accommodation_is_not_taken_back_once_keys_are_out(exam: ExamService) -> None:
    published = exam.publish()
    exam.grant(published["id"], extraMinutes=30)
    exam.pass_(minutes=90)
    path = f"/exams/{published['id']}/accommodations/{exam.student.id}"
    assert exam.http.delete(path, token=exam.teacher.token).problem == (409, "released")
