"""How the questions of an exam were answered, and what another key would change."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from exam.rules.questions import Choice, Question, QuestionSet
from exam.rules.statistics import EndedAttempt, score_changes
from tests.conftest import Calls
from tests.exam.conftest import MULTIPLE, SINGLE, TEXT, ExamService
from tests.exam.test_erasure import erase
from tests.people import sign_in


def statistics(exam: ExamService, exam_id: str) -> Any:
    answer = exam.http.get(f"/exams/{exam_id}/statistics", token=exam.teacher.token)
    assert answer.status == 200, answer
    return answer.json


def dry_run(exam: ExamService, exam_id: str, question_id: str, key: Any) -> Any:
    body = {"questionId": question_id, "correctAnswer": key, "reason": "The key was wrong"}
    path, query = f"/exams/{exam_id}/regrade", {"dryRun": "true"}
    answer = exam.http.post(path, body, token=exam.teacher.token, query=query)
    assert answer.status == 202, answer
    assert answer.json["dryRun"]
    return answer.json["effect"]


def test_a_teacher_sees_which_share_of_the_class_answered_each_question_right(exam: ExamService) -> None:
    published = exam.publish(SINGLE, MULTIPLE, TEXT)
    exam.sit(published, {0: "a", 1: ["mcp", "a2a"], 2: "Because."})
    exam.sit(published, {0: "b"}, exam.other)
    exam.started(published["id"], exam.new_student())
    seen = statistics(exam, published["id"])
    assert (seen["attempts"], seen["examTitle"]) == (2, "Final")
    facts = [(one["answered"], one["marked"], one["right"], one["rightPercent"]) for one in seen["questions"]]
    assert facts == [(2, 2, 1, 50), (1, 2, 0, 0), (1, 0, 0, None)]
    assert [one["meanPercent"] for one in seen["questions"]] == [50, 33.33, None]


def test_an_exam_without_attempts_has_no_shares(exam: ExamService) -> None:
    [question] = statistics(exam, exam.publish()["id"])["questions"]
    assert (question["answered"], question["rightPercent"], question["meanPercent"]) == (0, None, None)


def test_the_statistics_of_a_class_take_no_call_an_attempt(exam: ExamService, calls: Calls) -> None:
    published = exam.publish()
    for student in (exam.student, exam.other, *(exam.new_student() for _ in range(3))):
        exam.sit(published, student=student)
    calls.clear()
    assert statistics(exam, published["id"])["attempts"] == 5
    assert len(calls) <= 6, calls


def test_a_regrade_says_what_it_would_change_and_then_changes_that(exam: ExamService) -> None:
    published = exam.publish(release="onSubmit")
    exam.sit(published)
    exam.sit(published, {0: "b"}, exam.other)
    [question] = exam.questions(published["id"])
    effect = dry_run(exam, published["id"], question["id"], "b")
    assert (effect["attempts"], effect["raised"], effect["lowered"]) == (2, 1, 1)
    foreseen = {change["studentId"]: (change["scoreBefore"], change["scoreAfter"]) for change in effect["changes"]}
    assert foreseen == {str(exam.student.id): (100, 0), str(exam.other.id): (0, 100)}
    assert exam.score(published["id"])[1] == 100
    assert exam.questions(published["id"]) == [question]
    done = exam.regrade(published["id"], question["id"], "b").json
    assert (done["dryRun"], done["effect"]) == (False, effect)
    assert exam.score(published["id"])[1] == 0


def test_a_dry_run_can_be_followed_by_the_regrade_under_the_same_idempotency_key(exam: ExamService) -> None:
    published = exam.publish()
    exam.sit(published)
    [question] = exam.questions(published["id"])
    body = {"questionId": question["id"], "correctAnswer": "b", "reason": "x"}
    path, sent = f"/exams/{published['id']}/regrade", {"token": exam.teacher.token, "headers": {"idempotency-key": "k"}}
    tried = exam.http.post(path, body, query={"dryRun": "true"}, **sent)
    done = exam.http.post(path, body, **sent)
    assert (tried.json["dryRun"], done.json["dryRun"]) == (True, False)
    assert exam.questions(published["id"])[0]["version"] == 2


def test_erased_students_are_not_among_those_whose_score_would_change(exam: ExamService) -> None:
    published = exam.publish()
    exam.sit(published, {0: "b"})
    exam.sit(published, {0: "b"}, exam.other)
    erase(exam)
    [question] = exam.questions(published["id"])
    effect = dry_run(exam, published["id"], question["id"], "full_credit")
    assert [change["studentId"] for change in effect["changes"]] == [str(exam.other.id)]


def test_the_monitor_shows_how_much_each_student_has_answered(exam: ExamService) -> None:
    published = exam.publish(SINGLE, MULTIPLE)
    attempt = exam.started(published["id"])
    exam.save(attempt, {exam.questions(published["id"])[1]["id"]: ["mcp"]})
    [seen] = exam.http.get(f"/exams/{published['id']}/attempts", token=exam.teacher.token).json["items"]
    assert (seen["answered"], seen["status"]) == (1, "running")


def test_more_time_in_a_whole_course_is_listed_with_names(exam: ExamService) -> None:
    path = f"/courses/{exam.course}/accommodations"
    assert exam.http.get(path, token=exam.teacher.token).json["items"] == []
    exam.http.put(f"{path}/{exam.student.id}", {"extraPercent": 25}, token=exam.teacher.token)
    [granted] = exam.http.get(path, token=exam.teacher.token).json["items"]
    assert (granted["studentId"], granted["extraPercent"]) == (str(exam.student.id), 25)
    assert granted["studentName"]
    assert exam.http.get(path, token=sign_in("teacher").token).status == 403
    assert exam.http.get(f"/courses/{uuid4()}/accommodations", token=sign_in("admin").token).status == 404


def test_a_student_sees_when_results_come_and_whether_theirs_is_there(exam: ExamService) -> None:
    def seen(exam_id: str) -> Any:
        answer = exam.http.get(f"/exams/{exam_id}/details", token=exam.student.token).json
        return answer["resultsAt"], answer["ownResultReleased"]

    on_close, manual = exam.publish(), exam.publish(release="manual")
    exam.grant(on_close["id"], exam.other, extraMinutes=30)
    exam.sit(on_close)
    exam.sit(manual)
    results_at, released = seen(on_close["id"])
    assert not released
    assert results_at == exam.http.get(f"/exams/{on_close['id']}/details", token=exam.other.token).json["ownClosesAt"]
    assert seen(manual["id"]) == (None, False)
    exam.release(manual["id"], closeNow=True)
    exam.pass_(minutes=91)
    assert seen(on_close["id"]) == (results_at, True)
    assert seen(manual["id"]) == (None, True)
    paper = exam.paper(examDate=exam.at(hours=-2))
    assert not seen(paper["id"])[1]
    exam.record(paper["id"], 80)
    assert seen(paper["id"])[1]


NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
QUESTION = Question(
    id=UUID(int=1),
    question_text="?",
    kind="single",
    choices=(Choice(id="a", text="A"), Choice(id="b", text="B")),
    correct_answer="a",
    points=Decimal(1),
    version=1,
    created_at=NOW,
    updated_at=NOW,
)


@given(st.lists(st.sampled_from(["a", "b", None]), max_size=12))
def test_only_answers_change_a_score_and_the_same_key_changes_none(chosen: list[str | None]) -> None:
    answers = [{} if choice is None else {QUESTION.id: choice} for choice in chosen]
    attempts = [EndedAttempt(uuid4(), uuid4(), each, {}, {}) for each in answers]
    before = QuestionSet(1, (QUESTION,))
    assert score_changes(before, before, attempts) == []
    corrected = before.with_changed(QUESTION.model_copy(update={"correct_answer": "b"}))
    changed = score_changes(before, corrected, attempts)
    assert len(changed) == sum(choice is not None for choice in chosen)
    assert {change.gain for change in changed} <= {Decimal(100), Decimal(-100)}
