"""Students who left the course or the institute, and exams of a course that is deleted."""

from typing import Any

import pytest

from exam import api
from lms.events.exams import ExamScheduled, ResultRecorded
from tests import hostile
from tests.at_once import Meanwhile, meanwhile
from tests.conftest import Outbox
from tests.documented import example_body
from tests.exam.conftest import OWN_LISTS, SINGLE, TEXT, ExamService, scheduled_sweeps, stored_standings
from tests.people import put_student_status, sign_in

__all__ = ["meanwhile"]


def test_who_drops_out_finishes_the_attempt_that_they_began(exam: ExamService) -> None:
    published = exam.publish(attemptsAllowed=2)
    attempt = exam.started(published["id"])
    exam.enroll(exam.student, "dropped")
    path, token = f"/exams/{published['id']}", exam.student.token
    questions = exam.http.get(f"{path}/questions", token=token)
    assert [question["id"] for question in questions.json["items"]] == [attempt["questions"][0]["id"]]
    assert exam.show(attempt).json["questions"] == attempt["questions"]
    again = exam.start(published["id"])
    assert (again.status, again.json["id"]) == (200, attempt["id"])
    assert exam.save(attempt, {attempt["questions"][0]["id"]: "a"}).status == 200
    assert exam.submit(attempt).status == 200
    assert [listed["id"] for listed in exam.http.get(f"{path}/attempts", token=token).json["items"]] == [attempt["id"]]
    assert exam.start(published["id"]).status == 404
    assert exam.score(published["id"]) == ("passed", 100)


def test_who_drops_out_and_never_submits_is_graded_by_what_was_saved(exam: ExamService) -> None:
    published = exam.publish()
    attempt = exam.started(published["id"])
    exam.save(attempt, {attempt["questions"][0]["id"]: "a"})
    exam.enroll(exam.student, "dropped")
    exam.pass_(hours=1)
    assert exam.result(published["id"]).json["score"] == 100


def test_who_drops_out_keeps_the_result_that_they_earned(exam: ExamService) -> None:
    published, paper, missed = exam.publish(), exam.paper(), exam.publish()
    attempt = exam.sit(published)
    exam.record(paper["id"], 77)
    exam.pass_(hours=1)
    before = [exam.result(each["id"]).json for each in (published, paper, missed)]
    assert [result["score"] for result in before] == [100, 77, 0]
    exam.enroll(exam.student, "dropped")
    assert [exam.result(each["id"]).json for each in (published, paper, missed)] == before
    assert exam.show(attempt).json["score"] == 100
    assert "correctAnswer" in exam.http.get(f"/exams/{published['id']}/questions", token=exam.student.token).text


def test_who_drops_out_does_not_see_a_result_before_its_release(exam: ExamService) -> None:
    published = exam.publish()
    exam.sit(published)
    exam.enroll(exam.student, "dropped")
    assert exam.result(published["id"]).status == 404
    assert exam.http.get(f"/exams/{published['id']}/questions", token=exam.student.token).status == 403


def test_who_dropped_out_finds_no_exam_in_which_they_have_no_part(exam: ExamService) -> None:
    published = exam.publish()
    exam.grant(published["id"], extraMinutes=10)
    exam.enroll(exam.student, "dropped")
    for method, path in (("POST", "attempts"), ("GET", "attempts"), ("GET", "questions")):
        assert exam.http(method, f"/exams/{published['id']}/{path}", token=exam.student.token).status == 404
    assert exam.result(published["id"]).status == 404


@pytest.mark.parametrize("status", ["suspended", "withdrawn", "graduated"])
def test_who_is_suspended_begins_and_submits_nothing_and_reads_what_is_theirs(exam: ExamService, status: Any) -> None:
    published, done, fresh = exam.publish(), exam.publish(), exam.publish()
    exam.sit(done)
    attempt = exam.started(published["id"])
    assert exam.save(attempt, {attempt["questions"][0]["id"]: "a"}).status == 200
    put_student_status(exam.student, status)
    for refused in (exam.start(fresh["id"]), exam.start(published["id"]), exam.submit(attempt)):
        assert refused.problem == (403, "standing")
    assert exam.show(attempt).json["status"] == "running"
    assert exam.http.get(f"/exams/{published['id']}/questions", token=exam.student.token).status == 200
    exam.pass_(hours=1)
    assert exam.result(published["id"]).json["score"] == exam.result(done["id"]).json["score"] == 100
    assert exam.show(attempt).json["submittedAt"] == attempt["deadline"]


