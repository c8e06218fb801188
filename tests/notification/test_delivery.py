import json
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from notification.channels import mail
from notification.messages.accounts import Welcome
from notification.service import notifications
from notification.tables import Notification
from tests import recorded
from tests.notification.servers import MailServer, free_port
from tests.notification.world import CODE, LINK_TOKEN, School, deliver, row, rows


def forgotten(message: Notification) -> bool:
    return message.destination is None and message.name is None and message.facts is None


def test_a_message_that_is_out_is_marked_sent_and_forgets_where_and_what(
    school: School, mail_server: MailServer
) -> None:
    school.consume(school.reset_requested())

    school.deliver()

    assert row().status == "sent"
    assert row().reason is None
    assert forgotten(row())


def test_a_repeated_queue_entry_sends_nothing_twice(school: School, mail_server: MailServer) -> None:
    school.consume(school.registered())
    entry = json.dumps({"id": str(row().id)})
    school.deliveries.put(entry)
    school.deliveries.put(entry)

    # The repeated ones meet the lease of the first, and wait for how it ends.
    assert school.deliver() == 2
    assert school.deliver() == 0

    assert len(mail_server.mails) == 1


def test_a_sender_that_died_holding_a_message_is_waited_for_and_then_replaced(
    school: School, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def dies(*_: Any) -> None:
        raise MemoryError

    school.consume(school.registered())
    with monkeypatch.context() as patch:
        patch.setattr(mail, "post", dies)
        assert school.deliver() == 1

    assert school.deliver() == 1
    assert school.pauses == [90]
    school.clock.advance(seconds=91)
    assert school.deliver() == 0
    assert len(mail_server.mails) == 1


def test_a_code_that_expired_on_the_way_is_not_sent(school: School, mail_server: MailServer) -> None:
    school.consume(school.reset_requested())
    school.clock.advance(minutes=15)

    assert school.deliver() == 0

    assert mail_server.mails == []
    assert (row().status, row().reason) == ("suppressed", "too late")
    assert forgotten(row())


def test_a_refused_recipient_ends_the_message_at_once(school: School, mail_server: MailServer) -> None:
    mail_server.to_recipient = "550 5.1.1 <ada@example.org> unknown"
    school.consume(school.registered())

    assert school.deliver() == 0

    assert (row().status, row().reason) == ("failed", "SMTP 550: recipient refused")


def test_a_refused_mail_ends_the_message_at_once(school: School, mail_server: MailServer) -> None:
    mail_server.to_data = "554 looks like spam"
    school.consume(school.registered())

    assert school.deliver() == 0

    assert (row().status, row().reason) == ("failed", "SMTP 554: mail refused")


@pytest.mark.parametrize(("recipient", "data"), [("450 greylisted", "250 OK"), ("250 OK", "451 try again")])
def test_a_passing_refusal_is_tried_again(school: School, mail_server: MailServer, recipient: str, data: str) -> None:
    mail_server.to_recipient, mail_server.to_data = recipient, data
    school.consume(school.registered())

    assert school.deliver() == 1
    assert row().status == "pending"

    mail_server.to_recipient = mail_server.to_data = "250 OK"
    assert school.deliver() == 0
    assert row().status == "sent"


def test_after_five_tries_with_growing_pauses_a_message_has_failed(school: School, mail_server: MailServer) -> None:
    mail_server.to_recipient = "450 greylisted"
    school.consume(school.registered())

    again = [school.deliver() for _ in range(5)]

    assert again == [1, 1, 1, 1, 0]
    assert school.pauses == [10, 60, 360, 14_400]
    assert (row().status, row().reason) == ("failed", "SMTP 450: recipient refused")


def test_a_message_whose_every_try_killed_the_sender_is_given_up(
    school: School, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def dies(*_: Any) -> None:
        raise MemoryError

    school.consume(school.registered())
    monkeypatch.setattr(mail, "post", dies)
    for _ in range(5):
        assert school.deliver() == 1
        school.clock.advance(seconds=91)

    assert school.deliver() == 0
    assert (row().status, row().reason) == ("failed", "no try came to an end")


def test_a_server_that_is_away_brings_the_message_again(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMTP_PORT", str(free_port()))
    mail.mail_server.cache_clear()
    school.consume(school.registered())

    assert school.deliver() == 1

    assert (row().status, row().reason) == ("pending", "SMTP: SMTPConnectError")
    mail.mail_server.cache_clear()


def test_mails_outlast_a_server_that_is_away_for_hours(
    school: School, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    school.consume(*(school.registered(user_id=uuid4()) for _ in range(3)))
    with monkeypatch.context() as patch:
        patch.setenv("SMTP_PORT", str(free_port()))
        mail.mail_server.cache_clear()
        assert [school.deliver() for _ in range(4)] == [3] * 4
    mail.mail_server.cache_clear()

    assert sum(school.pauses) / 3 > timedelta(hours=4).total_seconds()
    school.clock.advance(seconds=sum(school.pauses) / 3)
    assert school.deliver() == 0
    assert len({mail["Message-ID"] for mail in mail_server.mails}) == len(mail_server.mails) == 3


def test_a_server_that_takes_every_second_mail_gets_the_others_once_more(
    school: School, mail_server: MailServer
) -> None:
    mail_server.takes_every_second = True
    school.consume(*(school.registered(user_id=uuid4()) for _ in range(4)))

    assert school.deliver() == 2
    mail_server.takes_every_second = False
    assert school.deliver() == 0

    assert len({mail["Message-ID"] for mail in mail_server.mails}) == len(mail_server.mails) == 4


def test_a_server_that_falls_silent_brings_the_message_again(
    school: School, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail, "_COMMAND_SECONDS", 0.2)
    mail_server.silent.set()
    school.consume(school.registered())

    assert school.deliver() == 1

    assert (row().status, row().reason) == ("pending", "SMTP: SMTPReadTimeoutError")


def test_a_server_that_is_slow_at_every_step_is_cut_off(
    school: School, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail, "_SECONDS", 0.2)
    monkeypatch.setattr(mail, "_COMMAND_SECONDS", 0.5)
    mail_server.silent.set()
    school.consume(school.registered())

    assert school.deliver() == 1

    assert row().reason == "SMTP: too slow"


def test_a_mail_that_was_taken_without_an_answer_comes_again_under_the_same_message_id(
    school: School, mail_server: MailServer
) -> None:
    mail_server.hangs_up_after_data = True
    school.consume(school.registered())
    assert school.deliver() == 1

    mail_server.hangs_up_after_data = False
    assert school.deliver() == 0

    first, second = mail_server.mails
    assert first["Message-ID"] == second["Message-ID"]


def test_one_bad_entry_does_not_hold_up_its_neighbours(school: School, mail_server: MailServer) -> None:
    school.deliveries.put("not json")
    school.deliveries.put(json.dumps({"id": "018f4e2a-0000-7000-8000-000000000000"}))
    school.consume(school.addressed("no address"), school.reset_requested())

    # What is no entry at all goes to the dead-letter queue after twenty receives; an unknown id is dropped.
    assert school.deliver() == 1

    assert sorted(message.status for message in rows()) == ["failed", "sent"]


def test_a_full_batch_is_delivered(school: School, mail_server: MailServer) -> None:
    school.consume(*(school.reset_requested(version=version) for version in range(10)))

    assert school.deliver() == 0

    assert len(mail_server.mails) == 10
    assert {message.status for message in rows()} == {"sent"}


def test_a_secret_that_cannot_be_decrypted_ends_the_message(school: School, mail_server: MailServer) -> None:
    school.consume(school.reset_requested(code="not encrypted"))

    assert school.deliver() == 0

    assert mail_server.mails == []
    assert (row().status, row().reason) == ("failed", "its secret cannot be decrypted")
    assert forgotten(row())


@pytest.mark.parametrize("answer", ["250 OK", "450 ada@example.org is busy", "550 ada@example.org is unknown"])
def test_logs_hold_no_address_no_name_and_no_secret(
    school: School,
    mail_server: MailServer,
    caplog: pytest.LogCaptureFixture,
    answer: str,
) -> None:
    mail_server.to_recipient = answer
    school.consume(
        school.registered(), school.reset_requested(), school.reset_requested(version=7, destination="x@y, z")
    )

    school.deliver()

    logged = "\n".join(str(vars(line)) for line in caplog.records if line.name == "tests")
    assert all(str(message.id) in logged for message in rows())
    for secret in (CODE, LINK_TOKEN, "example.org", "x@y", "Lovelace"):
        assert secret not in logged


def test_an_unforeseen_fault_is_logged_by_its_type_and_place_alone(
    school: School,
    mail_server: MailServer,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def breaks(*_: Any) -> None:
        raise ZeroDivisionError("@".join(("ada", "example.org")))

    monkeypatch.setattr(mail, "post", breaks)
    school.consume(school.registered())

    assert school.deliver() == 1

    (line,) = [line for line in caplog.records if line.levelname == "ERROR"]
    assert line.fault == "ZeroDivisionError"
    assert "breaks" in line.where[-1]
    assert "ada@example.org" not in str(vars(line))


def test_the_recorded_sqs_event_is_delivered(school: School, mail_server: MailServer) -> None:
    welcome = notifications.draft(Welcome(roll_no=None), uuid4(), school.student.id, "email", school.clock.now)
    welcome.id, welcome.destination = UUID("3d3f6dc1-0f0c-4bb1-9e0a-27f44f6f7b11"), "ada@example.org"
    notifications.write_and_queue([welcome])

    answer = deliver(recorded.event("notification_delivery"))

    assert answer == {"batchItemFailures": []}
    assert [mail["To"] for mail in mail_server.mails] == ["ada@example.org"]
