"""Mobile numbers: who may set and confirm one, who is notified, and when one may reset a password."""

from typing import Any
from uuid import UUID

import pytest

from auth import rules
from auth.tables import ReservedName, User
from lms.events.users import UserPasswordChanged, UserPasswordResetRequested, UserProfileUpdated, UserProvisioned
from tests.at_once import Meanwhile
from tests.auth.conftest import NEW_PASSWORD, PASSWORD, Auth, SignedIn
from tests.conftest import Outbox, stored

NUMBER, OTHER = "+923001234567", "+923007654321"


@pytest.fixture
def amina(auth: Auth) -> SignedIn:
    return auth.student("amina", mobile_number=NUMBER)


def _resets_by_sms(auth: Auth, number: str, outbox: Outbox) -> bool:
    """Whether a code for a new password goes to a number."""
    before = len(outbox.of(UserPasswordResetRequested))
    auth.forget(mobile_number=number)
    return len(outbox.of(UserPasswordResetRequested)) > before


def _reset_by_mail(auth: Auth, email: str = "amina@example.com", new_password: str = NEW_PASSWORD) -> str:
    """A token of who came in by a reset by mail."""
    reset_id = auth.forget(email=email)
    assert auth.reset(reset_id, auth.sent(reset_id).code, new_password).status == 200
    token: str = auth.login(email, new_password).json["access_token"]
    return token


def _reserved_numbers() -> list[str]:
    return [name.name for name in stored(ReservedName) if name.name.startswith("mobile#")]


@pytest.mark.parametrize("number", [OTHER, NUMBER, None])
def test_a_number_is_not_set_by_a_token_alone(auth: Auth, amina: SignedIn, number: str | None) -> None:
    for given, status in (({}, 422), ({"current_password": None}, 422), ({"current_password": "wrong-password"}, 403)):
        answer = auth.http.put("/auth/profile", {"mobile_number": number, **given}, token=amina.token)
        assert answer.status == status
    assert auth.profile(amina.token)["mobile_number"] == NUMBER
    assert auth.set_mobile(amina.token, number).json["mobile_number"] == number


def test_a_number_is_not_confirmed_by_a_token_alone(auth: Auth, amina: SignedIn, outbox: Outbox) -> None:
    before = outbox.all()
    for given, status in (({}, 422), ({"current_password": None}, 422), ({"current_password": "wrong-password"}, 403)):
        answer = auth.http.post("/auth/verify/start", {"channel": "mobile_number", **given}, token=amina.token)
        assert answer.status == status
    assert outbox.all() == before


def test_wrong_passwords_for_a_number_slow_down_like_a_sign_in(auth: Auth, amina: SignedIn) -> None:
    body = {"channel": "mobile_number", "current_password": "wrong-password"}
    for _ in range(6):
        assert auth.http.post("/auth/verify/start", body, token=amina.token).status == 403
    assert auth.start_mobile(amina.token).status == 429


def test_each_change_of_a_number_is_published_once(auth: Auth, amina: SignedIn, outbox: Outbox) -> None:
    def changes() -> list[Any]:
        return [(event.mobile_change, event.person.mobile_number) for event in outbox.of(UserProfileUpdated)]

    auth.set_mobile(amina.token, OTHER)
    auth.set_mobile(amina.token, OTHER)
    auth.confirm_mobile(amina.token)
    auth.http.put("/auth/profile", {"city": "Multan"}, token=amina.token)
    auth.set_mobile(amina.token, None)
    assert changes() == [("set", OTHER), (None, OTHER), ("confirmed", OTHER), (None, OTHER), ("dropped", None)]


def test_address_and_number_are_changed_ten_times_a_day_because_each_sends_a_mail(
    auth: Auth, amina: SignedIn, outbox: Outbox
) -> None:
    auth.clock.now = auth.clock.now.replace(hour=1, minute=0, second=0)
    body = {"current_password": PASSWORD}
    for n in range(rules.CONTACT_CHANGES_A_DAY - 1):
        assert auth.set_mobile(amina.token, f"+92300123450{n}").status == 200
    assert auth.http.put("/auth/profile", {**body, "email": "new@example.com"}, token=amina.token).status == 200
    before = len(outbox.of(UserProfileUpdated))
    for change in ({"email": "newer@example.com"}, {"mobile_number": None}):
        answer = auth.http.put("/auth/profile", {**body, **change}, token=amina.token)
        assert (answer.status, answer.headers["retry-after"]) == (429, str(23 * 3600))
    assert len(outbox.of(UserProfileUpdated)) == before
    assert auth.http.put("/auth/profile", {"city": "Multan"}, token=amina.token).status == 200
    auth.clock.advance(hours=23)
    assert auth.set_mobile(amina.token, None).status == 200


def test_a_number_that_was_confirmed_after_the_address_resets_the_password(
    auth: Auth, amina: SignedIn, outbox: Outbox
) -> None:
    auth.confirm_email(amina.token)
    assert auth.confirm_mobile(amina.token).json["message"] == "Confirmed."
    reset_id = auth.forget(mobile_number=NUMBER)
    assert auth.reset(reset_id, auth.sent(reset_id).code).status == 200
    assert outbox.of(UserPasswordChanged)[-1].reset_by == "sms", "the address is notified"
    token = _reset_by_mail(auth, new_password="third-pass-10")
    assert auth.profile(token)["mobile_number"] == NUMBER, "a later reset by mail leaves it"
    assert outbox.of(UserPasswordChanged)[-1].reset_by == "email"
    assert _resets_by_sms(auth, NUMBER, outbox)


