"""Attempts: begun, saved, submitted, against the server's clock."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from tests.exam.conftest import (
    ALL_KINDS,
    MATCHING,
    MULTIPLE,
    NUMERIC,
    ORDERING,
    SHORT,
    SINGLE,
    TEXT,
    TRUEFALSE,
    ExamService,
    moment,
)
from tests.people import sign_in


def test_a_student_begins_and_gets_questions_and_a_deadline(exam: ExamService) -> None:
    published = exam.publish(*ALL_KINDS, closesAt=exam.at(hours=5))
    answer = exam.start(published["id"])
    assert (answer.status, answer.version) == (201, 1)
    assert answer.headers["location"] == f"/attempts/{answer.json['id']}"
    attempt = answer.json
    assert moment(attempt["deadline"]) == exam.clock() + timedelta(minutes=60)
    assert (attempt["status"], attempt["number"], attempt["answers"], attempt["score"]) == ("running", 1, {}, None)
    assert (attempt["examTitle"], attempt["studentName"]) == ("Final", exam.student.name)
    assert moment(attempt["serverTime"]) == exam.clock()
    shown = ("id", "examId", "questionText", "kind", "prompts", "points", "images")
    whole = exam.questions(published["id"])
    assert [question.keys() for question in attempt["questions"]] == [{*shown, "choices"}] * len(whole)
    for question, stored in zip(attempt["questions"], whole, strict=True):
        assert {name: question[name] for name in shown} == {name: stored[name] for name in shown}
        if question["kind"] not in ("matching", "ordering"):
            assert question["choices"] == [{"id": each["id"], "text": each["text"]} for each in stored["choices"]]
    assert exam.show(attempt).json == attempt


def test_a_deadline_is_never_later_than_the_closing(exam: ExamService) -> None:
    published = exam.publish(closesAt=exam.at(hours=2))
    exam.clock.advance(minutes=90)
    assert exam.started(published["id"])["deadline"] == published["closesAt"]


def test_a_second_start_answers_the_attempt_that_is_running(exam: ExamService) -> None:
    published = exam.publish(SINGLE, TRUEFALSE)
    attempt = exam.started(published["id"])
    exam.save(attempt, {attempt["questions"][0]["id"]: "b"})
    again = exam.start(published["id"])
    assert (again.status, again.json["id"]) == (200, attempt["id"])
    assert again.json["answers"] == {attempt["questions"][0]["id"]: "b"}
    assert again.headers["location"] == f"/attempts/{attempt['id']}"


def test_a_start_sent_twice_with_one_key_gets_one_answer(exam: ExamService) -> None:
    published = exam.publish()
    key = {"idempotency-key": "k"}
    first, again = (exam.start(published["id"], headers=key) for _ in range(2))
    assert (first.status, again.status) == (201, 201)
    assert first.json == again.json
    later = [exam.start(published["id"], headers={"idempotency-key": "l"}) for _ in range(2)]
    assert [answer.status for answer in later] == [200, 200]
    assert later[0].json["id"] == first.json["id"]


def test_an_attempt_begins_between_opening_and_closing(exam: ExamService) -> None:
    published = exam.publish(examDate=exam.at(minutes=10))
    assert exam.start(published["id"]).problem == (409, "not-open")
    exam.clock.advance(minutes=10)
    exam.started(published["id"])
    exam.clock.advance(minutes=60)
    assert exam.start(published["id"], exam.other).problem == (409, "closed")


def test_there_are_as_many_attempts_as_allowed(exam: ExamService) -> None:
    published = exam.publish(attemptsAllowed=2)
    for number in (1, 2):
        attempt = exam.started(published["id"])
        assert attempt["number"] == number
        exam.submit(attempt)
    assert exam.start(published["id"]).problem == (409, "attempts")


def test_an_exam_on_paper_has_no_attempts(exam: ExamService) -> None:
    assert exam.start(exam.paper()["id"]).problem == (409, "paper")


def test_who_is_not_enrolled_does_not_find_the_exam(exam: ExamService) -> None:
    published = exam.publish()
    for student in (sign_in("student"), exam.enroll(sign_in("student"), "dropped")):
        assert exam.start(published["id"], student).status == 404
    assert exam.start(str(uuid4())).status == 404
    assert exam.start(published["id"], exam.enroll(sign_in("student"), "completed")).status == 201


def test_each_save_replaces_the_answers_it_names_and_leaves_the_others(exam: ExamService) -> None:
    attempt = exam.started(exam.publish(*ALL_KINDS)["id"])
    one, two, three, four, five, *_ = (question["id"] for question in attempt["questions"])
    first = exam.save(attempt, {one: "a", two: ["mcp", "gpu"], five: "  why\nnot "})
    assert (first.status, first.version) == (200, 2)
    assert first.json["answers"] == {one: "a", two: ["gpu", "mcp"], five: "why\nnot"}
    second = exam.save(attempt, {one: "b", two: None, three: False, four: 1.5})
    assert second.json["answers"] == {one: "b", three: False, four: 1.5, five: "why\nnot"}
    assert exam.save(attempt, {five: "", four: 2}).json["answers"] == {one: "b", three: False, four: 2}
    assert exam.show(attempt).json["version"] == 4
    assert exam.save(attempt, {}).json["answers"] == {one: "b", three: False, four: 2}


@pytest.mark.parametrize("index", range(8))
@pytest.mark.parametrize("value", ["z", ["z"], 10**20, -(10**400), {"a": 1}, [["a"]], 1e999])
def test_what_is_no_answer_saves_nothing(exam: ExamService, index: int, value: Any) -> None:
    attempt = exam.started(exam.publish(*ALL_KINDS)["id"])
    ids = [question["id"] for question in attempt["questions"]]
    if index in (4, 5) and value == "z":
        value = "x" * 10_001
    other = ids[0] if index else ids[2]
    answer = exam.save(attempt, {other: "a" if index else True, ids[index]: value})
    assert answer.status == 422, answer
    assert exam.show(attempt).json["answers"] == {}


def test_matching_and_ordering_are_answered_with_the_ids_of_the_attempt_and_reviewed_with_the_questions_own(
    exam: ExamService,
) -> None:
    published = exam.publish(SHORT, MATCHING, ORDERING, {**ORDERING, "partialCredit": False})
    attempt = exam.started(published["id"])
    short, matching, ordering, strict = attempt["questions"]
    pairs = {choice["text"]: choice["id"] for choice in matching["choices"]}
    places, strict_places = (
        {choice["text"]: choice["id"] for choice in each["choices"]} for each in (ordering, strict)
    )
    given = {
        short["id"]: "Countess Lovelace",
        matching["id"]: {"2": pairs["Watt"], "1": pairs["Volt"]},
        ordering["id"]: [places[text] for text in ("Bit", "Page", "Byte", "Disk")],
        strict["id"]: [strict_places[text] for text in ("Bit", "Page", "Byte", "Disk")],
    }
    assert exam.save(attempt, given).json["answers"] == given
    assert exam.show(attempt).json["answers"] == given
    stored = ["Countess Lovelace", {"1": "3", "2": "2"}, ["1", "3", "2", "4"], ["1", "3", "2", "4"]]
    assert list(exam.show(attempt, exam.teacher).json["answers"].values()) == stored
    exam.submit(attempt)
    exam.pass_(hours=2)
    answers = exam.result(published["id"]).json["answers"]
    assert [answer["answer"] for answer in answers] == stored
    assert [answer["marks"] for answer in answers] == [1, 1, 2, 0]
    assert answers[1]["correctAnswer"] == MATCHING["correctAnswer"]
    assert (answers[1]["prompts"], answers[3]["partialCredit"]) == (MATCHING["prompts"], False)


def test_zero_is_an_answer_without_a_sign(exam: ExamService) -> None:
    attempt = exam.started(exam.publish(NUMERIC)["id"])
    saved = exam.save(attempt, {attempt["questions"][0]["id"]: -0.0})
    assert '"answers":{"' + attempt["questions"][0]["id"] + '":0}' in saved.text


def test_answers_to_foreign_questions_are_refused(exam: ExamService) -> None:
    attempt = exam.started(exam.publish()["id"])
    assert exam.save(attempt, {str(uuid4()): "a"}).status == 422
    assert exam.save(attempt, {"first": "a"}).status == 422
    assert exam.save(attempt, ["a"]).status == 422


def test_answers_longer_than_an_attempt_can_keep_are_refused(exam: ExamService) -> None:
    attempt = exam.started(exam.publish(*[TEXT] * 30)["id"])
    ids = [question["id"] for question in attempt["questions"]]
    answers = [exam.save(attempt, dict.fromkeys(ids[n : n + 10], "x" * 10_000)).status for n in (0, 10, 20)]
    assert answers == [200, 200, 422]
    assert len(exam.show(attempt).json["answers"]) == 20


def test_two_devices_disturb_each_other_only_where_both_answer(exam: ExamService) -> None:
    published = exam.publish(SINGLE, TRUEFALSE)
    laptop, phone = exam.started(published["id"]), exam.start(published["id"]).json
    one, two = (question["id"] for question in laptop["questions"])
    exam.save(laptop, {one: "a"})
    exam.save(phone, {two: True})
    assert exam.show(laptop).json["answers"] == {one: "a", two: True}
    late = exam.save(phone, {one: "b"}, headers={"if-match": '"2"'})
    assert late.status == 412
    assert exam.save(phone, {one: "b"}, headers={"if-match": '"3"'}).status == 200


def test_saving_ends_with_the_deadline_on_the_servers_clock(exam: ExamService) -> None:
    attempt = exam.started(exam.publish()["id"])
    question = attempt["questions"][0]["id"]
    exam.clock.advance(minutes=60, seconds=-1)
    assert exam.save(attempt, {question: "b"}, headers={"date": "Thu, 01 Jan 1970 00:00:00 GMT"}).status == 200
    exam.clock.advance(seconds=1)
    assert exam.save(attempt, {question: "a"}).problem == (409, "over")
    assert exam.show(attempt).json["answers"] == {question: "b"}


def test_what_is_submitted_can_no_longer_be_saved(exam: ExamService) -> None:
    attempt = exam.started(exam.publish()["id"])
    assert exam.submit(attempt).status == 200
    assert exam.save(attempt, {attempt["questions"][0]["id"]: "a"}).problem == (409, "over")


def test_submitting_again_answers_the_same_and_changes_nothing(exam: ExamService) -> None:
    published = exam.publish()
    attempt = exam.started(published["id"])
    first = exam.submit(attempt)
    assert (first.status, first.json["status"]) == (200, "submitted")
    exam.clock.advance(minutes=5)
    assert exam.submit(attempt).json == first.json
    assert exam.results(published["id"])["summary"]["count"] == 1


def test_submitting_after_the_deadline_counts_what_was_saved_until_then(exam: ExamService) -> None:
    published = exam.publish()
    attempt = exam.started(published["id"])
    exam.save(attempt, {attempt["questions"][0]["id"]: "a"})
    exam.clock.advance(minutes=90)
    before = exam.show(attempt).json
    submitted = exam.submit(attempt).json
    assert submitted["submittedAt"] == attempt["deadline"]
    assert exam.show(attempt).json == {**before, "score": 100}
    assert exam.score(published["id"]) == ("passed", 100)


def test_an_attempt_past_its_deadline_does_not_hinder_the_next_one(exam: ExamService) -> None:
    published = exam.publish(duration=10, closesAt=exam.at(hours=1), attemptsAllowed=2)
    first = exam.started(published["id"])
    exam.clock.advance(minutes=10)
    second = exam.started(published["id"])
    assert second["number"] == 2
    assert exam.show(first).json["submittedAt"] == first["deadline"]


def test_an_attempt_is_its_students_and_teachers_alone(exam: ExamService) -> None:
    attempt = exam.started(exam.publish()["id"])
    for attempt_id, callers in (
        (attempt["id"], (exam.other, sign_in("student"), sign_in("teacher"))),
        (str(uuid4()), (exam.student, exam.teacher, exam.admin)),
    ):
        for caller in callers:
            assert exam.show({"id": attempt_id}, caller).status == 404
    assert exam.save(attempt, {}, exam.other).status == 404
    assert exam.submit(attempt, exam.other).status == 404
    for caller in (exam.teacher, exam.admin):
        assert exam.show(attempt, caller).json["status"] == "running"


def test_teachers_list_all_attempts_by_status_and_students_their_own(exam: ExamService) -> None:
    published = exam.publish(SINGLE, TEXT, attemptsAllowed=2)
    graded = exam.publish(MULTIPLE)
    waiting = [exam.sit(published, {0: "a"}), exam.sit(published, {}), exam.sit(published, {}, exam.other)]
    running = exam.started(published["id"], exam.other)
    path, token = f"/exams/{published['id']}/attempts", exam.teacher.token
    for limit in (1, 3, 25):
        listed = exam.http.list_all(path, limit=limit, token=token)
        assert {attempt["id"] for attempt in listed} == {attempt["id"] for attempt in (*waiting, running)}
        pending = exam.http.list_all(path, limit=limit, token=token, status="pending")
        assert [attempt["id"] for attempt in pending] == sorted(attempt["id"] for attempt in waiting)
        own = exam.http.list_all(path, limit=limit, token=exam.student.token)
        assert [(attempt["id"], attempt["status"]) for attempt in own] == [
            (attempt["id"], "submitted") for attempt in waiting[:2]
        ]
    assert exam.http.list_all(path, limit=9, token=exam.student.token, status="pending") == []
    assert exam.http.list_all(path, limit=9, token=token, status="graded") == []
    assert exam.http.list_all(f"/exams/{graded['id']}/attempts", limit=9, token=token) == []
    assert exam.http.get(path, token=sign_in("teacher").token).status == 404
    assert exam.http.get(path, token=token, query={"status": "lost"}).status == 422


def test_a_list_without_attempts_is_empty_for_everybody(exam: ExamService) -> None:
    published = exam.publish()
    path = f"/exams/{published['id']}/attempts"
    for caller in (exam.teacher, exam.admin, exam.student):
        for query in ({}, {"status": "pending"}, {"status": "submitted"}):
            answer = exam.http.get(path, token=caller.token, query=query)
            assert (answer.status, answer.json) == (200, {"items": [], "next": None})


def test_submitted_are_those_that_are_graded_or_wait_for_marks(exam: ExamService) -> None:
    published = exam.publish(SINGLE, TEXT, attemptsAllowed=2)
    waiting, graded = exam.sit(published, {0: "a"}), exam.sit(published, {0: "b"}, exam.other)
    exam.started(published["id"])
    exam.mark(graded, {question["id"]: 1 for question in exam.questions(published["id"])[1:]})
    path = f"/exams/{published['id']}/attempts"
    for limit in (1, 25):
        listed = exam.http.list_all(path, limit=limit, token=exam.teacher.token, status="submitted")
        assert [(attempt["id"], attempt["status"]) for attempt in listed] == [
            (waiting["id"], "pending"),
            (graded["id"], "graded"),
        ]
    own = exam.http.list_all(path, limit=25, token=exam.student.token, status="submitted")
    assert [attempt["id"] for attempt in own] == [waiting["id"]]
