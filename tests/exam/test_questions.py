"""Questions: POST and GET /exams/{examId}/questions, PUT and DELETE /questions/{questionId}."""

from typing import Any

import pytest

from tests.clients import Answer
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
)
from tests.people import Person, sign_in


def test_a_question_comes_back_whole_to_its_teacher(exam: ExamService) -> None:
    draft = exam.draft()
    answer = exam.http.post(f"/exams/{draft['id']}/questions", SINGLE, token=exam.teacher.token)
    assert answer.status == 201
    assert answer.headers["location"] == f"/exams/{answer.json['examId']}/questions"
    listed = exam.http.get(answer.headers["location"], token=exam.teacher.token)
    assert answer.json["id"] in [shown["id"] for shown in listed.json["items"]]
    created = exam.clock().isoformat().replace("+00:00", "Z")
    assert answer.json == {
        **SINGLE,
        "choices": [{**choice, "weight": None} for choice in SINGLE["choices"]],
        "prompts": [],
        "images": {},
        "partialCredit": True,
        "id": answer.json["id"],
        "examId": draft["id"],
        "examTitle": "Final",
        "fullCredit": False,
        "drawId": None,
        "version": 1,
        "createdAt": created,
        "updatedAt": created,
    }


def test_all_kinds_of_questions_are_listed_in_their_order(exam: ExamService) -> None:
    draft = exam.draft()
    added = [exam.add(draft["id"], question) for question in ALL_KINDS]
    for limit in (1, 2, 100):
        path = f"/exams/{draft['id']}/questions"
        assert exam.http.list_all(path, limit=limit, token=exam.teacher.token) == added
    assert [question["correctAnswer"] for question in added] == [
        "a",
        ["a2a", "http", "mcp"],
        True,
        {"value": 0.3, "tolerance": 0.01},
        None,
        SHORT["correctAnswer"],
        MATCHING["correctAnswer"],
        ORDERING["correctAnswer"],
    ]


@pytest.mark.parametrize(
    ("base", "fields"),
    [
        (SINGLE, {"correctAnswer": "z"}),
        (SINGLE, {"correctAnswer": ["a"]}),
        (SINGLE, {"correctAnswer": None}),
        (SINGLE, {"choices": SINGLE["choices"][:1]}),
        (SINGLE, {"choices": [{"id": "a", "text": "x"}, {"id": "a", "text": "y"}]}),
        (SINGLE, {"choices": [{"id": "a b", "text": "x"}, {"id": "a", "text": "y"}]}),
        (SINGLE, {"choices": [{"id": "a"}, {"id": "b", "text": "y"}]}),
        (MULTIPLE, {"correctAnswer": []}),
        (MULTIPLE, {"correctAnswer": ["mcp", "mcp"]}),
        (MULTIPLE, {"correctAnswer": ["mcp", "z"]}),
        (TRUEFALSE, {"correctAnswer": "true"}),
        (TRUEFALSE, {"choices": SINGLE["choices"]}),
        (NUMERIC, {"correctAnswer": 3}),
        (NUMERIC, {"correctAnswer": {"value": 3, "tolerance": -1}}),
        (NUMERIC, {"correctAnswer": {"value": "3"}}),
        (NUMERIC, {"correctAnswer": {"value": 1e300}}),
        (NUMERIC, {"correctAnswer": {"ranges": []}}),
        (NUMERIC, {"correctAnswer": {"ranges": [{"minimum": 2, "maximum": 1}]}}),
        (NUMERIC, {"correctAnswer": {"ranges": [{"minimum": 1, "maximum": 2, "credit": 99}]}}),
        (NUMERIC, {"correctAnswer": {"ranges": [{"minimum": 1, "maximum": 2, "credit": 101}]}}),
        (SINGLE, {"choices": [{"id": "a", "text": "x", "weight": 100}, {"id": "b", "text": "y"}]}),
        (SINGLE, {"choices": [{"id": "a", "text": "x", "weight": 50}, {"id": "b", "text": "y", "weight": 100}]}),
        (SINGLE, {"choices": [{"id": "a", "text": "x", "weight": 101}, {"id": "b", "text": "y", "weight": 0}]}),
        (SINGLE, {"prompts": MATCHING["prompts"]}),
        (MULTIPLE, {"choices": [{**each, "weight": 33} for each in MULTIPLE["choices"]]}),
        (SHORT, {"correctAnswer": "Ada"}),
        (SHORT, {"correctAnswer": {"accepted": []}}),
        (SHORT, {"correctAnswer": {"accepted": [{"text": " "}]}}),
        (SHORT, {"correctAnswer": {"accepted": [{"text": "Ada", "credit": 50}]}}),
        (SHORT, {"correctAnswer": {"accepted": [{"text": "Ada"}], "caseSensitive": 1}}),
        (MATCHING, {"correctAnswer": {"1": "1"}}),
        (MATCHING, {"correctAnswer": {"1": "1", "2": "9"}}),
        (MATCHING, {"correctAnswer": {"1": "1", "2": 2}}),
        (MATCHING, {"correctAnswer": {"1": "1", "2": "2", "3": "3"}}),
        (MATCHING, {"prompts": []}),
        (MATCHING, {"prompts": [{"id": "1", "text": "x"}, {"id": "1", "text": "y"}]}),
        (MATCHING, {"choices": [{**each, "weight": 10} for each in MATCHING["choices"]]}),
        (ORDERING, {"correctAnswer": ["1", "2", "3"]}),
        (ORDERING, {"correctAnswer": ["1", "2", "3", "3"]}),
        (TEXT, {"partialCredit": "yes"}),
        (TEXT, {"correctAnswer": "because"}),
        (TEXT, {"points": 0}),
        (TEXT, {"points": -1}),
        (TEXT, {"points": 0.001}),
        (TEXT, {"points": "4"}),
        (TEXT, {"questionText": " "}),
        (TEXT, {"kind": "essay"}),
        (TEXT, {"answer": "because"}),
    ],
)
def test_a_question_that_does_not_fit_itself_is_refused(exam: ExamService, base: Any, fields: Any) -> None:
    draft = exam.draft()
    path = f"/exams/{draft['id']}/questions"
    assert exam.http.post(path, {**base, **fields}, token=exam.teacher.token).status == 422
    question = exam.add(draft["id"], base)
    answer = exam.http.put(f"/questions/{question['id']}", fields, token=exam.teacher.token)
    assert answer.status == 422, answer
    assert exam.questions(draft["id"]) == [question]