def test_a_number_that_was_confirmed_before_the_address_resets_nothing(
    auth: Auth, amina: SignedIn, outbox: Outbox
) -> None:
    assert "first confirm your email address" in auth.confirm_mobile(amina.token).json["message"]
    assert not _resets_by_sms(auth, NUMBER, outbox)
    auth.confirm_email(amina.token)
    assert auth.profile(amina.token)["mobile_verified"] is True
    assert not _resets_by_sms(auth, NUMBER, outbox)
    assert auth.confirm_mobile(amina.token).json["message"] == "Confirmed.", "it can be confirmed again"
    assert _resets_by_sms(auth, NUMBER, outbox)
    assert auth.start_mobile(amina.token).status == 409


def test_whoever_registered_anothers_address_keeps_nothing_of_it(auth: Auth, amina: SignedIn, outbox: Outbox) -> None:
    """`amina` stands for the stranger here; the owner of the address comes in by mail."""
    auth.confirm_mobile(amina.token)
    token = _reset_by_mail(auth)
    profile = auth.profile(token)
    assert (profile["mobile_number"], profile["mobile_verified"], profile["email_verified"]) == (None, False, True)
    assert _reserved_numbers() == []
    changed, updated = outbox.all()[-2:]
    assert (type(changed), type(updated)) == (UserPasswordChanged, UserProfileUpdated)
    assert changed.version == updated.version == profile["version"]
    assert (updated.mobile_change, updated.person.mobile_number, updated.email_verified) == ("dropped", None, True)
    assert not _resets_by_sms(auth, NUMBER, outbox)
    auth.process_events()
    assert auth.profile(token) == profile
    assert auth.confirm_mobile(auth.student("bilal", mobile_number=NUMBER).token).status == 200


def test_a_number_that_was_only_set_stays_through_a_reset(auth: Auth, amina: SignedIn, outbox: Outbox) -> None:
    token = _reset_by_mail(auth)
    assert auth.profile(token)["mobile_number"] == NUMBER
    event = outbox.of(UserProfileUpdated)[-1]
    assert (event.email_verified, event.mobile_change) == (True, None)
    assert not _resets_by_sms(auth, NUMBER, outbox)


@pytest.mark.usefixtures("whole_calls")
def test_a_number_that_is_confirmed_in_the_middle_of_a_reset_is_dropped(
    auth: Auth, amina: SignedIn, outbox: Outbox, meanwhile: Meanwhile
) -> None:
    verify_id = auth.start_mobile(amina.token).json["verify_id"]
    body = {"verify_id": verify_id, "code": auth.sent(verify_id).code}
    reset_id = auth.forget(email="amina@example.com")
    meanwhile(lambda: auth.http.post("/auth/verify", body, token=amina.token))
    assert auth.reset(reset_id, auth.sent(reset_id).code).status == 200
    assert [event.mobile_change for event in outbox.of(UserProfileUpdated)] == ["confirmed", "dropped"]
    user = User.get(UUID(amina.id))
    assert (user.mobile_verified, user.mobile_may_reset, user.email_verified) == (False, False, True)
    assert _reserved_numbers() == []


def test_another_address_takes_the_right_to_reset_from_a_number(auth: Auth, amina: SignedIn, outbox: Outbox) -> None:
    auth.confirm_email(amina.token)
    auth.confirm_mobile(amina.token)
    reset_id = auth.forget(mobile_number=NUMBER)
    body = {"email": "new@example.com", "current_password": PASSWORD}
    assert auth.http.put("/auth/profile", body, token=amina.token).json["mobile_verified"] is True
    event = outbox.of(UserProfileUpdated)[-1]
    assert (event.previous_email, event.previous_email_verified) == ("amina@example.com", True)
    assert auth.reset(reset_id, auth.sent(reset_id).code).status == 400, "nor does a code on its way count"
    assert not _resets_by_sms(auth, NUMBER, outbox)
    token = _reset_by_mail(auth, "new@example.com")
    assert auth.profile(token)["mobile_number"] is None


def test_a_right_code_for_a_number_that_another_confirmed_stays_good(auth: Auth, amina: SignedIn) -> None:
    bilal = auth.student("bilal", mobile_number=NUMBER)
    verify_id = auth.start_mobile(amina.token).json["verify_id"]
    body = {"verify_id": verify_id, "code": auth.sent(verify_id).code}
    auth.confirm_mobile(bilal.token)
    for _ in range(6):
        assert auth.http.post("/auth/verify", body, token=amina.token).status == 409
    auth.set_mobile(bilal.token, None)
    assert auth.http.post("/auth/verify", body, token=amina.token).status == 200


def test_a_reset_before_the_account_is_set_up_is_published_with_it(auth: Auth, outbox: Outbox) -> None:
    auth.register("amina", name="Amina Khan", mobile_number=NUMBER)
    reset_id = auth.forget(email="amina@example.com")
    assert auth.reset(reset_id, auth.sent(reset_id).code).status == 200
    auth.process_events()
    (event,) = outbox.of(UserProvisioned)
    assert (event.email_verified, event.person.name, event.person.mobile_number) == (True, "Amina Khan", NUMBER)
    assert outbox.of(UserProfileUpdated) == []
