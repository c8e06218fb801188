"""Refusals over all routes: who may call, in which order (413, 401, 403, 422, 404, 409, 412), and never a 500."""

from typing import Any
from uuid import uuid4

import pytest
from fastapi.routing import APIRoute
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exam import api
from lms.security import permission_of
from tests.clients import Answer
from tests.exam.conftest import ALL_KINDS, SINGLE, ExamService
from tests.people import sign_in

ROUTES = [
    (method, route.path, permission_of(route))
    for route in api.app.routes
    if isinstance(route, APIRoute)
    for method in sorted(route.methods)
]
OF_STUDENTS = {
    ("POST", "/exams/{examId}/attempts"),
    ("PUT", "/attempts/{attemptId}/answers"),
    ("POST", "/attempts/{attemptId}/submit"),
}
OF_ALL = {
    ("GET", "/exams/{id}"),
    ("GET", "/courses/{courseId}/exams"),
    ("GET", "/exams/{examId}/questions"),
    ("GET", "/exams/{examId}/attempts"),
    ("GET", "/attempts/{attemptId}"),
    ("GET", "/results/{examId}/{studentId}"),
}
EVERYTHING_WRONG: dict[str, Any] = {
    "body": {"nobody": "knows this field"},
    "query": {"limit": "0", "cursor": "x", "status": "x"},
    "headers": {"if-match": "x", "idempotency-key": "x" * 200},
}
# Routes that take nothing which could be wrong.
FAULTLESS = {
    ("POST", "/exams/{examId}/release"),
    ("GET", "/attempts/{attemptId}"),
    ("POST", "/attempts/{attemptId}/submit"),
    ("GET", "/results/{examId}/{studentId}"),
}
SOMETHING = str(uuid4())
GOOD_BODIES: dict[tuple[str, str], Any] = {
    ("PUT", "/exams/{id}"): {"title": "x"},
    ("POST", "/exams/{examId}/questions"): SINGLE,
    ("PUT", "/questions/{questionId}"): {"points": 2},
    ("POST", "/exams/{examId}/regrade"): {"questionId": SOMETHING, "correctAnswer": "b", "reason": "x"},
    ("PUT", "/exams/{examId}/accommodations/{studentId}"): {"extraMinutes": 5},
    ("PUT", "/attempts/{attemptId}/answers"): {},
    ("PUT", "/attempts/{attemptId}/marks"): {"marks": {SOMETHING: 1}},
    ("POST", "/results"): {"examId": SOMETHING, "studentId": SOMETHING, "score": 50},
    ("POST", "/exams"): {
        "courseId": SOMETHING,
        "title": "x",
        "duration": 60,
        "examDate": "2026-06-01T09:00:00Z",
    },
}


def fill(path: str, **ids: object) -> str:
    for name in ("courseId", "examId", "questionId", "attemptId", "studentId", "id"):
        path = path.replace(f"{{{name}}}", str(ids.get(name) or uuid4()))
    return path


def _token(exam: ExamService, roles: Any) -> str:
    return exam.admin.token if "admin" in roles else exam.student.token


def _is_problem(answer: Answer) -> bool:
    return answer.headers["content-type"] == "application/problem+json" and answer.json["status"] == answer.status


def test_students_answer_teachers_set_and_all_read() -> None:
    for method, path, roles in ROUTES:
        expected = {"teacher", "admin"}
        if (method, path) in OF_STUDENTS:
            expected = {"student"}
        if (method, path) in OF_ALL:
            expected = {"student", "teacher", "admin"}
        assert roles == expected, (method, path)


def test_whatever_else_is_wrong_who_is_not_signed_in_gets_401(exam: ExamService) -> None:
    for method, path, _ in ROUTES:
        answer = exam.http(method, fill(path), **EVERYTHING_WRONG)
        assert answer.status == 401, (method, path, answer)
        assert _is_problem(answer)


def test_whatever_else_is_wrong_another_role_gets_403(exam: ExamService) -> None:
    tokens = {person.role: person.token for person in (exam.admin, exam.teacher, exam.student)}
    for method, path, roles in ROUTES:
        for token in (token for role, token in tokens.items() if role not in (roles or ())):
            answer = exam.http(method, fill(path), token=token, **EVERYTHING_WRONG)
            assert answer.status == 403, (method, path, answer)
            assert _is_problem(answer)


def test_another_students_result_is_403_whatever_exists(exam: ExamService) -> None:
    published = exam.publish()
    for exam_id in (published["id"], uuid4()):
        for student_id in (exam.other.id, uuid4()):
            assert exam.http.get(f"/results/{exam_id}/{student_id}", token=exam.student.token).status == 403


def test_whatever_else_is_wrong_who_may_gets_422_before_404(exam: ExamService) -> None:
    for method, path, roles in ROUTES:
        if (method, path) not in FAULTLESS:
            wrong = exam.http(method, fill(path), token=_token(exam, roles), **EVERYTHING_WRONG)
            assert wrong.status == 422, (method, path, wrong)
            assert _is_problem(wrong)
        good = GOOD_BODIES.get((method, path))
        answer = exam.http(method, fill(path), good, token=_token(exam, roles), headers={"if-match": '"9"'})
        assert answer.status == 404, (method, path, answer)
        assert _is_problem(answer)


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


def test_a_body_over_256_kb_is_refused_before_all_else(exam: ExamService) -> None:
    for method, path, _ in ROUTES:
        answer = exam.http(method, fill(path), raw=b" " * (256 * 1024 + 1), headers={"x-gateway-secret": "none"})
        assert answer.status == 413, (method, path)


