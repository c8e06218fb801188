"""One's own profile: GET, PUT /auth/profile."""

from typing import Any
from uuid import UUID

import pytest

from auth.tables import ReservedName, User
from lms import roster
from lms.events.users import UserProfileUpdated
from tests.auth.conftest import PASSWORD, Auth, SignedIn, at_once, calls_noted
from tests.clients import Answer
from tests.conftest import Outbox, stored


@pytest.fixture
def amina(auth: Auth) -> SignedIn:
    return auth.student("amina", mobile_number="+923001234567", city="Lahore", country="PK")


def _put(auth: Auth, who: SignedIn, body: Any, **headers: str) -> Answer:
    return auth.http.put("/auth/profile", body, token=who.token, headers=headers)


def test_a_profile_shows_the_account_and_never_its_secrets(auth: Auth, amina: SignedIn) -> None:
    answer = auth.http.get("/auth/profile", token=amina.token)
    assert answer.status == 200
    assert set(answer.json) == {
        *("id", "user_id", "username", "email", "email_verified", "is_type", "status", "roll_no", "name"),
        *("mobile_number", "mobile_verified", "city", "country", "additional_details"),
        *("version", "created_at", "updated_at"),
    }
    assert answer.version == answer.json["version"]
    assert (answer.json["name"], answer.json["additional_details"]) == ("amina", {})
    assert answer.json["created_at"].endswith("Z")


def test_a_profile_is_read_in_one_call(auth: Auth, amina: SignedIn, monkeypatch: pytest.MonkeyPatch) -> None:
    # Once before: a worker remembers the public keys.
    auth.profile(amina.token)
    asked = calls_noted(monkeypatch)
    assert auth.profile(amina.token)["city"] == "Lahore"
    assert asked == [("BatchGetItem", 1)]


def test_fields_that_are_given_are_replaced_and_others_stay(auth: Auth, amina: SignedIn, outbox: Outbox) -> None:
    answer = _put(auth, amina, {"name": " Amina Khan ", "additional_details": {"shift": "evening"}})
    assert answer.status == 200
    assert answer.json["name"] == "Amina Khan"
    assert (answer.json["city"], answer.json["mobile_number"]) == ("Lahore", "+923001234567")
    assert auth.profile(amina.token) == answer.json
    assert answer.version == answer.json["version"]
    (event,) = outbox.of(UserProfileUpdated)
    assert (event.version, event.person.name, event.previous_email) == (answer.json["version"], "Amina Khan", None)
    card = roster.find_user(UUID(amina.id))
    assert card is not None
    assert (card.name, card.version) == ("Amina Khan", answer.json["version"])


def test_null_empties_what_may_be_empty(auth: Auth, amina: SignedIn) -> None:
    answer = _put(auth, amina, {"mobile_number": None, "city": None, "country": None, "current_password": PASSWORD})
    assert (answer.json["mobile_number"], answer.json["city"], answer.json["country"]) == (None, None, None)
    for field in ("name", "email", "additional_details"):
        assert _put(auth, amina, {field: None}).status == 422, field


def test_fields_that_are_not_the_persons_to_change_are_refused(auth: Auth, amina: SignedIn) -> None:
    before = auth.profile(amina.token)
    for body in (
        {"username": "other"},
        {"is_type": "admin"},
        {"role": "admin"},
        {"status": "active"},
        {"roll_no": "0123456789"},
        {"password": "another-pass-9"},
        {"id": amina.id},
        {"version": 9},
        {"email_verified": True},
        {"mobile_verified": True},
        {"consumer_id": "x"},
        {"city": "x", "user_id": amina.id},
    ):
        assert _put(auth, amina, body).status == 422, body
    assert auth.profile(amina.token) == before


def test_if_match_makes_an_update_conditional(auth: Auth, amina: SignedIn) -> None:
    etag = auth.http.get("/auth/profile", token=amina.token).headers["etag"]
    assert _put(auth, amina, {"city": "Multan"}, **{"if-match": etag}).status == 200
    answer = _put(auth, amina, {"city": "Quetta"}, **{"if-match": etag})
    assert answer.status == 412
    assert auth.profile(amina.token)["city"] == "Multan"
    assert _put(auth, amina, {"city": "Quetta"}, **{"if-match": "*"}).status == 200


def test_an_if_match_that_is_no_etag_is_refused(auth: Auth, amina: SignedIn) -> None:
    for tag in ("2", '"2" "3"', "x"):
        answer = _put(auth, amina, {"city": "Quetta"}, **{"if-match": tag})
        assert answer.status == 422, tag
        assert answer.json["errors"][0]["loc"] == ["header", "If-Match"]


def test_an_if_match_that_names_no_version_of_the_account_is_not_met(auth: Auth, amina: SignedIn) -> None:
    now = auth.http.get("/auth/profile", token=amina.token).headers["etag"]
    for tag in (f"W/{now}", '"x"', '"-1"', '""', '"٢"', f'"{"9" * 13}"'):
        assert _put(auth, amina, {"city": "Quetta"}, **{"if-match": tag}).status == 412, tag
    assert _put(auth, amina, {"city": "Quetta"}, **{"if-match": f'"x", {now}'}).status == 200


