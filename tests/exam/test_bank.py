"""The question bank: GET and POST /courses/{courseId}/questionBank, GET, PUT and DELETE /bankQuestions/{id}."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.at_once import Meanwhile
from tests.clients import Answer
from tests.conftest import Calls, stored
from tests.exam.conftest import ALL_KINDS, MATCHING, SINGLE, TRUEFALSE, ExamService
from tests.people import sign_in

BANKED = {**SINGLE, "title": "Planning", "tags": ["loops", "Agents"], "difficulty": "easy"}


def path(exam: ExamService) -> str:
    return f"/courses/{exam.course}/questionBank"


def post(exam: ExamService, question: Any, **kwargs: Any) -> Answer:
    return exam.http.post(path(exam), question, token=exam.teacher.token, **kwargs)


def add(exam: ExamService, question: Any = BANKED, **fields: Any) -> Any:
    answer = post(exam, {**question, **fields})
    assert answer.status == 201, answer
    return answer.json


def listed(exam: ExamService, limit: int = 100, **query: str) -> list[Any]:
    return exam.http.list_all(path(exam), limit=limit, token=exam.teacher.token, **query)


def tags(exam: ExamService) -> dict[str, int]:
    found = exam.http.list_all(f"{path(exam)}/tags", limit=2, token=exam.teacher.token)
    return {each["tag"]: each["questionCount"] for each in found}


def put(exam: ExamService, question: Any, **fields: Any) -> Answer:
    return exam.http.put(f"/bankQuestions/{question['id']}", fields, token=exam.teacher.token)


def bodies(number: int, **fields: Any) -> dict[UUID, Any]:
    from exam.schemas.bank import NewBankQuestion

    return {uuid4(): NewBankQuestion(**{**BANKED, "questionText": f"{n}?", **fields}) for n in range(number)}


def test_a_question_comes_back_whole(exam: ExamService) -> None:
    answer = post(exam, BANKED)
    assert answer.status == 201
    assert answer.headers["location"] == f"/bankQuestions/{answer.json['id']}"
    at = exam.clock().isoformat().replace("+00:00", "Z")
    assert answer.json == {
        **BANKED,
        "id": answer.json["id"],
        "courseId": str(exam.course),
        "courseTitle": answer.json["courseTitle"],
        "choices": [{**choice, "weight": None} for choice in SINGLE["choices"]],
        "prompts": [],
        "images": {},
        "partialCredit": True,
        "version": 1,
        "createdAt": at,
        "updatedAt": at,
    }
    shown = exam.http.get(answer.headers["location"], token=exam.teacher.token)
    assert (shown.json, shown.version) == (answer.json, 1)


def test_questions_are_found_by_tag_difficulty_and_kind(exam: ExamService) -> None:
    kinds = [add(exam, question, tags=["All kinds"]) for question in ALL_KINDS]
    easy, hard = add(exam), add(exam, difficulty="hard", tags=["Loops", "loops "])
    plain = add(exam, TRUEFALSE)
    assert hard["tags"] == ["loops"]
    for limit in (3, 100):
        assert listed(exam, limit) == [*kinds, easy, hard, plain]
        assert listed(exam, limit, tag="all  KINDS") == kinds
        assert listed(exam, limit, tag="loops") == [easy, hard]
        assert listed(exam, limit, tag="loops", difficulty="hard") == [hard]
        assert listed(exam, limit, difficulty="easy") == [easy]
        assert listed(exam, limit, kind="matching", tag="All kinds") == [kinds[6]]
        assert listed(exam, limit, kind="truefalse") == [kinds[2], plain]
        assert listed(exam, limit, tag="nothing") == []
    assert tags(exam) == {"Agents": 1, "All kinds": 8, "loops": 2}


def test_a_changed_question_is_found_by_what_it_has_now(exam: ExamService) -> None:
    question, other = add(exam), add(exam)
    exam.clock.advance(minutes=1)
    answer = put(exam, question, tags=["recursion", "agents"], difficulty=None, title=None)
    assert (answer.status, answer.version) == (200, 2)
    assert (answer.json["tags"], answer.json["difficulty"], answer.json["title"]) == (
        ["recursion", "agents"],
        None,
        None,
    )
    assert listed(exam, tag="loops") == [other]
    assert listed(exam, difficulty="easy") == [other]
    assert listed(exam, tag="AGENTS") == listed(exam) == [answer.json, other]
    assert tags(exam) == {"Agents": 2, "loops": 1, "recursion": 1}
    assert put(exam, question, questionText="And now?").json["tags"] == ["recursion", "agents"]
    assert listed(exam, tag="recursion", kind="single")[0]["questionText"] == "And now?"


def test_a_deleted_question_is_found_by_nothing(exam: ExamService) -> None:
    from exam.tables import FacetEntry, StoredBankQuestion

    question = add(exam)
    where, token = f"/bankQuestions/{question['id']}", exam.teacher.token
    assert exam.http.delete(where, token=token, headers={"if-match": '"2"'}).status == 412
    assert exam.http.delete(where, token=token, headers={"if-match": '"1"'}).status == 204
    assert exam.http.delete(where, token=token).status == 404
    assert exam.http.get(where, token=token).status == 404
    assert put(exam, question, points=3).status == 404
    assert (listed(exam), listed(exam, tag="loops"), tags(exam)) == ([], [], {})
    assert (stored(FacetEntry), stored(StoredBankQuestion)) == ([], [])


def test_a_question_that_was_changed_since_it_was_read_is_left_alone(exam: ExamService) -> None:
    question = add(exam)
    where, token = f"/bankQuestions/{question['id']}", exam.teacher.token
    assert exam.http.put(where, {"points": 3}, token=token, headers={"if-match": '"1"'}).status == 200
    assert exam.http.put(where, {"points": 4}, token=token, headers={"if-match": '"1"'}).status == 412


def test_two_changes_at_once_are_both_kept(exam: ExamService, meanwhile: Meanwhile) -> None:
    question = add(exam)
    meanwhile(lambda: put(exam, question, tags=["recursion"]))
    assert put(exam, question, points=5).status == 200
    [now] = listed(exam)
    assert (now["tags"], now["points"], now["version"]) == (["recursion"], 5, 3)
    assert tags(exam) == {"recursion": 1}


@pytest.mark.parametrize(
    "fields",
    [
        {"tags": [""]},
        {"tags": ["x" * 101]},
        {"tags": [str(n) for n in range(21)]},
        {"difficulty": "impossible"},
        {"title": ""},
        {"correctAnswer": "z"},
        {
            "explanation": "ä" * 10_000,
            "questionText": "ä" * 10_000,
            "choices": [{"id": name, "text": "ä" * 2000} for name in "abcd"],
        },
    ],
)
def test_a_question_that_cannot_be_is_refused(exam: ExamService, fields: Any) -> None:
    assert post(exam, {**BANKED, **fields}).status == 422
    question = add(exam)
    assert put(exam, question, **fields).status == 422
    assert listed(exam) == [question]


def test_only_teachers_of_the_course_and_administrators_see_a_bank(exam: ExamService) -> None:
    question = add(exam)
    where = f"/bankQuestions/{question['id']}"
    for person, in_course, opaque in (
        (sign_in("teacher"), 403, 404),
        (exam.student, 403, 403),
        (exam.admin, 200, 200),
    ):
        assert exam.http.get(path(exam), token=person.token).status == in_course
        assert exam.http.get(f"{path(exam)}/tags", token=person.token).status == in_course
        assert exam.http.get(where, token=person.token).status == opaque
    assert exam.http.get(f"/bankQuestions/{uuid4()}", token=exam.admin.token).status == 404
    assert exam.http.get(f"/courses/{uuid4()}/questionBank", token=exam.admin.token).status == 404


def test_a_question_sent_twice_with_one_key_is_added_once(exam: ExamService) -> None:
    first, again = (post(exam, BANKED, headers={"idempotency-key": "k"}) for _ in range(2))
    assert (first.status, first.json) == (again.status, again.json)
    assert listed(exam) == [first.json]


def test_many_questions_are_added_at_once_and_only_once(exam: ExamService) -> None:
    from exam.service import bank

    given = bodies(60, tags=["imported", "loops"])
    outcome = bank.add_all(exam.course, given, exam.clock())
    assert (set(outcome.added), outcome.kept, outcome.refused) == (set(given), [], {})
    assert {question["id"] for question in listed(exam, 25, tag="imported")} == {str(each) for each in given}
    gone, *_ = given
    assert exam.http.delete(f"/bankQuestions/{gone}", token=exam.teacher.token).status == 204
    again = bank.add_all(exam.course, {**given, **bodies(1, tags=["imported"])}, exam.clock())
    assert (len(again.added), set(again.kept)) == (1, set(given))
    assert len(listed(exam)) == 60
    assert tags(exam) == {"imported": 60, "loops": 59}


def test_of_many_questions_those_that_cannot_be_are_refused_and_the_others_added(exam: ExamService) -> None:
    from exam.service import bank

    good, bad = bodies(2), bodies(1, correctAnswer="z")
    outcome = bank.add_all(exam.course, {**good, **bad}, exam.clock())
    assert set(outcome.added) == set(good)
    assert {each: str(refusal) for each, refusal in outcome.refused.items()} == dict.fromkeys(
        bad, "The correct answer does not fit the question."
    )


def test_a_bank_holds_no_more_than_its_bound_however_many_add_at_once(
    exam: ExamService, meanwhile: Meanwhile, monkeypatch: pytest.MonkeyPatch
) -> None:
    from exam.service import bank

    monkeypatch.setattr(bank, "MOST_BANK_QUESTIONS", 3)
    add(exam)
    add(exam)
    meanwhile(lambda: add(exam))
    assert post(exam, BANKED).problem == (409, "bank-full")
    outcome = bank.add_all(exam.course, bodies(1), exam.clock())
    assert [str(refusal) for refusal in outcome.refused.values()] == ["A question bank holds at most 3 questions."]
    assert len(listed(exam)) == 3
    exam.http.delete(f"/bankQuestions/{listed(exam)[0]['id']}", token=exam.teacher.token)
    assert post(exam, BANKED).status == 201


def test_a_page_costs_two_reads_however_large_the_bank_is(exam: ExamService, calls: Calls) -> None:
    for n in range(12):
        add(exam, MATCHING if n % 2 else BANKED, tags=["loops"])
    calls.clear()
    answer = exam.http.get(path(exam), token=exam.teacher.token, query={"tag": "loops", "limit": "5"})
    assert len(answer.json["items"]) == 5
    read = [call for call in calls if "QuestionBank" in str(call)]
    assert len(read) == 2, calls
