"""Results: graded, recorded by hand, missed, counted, released and published."""

import json
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from lms.events.exams import ResultRecorded
from tests.conftest import Outbox
from tests.exam.conftest import ALL_KINDS, MULTIPLE, SINGLE, TEXT, TRUEFALSE, ExamService, stored_standings
from tests.people import Person, sign_in

FULL = {0: "a", 1: ["mcp", "a2a", "http"], 2: True, 3: 0.3}


def published_results(outbox: Outbox, student: Person) -> list[tuple[str, str, bool]]:
    """What was published of a student's results, in order."""
    mine = [event for event in outbox.of(ResultRecorded) if event.student_id == student.id]
    versions = [event.version for event in mine]
    assert versions == sorted(set(versions))
    return [(event.status, str(event.score), event.released) for event in mine]


def test_a_result_has_the_best_attempts_marked_answers(exam: ExamService) -> None:
    published = exam.publish(SINGLE, MULTIPLE, attemptsAllowed=2)
    first = exam.sit(published, {0: "a", 1: ["mcp", "a2a"]})
    exam.sit(published, {0: "b"})
    exam.clock.advance(hours=1)
    answer = exam.result(published["id"])
    assert answer.status == 200
    result = answer.json
    assert answer.version == result["version"]
    assert (result["score"], result["status"], result["attemptId"]) == (80, "passed", first["id"])
    single, multiple = result["answers"]
    assert (single["answer"], single["correctAnswer"], single["marks"], single["points"]) == ("a", "a", 2, 2)
    assert (multiple["answer"], multiple["marks"]) == (["a2a", "mcp"], 2)
    assert multiple["explanation"] == MULTIPLE["explanation"]
    assert result == exam.result(published["id"], as_=exam.teacher).json


def test_a_result_is_shown_to_its_student_and_teachers_alone(exam: ExamService) -> None:
    published = exam.publish()
    exam.sit(published)
    exam.clock.advance(hours=1)
    for exam_id in (published["id"], str(uuid4())):
        assert exam.result(exam_id, as_=exam.other).status == 403
        assert exam.result(exam_id, as_=sign_in("teacher")).status == 403
    assert exam.result(str(uuid4())).status == 404
    assert exam.result(published["id"], exam.other).status == 404
    assert exam.result(published["id"], exam.other, as_=exam.admin).status == 404
    assert exam.result(published["id"], sign_in("student"), as_=exam.admin).status == 404


def test_results_released_on_close_come_when_the_last_student_cannot_answer_any_more(
    exam: ExamService, outbox: Outbox
) -> None:
    published = exam.publish()
    exam.grant(published["id"], exam.other, extraMinutes=30)
    exam.sit(published)
    exam.pass_(hours=1)
    assert exam.result(published["id"]).status == 404
    assert published_results(outbox, exam.student) == []
    late = exam.started(published["id"], exam.other)
    exam.pass_(minutes=29)
    assert exam.save(late, {late["questions"][0]["id"]: "b"}, exam.other).status == 200
    exam.pass_(minutes=1)
    assert exam.result(published["id"]).json["score"] == 100
    assert published_results(outbox, exam.student) == [("passed", "100.00", True)]
    assert published_results(outbox, exam.other) == [("failed", "0.00", True)]


def test_a_score_released_on_submit_comes_at_once_and_the_answers_on_close(exam: ExamService, outbox: Outbox) -> None:
    published = exam.publish(*ALL_KINDS[:4], release="onSubmit")
    submitted = exam.sit(published, {**FULL, 0: "b"})
    assert submitted["score"] == 73.33
    result = exam.result(published["id"]).json
    assert (result["score"], result["status"], result["answers"]) == (73.33, "passed", None)
    assert published_results(outbox, exam.student) == [("passed", "73.33", True)]
    exam.pass_(hours=1)
    assert [answer["marks"] for answer in exam.result(published["id"]).json["answers"]] == [0, 3, 1, 1.5]
    assert published_results(outbox, exam.student) == [("passed", "73.33", True)]


def test_a_better_attempt_is_announced_and_a_worse_one_is_not(exam: ExamService, outbox: Outbox) -> None:
    published = exam.publish(release="onSubmit", attemptsAllowed=3)
    for answer in ("b", "a", "b"):
        exam.sit(published, {0: answer})
    assert published_results(outbox, exam.student) == [("failed", "0.00", True), ("passed", "100.00", True)]
    assert exam.results(published["id"])["summary"]["count"] == 1


def test_results_released_by_hand_wait_for_the_hand(exam: ExamService, outbox: Outbox) -> None:
    published = exam.publish(release="manual")
    exam.sit(published)
    exam.pass_(hours=3)
    assert exam.result(published["id"]).status == 404
    assert outbox.of(ResultRecorded) == []
    released = exam.release(published["id"])
    assert (released.status, released.json["releasedAt"]) == (200, exam.at().replace("+00:00", "Z"))
    assert exam.result(published["id"]).json["score"] == 100
    assert published_results(outbox, exam.student) == [("passed", "100.00", True)]
    assert published_results(outbox, exam.other) == [("missed", "0.00", True)]
    assert exam.release(published["id"]).status == 200
    exam.pass_(minutes=2)
    assert len(outbox.of(ResultRecorded)) == 2


