"""Whatever a request may say, every consumer can make something of the event that it causes: no dead letter."""

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case, GenerationMode

from tests.conftest import DeadLetters
from tests.contract.calls import Caller
from tests.contract.world import World, meant

# One request to each of these causes an event. Others need a right code or an exam that has closed; their events carry
# what these took before.
CAUSES = [
    "createLesson",
    "createModule",
    "updateLesson",
    "updateModule",
    "confirmVoucher",
    "createCourse",
    "createExam",
    "createProgram",
    "createUser",
    "deleteLesson",
    "deleteModule",
    "dropEnrollment",
    "enrollStudent",
    "enrollStudents",
    "eraseUser",
    "logoutUser",
    "markLessonDone",
    "recordAttendance",
    "registerStudent",
    "replaceOutline",
    "requestPasswordReset",
    "sendClassMessage",
    "sendMessage",
    "submitFeedback",
    "unassignInstructor",
    "updateCourse",
    "updateOwnAccount",
    "updateProgram",
    "updateProgress",
]
DAYS = ("date", "date_of_birth", "due_date")
MOMENTS = ("closesAt", "examDate", "paid_at", "send_at")
ENDS = [("0001-01-01", "0001-01-01T00:00:00+14:00"), ("9999-12-31", "9999-12-31T23:59:59-12:00")]


@pytest.mark.parametrize("name", CAUSES)
def test_what_a_request_causes_every_consumer_takes(world: World, dead_letters: DeadLetters, name: str) -> None:
    caller = Caller(world, name)
    events = 0

    @settings(
        max_examples=3,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=caller.cases(GenerationMode.POSITIVE))
    def check(case: Case) -> None:
        nonlocal events
        world.reset()
        if isinstance(case.body, dict):
            case.body = meant(case.body, world.fields(name))
        answer = caller.send(case)
        assert answer.status < 500, answer
        events += world.deliver()
        assert dead_letters.all() == []

    check()
    assert events, "nothing of what was sent was accepted"


@pytest.mark.parametrize(("day", "moment"), ENDS)
@pytest.mark.parametrize(
    "name", ["createExam", "issueVoucher", "receivePaymentNotice", "recordAttendance", "sendMessage", "updateExam"]
)
def test_consumers_take_dates_at_the_ends_of_the_calendar(
    world: World, dead_letters: DeadLetters, name: str, day: str, moment: str
) -> None:
    caller = Caller(world, name)
    [media] = caller.operation["requestBody"]["content"].values()
    times = {**dict.fromkeys(DAYS, day), **dict.fromkeys(MOMENTS, moment)}
    body = meant(media["example"], {**world.fields(name), **times, "closesAt": None})
    assert caller.post(body).status < 500
    world.deliver()
    assert dead_letters.all() == []
