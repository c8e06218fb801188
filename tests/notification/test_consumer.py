import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lms.event_secrets import decrypt_secret, encrypt_secret
from notification import consumer, queues
from tests.clients import kafka_event
from tests.conftest import Clock, DeadLetters
from tests.notification.world import (
    ADA,
    CODE,
    LINK_TOKEN,
    MailServer,
    Queue,
    moved,
    registered,
    reset_requested,
    row,
    rows,
    verification_requested,
)

EVENTS = Path(__file__).parents[2] / "events"

Consume = Callable[..., None]


def test_a_registration_makes_one_pending_welcome_and_queues_its_id(
    consume: Consume, queue: Queue, mail_server: MailServer
) -> None:
    consume(registered())

    welcome = row()
    assert (welcome.recipient_id, welcome.type, welcome.status) == (ADA, "welcome", "pending")
    assert (welcome.channel, welcome.destination) == ("email", "ada@example.org")
    assert welcome.request_id == "request-of-the-test"
    assert queue.bodies() == [{"id": str(welcome.id)}]
    assert mail_server.mails == []


def test_who_was_registered_by_an_administrator_is_invited_instead(consume: Consume, clock: Clock) -> None:
    consume(registered(invitation=encrypt_secret(LINK_TOKEN), invitation_expires_at=clock.now + timedelta(days=7)))

    invitation = row()
    assert invitation.type == "invitation"
    assert invitation.valid_until == clock.now + timedelta(days=7)
    assert decrypt_secret(invitation.facts["link_token"]) == LINK_TOKEN


def test_a_code_waits_encrypted(consume: Consume, queue: Queue, clock: Clock) -> None:
    consume(reset_requested(clock))

    waiting = row()
    stored = json.dumps(waiting.to_simple_dict(), default=str) + json.dumps(queue.bodies())
    assert CODE not in stored
    assert LINK_TOKEN not in stored
    assert decrypt_secret(waiting.facts["code"]) == CODE


def test_the_row_of_a_message_says_nothing_secret_in_the_recipients_list(consume: Consume, clock: Clock) -> None:
    consume(reset_requested(clock))

    assert row().message == "We sent you a code to reset your password."


def test_an_event_that_comes_twice_makes_one_message(consume: Consume) -> None:
    consume(registered(), registered())
    consume(registered())

    assert len(rows()) == 1


def test_an_event_that_is_told_again_later_sends_nothing_again(
    consume: Consume, queue: Queue, mail_server: MailServer
) -> None:
    consume(registered())
    queue.deliver()

    consume(registered())

    assert queue.bodies() == []
    assert len(mail_server.mails) == 1


def test_a_crash_between_row_and_queue_heals_when_the_event_comes_again(
    consume: Consume, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Down:
        def send_message_batch(self, **_: Any) -> None:
            raise ClientError({"Error": {"Code": "ServiceUnavailable"}}, "SendMessageBatch")

    with monkeypatch.context() as patch:
        patch.setattr(queues, "sqs", Down)
        with pytest.raises(ClientError):
            consume(registered())
    assert row().status == "pending"
    assert queue.bodies() == []

    consume(registered())

    assert queue.bodies() == [{"id": str(row().id)}]


def test_each_request_for_a_code_makes_its_own_message_in_any_order(consume: Consume, clock: Clock) -> None:
    consume(reset_requested(clock, version=6), verification_requested(clock, version=5), registered())

    assert sorted(message.type for message in rows()) == ["password_reset", "verification", "welcome"]


def test_a_changed_address_is_told_to_the_old_one(consume: Consume) -> None:
    consume(moved(previous_email="ada@example.org"))

    assert (row().type, row().destination) == ("email_changed", "ada@example.org")


@pytest.mark.parametrize("change", ["set", "confirmed", "dropped"])
def test_a_changed_number_is_told_to_the_address_once(consume: Consume, change: str) -> None:
    event = moved(mobile_change=change)
    consume(event, event)
    consume(event)

    assert (row().type, row().destination) == (f"mobile_number_{change}", "new@example.org")


def test_who_changes_address_and_number_at_once_hides_neither_from_the_old_address(consume: Consume) -> None:
    consume(moved(previous_email="ada@example.org", mobile_change="set"))

    assert {(told.type, told.destination) for told in rows()} == {
        ("email_changed", "ada@example.org"),
        ("mobile_number_set", "ada@example.org"),
    }


def test_the_old_address_is_addressed_by_name_only_if_it_was_confirmed(consume: Consume) -> None:
    consume(moved(version=5, previous_email="old@example.org", email_verified=True))
    assert row().name == ""
    consume(moved(version=6, previous_email="older@example.org", previous_email_verified=True))
    assert {told.destination: told.name for told in rows()} == {
        "old@example.org": "",
        "older@example.org": "Ada Lovelace",
    }


def test_a_profile_change_that_keeps_the_address_tells_nobody(consume: Consume, queue: Queue) -> None:
    consume(moved())

    assert rows() == []
    assert queue.bodies() == []


def test_a_broken_event_is_buried_and_its_neighbours_are_told(
    consume: Consume, dead_letters: DeadLetters, clock: Clock
) -> None:
    event = kafka_event(registered(), reset_requested(clock))
    event["records"]["lms.user-0"][0]["value"] = "e30="
    context: Any = None

    consumer.handler(event, context)

    assert row().type == "password_reset"
    (letter,) = dead_letters.all()
    assert letter["reason"].startswith("Poison: not a lms.user.registered.v1")


def test_the_recorded_msk_event_makes_a_welcome_and_skips_what_nobody_is_told(
    aws: None, queue: Queue, clock: Clock
) -> None:
    clock.now = datetime(2025, 11, 10, 10, 0, 1, tzinfo=UTC)
    context: Any = None
    consumer.handler(json.loads((EVENTS / "notification_user_events.json").read_text()), context)

    assert (row().type, row().destination) == ("welcome", "ada@example.org")
    assert row().request_id == "2f1d7c55-0f55-4c1c-bc5b-0f6c0a5f1f2e"
