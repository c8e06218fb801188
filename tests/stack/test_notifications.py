"""What people hear of, on the real stack: by mail and SMS in the catcher, and in their list."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from localstack import emulator
from localstack.deployed import Deployed
from tests.stack.clients import Person, code_in, demo_person, eventually, mail_about, newest_sms
from tests.stack.conftest import StackUnderTest
from tests.stack.taught import Course

pytestmark = pytest.mark.stack


class Listener(Course):
    """A course with one student, who hears what happens in it. The title has what HTML must escape."""

    title = "Agents <&> Tools"

    def __init__(self, stack: StackUnderTest) -> None:
        super().__init__(stack, self.title)
        self.stack, self.student = stack, Person(stack, "listener").joined()
        self.student_id: str = self.done(self.student, "GET", "/auth/profile")["id"]
        self.done(self.student, "POST", f"/courses/{self.id}/enrollments", {})

    def mail(self, subject: str) -> Any:
        return mail_about(self.stack, self.student.email, subject)

    def inbox(self, query: str = "") -> Any:
        return self.done(self.student, "GET", f"/notifications/{self.student_id}/list?limit=100{query}")["items"]

    def received(self, kind: str, times: int = 1) -> Any:
        """The messages of a kind in the student's list, once there are so many."""

        def look() -> Any:
            found = [item for item in self.inbox() if item["type"] == kind]
            return found if len(found) >= times else None

        return eventually(look)

    def deliveries(self, kind: str) -> list[str]:
        """The channels by which messages of a kind took their way to the student."""
        found = self.done(self.admin, "GET", f"/notifications/{self.student_id}/deliveries?limit=100")["items"]
        return sorted(item["channel"] for item in found if item["type"] == kind)

    def write(self, subject: str) -> None:
        body = {"course_id": self.id, "message": "See you <there>", "type": "announcement", "subject": subject}
        teacher_id = self.done(self.teacher, "GET", "/auth/profile")["id"]
        assert self.done(self.teacher, "POST", f"/instructors/{teacher_id}/messages", body) == {"accepted": 1}

    def collecting_is_over(self, lessons: int) -> None:
        """So many new lessons were collected, the minutes for it are over, and the tick comes."""
        deployed, session = Deployed(self.stack.settings), emulator.session()
        to = {"endpoint_url": self.stack.settings.emulator_url}
        broadcasts = {"TableName": deployed.physical("BroadcastsTable")}
        dynamodb = session.client("dynamodb", **to)

        def complete() -> Any:
            digest = dynamodb.get_item(**broadcasts, Key={"id": {"S": f"digest#{self.id}"}}).get("Item")
            return digest if digest and int(digest["lessons"]["N"]) == lessons else None

        digest = eventually(complete)
        dynamodb.update_item(
            **broadcasts,
            Key={"id": digest["broadcast_id"]},
            UpdateExpression="SET due_at = :past",
            ExpressionAttributeValues={":past": {"S": "2020-01-01T00:00:00.000000+0000"}},
        )
        session.client("lambda", **to).invoke(FunctionName=deployed.physical("NotificationTickFunction"), Payload=b"{}")


@pytest.fixture(scope="module")
def course(stack: StackUnderTest) -> Listener:
    return Listener(stack)


def test_who_enrols_gets_a_mail_as_text_and_html_and_a_message_to_mark_as_read(course: Listener) -> None:
    mail = course.mail(f"You are enrolled in {course.title}")
    assert f"You are now enrolled in {course.title}." in mail["Text"]
    assert "You are now enrolled in Agents &lt;&amp;&gt; Tools." in mail["HTML"]
    assert course.title not in mail["HTML"]
    [message] = course.received("enrolled")
    assert message["id"] in [item["id"] for item in course.inbox("&unread=true")]
    course.done(course.student, "POST", f"/notifications/{message['id']}/read")
    assert message["id"] not in [item["id"] for item in course.inbox("&unread=true")]
    course.done(course.student, "POST", f"/notifications/{course.student_id}/readAll")
    assert course.inbox("&unread=true") == []


def test_lessons_that_are_published_one_after_the_other_make_one_message(course: Listener) -> None:
    module = course.outline["modules"][0]["id"]
    for title in ("Planning", "Memory"):
        course.done(course.teacher, "POST", f"/modules/{module}/lessons", {"title": title})
    # With the lesson that the course began with.
    course.collecting_is_over(lessons=3)

    [message] = course.received("new_material")
    assert message["message"].splitlines()[0] == f"New in {course.title}:"
    assert set(message["message"].splitlines()[1:]) == {"- A first agent", "- Planning", "- Memory"}
    assert "- Planning" in course.mail(f"New material in {course.title}")["Text"]