def test_an_id_that_is_none_is_422(exam: ExamService) -> None:
    names = ("courseId", "examId", "questionId", "attemptId", "studentId", "id")
    for bad in ("x", "%zz", "%00", "..", "1" * 5_000, "{}"):
        for method, path, roles in (route for route in ROUTES if "{" in route[1]):
            filled = fill(path, **dict.fromkeys(names, bad))
            answer = exam.http(method, filled, GOOD_BODIES.get((method, path)), token=_token(exam, roles))
            assert answer.status == 422, (method, filled, answer)


def test_lists_take_their_own_cursors_alone(exam: ExamService) -> None:
    published = exam.publish(*ALL_KINDS)
    path = f"/exams/{published['id']}/questions"
    cursor = exam.http.get(path, token=exam.teacher.token, query={"limit": "1"}).json["next"]
    assert exam.http.get(path, token=exam.teacher.token, query={"cursor": cursor}).status == 200
    assert exam.http.get(path, token=exam.admin.token, query={"cursor": cursor}).status == 422
    attempts = f"/exams/{published['id']}/attempts"
    assert exam.http.get(attempts, token=exam.teacher.token, query={"cursor": cursor}).status == 422


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None), max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
_FIELDS = sorted(
    {field.alias or name for model in vars(api).values() for name, field in getattr(model, "model_fields", {}).items()}
)
_OLD_ID = "an id that exists"
_PLAUSIBLE = st.sampled_from(
    [
        *(_OLD_ID, "single", "numeric", "full_credit", "2026-06-01T09:00:00Z", "0001-01-01T00:00:00-23:59"),
        *("\ud800", "\x00", 0, 1, 50, 1e308, 5e-324, -0.0, 10**400, True, "a", ["a"]),
        *([], {"value": 1, "tolerance": 0}, {"value": 1e-300}),
    ]
)
_OBJECT = st.dictionaries(st.sampled_from(_FIELDS) | st.just(_OLD_ID), _PLAUSIBLE | _JSON, max_size=5)
_NEARLY = st.builds(
    lambda base, changes: {**base, **changes}, st.sampled_from([*ALL_KINDS, *GOOD_BODIES.values()]), _OBJECT
)


def _with_id(body: Any, old_id: str) -> Any:
    if isinstance(body, list):
        return [_with_id(part, old_id) for part in body]
    if isinstance(body, dict):
        return {_with_id(name, old_id): _with_id(value, old_id) for name, value in body.items()}
    return old_id if body in (_OLD_ID, SOMETHING) else body


@pytest.fixture
def ids(exam: ExamService) -> dict[str, str]:
    """A course, an exam of it that has begun, a question, an attempt and its student."""
    published = exam.publish(*ALL_KINDS, attemptsAllowed=20)
    (question, *_) = exam.questions(published["id"])
    attempt = exam.started(published["id"])
    return {
        "courseId": str(exam.course),
        "examId": published["id"],
        "questionId": question["id"],
        "attemptId": attempt["id"],
        "studentId": str(exam.student.id),
        "id": published["id"],
    }


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    route=st.sampled_from(ROUTES),
    body=_JSON | _OBJECT | _NEARLY,
    named=st.sampled_from(["courseId", "examId", "questionId", "attemptId", "studentId"]),
    query=st.dictionaries(st.sampled_from(["limit", "cursor", "status"]), st.text(max_size=30), max_size=2),
    headers=st.dictionaries(
        st.sampled_from(["if-match", "idempotency-key", "authorization"]),
        st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=30),
        max_size=2,
    ),
    role=st.sampled_from(["admin", "teacher", "student", "other"]),
)
def test_no_request_is_ever_a_fault_of_the_server(
    exam: ExamService,
    ids: dict[str, str],
    route: Any,
    body: Any,
    named: str,
    query: dict[str, str],
    headers: dict[str, str],
    role: str,
) -> None:
    method, path, _ = route
    token = None if "authorization" in headers else getattr(exam, role).token
    answer = exam.http(method, fill(path, **ids), _with_id(body, ids[named]), query=query, headers=headers, token=token)
    assert answer.status < 500, answer
    assert answer.status < 400 or _is_problem(answer)
    assert "Traceback" not in answer.text


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_answers_are_ever_a_fault_of_the_server(exam: ExamService, ids: dict[str, str], data: Any) -> None:
    question_ids = [question["id"] for question in exam.questions(ids["examId"])]
    body = data.draw(st.dictionaries(st.sampled_from(question_ids), _JSON | _PLAUSIBLE, max_size=5))
    attempt = {"id": ids["attemptId"]}
    assert exam.save(attempt, body).status in (200, 422)
    assert exam.show(attempt).status == exam.show(attempt, exam.teacher).status == 200


def test_a_stranger_never_learns_whether_an_exam_exists(exam: ExamService) -> None:
    published = exam.publish()
    attempt = exam.started(published["id"])
    (question,) = exam.questions(published["id"])
    real = {"examId": published["id"], "questionId": question["id"], "attemptId": attempt["id"], "id": published["id"]}
    for method, path, roles in ROUTES:
        if "courseId" in path or (method, path) in (("POST", "/exams"), ("GET", "/exams/{id}"), ("POST", "/results")):
            continue
        for role in roles or ():
            if role == "admin":
                continue
            token, body = sign_in(role).token, GOOD_BODIES.get((method, path))
            answers = [exam.http(method, fill(path, **ids), body, token=token) for ids in (real, {})]
            assert answers[0].status == answers[1].status, (method, path, answers)
            assert answers[0].status in (403, 404)
            assert answers[0].json["detail"] == answers[1].json["detail"], (method, path, answers)
