"""Marks, accommodations, and keys that were wrong."""

from typing import Any
from uuid import uuid4

import pytest

from lms.events.exams import MarkingChanged, ResultRecorded
from tests.conftest import Outbox
from tests.exam.conftest import MULTIPLE, NUMERIC, SHORT, SINGLE, TEXT, ExamService, moment
from tests.people import sign_in


def ids(exam: ExamService, exam_id: str) -> list[str]:
    return [question["id"] for question in exam.questions(exam_id)]


def test_a_text_is_marked_without_a_reason_the_first_time(exam: ExamService) -> None:
    published = exam.publish(SINGLE, TEXT)
    attempt = exam.sit(published, {0: "a", 1: "Because"})
    single, text = ids(exam, published["id"])
    assert exam.score(published["id"]) == ("pending", None)
    seen = exam.show(attempt, exam.teacher).json
    assert (seen["status"], seen["marks"], seen["answers"][text]) == ("pending", {single: 2, text: None}, "Because")
    answer = exam.mark(attempt, {text: 1})
    assert (answer.status, answer.version) == (200, seen["version"] + 1)
    assert (answer.json["status"], answer.json["score"], answer.json["marks"][text]) == ("graded", 50, 1)
    assert exam.mark(attempt, {text: 2}).status == 422
    again = exam.mark(attempt, {text: 2}, reason="Read again")
    assert again.json["score"] == 66.67
    assert [(change["score"], change["reason"]) for change in again.json["history"]] == [(50, "Read again")]
    assert exam.results(published["id"])["summary"]["mean"] == 66.67


def test_others_hear_how_many_attempts_of_a_student_wait_for_marks(exam: ExamService, outbox: Outbox) -> None:
    published = exam.publish(TEXT, attemptsAllowed=2)
    first, second = (exam.sit(published, {0: "Because"}) for _ in range(2))
    (text,) = ids(exam, published["id"])
    for attempt in (first, second):
        exam.mark(attempt, {text: 1})
    exam.mark(second, {text: 2}, reason="Read again")
    events = outbox.of(MarkingChanged)
    assert [event.waiting for event in events] == [1, 2, 1, 0]
    assert [event.version for event in events] == sorted({event.version for event in events})
    assert {(event.course_id, event.student_id) for event in events} == {(exam.course, exam.student.id)}
    exam.sit(exam.publish(SINGLE))
    assert len(outbox.of(MarkingChanged)) == 4


def test_what_the_key_gave_is_overridden_with_a_reason(exam: ExamService, outbox: Outbox) -> None:
    published = exam.publish(SINGLE, MULTIPLE, release="onSubmit")
    attempt = exam.sit(published, {0: "b", 1: ["mcp", "a2a", "http"]})
    single, _ = ids(exam, published["id"])
    assert exam.mark(attempt, {single: 1}).status == 422
    assert exam.mark(attempt, {single: 1}, reason="Right for another reason").json["score"] == 80
    (change,) = exam.result(published["id"]).json["history"]
    assert (change["score"], change["attemptId"], change["by"]) == (60, attempt["id"], str(exam.teacher.id))
    assert [str(event.score) for event in outbox.of(ResultRecorded)] == ["60.00", "80.00"]


@pytest.mark.parametrize("marks", [-1, 4.01, "1", None, True, 0.001, 10**400])
def test_marks_are_between_zero_and_the_points(exam: ExamService, marks: Any) -> None:
    published = exam.publish(TEXT)
    attempt = exam.sit(published, {0: "x"})
    (text,) = ids(exam, published["id"])
    assert exam.mark(attempt, {text: marks}).status == 422
    assert exam.mark(attempt, {str(uuid4()): 1}).status == 422
    assert exam.mark(attempt, {}).status == 422
    assert exam.score(published["id"]) == ("pending", None)