def test_an_update_replaces_the_fields_given(exam: ExamService) -> None:
    question = exam.add(exam.draft()["id"], SINGLE)
    exam.clock.advance(minutes=1)
    answer = exam.http.put(f"/questions/{question['id']}", {"correctAnswer": "b"}, token=exam.teacher.token)
    assert (answer.status, answer.version) == (200, 2)
    later = exam.clock().isoformat().replace("+00:00", "Z")
    assert answer.json == {**question, "correctAnswer": "b", "version": 2, "updatedAt": later}
    changed = {"kind": "truefalse", "choices": [], "correctAnswer": False}
    answer = exam.http.put(f"/questions/{question['id']}", changed, token=exam.teacher.token)
    assert (answer.json["kind"], answer.json["correctAnswer"]) == ("truefalse", False)


def test_a_question_that_was_changed_since_it_was_read_is_left_alone(exam: ExamService) -> None:
    question = exam.add(exam.draft()["id"], SINGLE)
    path, token = f"/questions/{question['id']}", exam.teacher.token
    assert exam.http.put(path, {"points": 3}, token=token, headers={"if-match": '"1"'}).status == 200
    assert exam.http.put(path, {"points": 4}, token=token, headers={"if-match": '"1"'}).status == 412
    assert exam.http.delete(path, token=token, headers={"if-match": '"1"'}).status == 412
    assert exam.http.delete(path, token=token, headers={"if-match": '"2"'}).status == 204
    assert exam.http.delete(path, token=token).status == 404


def test_a_published_exam_keeps_one_question_at_least(exam: ExamService) -> None:
    published = exam.publish(SINGLE, TRUEFALSE)
    first, second = exam.questions(published["id"])
    assert exam.http.delete(f"/questions/{first['id']}", token=exam.teacher.token).status == 204
    answer = exam.http.delete(f"/questions/{second['id']}", token=exam.teacher.token)
    assert answer.problem == (409, "no-questions")
    assert [question["id"] for question in exam.questions(published["id"])] == [second["id"]]


def test_questions_are_frozen_once_an_attempt_has_begun(exam: ExamService) -> None:
    published = exam.publish(SINGLE, TRUEFALSE)
    before = exam.questions(published["id"])
    exam.started(published["id"])
    token, path = exam.teacher.token, f"/questions/{before[0]['id']}"
    assert exam.http.post(f"/exams/{published['id']}/questions", TEXT, token=token).problem == (409, "begun")
    assert exam.http.put(path, {"points": 3}, token=token).problem == (409, "begun")
    assert exam.http.delete(path, token=token).problem == (409, "begun")
    assert exam.questions(published["id"]) == before


def test_students_see_questions_during_an_attempt_and_after_the_release_alone(exam: ExamService) -> None:
    published = exam.publish(SINGLE, MULTIPLE, closesAt=exam.at(hours=2))
    path = f"/exams/{published['id']}/questions"

    def get(student: Person) -> Answer:
        return exam.http.get(path, token=student.token)

    assert get(sign_in("student")).status == 404
    assert get(exam.student).status == 403
    attempt = exam.started(published["id"])
    assert get(exam.student).json["items"] == attempt["questions"]
    exam.submit(attempt)
    assert get(exam.student).status == 403
    exam.clock.advance(hours=2)
    assert get(exam.student).json["items"] == exam.questions(published["id"])
    assert get(exam.other).status == 403


def test_a_draft_is_unknown_to_students(exam: ExamService) -> None:
    draft = exam.draft()
    exam.add(draft["id"], SINGLE)
    assert exam.http.get(f"/exams/{draft['id']}/questions", token=exam.student.token).status == 404
    assert exam.start(draft["id"]).status == 404


def test_shuffled_questions_have_one_order_for_each_attempt(exam: ExamService) -> None:
    published = exam.publish(*[{**TRUEFALSE, "questionText": f"{n}?"} for n in range(12)], shuffle=True)
    attempt, other = exam.started(published["id"]), exam.started(published["id"], exam.other)
    own, others = ([q["id"] for q in sitting["questions"]] for sitting in (attempt, other))
    assert own != others
    assert sorted(own) == sorted(others) == sorted(q["id"] for q in exam.questions(published["id"]))
    path = f"/exams/{published['id']}/questions"
    assert [q["id"] for q in exam.http.list_all(path, limit=5, token=exam.student.token)] == own
    assert exam.show(attempt).json["questions"] == exam.start(published["id"]).json["questions"] == attempt["questions"]


def test_what_one_answer_could_not_carry_is_refused(exam: ExamService) -> None:
    draft = exam.draft()
    path, big = f"/exams/{draft['id']}/questions", {**TEXT, "questionText": "ä" * 10_000, "explanation": "ä" * 10_000}
    answers = [exam.http.post(path, big, token=exam.teacher.token) for _ in range(6)]
    assert [answer.status for answer in answers] == [201] * 5 + [422]
    assert answers[-1].json["errors"][0]["type"] == "questions_too_long"
    assert len(exam.questions(draft["id"])) == 5