def test_who_is_active_again_begins_and_submits(exam: ExamService) -> None:
    published = exam.publish()
    put_student_status(exam.student, "suspended")
    assert exam.start(published["id"]).status == 403
    put_student_status(exam.student, "active", version=2)
    exam.sit(published)
    assert exam.score(published["id"]) == ("passed", 100)


def test_who_is_suspended_does_not_learn_of_exams_of_other_courses(exam: ExamService) -> None:
    stranger = sign_in("student")
    put_student_status(stranger, "suspended")
    assert exam.start(exam.publish()["id"], stranger).status == 404


@pytest.fixture
def deleted(exam: ExamService) -> dict[str, str]:
    """All that an exam can have, in a course that was deleted while an attempt was running."""
    published = exam.publish(SINGLE, TEXT, release="manual", attemptsAllowed=20)
    bank, token = f"/courses/{exam.course}/questionBank", exam.teacher.token
    banked = exam.http.post(bank, {**SINGLE, "tags": ["loops"]}, token=token).json
    draws = {"draws": [{"tag": "loops", "count": 1}]}
    drawn = exam.http.post(f"/exams/{published['id']}/questions/fromBank", draws, token=token).json
    attempt = exam.started(published["id"])
    (question, *_) = exam.questions(published["id"])
    exam.sit(published, student=exam.other)
    exam.delete_course(exam.course)
    return {
        "bankQuestionId": banked["id"],
        "drawId": drawn["draws"][0]["id"],
        "courseId": str(exam.course),
        "examId": published["id"],
        "questionId": question["id"],
        "attemptId": attempt["id"],
        "studentId": str(exam.student.id),
    }


def test_whatever_belongs_to_a_deleted_course_is_not_to_be_found_on_any_path(
    exam: ExamService, deleted: dict[str, str]
) -> None:
    for method, path, roles in hostile.routes(api.app):
        if path in OWN_LISTS:
            continue
        ids = {**deleted, "id": deleted["courseId" if (method, path) == ("GET", "/exams/{id}") else "examId"]}
        filled = path.format(**ids)
        body = _naming(ids, example_body(method, filled))
        for person in (person for person in (exam.admin, exam.teacher, exam.student) if person.role in (roles or ())):
            answer = exam.http(method, filled, body, token=person.token)
            assert answer.status == 404, (method, path, person.role, answer)


def _naming(ids: dict[str, str], body: Any) -> Any:
    """A good body that names what there is; an exam in it is on paper, so that it needs no questions."""
    if not isinstance(body, dict):
        return body
    return {name: ids.get(name, value) for name, value in body.items()} | ({"paper": True} if "paper" in body else {})


def test_a_draft_of_a_deleted_course_is_neither_filled_nor_published(exam: ExamService, outbox: Outbox) -> None:
    draft = exam.draft()
    exam.add(draft["id"], SINGLE)
    exam.delete_course(exam.course)
    assert exam.change(draft["id"], published=True).status == 404
    assert exam.http.post(f"/exams/{draft['id']}/questions", SINGLE, token=exam.admin.token).status == 404
    assert outbox.of(ExamScheduled) == []


def test_an_exam_is_not_published_while_its_course_is_deleted(
    exam: ExamService, outbox: Outbox, meanwhile: Meanwhile
) -> None:
    draft = exam.draft()
    exam.add(draft["id"], SINGLE)
    meanwhile(lambda: exam.delete_course(exam.course))
    assert exam.change(draft["id"], published=True).status == 404
    assert outbox.of(ExamScheduled) == []


def test_ticks_finish_what_was_begun_in_a_deleted_course_and_nothing_stays_due(
    exam: ExamService, deleted: dict[str, str], outbox: Outbox
) -> None:
    from exam.tables import StoredAnswers

    absent = exam.new_student()
    for _ in range(4):
        exam.pass_(hours=1)
    assert [item for item in stored_standings() if item.due_at is not None] == []
    assert scheduled_sweeps() == []
    assert {stored.listing_key.partition("#")[2] for stored in StoredAnswers.scan()} == {"pending"}
    assert absent.id not in {stored.student_id for stored in stored_standings()}
    assert outbox.of(ResultRecorded) == []


def test_a_stranger_to_a_deleted_course_still_learns_nothing(exam: ExamService, deleted: dict[str, str]) -> None:
    stranger = sign_in("teacher").token
    path = f"/exams/{deleted['examId']}/accommodations/{deleted['studentId']}"
    assert exam.http.put(path, {"extraMinutes": 1}, token=stranger).status == 403
    assert exam.http.get(f"/results/{deleted['examId']}/{deleted['studentId']}", token=stranger).status == 403
    assert exam.http.get(f"/exams/{deleted['courseId']}", token=stranger).status == 403