def test_only_what_is_over_is_marked_and_by_the_courses_teachers(exam: ExamService) -> None:
    published = exam.publish(TEXT)
    attempt = exam.started(published["id"])
    (text,) = ids(exam, published["id"])
    assert exam.mark(attempt, {text: 1}).problem == (409, "running")
    exam.clock.advance(hours=1)
    assert exam.mark(attempt, {text: 1}).json["score"] == 25
    path, body = f"/attempts/{attempt['id']}/marks", {"marks": {text: 2}, "reason": "x"}
    assert exam.http.put(path, body, token=sign_in("teacher").token).status == 404
    assert exam.http.put(path, body, token=exam.teacher.token, headers={"if-match": '"1"'}).status == 412
    assert exam.http.put(path, body, token=exam.admin.token).status == 200


def test_extra_minutes_move_the_deadline_of_an_attempt_that_is_running(exam: ExamService) -> None:
    published = exam.publish()
    attempt = exam.started(published["id"])
    granted = exam.grant(published["id"], extraMinutes=15)
    assert (granted.status, granted.json["extraMinutes"], granted.json["closesAt"]) == (200, 15, None)
    exam.pass_(minutes=70)
    saved = exam.save(attempt, {attempt["questions"][0]["id"]: "a"})
    assert saved.status == 200
    assert (
        moment(saved.json["deadline"]) - moment(attempt["deadline"])
        == moment(exam.at(minutes=15).replace("+00:00", "Z")) - exam.clock()
    )
    assert exam.score(published["id"], exam.other)[0] == "missed"
    exam.pass_(minutes=5)
    assert exam.score(published["id"]) == ("passed", 100)


def test_extra_attempts_and_an_own_closing_are_for_one_student(exam: ExamService) -> None:
    published = exam.publish()
    exam.sit(published, {0: "b"})
    exam.sit(published, {0: "b"}, exam.other)
    exam.grant(published["id"], extraAttempts=1)
    exam.grant(published["id"], closesAt=exam.at(hours=3))
    exam.clock.advance(hours=2)
    assert exam.sit(published)["number"] == 2
    assert exam.start(published["id"], exam.other).problem == (409, "closed")


def test_an_accommodation_keeps_what_it_does_not_name_and_can_be_taken_back(exam: ExamService) -> None:
    published = exam.publish()
    exam.grant(published["id"], extraMinutes=10, extraAttempts=2)
    exam.grant(published["id"], closesAt=exam.at(days=9))
    taken_back = exam.grant(published["id"], closesAt=None).json
    assert (taken_back["extraMinutes"], taken_back["extraAttempts"], taken_back["closesAt"]) == (10, 2, None)
    exam.sit(published)
    exam.pass_(minutes=69)
    assert exam.result(published["id"], exam.other).status == 404
    exam.pass_(minutes=1)
    assert exam.result(published["id"], exam.other).json["status"] == "missed"


@pytest.mark.parametrize(
    "fields",
    [
        {"extraMinutes": -1},
        {"extraMinutes": None},
        {"extraAttempts": 21},
        {"closesAt": "2026-01-01T00:00:00"},
        {"x": 1},
    ],
)
def test_what_is_no_accommodation_is_refused(exam: ExamService, fields: Any) -> None:
    assert exam.grant(exam.publish()["id"], **fields).status == 422


def test_accommodations_are_granted_by_the_courses_teachers_to_its_students(exam: ExamService) -> None:
    published = exam.publish()
    path = f"/exams/{published['id']}/accommodations/{exam.student.id}"
    assert exam.http.put(path, {"extraMinutes": 1}, token=sign_in("teacher").token).status == 403
    assert exam.http.put(path, {"extraMinutes": 1}, token=exam.admin.token).status == 200
    assert exam.grant(published["id"], sign_in("student"), extraMinutes=1).status == 404
    nowhere = f"/exams/{uuid4()}/accommodations/{exam.student.id}"
    assert exam.http.put(nowhere, {}, token=exam.teacher.token).status == 403
    assert exam.http.put(nowhere, {}, token=exam.admin.token).status == 404


