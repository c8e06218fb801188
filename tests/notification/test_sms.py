from typing import Any

import pytest

from notification.channels import sms
from tests.notification.servers import Twilio, free_port
from tests.notification.world import CODE, School, row

BY_SMS: dict[str, Any] = {"channel": "sms", "destination": "+923001234567", "link_token": None}


def test_a_reset_code_goes_out_by_twilios_call(school: School, twilio: Twilio) -> None:
    school.consume(school.reset_requested(**BY_SMS))

    assert school.deliver() == 0

    (call,) = twilio.calls
    path, credentials, fields = call
    assert path == "/2010-04-01/Accounts/AC00/Messages.json"
    assert credentials == "AC00:token"
    assert (fields["To"], fields["From"]) == ("+923001234567", "+15005550006")
    assert fields["Body"].startswith(f"{CODE} is your Education LMS code to reset your password.")
    assert row().status == "sent"
    assert row().destination is None


def test_a_code_to_confirm_a_number_says_so(school: School, twilio: Twilio) -> None:
    school.consume(school.verification_requested(channel="sms", destination="+923001234567"))

    school.deliver()

    assert "code to confirm your number" in twilio.calls[0][2]["Body"]


def test_a_bad_number_ends_the_message_at_once(school: School, twilio: Twilio) -> None:
    twilio.answer = (400, {"code": 21211, "message": "The 'To' number +923001234567 is not valid", "status": 400})
    school.consume(school.reset_requested(**BY_SMS))

    assert school.deliver() == 0

    assert (row().status, row().reason) == ("failed", "Twilio 400: error 21211")


@pytest.mark.parametrize("body", [{}, {"code": "x"}, []])
def test_without_an_error_number_the_status_is_the_reason(school: School, twilio: Twilio, body: Any) -> None:
    twilio.answer = (400, body)
    school.consume(school.reset_requested(**BY_SMS))

    assert school.deliver() == 0

    assert (row().status, row().reason) == ("failed", "Twilio 400: no error number")


@pytest.mark.parametrize("number", ["03001234567", "+0300123456", "+92300", "+923001234567\n", "+92 300 1234567", ""])
def test_a_number_that_no_network_knows_is_not_tried(school: School, twilio: Twilio, number: str) -> None:
    school.consume(school.reset_requested(**{**BY_SMS, "destination": number}))

    assert school.deliver() == 0

    assert twilio.calls == []
    assert (row().status, row().reason) == ("failed", "no E.164 number")


@pytest.mark.parametrize("status", [401, 429, 500, 503])
def test_what_is_not_the_messages_fault_is_tried_again(school: School, twilio: Twilio, status: int) -> None:
    twilio.answer = (status, {})
    school.consume(school.reset_requested(**BY_SMS))
    assert school.deliver() == 1
    assert row().reason == f"Twilio {status}"

    twilio.answer = (201, {})
    assert school.deliver() == 0
    assert row().status == "sent"


def test_a_twilio_that_is_away_brings_the_message_again(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWILIO_URL", f"http://127.0.0.1:{free_port()}")
    sms.sms_account.cache_clear()
    school.consume(school.reset_requested(**BY_SMS))

    assert school.deliver() == 1

    assert row().status == "pending"
    sms.sms_account.cache_clear()


def test_without_an_account_no_sms_is_tried(school: School, twilio: Twilio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWILIO_ACCOUNT_SID", "")
    school.consume(school.reset_requested(**BY_SMS))

    assert school.deliver() == 0

    assert twilio.calls == []
    assert (row().status, row().reason) == ("failed", "no SMS account")
