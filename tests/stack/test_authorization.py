"""A sample of the table of who may do what, through the gateway and past it, and with tokens of ended accounts."""

import httpx
import pytest

from localstack.deployed import Deployed
from operations.documents.authorization import Row, rows
from tests.stack.clients import NO_TLS, Person
from tests.stack.conftest import StackUnderTest
from tests.stack.taught import Course

pytestmark = pytest.mark.stack

# Reads alone: every caller may repeat them. Of each service some.
SAMPLE = [
    "/auth/profile",
    "/auth/users",
    "/student/profile",
    "/student/courseHistory",
    "/students",
    "/students/{student_id}",
    "/programs/list",
    "/courses/{courseId}/details",
    "/courses/{courseId}/enrollments",
    "/courses/schedule",
    "/instructors",
    "/instructors/{instructorId}/classes",
    "/courses/{courseId}/outline",
    "/courses/{courseId}/modules",
    "/courses/{courseId}/exams",
    "/attendance/{courseId}",
    "/progress/{studentId}/{courseId}",
    "/student/payment",
    "/payments/vouchers",
    "/notifications/{recipientId}/list",
    "/notifications/{recipientId}/preferences",
    "/health",
    "/openapi.json",
]
ROWS = [row for row in rows() if row.method == "GET" and row.path in SAMPLE]
ENDED = ("disabled", "erased")


class Callers:
    """Students around a course of the demo teacher, and two whose accounts have ended since they signed in."""

    def __init__(self, stack: StackUnderTest) -> None:
        api = f"{stack.settings.emulator_url}/_aws/execute-api/{Deployed(stack.settings).api_id}"
        self._api = httpx.Client(base_url=api, timeout=60, trust_env=False, verify=NO_TLS)
        self.course = Course(stack, "Agents and their callers", enrollment="open")
        self.people = {
            "no token": Person(stack, "nobody"),
            "not enrolled": Person(stack, "never-enrolled").joined(),
            "enrolled": Person(stack, "enrolled").joined(),
            "dropped": Person(stack, "dropped-out").joined(),
            "another student": Person(stack, "classmate").joined(),
            "teacher": self.course.teacher,
            "administrator": self.course.admin,
            "disabled": Person(stack, "disabled").joined(),
            "erased": Person(stack, "erased").joined(),
        }
        self.ids = {
            name: str(Course.done(person, "GET", "/auth/profile")["id"])
            for name, person in self.people.items()
            if name != "no token"
        }
        enrollments = f"/courses/{self.course.id}/enrollments"
        for name in ("enrolled", "dropped", "another student"):
            Course.done(self.people[name], "POST", enrollments, {})
        progress = f"/progress/{self.ids['dropped']}/{self.course.id}"
        lesson = self.course.outline["modules"][0]["lessons"][0]["id"]
        # With one lesson alone, who has done it has completed the course.
        Course.done(self.course.teacher, "POST", f"/modules/{self.course.outline['modules'][0]['id']}/lessons", _SECOND)
        Course.done(self.people["dropped"], "PUT", f"{progress}/lessons/{lesson}")
        Course.done(self.people["dropped"], "DELETE", f"{enrollments}/{self.ids['dropped']}")
        admin = self.course.admin
        Course.done(admin, "PATCH", f"/auth/users/{self.ids['disabled']}", {"status": "disabled"})
        Course.done(admin, "DELETE", f"/auth/users/{self.ids['erased']}")

    def path(self, row: Row, caller: str) -> str:
        """Of whom a caller asks is as in the table."""
        student = self.ids[caller if caller in ("not enrolled", "enrolled", "dropped") else "enrolled"]
        return row.path.format(
            courseId=self.course.id,
            instructorId=self.ids["teacher"],
            studentId=student,
            student_id=student,
            recipientId=self.ids["teacher"] if caller == "teacher" else student,
        ) + ("?courseId=" + self.course.id if row.path == "/courses/schedule" else "")

    def past_the_gateway(self, row: Row, caller: str) -> int:
        token = self.people[caller].token
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return self._api.get(self.path(row, caller), headers=headers).status_code


_SECOND = {"title": "A second agent"}


@pytest.fixture(scope="module")
def callers(school: StackUnderTest) -> Callers:
    # After the demo school's courses: the README's tour takes the first course that there is.
    return Callers(school)


def test_the_sample_is_of_the_table() -> None:
    assert {row.path for row in ROWS} == set(SAMPLE)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.path)
def test_callers_are_answered_through_the_gateway_what_the_table_says(callers: Callers, row: Row) -> None:
    expected = {caller: status for caller, status in row.statuses.items() if caller in callers.people}
    if row.path == "/student/courseHistory":
        # Staff and who asks about others need a roll number.
        expected = {caller: status for caller, status in expected.items() if caller in ("no token", "enrolled")}
    answered = {
        caller: callers.people[caller].call("GET", callers.path(row, caller)).status_code for caller in expected
    }
    assert answered == expected


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.path)
def test_tokens_of_ended_accounts_get_nowhere(callers: Callers, row: Row) -> None:
    for caller in ENDED:
        answer = callers.people[caller].call("GET", callers.path(row, caller))
        assert answer.status_code == (401 if row.needs_token else 200), caller


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.path)
def test_past_the_gateway_everybody_is_refused(callers: Callers, row: Row) -> None:
    for caller in ("no token", "enrolled", "administrator", *ENDED):
        assert callers.past_the_gateway(row, caller) == 403, caller
