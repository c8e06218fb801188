"""What exam refuses in its own way; what all routes refuse is in `tests/authorization/test_refusals.py`."""

from typing import Any
from uuid import uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exam import api
from tests import hostile
from tests.documented import example_body
from tests.exam.conftest import ALL_KINDS, OWN_LISTS, SINGLE, ExamService
from tests.people import sign_in

_ANSWERS = hostile.bodies(
    ["value", "tolerance"],
    st.sampled_from(["a", ["a"], [], "\ud800", "\x00", 0, 1e308, 5e-324, -0.0, 10**400, True, {"value": 1e-300}]),
)
# They name a course, of which everybody may know.
_OF_A_COURSE = {("POST", "/exams"), ("GET", "/exams/{id}"), ("POST", "/results")}


def test_another_students_result_is_403_whatever_exists(exam: ExamService) -> None:
    published = exam.publish()
    for exam_id in (published["id"], uuid4()):
        for student_id in (exam.other.id, uuid4()):
            assert exam.http.get(f"/results/{exam_id}/{student_id}", token=exam.student.token).status == 403


def test_an_exam_that_has_begun_is_409_before_412(exam: ExamService) -> None:
    published = exam.publish()
    (question,) = exam.questions(published["id"])
    exam.started(published["id"])
    token, stale = exam.teacher.token, {"if-match": '"999"'}
    for method, path, body in (
        ("PUT", f"/exams/{published['id']}", {"duration": 5}),
        ("DELETE", f"/exams/{published['id']}", None),
        ("PUT", f"/questions/{question['id']}", {"points": 5}),
        ("DELETE", f"/questions/{question['id']}", None),
    ):
        assert exam.http(method, path, body, token=token, headers=stale).status == 409
    assert exam.http.put(f"/exams/{published['id']}", {"title": "x"}, token=token, headers=stale).status == 412


def test_lists_take_their_own_cursors_alone(exam: ExamService) -> None:
    published = exam.publish(*ALL_KINDS)
    path = f"/exams/{published['id']}/questions"
    cursor = exam.http.get(path, token=exam.teacher.token, query={"limit": "1"}).json["next"]
    assert exam.http.get(path, token=exam.teacher.token, query={"cursor": cursor}).status == 200
    assert exam.http.get(path, token=exam.admin.token, query={"cursor": cursor}).status == 422
    attempts = f"/exams/{published['id']}/attempts"
    assert exam.http.get(attempts, token=exam.teacher.token, query={"cursor": cursor}).status == 422


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_answers_are_ever_a_fault_of_the_server(exam: ExamService, data: Any) -> None:
    attempt = exam.started(exam.publish(*ALL_KINDS)["id"])
    question_ids = [question["id"] for question in attempt["questions"]]
    body = data.draw(st.dictionaries(st.sampled_from(question_ids), _ANSWERS, max_size=5))
    assert exam.save(attempt, body).status in (200, 422)
    assert exam.show(attempt).status == exam.show(attempt, exam.teacher).status == 200


def test_a_caller_without_access_never_learns_whether_an_exam_exists(exam: ExamService) -> None:
    published, token = exam.publish(), exam.teacher.token
    bank = f"/courses/{exam.course}/questionBank"
    banked = exam.http.post(bank, {**SINGLE, "tags": ["loops"]}, token=token).json
    draws = {"draws": [{"tag": "loops", "count": 1}]}
    drawn = exam.http.post(f"/exams/{published['id']}/questions/fromBank", draws, token=token).json
    attempt = exam.started(published["id"])
    known = {
        "examId": published["id"],
        "questionId": exam.questions(published["id"])[0]["id"],
        "attemptId": attempt["id"],
        "bankQuestionId": banked["id"],
        "drawId": drawn["draws"][0]["id"],
        "id": published["id"],
    }
    for method, path, roles in hostile.routes(api.app):
        if (method, path) in _OF_A_COURSE or path in OWN_LISTS or path.startswith("/courses/"):
            continue
        for role in {*(roles or ())} - {"admin"}:
            token, answers = sign_in(role).token, []
            for ids in (known, {name: uuid4() for name in known}):
                filled = path.format(**ids, studentId=uuid4())
                answers.append(exam.http(method, filled, example_body(method, filled), token=token))
            assert answers[0].status == answers[1].status, (method, path, answers)
            assert answers[0].status in (403, 404)
            assert answers[0].json["detail"] == answers[1].json["detail"], (method, path, answers)