@pytest.mark.usefixtures("school")
def test_a_class_hears_of_an_exam_that_is_scheduled_moved_and_cancelled(course: Listener) -> None:
    # The time zone of the demo school, and so of people who chose none.
    opens_at = datetime.now(ZoneInfo("Asia/Karachi")) + timedelta(days=7)
    exam = {"courseId": course.id, "title": "Final", "duration": 30, "paper": True, "published": True}
    made = course.done(course.teacher, "POST", "/exams", {**exam, "examDate": opens_at.isoformat()})
    assert f"{opens_at.day} {opens_at:%B %Y}" in course.mail("Exam scheduled: Final")["Text"]

    later = opens_at + timedelta(days=1)
    course.done(course.teacher, "PUT", f"/exams/{made['id']}", {"examDate": later.isoformat()})
    assert f"It now opens on {later.day} {later:%B %Y, %H:%M} (UTC+5)" in course.mail("Exam moved: Final")["Text"]

    course.done(course.teacher, "DELETE", f"/exams/{made['id']}")
    assert course.mail("Exam cancelled: Final")


def test_a_student_hears_of_a_voucher_when_it_is_issued_and_when_it_is_paid(course: Listener) -> None:
    due_date = (datetime.now(UTC) + timedelta(days=30)).date().isoformat()
    terms = {"student_id": course.student_id, "course_id": course.id, "quarter": "Q4", "fee": "5000.00"}
    voucher = course.done(course.admin, "POST", "/payments/vouchers", {**terms, "due_date": due_date})
    number = voucher["voucher_no"]
    assert number in course.mail(f"Payment voucher for {course.title}")["Text"]

    course.done(course.admin, "POST", f"/payments/vouchers/{number}/confirm")
    assert number in course.mail(f"Payment received for {course.title}")["Text"]


def test_one_click_ends_the_mails_of_a_kind_and_security_mails_still_come(course: Listener) -> None:
    course.write("The room is changed")
    mail = course.mail("The room is changed")
    assert "See you <there>" in mail["Text"]
    assert "See you &lt;there&gt;" in mail["HTML"]
    way_out = mail["ListUnsubscribe"]
    [link] = way_out["Links"]
    assert way_out["HeaderPost"] == "List-Unsubscribe=One-Click"
    assert link in mail["Text"]
    assert httpx.post(link, data={"List-Unsubscribe": "One-Click"}, trust_env=False, timeout=60).status_code == 204
    preferences = course.done(course.student, "GET", f"/notifications/{course.student_id}/preferences")
    assert preferences["channels"]["announcement"] == ["in_app"]
    assert preferences["channels"]["exam"] == ["in_app", "email"]

    before = course.deliveries("announcement").count("email")
    course.write("And changed again")
    course.received("announcement", times=2)
    assert course.deliveries("announcement").count("email") == before
    assert course.student.http.post("/auth/forgot-password", json={"email": course.student.email}).status_code == 202
    assert code_in(course.student.mail("reset the password"))


def test_who_wants_sms_and_confirmed_their_number_hears_by_sms(school: StackUnderTest) -> None:
    number, person, admin = "+923001239876", Person(school, "reached-by-sms").joined(), demo_person(school, "admin")
    done, person_id = Course.done, Course.done(person, "GET", "/auth/profile")["id"]
    asked = done(person, "POST", "/auth/verify/start", {"channel": "email"})
    code = code_in(person.mail("confirm that this e-mail address"))
    done(person, "POST", "/auth/verify", {"verify_id": asked["verify_id"], "code": code})
    with_password = {"current_password": person.password}
    done(person, "PUT", "/auth/profile", {"mobile_number": number, **with_password})
    asked = done(person, "POST", "/auth/verify/start", {"channel": "mobile_number", **with_password})
    code = newest_sms(school, number, "confirm your number")[:6]
    done(person, "POST", "/auth/verify", {"verify_id": asked["verify_id"], "code": code})
    done(person, "PUT", f"/notifications/{person_id}/preferences", {"channels": {"announcement": ["sms"]}})

    # The code comes by an event of the same person: when it is there, their confirmed number is known.
    assert person.http.post("/auth/forgot-password", json={"mobile_number": number}).status_code == 202
    newest_sms(school, number, "reset your password")

    message = {"recipient_ids": [person_id], "message": "Closed on Friday", "type": "announcement", "channels": ["sms"]}
    done(admin, "POST", "/notifications/send", message)
    assert newest_sms(school, number, "Closed on Friday") == "Demo School: Closed on Friday"
