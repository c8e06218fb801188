from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from lms.events.users import Person, UserRegistered
from lms.messages import Channel
from lms.settings import SettingsError
from notification.channels.mail import MailServer
from notification.rules import deliveries as rules
from notification.rules.identities import notification_id, source_id, source_of

ADA = UUID("018f4e2a-7c1e-7d3b-9a54-2f6f1c0d9e11")
NOON = datetime(2025, 11, 10, 12, tzinfo=UTC)


def test_pauses_grow() -> None:
    pauses = [rules.pause_after(tries) for tries in range(1, rules.TRIES)]

    assert len(pauses) == 4
    assert pauses == sorted(set(pauses))


def test_all_tries_but_the_last_fall_into_the_life_of_a_code_and_outlast_greylisting() -> None:
    fourth = sum((rules.pause_after(tries) for tries in range(1, 4)), timedelta())

    assert timedelta(minutes=5) < fourth < timedelta(minutes=15)


def registered(**changes: Any) -> UserRegistered:
    person = Person(username="ada", email="ada@example.org", name="Ada Lovelace")
    facts = {"user_id": ADA, "version": 1, "role": "student", "roll_no": None, "person": person}
    return UserRegistered(**{**facts, **changes})


def test_a_fact_has_one_notification_a_recipient_and_channel() -> None:
    def identity(event: UserRegistered, recipient_id: UUID = ADA, channel: Channel = "email") -> UUID:
        return notification_id(source_id(source_of(event)), recipient_id, channel)

    assert identity(registered()) == identity(registered())
    others = {
        identity(registered(), uuid4()),
        identity(registered(), channel="sms"),
        identity(registered(version=2)),
        identity(registered(user_id=uuid4())),
    }
    assert identity(registered()) not in others
    assert len(others) == 4


def test_what_expires_counts_until_then() -> None:
    assert not rules.is_too_late(None, NOON)
    assert not rules.is_too_late(NOON + timedelta(seconds=1), NOON)
    assert rules.is_too_late(NOON, NOON)


def test_a_password_is_never_sent_to_a_mail_server_in_clear(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMTP_USERNAME", "lms")

    with pytest.raises(SettingsError, match="SMTP_SECURITY"):
        MailServer.from_environment()