@pytest.mark.usefixtures("whole_calls")
def test_of_many_updates_with_one_etag_exactly_one_wins(auth: Auth, amina: SignedIn) -> None:
    etag = auth.http.get("/auth/profile", token=amina.token).headers["etag"]
    answers = at_once([lambda n=n: _put(auth, amina, {"city": f"City {n}"}, **{"if-match": etag}) for n in range(5)])
    assert sorted(answer.status for answer in answers) == [200, 412, 412, 412, 412]
    (won,) = (answer for answer in answers if answer.status == 200)
    assert auth.profile(amina.token)["city"] == won.json["city"]


@pytest.mark.usefixtures("whole_calls")
def test_updates_at_once_lose_nothing(auth: Auth, amina: SignedIn) -> None:
    changes = [{"name": "Amina Khan"}, {"city": "Multan"}, {"additional_details": {"x": 1}}]
    answers = at_once([lambda change=change: _put(auth, amina, change) for change in changes])
    assert {answer.status for answer in answers} == {200}
    profile = auth.profile(amina.token)
    assert (profile["name"], profile["city"], profile["additional_details"]) == ("Amina Khan", "Multan", {"x": 1})
    assert len({answer.json["version"] for answer in answers}) == 3


def test_a_new_email_needs_the_current_password(auth: Auth, amina: SignedIn) -> None:
    assert _put(auth, amina, {"email": "new@example.com"}).status == 422
    body = {"email": "new@example.com", "current_password": "wrong-password"}
    assert _put(auth, amina, body).status == 403
    assert auth.profile(amina.token)["email"] == "amina@example.com"


def test_a_new_email_is_published_with_the_old_one_and_has_to_be_confirmed(
    auth: Auth, amina: SignedIn, outbox: Outbox
) -> None:
    User.get(UUID(amina.id)).update([User.email_verified.set(True)])
    answer = _put(auth, amina, {"email": "new@example.com", "current_password": PASSWORD})
    assert (answer.json["email"], answer.json["email_verified"]) == ("new@example.com", False)
    assert outbox.of(UserProfileUpdated)[-1].previous_email == "amina@example.com"
    assert auth.login("new@example.com").status == 200
    assert auth.login("amina@example.com").status == 401


def test_the_old_email_is_free_and_the_new_one_taken(auth: Auth, amina: SignedIn) -> None:
    _put(auth, amina, {"email": "new@example.com", "current_password": PASSWORD})
    bilal = auth.student("bilal")
    body = {"email": "NEW@example.com", "current_password": PASSWORD}
    answer = _put(auth, bilal, body)
    assert answer.status == 409
    assert "email" in answer.json["detail"]
    assert _put(auth, bilal, {**body, "email": "amina@example.com"}).status == 200


def test_a_wrong_password_for_a_new_email_slows_down_like_a_sign_in(auth: Auth, amina: SignedIn) -> None:
    body = {"email": "new@example.com", "current_password": "wrong-password"}
    for _ in range(6):
        assert _put(auth, amina, body).status == 403
    assert _put(auth, amina, {**body, "current_password": PASSWORD}).status == 429
    assert auth.login().status == 429


@pytest.mark.usefixtures("whole_calls")
def test_of_two_who_take_one_new_email_at_once_one_wins(auth: Auth, amina: SignedIn) -> None:
    bilal = auth.student("bilal")
    body = {"email": "new@example.com", "current_password": PASSWORD}
    answers = at_once([lambda: _put(auth, amina, body), lambda: _put(auth, bilal, body)])
    assert sorted(answer.status for answer in answers) == [200, 409]


def test_changing_a_confirmed_number_unconfirms_and_frees_it(auth: Auth, amina: SignedIn) -> None:
    assert auth.confirm_mobile(amina.token).status == 200
    assert auth.profile(amina.token)["mobile_verified"] is True
    assert auth.set_mobile(amina.token, "+923001234567").json["mobile_verified"] is True
    assert auth.set_mobile(amina.token, "+923007654321").json["mobile_verified"] is False
    assert [name.name for name in stored(ReservedName) if name.name.startswith("mobile#")] == []
    bilal = auth.student("bilal", mobile_number="+923001234567")
    assert auth.confirm_mobile(bilal.token).status == 200


def test_a_taken_address_is_refused_before_a_version_that_has_passed(auth: Auth) -> None:
    student = auth.student("amina")
    auth.student("bilal")
    update = {"email": "bilal@example.com", "current_password": PASSWORD}
    answer = auth.http.put("/auth/profile", update, token=student.token, headers={"if-match": '"1"'})
    assert (answer.status, answer.json["type"]) == (409, "urn:lms:problem:email-taken")