def late(exam: ExamService, **fields: Any) -> Any:
    """An exam whose scores come at once, and that stays open for somebody when it has closed for the others."""
    published = exam.publish(release="onSubmit", **fields)
    exam.grant(published["id"], exam.new_student(), closesAt=exam.at(hours=9))
    return published


def test_who_missed_the_exam_may_be_let_in_after_all_while_no_key_is_out(exam: ExamService, outbox: Outbox) -> None:
    published = late(exam)
    exam.sit(published, student=exam.other)
    exam.pass_(hours=1)
    assert exam.result(published["id"]).json["status"] == "missed"
    exam.grant(published["id"], closesAt=exam.at(hours=2))
    assert exam.result(published["id"]).status == 404
    assert exam.result(published["id"], exam.other).json["score"] == 100
    exam.sit(published, {0: "b"})
    result = exam.result(published["id"]).json
    assert (result["status"], result["score"]) == ("failed", 0)
    mine = [event for event in outbox.of(ResultRecorded) if event.student_id == exam.student.id]
    assert [(event.status, event.released) for event in mine] == [("missed", True), ("missed", False), ("failed", True)]
    assert exam.results(published["id"])["summary"]["count"] == 2


def test_who_is_let_in_and_stays_away_has_missed_it_again(exam: ExamService, outbox: Outbox) -> None:
    published = late(exam)
    exam.pass_(hours=1)
    exam.grant(published["id"], closesAt=exam.at(hours=9))
    exam.pass_(hours=9)
    mine = [event for event in outbox.of(ResultRecorded) if event.student_id == exam.student.id]
    assert [(event.status, event.released) for event in mine] == [("missed", True), ("missed", False), ("missed", True)]


def test_a_wrong_key_is_corrected_and_every_attempt_graded_again(exam: ExamService, outbox: Outbox) -> None:
    published = exam.publish(SINGLE, NUMERIC, release="onSubmit", attemptsAllowed=2)
    first = exam.sit(published, {0: "b", 1: 0.3})
    exam.sit(published, {0: "a", 1: 0.3})
    exam.sit(published, {0: "a"}, exam.other)
    single, _ = ids(exam, published["id"])
    answer = exam.regrade(published["id"], single, "b")
    assert answer.status == 202
    assert exam.score(published["id"]) == ("passed", 100)
    assert exam.score(published["id"], exam.other) == ("failed", 0)
    result = exam.result(published["id"]).json
    assert result["attemptId"] == first["id"]
    assert {(change["score"], change["reason"]) for change in result["history"]} == {
        (42.86, "The key was wrong"),
        (100, "The key was wrong"),
    }
    summary = exam.results(published["id"])["summary"]
    assert (summary["count"], summary["mean"], summary["passRate"]) == (2, 50, 50)
    others = [str(event.score) for event in outbox.of(ResultRecorded) if event.student_id == exam.other.id]
    assert others == ["57.14", "0.00"]
    assert exam.questions(published["id"])[0]["correctAnswer"] == "b"


def test_full_credit_gives_every_student_the_points(exam: ExamService) -> None:
    published = exam.publish(SINGLE, TEXT)
    exam.sit(published, {0: "b", 1: "x"})
    exam.sit(published, {}, exam.other)
    single, text = ids(exam, published["id"])
    assert exam.regrade(published["id"], single, "full_credit").status == 202
    assert exam.score(published["id"]) == ("pending", None)
    assert exam.regrade(published["id"], text, "full_credit").status == 202
    assert exam.score(published["id"]) == exam.score(published["id"], exam.other) == ("passed", 100)
    assert [question["fullCredit"] for question in exam.questions(published["id"])] == [True, True]


