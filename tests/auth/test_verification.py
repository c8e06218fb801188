"""Confirming an e-mail address or number: POST /auth/verify/start, POST /auth/verify."""

from uuid import uuid4

import pytest

from auth import rules
from lms.events.users import UserProfileUpdated
from tests.auth.conftest import PASSWORD, Auth, SignedIn, at_once
from tests.clients import Answer
from tests.conftest import Outbox


@pytest.fixture
def amina(auth: Auth) -> SignedIn:
    return auth.student("amina", mobile_number="+923001234567")


def _start(auth: Auth, who: SignedIn, channel: str = "email") -> Answer:
    body = {"channel": channel, "current_password": PASSWORD}
    return auth.http.post("/auth/verify/start", body, token=who.token)


def _verify(auth: Auth, who: SignedIn, verify_id: str, code: str) -> Answer:
    return auth.http.post("/auth/verify", {"verify_id": verify_id, "code": code}, token=who.token)


def _other(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


@pytest.mark.parametrize(
    ("channel", "destination", "sent_by", "flag"),
    [
        ("email", "amina@example.com", "email", "email_verified"),
        ("mobile_number", "+923001234567", "sms", "mobile_verified"),
    ],
)
def test_a_code_confirms_what_it_was_sent_to(
    auth: Auth, amina: SignedIn, outbox: Outbox, channel: str, destination: str, sent_by: str, flag: str
) -> None:
    assert auth.profile(amina.token)[flag] is False
    answer = _start(auth, amina, channel)
    assert (answer.status, set(answer.json)) == (202, {"message", "verify_id"})
    sent = auth.sent(answer.json["verify_id"])
    assert (sent.destination, sent.channel, sent.link) == (destination, sent_by, None)
    assert _verify(auth, amina, answer.json["verify_id"], sent.code).status == 200
    assert auth.profile(amina.token)[flag] is True
    assert getattr(outbox.of(UserProfileUpdated)[-1], flag) is True


def test_every_reason_against_a_code_gets_one_text(auth: Auth, amina: SignedIn) -> None:
    bilal = auth.student("bilal")
    verify_id = _start(auth, amina).json["verify_id"]
    code = auth.sent(verify_id).code
    reset_id = auth.forget(email="amina@example.com")
    answers = [
        _verify(auth, amina, verify_id, _other(code)),
        _verify(auth, amina, str(uuid4()), code),
        _verify(auth, bilal, verify_id, code),
        _verify(auth, amina, reset_id, auth.sent(reset_id).code),
    ]
    assert _verify(auth, amina, verify_id, code).status == 200
    answers.append(_verify(auth, amina, verify_id, code))
    assert {answer.status for answer in answers} == {400}
    assert len({answer.json["detail"] for answer in answers}) == 1


def test_a_verification_code_resets_no_password(auth: Auth, amina: SignedIn) -> None:
    verify_id = _start(auth, amina).json["verify_id"]
    assert auth.reset(verify_id, auth.sent(verify_id).code).status == 400


def test_a_code_is_good_for_a_quarter_of_an_hour(auth: Auth, amina: SignedIn) -> None:
    verify_id = _start(auth, amina).json["verify_id"]
    auth.clock.advance(minutes=15)
    assert _verify(auth, amina, verify_id, auth.sent(verify_id).code).status == 400


def test_a_code_is_tried_five_times(auth: Auth, amina: SignedIn) -> None:
    verify_id = _start(auth, amina).json["verify_id"]
    code = auth.sent(verify_id).code
    for _ in range(rules.CODE_TRIES):
        assert _verify(auth, amina, verify_id, _other(code)).status == 400
    assert _verify(auth, amina, verify_id, code).status == 400


@pytest.mark.usefixtures("whole_calls")
def test_one_code_used_at_once_confirms_and_is_spent_once(auth: Auth, amina: SignedIn, outbox: Outbox) -> None:
    verify_id = _start(auth, amina).json["verify_id"]
    code = auth.sent(verify_id).code
    answers = at_once([lambda: _verify(auth, amina, verify_id, code)] * 4)
    assert sorted(answer.status for answer in answers) == [200, 400, 400, 400]
    assert len(outbox.of(UserProfileUpdated)) == 1


def test_three_codes_an_hour_are_sent(auth: Auth, amina: SignedIn) -> None:
    for _ in range(rules.CODES_AN_HOUR):
        assert _start(auth, amina).status == 202
    answer = _start(auth, amina)
    assert answer.status == 429
    assert int(answer.headers["retry-after"]) >= 1
    assert _start(auth, amina, "mobile_number").status == 202, "the other channel has an hour of its own"
    auth.clock.advance(hours=1)
    assert _start(auth, amina).status == 202


def test_what_is_confirmed_or_missing_is_a_conflict(auth: Auth, amina: SignedIn) -> None:
    auth.confirm_mobile(amina.token)
    assert _start(auth, amina, "mobile_number").status == 409
    assert _start(auth, auth.student("bilal"), "mobile_number").status == 409


def test_a_number_is_confirmed_by_one_account(auth: Auth, amina: SignedIn) -> None:
    bilal = auth.student("bilal", mobile_number="+923001234567")
    assert auth.confirm_mobile(amina.token).status == 200
    answer = auth.confirm_mobile(bilal.token)
    assert answer.status == 409
    assert auth.profile(bilal.token)["mobile_verified"] is False


def test_a_code_for_an_address_that_was_changed_meanwhile_confirms_nothing(auth: Auth, amina: SignedIn) -> None:
    verify_id = _start(auth, amina).json["verify_id"]
    code = auth.sent(verify_id).code
    body = {"email": "new@example.com", "current_password": PASSWORD}
    assert auth.http.put("/auth/profile", body, token=amina.token).status == 200
    assert _verify(auth, amina, verify_id, code).status == 400
    assert auth.profile(amina.token)["email_verified"] is False


def test_what_is_no_channel_id_or_code_is_refused(auth: Auth, amina: SignedIn) -> None:
    for body in ({}, {"channel": "sms"}, {"channel": None}, {"channel": "email", "to": "x@example.com"}):
        assert auth.http.post("/auth/verify/start", body, token=amina.token).status == 422
    for code in ("12345", "1234567", "12345x", "١٢٣٤٥٦", "123456\n", 123456, ""):
        body = {"verify_id": str(uuid4()), "code": code}
        assert auth.http.post("/auth/verify", body, token=amina.token).status == 422, code
