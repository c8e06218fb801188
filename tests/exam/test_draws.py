"""Bank questions in exams: POST /exams/{examId}/questions/fromBank, named ones and draws for each attempt."""

from typing import Any
from uuid import uuid4

import pytest

from tests.at_once import Meanwhile
from tests.clients import Answer
from tests.conftest import Calls
from tests.exam.conftest import ORDERING, SINGLE, TEXT, ExamService
from tests.exam.test_bank import BANKED, add, bodies, put
from tests.exam.test_copies import copied, listed


def fill(exam: ExamService, number: int, *tags: str, **fields: Any) -> list[str]:
    """So many questions in the bank, whose right answer is `a`."""
    from exam.service import bank

    outcome = bank.add_all(exam.course, bodies(number, tags=list(tags), **fields), exam.clock())
    assert len(outcome.added) == number
    return [str(each) for each in outcome.added]


def take(exam: ExamService, exam_id: str, **fields: Any) -> Answer:
    return exam.http.post(f"/exams/{exam_id}/questions/fromBank", fields, token=exam.teacher.token)


def drawing(exam: ExamService, *draws: Any, **fields: Any) -> Any:
    """A published exam that draws."""
    draft = exam.draft(**fields)
    answer = take(exam, draft["id"], draws=list(draws))
    assert answer.status == 201, answer
    assert exam.change(draft["id"], published=True).status == 200
    return draft


def details(exam: ExamService, exam_id: str) -> Any:
    return exam.http.get(f"/exams/{exam_id}/details", token=exam.teacher.token).json


def asked(attempt: Any) -> list[str]:
    return [question["id"] for question in attempt["questions"]]


def test_named_questions_are_copied_once_and_stay_as_they_are(exam: ExamService) -> None:
    first, second = add(exam), add(exam, ORDERING)
    draft = exam.draft()
    exam.add(draft["id"], TEXT)
    answer = take(exam, draft["id"], questionIds=[second["id"], first["id"], second["id"]])
    assert answer.status == 201
    assert answer.headers["location"] == f"/exams/{draft['id']}/questions"
    assert answer.json == {
        "examId": draft["id"],
        "examTitle": "Final",
        "added": 2,
        "questionCount": 3,
        "points": 10,
        "draws": [],
    }
    copies = exam.questions(draft["id"])
    assert [copy["kind"] for copy in copies] == ["text", "ordering", "single"]
    assert copies[2]["id"] != first["id"]
    assert take(exam, draft["id"], questionIds=[first["id"]]).json["added"] == 0
    put(exam, first, questionText="Something else?", correctAnswer="b")
    exam.http.delete(f"/bankQuestions/{second['id']}", token=exam.teacher.token)
    assert exam.questions(draft["id"]) == copies
    assert exam.http.put(f"/questions/{copies[2]['id']}", {"points": 7}, token=exam.teacher.token).status == 200


def test_each_attempt_draws_its_own_questions_and_keeps_them(exam: ExamService) -> None:
    fill(exam, 30, "loops")
    fill(exam, 20, "recursion")
    draws = [{"tag": "Loops", "count": 5, "points": 2}, {"tag": "recursion", "count": 3}]
    published = drawing(exam, *draws)
    assert details(exam, published["id"])["questionCount"] == 8
    assert details(exam, published["id"])["points"] == 13
    pools = {question["id"]: question["drawId"] for question in exam.questions(published["id"])}
    assert len(pools) == 50
    students = [exam.new_student() for _ in range(6)]
    attempts = [exam.started(published["id"], student) for student in students]
    for student, attempt in zip(students, attempts, strict=True):
        points = sorted(question["points"] for question in attempt["questions"])
        assert points == [1, 1, 1, 2, 2, 2, 2, 2]
        assert len(set(asked(attempt))) == 8
        assert "drawId" not in attempt["questions"][0]
        assert exam.show(attempt, student).json["questions"] == attempt["questions"]
        assert exam.start(published["id"], student).json["questions"] == attempt["questions"]
        path = f"/exams/{published['id']}/questions"
        assert exam.http.get(path, token=student.token).json["items"] == attempt["questions"]
    assert len({tuple(asked(attempt)) for attempt in attempts}) == 6


def test_a_drawn_exam_is_marked_and_reviewed_by_what_was_drawn(exam: ExamService) -> None:
    fill(exam, 9, "loops")
    published = drawing(exam, {"tag": "loops", "count": 3, "points": 4}, attemptsAllowed=2)
    attempt = exam.started(published["id"])
    own = asked(attempt)
    foreign = next(one["id"] for one in exam.questions(published["id"]) if one["id"] not in own)
    assert exam.save(attempt, {foreign: "a"}).status == 422
    exam.save(attempt, {own[0]: "a", own[1]: "b", own[2]: "a"})
    exam.submit(attempt)
    assert exam.score(published["id"]) == ("passed", 66.67)
    marks = exam.show(attempt, exam.teacher).json["marks"]
    assert marks == {own[0]: 4, own[1]: 0, own[2]: 4}
    assert exam.mark(attempt, {foreign: 1}, reason="Not asked").status == 422
    assert exam.mark(attempt, {own[1]: 5}, reason="Too much").status == 422
    second = exam.started(published["id"])
    exam.submit(second)
    exam.pass_(hours=2)
    assert [answer["questionId"] for answer in exam.result(published["id"]).json["answers"]] == own
    seen = {question["id"] for question in exam.questions(published["id"], exam.student)}
    assert seen == {*own, *asked(second)}


