import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from botocore.exceptions import ClientError

from lms.event_secrets import decrypt_secret, encrypt_secret
from lms.events.users import CourseRequestRefused
from notification import consumer, queues
from tests import recorded
from tests.clients import kafka_event
from tests.conftest import DeadLetters
from tests.notification.servers import MailServer
from tests.notification.world import CODE, LINK_TOKEN, School, row, rows


def test_a_registration_makes_one_pending_welcome_and_queues_its_id(school: School, mail_server: MailServer) -> None:
    school.consume(school.registered())

    welcome = row()
    assert (welcome.recipient_id, welcome.type, welcome.status) == (school.student.id, "welcome", "pending")
    assert (welcome.channel, welcome.destination) == ("email", "ada@example.org")
    assert welcome.request_id == "request-of-the-test"
    assert school.deliveries.bodies() == [{"id": str(welcome.id)}]
    assert mail_server.mails == []


def test_who_was_registered_by_an_administrator_is_invited_instead(school: School) -> None:
    school.consume(
        school.registered(
            invitation=encrypt_secret(LINK_TOKEN), invitation_expires_at=school.clock.now + timedelta(days=7)
        )
    )

    invitation = row()
    assert invitation.type == "invitation"
    assert invitation.valid_until == school.clock.now + timedelta(days=7)
    assert decrypt_secret(invitation.facts["link_token"]) == LINK_TOKEN


def test_a_code_waits_encrypted(school: School) -> None:
    school.consume(school.reset_requested())

    waiting = row()
    stored = json.dumps(waiting.to_simple_dict(), default=str) + json.dumps(school.deliveries.bodies())
    assert CODE not in stored
    assert LINK_TOKEN not in stored
    assert decrypt_secret(waiting.facts["code"]) == CODE


def test_the_row_of_a_message_says_nothing_secret_in_the_recipients_list(school: School) -> None:
    school.consume(school.reset_requested())

    assert not {"code", "link_token"} & row().about.keys()
    assert school.listed("password_reset")["message"] == "We sent you a code to reset your password."


def test_an_event_that_comes_twice_makes_one_message(school: School) -> None:
    school.consume(school.registered(), school.registered())
    school.consume(school.registered())

    assert len(rows()) == 1


def test_an_event_that_comes_again_later_sends_nothing_again(school: School, mail_server: MailServer) -> None:
    school.consume(school.registered())
    school.deliver()

    school.consume(school.registered())

    assert school.deliveries.bodies() == []
    assert len(mail_server.mails) == 1


def test_a_crash_between_row_and_queue_heals_when_the_event_comes_again(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Down:
        def send_message_batch(self, **_: Any) -> None:
            raise ClientError({"Error": {"Code": "ServiceUnavailable"}}, "SendMessageBatch")

    with monkeypatch.context() as patch:
        patch.setattr(queues, "sqs", Down)
        with pytest.raises(ClientError):
            school.consume(school.registered())
    assert row().status == "pending"
    assert school.deliveries.bodies() == []

    school.consume(school.registered())

    assert school.deliveries.bodies() == [{"id": str(row().id)}]


def test_each_request_for_a_code_makes_its_own_message_in_any_order(school: School) -> None:
    school.consume(school.reset_requested(version=6), school.verification_requested(version=5), school.registered())

    assert sorted(message.type for message in rows()) == ["password_reset", "verification", "welcome"]


def test_the_old_address_hears_of_a_changed_one(school: School) -> None:
    school.consume(school.profile(previous_email="ada@example.org"))

    assert (row().type, row().destination) == ("email_changed", "ada@example.org")


@pytest.mark.parametrize("change", ["set", "confirmed", "dropped"])
def test_the_address_hears_of_a_changed_number_once(school: School, change: str) -> None:
    event = school.profile(mobile_change=change)
    school.consume(event, event)
    school.consume(event)

    assert (row().type, row().destination) == (f"mobile_number_{change}", "new@example.org")


def test_who_changes_address_and_number_at_once_hides_neither_from_the_old_address(school: School) -> None:
    school.consume(school.profile(previous_email="ada@example.org", mobile_change="set"))

    assert {(sent.type, sent.destination) for sent in rows()} == {
        ("email_changed", "ada@example.org"),
        ("mobile_number_set", "ada@example.org"),
    }


def test_the_old_address_is_addressed_by_name_only_if_it_was_confirmed(school: School) -> None:
    school.consume(school.profile(version=5, previous_email="old@example.org", email_verified=True))
    assert row().name == ""
    school.consume(school.profile(version=6, previous_email="older@example.org", previous_email_verified=True))
    assert {sent.destination: sent.name for sent in rows()} == {
        "old@example.org": "",
        "older@example.org": "Ada Lovelace",
    }


def test_a_profile_change_that_keeps_the_address_notifies_nobody(school: School) -> None:
    school.consume(school.profile())

    assert rows() == []
    assert school.deliveries.bodies() == []


def test_a_broken_event_is_buried_and_its_neighbours_go_out(school: School, dead_letters: DeadLetters) -> None:
    event = kafka_event(school.registered(), school.reset_requested())
    event["records"]["lms.user-0"][0]["value"] = "e30="
    context: Any = None

    consumer.handler(event, context)

    assert row().type == "password_reset"
    (buried,) = dead_letters.all()
    assert buried["reason"].startswith("Poison: not a lms.user.registered.v1")


def test_the_recorded_msk_event_makes_a_welcome_and_skips_what_nobody_hears_of(school: School) -> None:
    school.clock.now = datetime(2025, 11, 10, 10, 0, 1, tzinfo=UTC)
    context: Any = None
    consumer.handler(recorded.event("notification_user_events"), context)

    assert (row().type, row().destination) == ("welcome", "ada@example.org")
    assert row().request_id == "2f1d7c55-0f55-4c1c-bc5b-0f6c0a5f1f2e"


def test_an_administrator_hears_once_of_a_course_that_a_list_did_not_get_into(school: School) -> None:
    import_id = uuid4()

    def refused(reason: Any, import_id: UUID = import_id) -> CourseRequestRefused:
        return CourseRequestRefused(
            version=1,
            import_id=import_id,
            user_id=uuid4(),
            course_id=school.course,
            requested_by=school.admin.id,
            reason=reason,
        )

    school.consume(school.registered(user_id=school.admin.id))
    school.consume(refused("full"), refused("full"), refused("closed"), refused("full", uuid4()))
    listed = [found for found in school.inbox(school.admin) if found["type"] == "course_request_refused"]
    assert sorted(found["message"] for found in listed) == [
        "Not everybody on the list you imported is in Agents: the course is full.",
        "Not everybody on the list you imported is in Agents: the course is full.",
        "Not everybody on the list you imported is in Agents: the course is not open for enrolment.",
    ]
    assert {found["link"] for found in listed} == {f"/app/admin/courses/{school.course}"}
