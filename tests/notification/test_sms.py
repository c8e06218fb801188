from collections.abc import Callable
from typing import Any

import pytest

from notification.channels import sms
from tests.conftest import Clock
from tests.notification.world import CODE, Queue, Twilio, free_port, reset_requested, row, verification_requested

Consume = Callable[..., None]
BY_SMS: dict[str, Any] = {"channel": "sms", "destination": "+923001234567", "link_token": None}


def test_a_reset_code_goes_out_by_twilios_call(consume: Consume, queue: Queue, twilio: Twilio, clock: Clock) -> None:
    consume(reset_requested(clock, **BY_SMS))

    assert queue.deliver() == 0

    (call,) = twilio.calls
    path, credentials, fields = call
    assert path == "/2010-04-01/Accounts/AC00/Messages.json"
    assert credentials == "AC00:token"
    assert (fields["To"], fields["From"]) == ("+923001234567", "+15005550006")
    assert fields["Body"].startswith(f"{CODE} is your Education LMS code to reset your password.")
    assert row().status == "sent"
    assert row().destination is None


def test_a_code_to_confirm_a_number_says_so(consume: Consume, queue: Queue, twilio: Twilio, clock: Clock) -> None:
    consume(verification_requested(clock, channel="sms", destination="+923001234567"))

    queue.deliver()

    assert "code to confirm your number" in twilio.calls[0][2]["Body"]


def test_a_bad_number_ends_the_message_at_once(consume: Consume, queue: Queue, twilio: Twilio, clock: Clock) -> None:
    twilio.answer = (400, {"code": 21211, "message": "The 'To' number +923001234567 is not valid", "status": 400})
    consume(reset_requested(clock, **BY_SMS))

    assert queue.deliver() == 0

    assert (row().status, row().reason) == ("failed", "Twilio 400: error 21211")


@pytest.mark.parametrize("number", ["03001234567", "+0300123456", "+92300", "+923001234567\n", "+92 300 1234567", ""])
def test_a_number_that_no_network_knows_is_not_tried(
    consume: Consume, queue: Queue, twilio: Twilio, clock: Clock, number: str
) -> None:
    consume(reset_requested(clock, **{**BY_SMS, "destination": number}))

    assert queue.deliver() == 0

    assert twilio.calls == []
    assert (row().status, row().reason) == ("failed", "no E.164 number")


@pytest.mark.parametrize("status", [401, 429, 500, 503])
def test_what_is_not_the_messages_fault_is_tried_again(
    consume: Consume, queue: Queue, twilio: Twilio, clock: Clock, status: int
) -> None:
    twilio.answer = (status, {})
    consume(reset_requested(clock, **BY_SMS))
    assert queue.deliver() == 1
    assert row().reason == f"Twilio {status}"

    twilio.answer = (201, {})
    assert queue.deliver() == 0
    assert row().status == "sent"


def test_a_twilio_that_is_away_brings_the_message_again(
    consume: Consume, queue: Queue, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TWILIO_URL", f"http://127.0.0.1:{free_port()}")
    sms.sms_account.cache_clear()
    consume(reset_requested(clock, **BY_SMS))

    assert queue.deliver() == 1

    assert row().status == "pending"
    sms.sms_account.cache_clear()


def test_without_an_account_no_sms_is_tried(
    consume: Consume, queue: Queue, twilio: Twilio, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TWILIO_ACCOUNT_SID", "")
    consume(reset_requested(clock, **BY_SMS))

    assert queue.deliver() == 0

    assert twilio.calls == []
    assert (row().status, row().reason) == ("failed", "no SMS account")
