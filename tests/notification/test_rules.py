from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from lms.settings import SettingsError
from notification.channels.mail import MailServer
from notification.rules import deliveries as rules
from notification.rules.identities import notification_id, source_id, source_of
from tests.notification.world import ADA, registered

NOON = datetime(2025, 11, 10, 12, tzinfo=UTC)


def test_pauses_grow() -> None:
    pauses = [rules.pause_after(tries) for tries in range(1, rules.TRIES)]

    assert len(pauses) == 4
    assert pauses == sorted(set(pauses))


def test_all_tries_but_the_last_fall_into_the_life_of_a_code_and_outlast_greylisting() -> None:
    fourth = sum((rules.pause_after(tries) for tries in range(1, 4)), timedelta())

    assert timedelta(minutes=5) < fourth < timedelta(minutes=15)


def test_a_fact_has_one_notification_a_recipient_and_channel() -> None:
    source = source_id(source_of(registered()))

    assert notification_id(source, ADA, "email") == notification_id(source_id(source_of(registered())), ADA, "email")
    others = {
        notification_id(source, uuid4(), "email"),
        notification_id(source, ADA, "sms"),
        notification_id(source_id(source_of(registered(version=2))), ADA, "email"),
        notification_id(source_id(source_of(registered(user_id=uuid4()))), ADA, "email"),
    }
    assert notification_id(source, ADA, "email") not in others
    assert len(others) == 4


def test_what_expires_counts_until_then() -> None:
    assert not rules.is_too_late(None, NOON)
    assert not rules.is_too_late(NOON + timedelta(seconds=1), NOON)
    assert rules.is_too_late(NOON, NOON)


def test_a_password_is_never_sent_to_a_mail_server_in_clear(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMTP_USERNAME", "lms")

    with pytest.raises(SettingsError, match="SMTP_STARTTLS"):
        MailServer.from_environment()
