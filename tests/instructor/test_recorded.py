"""The recorded events of instructor, each as its function takes it."""

from tests.instructor.conftest import School
from tests.recorded import COURSE, event


def test_a_recorded_request_lists_instructors(school: School) -> None:
    answer = school.http.replay("instructor_list", school.admin.token)
    assert (answer.status, answer.json["items"]) == (200, [])


def test_a_recorded_enrolment_is_counted(school: School) -> None:
    from instructor import consumer
    from instructor.tables import CourseClass

    consumer.handler(event("instructor_enrollment_events"), None)
    assert CourseClass.get(COURSE).students == 1