def test_marks_given_by_hand_outlast_a_corrected_key(exam: ExamService) -> None:
    published = exam.publish(SINGLE, TEXT)
    attempt = exam.sit(published, {0: "b", 1: "x"})
    single, text = ids(exam, published["id"])
    exam.mark(attempt, {text: 4})
    exam.regrade(published["id"], single, "b")
    assert exam.score(published["id"]) == ("passed", 100)


def test_a_running_attempt_is_graded_by_the_corrected_key(exam: ExamService) -> None:
    published = exam.publish()
    running = exam.started(published["id"])
    (single,) = ids(exam, published["id"])
    exam.save(running, {single: "b"})
    exam.regrade(published["id"], single, "b")
    assert exam.save(running, {}).status == 200
    exam.submit(running)
    assert exam.score(published["id"]) == ("passed", 100)


def test_keys_of_every_form_and_weights_are_corrected(exam: ExamService) -> None:
    weights = {"a": 100, "b": 0}
    weighted = {**SINGLE, "choices": [{**each, "weight": weights[each["id"]]} for each in SINGLE["choices"]]}
    published = exam.publish(NUMERIC, SHORT, weighted)
    exam.sit(published, {0: 5, 1: "Babbage", 2: "b"})
    number, short, single = ids(exam, published["id"])
    assert exam.score(published["id"]) == ("failed", 0)
    path, token = f"/exams/{published['id']}/regrade", exam.teacher.token
    for question_id, fields in (
        (number, {"correctAnswer": {"ranges": [{"minimum": 4, "maximum": 6}]}}),
        (short, {"correctAnswer": {"accepted": [{"text": "babbage"}]}}),
        (single, {"correctAnswer": "b", "weights": {"a": 0, "b": 100}}),
    ):
        body = {"questionId": question_id, "reason": "Wrong key", **fields}
        assert exam.http.post(path, body, token=token).status == 202
    assert exam.score(published["id"]) == ("passed", 100)
    assert [choice["weight"] for choice in exam.questions(published["id"])[2]["choices"]] == [0, 100]
    for fields in ({"correctAnswer": "a"}, {"correctAnswer": "b", "weights": {"z": 100}}):
        body = {"questionId": single, "reason": "Wrong key", **fields}
        assert exam.http.post(path, body, token=token).status == 422
    body = {"questionId": single, "correctAnswer": "a", "weights": {}, "reason": "The key alone"}
    assert exam.http.post(path, body, token=token).status == 202
    assert exam.score(published["id"])[0] == "passed"


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"correctAnswer": "z"}, 422),
        ({"correctAnswer": None}, 422),
        ({"correctAnswer": ["a"]}, 422),
        ({"reason": ""}, 422),
        ({"questionId": str(uuid4())}, 422),
        ({"points": 3}, 422),
        ({}, 409),
    ],
)
def test_an_invalid_regrade_is_refused(exam: ExamService, fields: Any, status: int) -> None:
    published = exam.publish()
    (single,) = ids(exam, published["id"])
    body = {"questionId": single, "correctAnswer": "b", "reason": "x", **fields}
    answer = exam.http.post(f"/exams/{published['id']}/regrade", body, token=exam.teacher.token)
    assert answer.status == status
    if status == 409:
        assert answer.problem == (409, "not-begun")


def test_a_regrade_sent_twice_with_one_key_is_noted_once(exam: ExamService) -> None:
    published = exam.publish()
    exam.sit(published)
    (single,) = ids(exam, published["id"])
    body, key = {"questionId": single, "correctAnswer": "b", "reason": "x"}, {"idempotency-key": "k"}
    path, token = f"/exams/{published['id']}/regrade", exam.teacher.token
    answers = [exam.http.post(path, body, token=token, headers=key) for _ in range(2)]
    assert [answer.status for answer in answers] == [202, 202]
    assert exam.questions(published["id"])[0]["version"] == 2
    assert exam.http.post(path, body, token=sign_in("teacher").token).status == 404
