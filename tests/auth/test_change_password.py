"""POST /auth/change-password."""

from uuid import UUID

import pytest

from auth.tables import User
from lms.events.users import UserPasswordChanged
from tests.auth.conftest import NEW_PASSWORD, PASSWORD, Auth, SignedIn, at_once
from tests.clients import Answer
from tests.conftest import Outbox


@pytest.fixture
def amina(auth: Auth) -> SignedIn:
    return auth.student("amina")


def _change(auth: Auth, who: SignedIn, current: str = PASSWORD, new: str = NEW_PASSWORD) -> Answer:
    body = {"current_password": current, "new_password": new}
    return auth.http.post("/auth/change-password", body, token=who.token)


def test_a_change_ends_every_session_and_starts_a_new_one(auth: Auth, amina: SignedIn, outbox: Outbox) -> None:
    other = auth.login().json
    answer = _change(auth, amina)
    assert answer.status == 200
    assert set(answer.json) == {"access_token", "token_type", "expires_in", "refresh_token", "refresh_expires_in"}
    for token in (amina.token, other["access_token"]):
        assert not auth.passes_gateway(token)
    for token in (amina.refresh_token, other["refresh_token"]):
        assert auth.refresh(token).status == 401
    assert auth.passes_gateway(answer.json["access_token"])
    assert auth.http.get("/auth/profile", token=answer.json["access_token"]).status == 200
    assert auth.refresh(answer.json["refresh_token"]).status == 200
    assert len(outbox.of(UserPasswordChanged)) == 1


def test_the_new_password_counts_and_the_old_one_does_not(auth: Auth, amina: SignedIn) -> None:
    _change(auth, amina)
    assert auth.login(password=PASSWORD).status == 401
    assert auth.login(password=NEW_PASSWORD).status == 200


def test_passwords_are_the_same_however_their_letters_are_composed(auth: Auth) -> None:
    composed, decomposed = "\u00e9" * 127 + "1", "e\u0301" * 127 + "1"
    others, decomposed_others = "\u00f6" * 127 + "1", "o\u0308" * 127 + "1"
    who = auth.register("amina", password=decomposed)
    auth.process_events()
    token = auth.login(password=composed).json["access_token"]
    auth.clock.advance(seconds=1)
    changed = auth.http.put("/auth/profile", {"mobile_number": None, "current_password": decomposed}, token=token)
    assert changed.status == 200
    body = {"current_password": decomposed, "new_password": decomposed_others}
    assert auth.http.post("/auth/change-password", body, token=token).status == 200
    assert auth.login(password=others).status == 200
    reset_id = auth.forget(email="amina@example.com")
    assert auth.reset(reset_id, auth.sent(reset_id).code, decomposed).status == 200
    assert auth.login(password=composed).status == 200
    assert auth.login(password=composed.upper()).status == 401
    assert User.get(UUID(who)).password.startswith("$argon2id$")


def test_a_password_of_a_lone_surrogate_is_refused(auth: Auth, amina: SignedIn) -> None:
    for body in ({"current_password": "\ud800" * 9}, {"new_password": "\ud800" * 9}):
        given = {"current_password": PASSWORD, "new_password": NEW_PASSWORD, **body}
        assert auth.http.post("/auth/change-password", given, token=amina.token).status == 422


def test_the_new_pair_goes_on_after_the_consumer_has_heard(auth: Auth, amina: SignedIn) -> None:
    pair = _change(auth, amina).json
    auth.process_events()
    assert auth.passes_gateway(pair["access_token"])
    assert len(auth.kong.keys(amina.id)) == 1


def test_a_wrong_current_password_changes_nothing(auth: Auth, amina: SignedIn, outbox: Outbox) -> None:
    answer = _change(auth, amina, current="wrong-password")
    assert answer.status == 403
    assert auth.passes_gateway(amina.token)
    assert auth.login().status == 200
    assert outbox.of(UserPasswordChanged) == []


def test_wrong_current_passwords_slow_down_like_a_sign_in(auth: Auth, amina: SignedIn) -> None:
    for _ in range(6):
        assert _change(auth, amina, current="wrong-password").status == 403
    answer = _change(auth, amina)
    assert answer.status == 429
    auth.clock.advance(seconds=int(answer.headers["retry-after"]))
    assert _change(auth, amina).status == 200


def test_a_weak_new_password_is_refused(auth: Auth, amina: SignedIn) -> None:
    for weak in ("short-1", "x" * 129, "password123", "amina@example.com"):
        answer = _change(auth, amina, new=weak)
        assert answer.status == 422, weak
        assert answer.json["errors"][0]["loc"] == ["body", "new_password"]
    body = {"current_password": PASSWORD, "new_password": NEW_PASSWORD, "username": "other"}
    assert auth.http.post("/auth/change-password", body, token=amina.token).status == 422


def test_nothing_changes_while_the_gateway_cannot_be_reached(auth: Auth, amina: SignedIn, outbox: Outbox) -> None:
    before = User.get(UUID(amina.id)).serialize()
    auth.kong.down = True
    answer = _change(auth, amina)
    assert answer.status == 503
    assert int(answer.headers["retry-after"]) >= 1
    auth.kong.down = False
    assert User.get(UUID(amina.id)).serialize() == before
    assert auth.passes_gateway(amina.token)
    assert outbox.of(UserPasswordChanged) == []
    assert _change(auth, amina).status == 200


def test_a_gateway_that_fails_after_the_change_is_put_right_by_the_consumer(auth: Auth, amina: SignedIn) -> None:
    auth.kong.fail_after = len(auth.kong.calls) + 1
    answer = _change(auth, amina)
    assert answer.status == 200
    auth.kong.fail_after = None
    auth.process_events()
    assert not auth.passes_gateway(amina.token)
    assert auth.passes_gateway(answer.json["access_token"])


@pytest.mark.usefixtures("whole_calls")
def test_of_changes_at_once_the_account_follows_one(auth: Auth, amina: SignedIn) -> None:
    answers = at_once([lambda n=n: _change(auth, amina, new=f"new-password-{n}") for n in range(3)])
    won = [n for n, answer in enumerate(answers) if answer.status == 200]
    assert won
    assert {answer.status for answer in answers} <= {200, 403, 429, 503}
    auth.clock.advance(minutes=15)
    works = [n for n in range(3) if auth.login(password=f"new-password-{n}").status == 200]
    assert len(works) == 1
    assert works[0] in won
    assert auth.kong.keys(amina.id) == [User.get(UUID(amina.id)).issuer]