def test_only_what_waits_for_a_hand_is_released_by_it(exam: ExamService) -> None:
    assert exam.release(exam.publish()["id"]).problem == (409, "not-manual")
    assert exam.release(exam.draft(release="manual")["id"]).problem == (409, "unpublished")
    assert exam.release(exam.publish(release="manual", examDate=exam.at(days=1))["id"]).problem == (409, "not-open")
    assert exam.release(str(uuid4())).status == 404


def test_a_student_without_an_attempt_has_missed_the_exam_at_its_closing(exam: ExamService, outbox: Outbox) -> None:
    published = exam.publish(weight=2.5)
    completed, dropped = exam.enroll(sign_in("student"), "completed"), exam.enroll(sign_in("student"), "dropped")
    exam.sit(published)
    exam.pass_(hours=1)
    for student in (exam.other, completed):
        result = exam.result(published["id"], student).json
        assert (result["status"], result["score"], result["answers"]) == ("missed", 0, None)
        assert published_results(outbox, student) == [("missed", "0.00", True)]
    assert exam.result(published["id"], dropped, as_=exam.teacher).status == 404
    assert published_results(outbox, dropped) == []
    assert {event.weight for event in outbox.of(ResultRecorded)} == {Decimal("2.5")}
    late = exam.new_student()
    exam.pass_(minutes=1)
    exam.pass_(minutes=1)
    assert exam.result(published["id"], late, as_=exam.teacher).status == 404


def test_nobody_misses_an_exam_of_a_deleted_course(exam: ExamService, outbox: Outbox) -> None:
    exam.publish()
    exam.delete_course(exam.course)
    exam.pass_(hours=1)
    assert stored_standings() == []
    assert outbox.of(ResultRecorded) == []


def test_an_exam_that_everybody_missed_can_no_longer_be_deleted(exam: ExamService) -> None:
    published = exam.publish()
    exam.pass_(hours=1)
    answer = exam.http.delete(f"/exams/{published['id']}", token=exam.teacher.token)
    assert answer.problem == (409, "begun")
    assert exam.change(published["id"], examDate=exam.at(days=1)).problem == (409, "begun")


def test_a_result_of_an_exam_on_paper_is_recorded_by_hand(exam: ExamService, outbox: Outbox) -> None:
    paper = exam.paper()
    answer = exam.record(paper["id"], 66.67)
    assert (answer.status, answer.version) == (201, 1)
    assert answer.headers["location"] == f"/results/{paper['id']}/{exam.student.id}"
    assert (answer.json["score"], answer.json["status"]) == (66.67, "passed")
    assert exam.result(paper["id"]).status == 404
    assert published_results(outbox, exam.student) == []
    exam.pass_(hours=1)
    assert exam.result(paper["id"]).json["score"] == 66.67
    assert published_results(outbox, exam.student) == [("passed", "66.67", True)]
    assert published_results(outbox, exam.other) == []
    exam.record(paper["id"], 40, exam.other)
    assert published_results(outbox, exam.other) == [("failed", "40.00", True)]


def test_a_recorded_result_is_replaced_with_a_reason_and_the_old_one_is_kept(exam: ExamService, outbox: Outbox) -> None:
    paper = exam.paper(release="onSubmit")
    exam.record(paper["id"], 40)
    assert exam.record(paper["id"], 60).status == 422
    replaced = exam.record(paper["id"], 60, reason="A page was overlooked")
    assert (replaced.status, replaced.json["score"], replaced.json["version"]) == (200, 60, 2)
    (change,) = exam.result(paper["id"]).json["history"]
    assert (change["score"], change["reason"], change["by"]) == (40, "A page was overlooked", str(exam.teacher.id))
    assert published_results(outbox, exam.student) == [("failed", "40.00", True), ("passed", "60.00", True)]
    assert exam.results(paper["id"])["summary"]["count"] == 1


@pytest.mark.parametrize("score", [-1, 100.01, 50.005, "50", None, True, 1e999, 10**400])
def test_what_is_no_score_is_not_recorded(exam: ExamService, score: Any) -> None:
    assert exam.record(exam.paper()["id"], score).status == 422


def test_zero_is_a_score_without_a_sign(exam: ExamService) -> None:
    paper = exam.paper(passMark=-0.0, weight=-0.0)
    assert "-0" not in json.dumps([paper["passMark"], paper["weight"]])
    exam.record(paper["id"], -0.0)
    exam.pass_(hours=1)
    assert '"score":0.0' in exam.result(paper["id"]).text
    assert [str(event.score) for event in Outbox().of(ResultRecorded)] == ["0.00"]