def test_a_corrected_key_changes_no_draw_and_grades_again_who_drew_the_question(exam: ExamService) -> None:
    fill(exam, 4, "loops")
    published = drawing(exam, {"tag": "loops", "count": 2})
    students = [exam.new_student() for _ in range(8)]
    attempts = {student.id: exam.started(published["id"], student) for student in students}
    for student in students:
        exam.submit(attempts[student.id], student)
    wrong = asked(attempts[students[0].id])[0]
    assert exam.regrade(published["id"], wrong, "full_credit").status == 202
    exam.tick()
    for student in students:
        mine = asked(attempts[student.id])
        assert exam.score(published["id"], student)[1] == (50 if wrong in mine else 0)
        assert asked(exam.show(attempts[student.id], student).json) == mine


def test_no_two_pools_share_a_question_and_the_rarer_tag_gets_it(exam: ExamService) -> None:
    fill(exam, 3, "loops", "recursion")
    fill(exam, 4, "loops")
    draft = exam.draft()
    draws = [{"tag": "loops", "count": 4}, {"tag": "recursion", "count": 3}]
    answer = take(exam, draft["id"], draws=draws)
    assert {draw["tag"]: draw["poolSize"] for draw in answer.json["draws"]} == {"recursion": 3, "loops": 4}
    assert exam.http.list_all(f"/exams/{draft['id']}/draws", token=exam.teacher.token, limit=1) == answer.json["draws"]


def test_a_draw_that_the_bank_cannot_fill_is_refused(exam: ExamService) -> None:
    named = fill(exam, 3, "loops")
    draft = exam.draft()
    assert take(exam, draft["id"], draws=[{"tag": "loops", "count": 4}]).problem == (409, "not-enough-questions")
    assert take(exam, draft["id"], draws=[{"tag": "none", "count": 1}]).problem == (409, "not-enough-questions")
    hard = {"tag": "loops", "difficulty": "hard", "count": 1}
    assert take(exam, draft["id"], draws=[hard]).problem == (409, "not-enough-questions")
    assert take(exam, draft["id"], questionIds=named[:1]).status == 201
    assert take(exam, draft["id"], draws=[{"tag": "loops", "count": 3}]).problem == (409, "not-enough-questions")
    assert take(exam, draft["id"], draws=[{"tag": "loops", "count": 2}]).json["questionCount"] == 3


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"questionIds": [str(uuid4())]},
        {"draws": [{"tag": "loops", "count": 0}]},
        {"draws": [{"tag": "loops", "count": 201}]},
        {"draws": [{"tag": "", "count": 1}]},
        {"draws": [{"tag": "loops", "count": 1, "points": 0}]},
        {"draws": [{"tag": "loops", "count": 1}] * 21},
    ],
)
def test_what_cannot_be_taken_from_the_bank_is_refused(exam: ExamService, fields: Any) -> None:
    draft = exam.draft()
    assert take(exam, draft["id"], **fields).status == 422
    assert exam.questions(draft["id"]) == []


def test_no_attempt_has_more_questions_than_an_exam_may_have(exam: ExamService) -> None:
    from exam.service import bank

    outcome = bank.add_all(exam.course, bodies(130, tags=["loops", "more"]), exam.clock())
    draft = exam.draft()
    ids = [str(each) for each in outcome.added]
    assert take(exam, draft["id"], questionIds=ids[:100]).status == 201
    assert take(exam, draft["id"], draws=[{"tag": "loops", "count": 30}]).status == 201
    exam.add(draft["id"], SINGLE)
    fill(exam, 80, "others")
    answer = take(exam, draft["id"], draws=[{"tag": "others", "count": 70}])
    assert answer.json["errors"][0]["type"] == "too_many_questions"


def test_a_pool_of_long_questions_is_smaller_so_that_the_exam_can_be_kept(exam: ExamService) -> None:
    fill(exam, 60, "loops", explanation="x" * 9_000)
    draft = exam.draft()
    answer = take(exam, draft["id"], draws=[{"tag": "loops", "count": 5}])
    assert answer.json["draws"][0]["poolSize"] == 25
    assert take(exam, draft["id"], draws=[{"tag": "loops", "count": 30}]).status == 422


