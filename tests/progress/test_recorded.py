"""The recorded events of progress, each as its function takes it."""

from tests.conftest import Outbox
from tests.progress.conftest import School, TaughtOutline
from tests.recorded import COURSE, event, open_course


def test_a_recorded_request_gives_feedback(school: School) -> None:
    open_course()
    school.add_student(school.student, COURSE)
    answer = school.http.replay("progress_feedback", school.student.token)
    assert (answer.status, answer.json["rating"]) == (201, 5)


def test_a_recorded_change_of_an_outline_moves_its_class(school: School, outbox: Outbox) -> None:
    from lms.events.progress import ProgressUpdated
    from progress import consumer

    open_course()
    school.course, school.outline = COURSE, TaughtOutline(COURSE)
    school.enroll(school.student)
    _, (first,) = school.outline.add_module(1)
    school.learn(first)
    school.outline.add_module(1)
    consumer.handler(event("progress_content_events"), None)
    assert [event.completion_percentage for event in outbox.of(ProgressUpdated)] == [100, 50]
