"""The recorded events of student, each as its function takes it."""

from tests.recorded import COURSE, EXAM, STUDENT, event
from tests.student.conftest import School


def test_a_recorded_request_shows_a_profile(school: School) -> None:
    answer = school.http.replay("student_profile", school.student.token)
    assert (answer.status, answer.json["student_id"]) == (200, str(school.student.id))


def test_a_recorded_result_is_on_the_report_card(school: School) -> None:
    from student import consumer
    from student.tables import ReportCard

    consumer.handler(event("student_exam_events"), None)
    assert str(ReportCard.get(STUDENT, COURSE).facts.results[EXAM].score) == "87.50"
