"""Deliveries that failed: what administrators see of them, and another try."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from lms.events import users
from tests.clients import Answer
from tests.notification.servers import MailServer
from tests.notification.world import School, row
from tests.people import sign_in


@pytest.fixture
def refused(school: School, mail_server: MailServer) -> MailServer:
    """The server, which has refused a mail about an enrolment to a student who confirmed their address."""
    mail_server.to_recipient = "550 unknown"
    school.consume(school.profile(email="old@example.org"))
    school.process(school.enrolled())
    school.deliver()
    mail_server.to_recipient = "250 OK"
    return mail_server


def failures(school: School, **query: str) -> Answer:
    return school.http.get("/notifications/failures", token=school.admin.token, query=query)


def retry(school: School, notification_id: Any) -> Answer:
    return school.http.post(f"/notifications/failures/{notification_id}/retry", token=school.admin.token)


def test_failures_of_all_people_are_listed_newest_first_over_the_turn_of_the_year(
    school: School, mail_server: MailServer
) -> None:
    mail_server.to_recipient = "550 unknown"
    school.clock.now = school.clock.now.replace(month=12, day=31, hour=23, minute=59)
    people = [school.student, school.enroll(sign_in("student")), school.enroll(sign_in("student"))]
    for person in people:
        school.process(school.enrolled(student_id=person.id))
        school.deliver()
        school.clock.advance(minutes=1)
    listed = school.http.list_all("/notifications/failures", limit=2, token=school.admin.token)
    assert [item["recipient_id"] for item in listed] == [str(person.id) for person in people[::-1]]
    first = listed[0]
    assert (first["recipient_name"], first["type"], first["channel"]) == ("A student", "enrolled", "email")
    assert (first["reason"], first["cause"], len(first["tries"])) == ("SMTP 550: recipient refused", "refused", 1)
    assert "example.org" not in failures(school).text


def test_a_failure_is_tried_again_at_the_address_of_now(school: School, refused: MailServer) -> None:
    [failed] = failures(school).json["items"]
    school.consume(school.profile(6, email="new@example.org"))
    answer = retry(school, failed["id"])
    assert (answer.status, answer.json["status"]) == (202, "pending")
    assert failures(school).json["items"] == []

    school.tick()
    school.deliver()

    assert [mail["To"] for mail in refused.mails] == ["new@example.org"]
    [delivery] = [
        item
        for item in school.http.get(school.path("deliveries"), token=school.admin.token).json["items"]
        if item["id"] == failed["id"]
    ]
    assert [tried["outcome"] for tried in delivery["tries"]] == [
        "SMTP 550: recipient refused",
        "an administrator asked for another try",
        "sent",
    ]


def test_what_fails_again_is_among_the_failures_again(school: School, refused: MailServer) -> None:
    [failed] = failures(school).json["items"]
    refused.to_recipient = "550 unknown"
    retry(school, failed["id"])
    school.clock.advance(minutes=1)
    school.tick()
    school.deliver()
    [again] = failures(school).json["items"]
    assert (again["id"], again["failed_at"] > failed["failed_at"]) == (failed["id"], True)


def test_another_try_waits_for_the_end_of_quiet_hours(school: School, refused: MailServer) -> None:
    [failed] = failures(school).json["items"]
    hour = school.clock.now.hour
    school.prefer(quiet_hours={"from": f"{hour:02}:00", "until": f"{(hour + 2) % 24:02}:00"}, time_zone="UTC")
    retry(school, failed["id"])
    school.pass_time(minutes=1)
    school.deliver()
    assert refused.mails == []
    school.pass_time(hours=2)
    school.deliver()
    assert len(refused.mails) == 1


def test_only_a_failure_is_tried_again_and_once(school: School, refused: MailServer) -> None:
    [failed] = failures(school).json["items"]
    assert retry(school, failed["id"]).status == 202
    for known in (failed["id"], school.row_of("enrolled").id, uuid4()):
        assert retry(school, known).status == 404


def test_a_code_is_not_sent_again(school: School, mail_server: MailServer) -> None:
    mail_server.to_recipient = "550 unknown"
    school.consume(school.reset_requested())
    school.deliver()
    assert retry(school, row().id).problem == (409, "too-late")


def test_what_no_longer_counts_is_not_sent_again(school: School, mail_server: MailServer) -> None:
    mail_server.to_recipient = "550 unknown"
    school.process(school.scheduled(opens_in=timedelta(hours=30)))
    school.deliver()
    [failed] = failures(school).json["items"]
    school.clock.advance(days=3)
    assert retry(school, failed["id"]).problem == (409, "too-late")


@pytest.mark.parametrize("gone", ["disabled", "erased"])
def test_who_is_gone_is_not_written_to(school: School, refused: MailServer, gone: str) -> None:
    [failed] = failures(school).json["items"]
    who = {"user_id": school.student.id, "version": 9}
    school.consume(users.UserDisabled(**who, role="student") if gone == "disabled" else users.UserErased(**who))
    assert retry(school, UUID(failed["id"])).status == (409 if gone == "disabled" else 404)
