"""The recorded events of program, each as its function takes it."""

from tests.program.conftest import Program
from tests.recorded import COURSE, EXAM, event


def test_a_recorded_request_makes_a_program(program: Program) -> None:
    answer = program.http.replay("program_create", program.admin.token)
    assert (answer.status, answer.json["title"]) == (201, "Cloud Native Applied Generative AI")


def test_a_recorded_exam_is_on_the_schedule(program: Program) -> None:
    from program import consumer
    from program.tables import ExamDate

    consumer.handler(event("program_exam_events"), None)
    assert [exam.exam_id for exam in ExamDate.schedule.query(COURSE)] == [EXAM]