def test_results_are_recorded_for_students_of_the_course_in_exams_on_paper(exam: ExamService) -> None:
    paper = exam.paper()
    assert exam.record(paper["id"], 50, sign_in("student")).status == 422
    assert exam.record(str(uuid4()), 50).status == 404
    body = {"examId": paper["id"], "studentId": str(exam.student.id), "score": 50}
    assert exam.http.post("/results", body, token=sign_in("teacher").token).status == 404
    assert exam.http.post("/results", body, token=exam.admin.token).status == 201
    assert exam.record(exam.draft(paper=True)["id"], 50).problem == (409, "unpublished")


def test_an_attempt_online_is_not_overwritten(exam: ExamService) -> None:
    published = exam.publish(release="onSubmit")
    exam.sit(published)
    assert exam.record(published["id"], 0, reason="because").problem == (409, "online")
    assert exam.record(published["id"], 0, exam.other).problem == (409, "online")
    assert exam.score(published["id"]) == ("passed", 100)


def test_a_recorded_result_sent_twice_with_one_key_is_recorded_once(exam: ExamService) -> None:
    paper = exam.paper()
    body = {"examId": paper["id"], "studentId": str(exam.student.id), "score": 50}
    key = {"idempotency-key": "k"}
    answers = [exam.http.post("/results", body, token=exam.teacher.token, headers=key) for _ in range(2)]
    assert [answer.status for answer in answers] == [201, 201]
    assert answers[0].json == answers[1].json


def test_the_list_of_results_counts_them_by_percent(exam: ExamService) -> None:
    paper = exam.paper(passMark=60)
    scores = [0, 0.49, 59.99, 60, 60.01, 99.99, 100]
    for score in scores:
        exam.record(paper["id"], score, exam.new_student())
    summary = exam.results(paper["id"])["summary"]
    assert (summary["count"], summary["mean"], summary["passRate"]) == (7, 54.35, 57.14)
    assert {bar: number for bar, number in enumerate(summary["histogram"]) if number} == {
        0: 2,
        59: 1,
        60: 2,
        99: 1,
        100: 1,
    }
    for limit in (1, 3, 25):
        listed = exam.http.list_all(f"/exams/{paper['id']}/results", limit=limit, token=exam.teacher.token)
        assert sorted(result["score"] for result in listed) == scores
    assert exam.http.get(f"/exams/{paper['id']}/results", token=sign_in("teacher").token).status == 404


def test_who_missed_the_exam_is_counted_apart(exam: ExamService) -> None:
    published = exam.publish(release="onSubmit")
    exam.grant(published["id"], exam.new_student(), closesAt=exam.at(hours=9))
    for _ in range(3):
        exam.new_student()
    exam.sit(published)
    exam.pass_(hours=1)
    summary = exam.results(published["id"])["summary"]
    assert (summary["count"], summary["missed"], summary["mean"], summary["passRate"]) == (1, 4, 100, 100)
    exam.grant(published["id"], exam.other, closesAt=exam.at(hours=2))
    assert exam.results(published["id"])["summary"]["missed"] == 3
    exam.sit(published, {0: "b"}, exam.other)
    summary = exam.results(published["id"])["summary"]
    assert (summary["count"], summary["missed"], summary["mean"]) == (2, 3, 50)


def test_before_the_first_result_there_is_nothing_to_count(exam: ExamService) -> None:
    summary = exam.results(exam.publish()["id"])["summary"]
    assert summary["missed"] == 0
    assert (summary["count"], summary["mean"], summary["passRate"]) == (0, None, None)
    assert summary["histogram"] == [0] * 101


def test_a_result_waits_while_a_teacher_has_something_to_mark(exam: ExamService, outbox: Outbox) -> None:
    published = exam.publish(SINGLE, TEXT)
    attempt = exam.sit(published, {0: "a", 1: "Because"})
    exam.pass_(hours=1)
    pending = exam.result(published["id"]).json
    assert (pending["status"], pending["score"]) == ("pending", None)
    assert [answer["marks"] for answer in pending["answers"]] == [2, None]
    assert published_results(outbox, exam.student) == []
    text = exam.questions(published["id"])[1]["id"]
    exam.mark(attempt, {text: 2.5})
    assert published_results(outbox, exam.student) == [("passed", "75.00", True)]
    assert exam.result(published["id"]).json["score"] == 75


def test_the_event_names_exam_course_and_student_and_the_results_version(exam: ExamService, outbox: Outbox) -> None:
    published = exam.publish(TRUEFALSE, release="onSubmit")
    exam.sit(published, {0: True})
    (event,) = outbox.of(ResultRecorded)
    assert event.subject == f"result#{published['id']}#{exam.student.id}"
    assert (event.exam_id, event.course_id) == (UUID(published["id"]), exam.course)
    assert event.version == exam.result(published["id"]).json["version"]
