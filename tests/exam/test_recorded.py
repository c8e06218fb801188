"""The recorded events of exam, each as its function takes it."""

from tests.clients import Context
from tests.exam.conftest import ExamService
from tests.recorded import event, open_course


def test_a_recorded_request_sets_an_exam(exam: ExamService) -> None:
    open_course()
    answer = exam.http.replay("exam_create", exam.admin.token)
    assert (answer.status, answer.json["examDate"]) == (201, "2035-06-01T04:00:00Z")


def test_a_recorded_tick_submits_what_is_due(exam: ExamService) -> None:
    from exam import tick

    sat = exam.publish()
    attempt = exam.started(sat["id"])
    exam.clock.advance(minutes=61)
    tick.handler(event("exam_tick"), Context())
    assert exam.show(attempt).json["status"] == "submitted"