def test_a_question_of_a_pool_keeps_its_points_and_leaves_only_if_enough_stay(exam: ExamService) -> None:
    fill(exam, 3, "loops")
    draft = exam.draft()
    take(exam, draft["id"], draws=[{"tag": "loops", "count": 2}])
    [first, second, _] = exam.questions(draft["id"])
    path, token = f"/questions/{first['id']}", exam.teacher.token
    assert exam.http.put(path, {"points": 7}, token=token).json["errors"][0]["loc"] == ["body", "points"]
    assert exam.http.put(path, {"questionText": "Anew?"}, token=token).status == 200
    assert exam.http.delete(path, token=token).status == 204
    answer = exam.http.delete(f"/questions/{second['id']}", token=token)
    assert answer.problem == (409, "not-enough-questions")


def test_a_draw_is_deleted_with_its_pool_until_an_attempt_begins(exam: ExamService) -> None:
    fill(exam, 5, "loops")
    published = drawing(exam, {"tag": "loops", "count": 2})
    token = exam.teacher.token
    [draw] = exam.http.get(f"/exams/{published['id']}/draws", token=token).json["items"]
    path = f"/exams/{published['id']}/draws/{draw['id']}"
    assert exam.http.delete(path, token=token).problem == (409, "no-questions")
    exam.add(published["id"], SINGLE)
    assert exam.http.delete(path, token=token).status == 204
    assert exam.http.delete(path, token=token).status == 404
    assert len(exam.questions(published["id"])) == 1
    take(exam, published["id"], draws=[{"tag": "loops", "count": 2}])
    [draw] = exam.http.get(f"/exams/{published['id']}/draws", token=token).json["items"]
    exam.started(published["id"])
    path = f"/exams/{published['id']}/draws/{draw['id']}"
    assert exam.http.delete(path, token=token).problem == (409, "begun")


def test_nothing_is_drawn_into_an_exam_that_begins_meanwhile(exam: ExamService, meanwhile: Meanwhile) -> None:
    fill(exam, 5, "loops")
    published = exam.publish()
    meanwhile(lambda: exam.started(published["id"]))
    assert take(exam, published["id"], draws=[{"tag": "loops", "count": 2}]).problem == (409, "begun")


def test_a_start_of_a_drawn_exam_reads_no_more_than_any_other(exam: ExamService, calls: Calls) -> None:
    fill(exam, 40, "loops")
    drawn, plain = drawing(exam, {"tag": "loops", "count": 5}), exam.publish()
    counts = []
    for each in (drawn, plain):
        calls.clear()
        exam.started(each["id"])
        counts.append([operation for operation, _ in calls])
    assert counts[0] == counts[1]


def test_a_copied_course_draws_from_pools_of_its_own_and_has_a_bank_of_its_own(exam: ExamService) -> None:
    fill(exam, 6, "loops")
    add(exam, BANKED)
    source = drawing(exam, {"tag": "loops", "count": 3, "points": 2})
    event = copied(exam)
    for _ in range(2):
        exam.consume(event)
    [copy] = listed(exam, event.course_id)
    exam.assign(exam.teacher, event.course_id)
    assert details(exam, str(copy["id"]))["questionCount"] == 3
    [old], [new] = (
        exam.http.get(f"/exams/{each}/draws", token=exam.teacher.token).json["items"]
        for each in (source["id"], copy["id"])
    )
    assert {**old, "id": None, "examId": None} == {**new, "id": None, "examId": None}
    assert {question["drawId"] for question in exam.questions(str(copy["id"]))} == {new["id"]}
    path = f"/courses/{event.course_id}/questionBank"
    assert len(exam.http.list_all(path, token=exam.teacher.token, limit=3)) == 7
    assert len(exam.http.list_all(path, token=exam.teacher.token, limit=3, tag="loops")) == 7


def test_a_draft_is_made_once_with_the_questions_and_draws_that_the_bank_has(exam: ExamService) -> None:
    from exam.schemas.bank import NewDraw, QuestionsFromBank
    from exam.schemas.exams import NewExam
    from exam.service import drafts

    named = fill(exam, 2, "named")
    fill(exam, 5, "loops")
    body = NewExam(courseId=exam.course, title="Quiz", duration=30, examDate=exam.at(days=30))
    draws = [NewDraw(tag="loops", count=3), NewDraw(tag="nothing", count=1)]
    chosen = QuestionsFromBank(questionIds=named, draws=draws)
    exam_id = uuid4()
    assert drafts.create(exam_id, body, chosen, exam.clock()) == draws[1:]
    shown = details(exam, str(exam_id))
    assert (shown["title"], shown["published"], shown["questionCount"], shown["points"]) == ("Quiz", False, 5, 7)
    assert exam.change(str(exam_id), title="Mine").status == 200
    assert (
        exam.http.delete(f"/questions/{exam.questions(str(exam_id))[0]['id']}", token=exam.teacher.token).status == 204
    )
    assert drafts.create(exam_id, body, chosen, exam.clock()) == []
    assert (details(exam, str(exam_id))["title"], details(exam, str(exam_id))["questionCount"]) == ("Mine", 4)
    assert exam.http.delete(f"/exams/{exam_id}", token=exam.teacher.token).status == 204
    assert drafts.create(exam_id, body, chosen, exam.clock()) == []
    assert exam.http.get(f"/exams/{exam_id}/details", token=exam.teacher.token).status == 404
