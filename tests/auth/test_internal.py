"""Passwords for other functions: `lms.credentials` against auth's internal handler."""

import json
from io import BytesIO, StringIO
from typing import Any
from uuid import UUID, uuid4

import pytest
from pydantic import ValidationError

from auth import check, internal
from lms import credentials
from lms.errors import Conflict, Forbidden, Invalid, NotFound, TooManyRequests, Unauthorized, Unavailable
from lms.events.users import UserPasswordChanged
from operations.source import ROOT
from tests.auth.conftest import NEW_PASSWORD, PASSWORD, Auth, SignedIn
from tests.conftest import Outbox

IP = "203.0.113.7"


class Lambda:
    """Lambda's `invoke`, straight to the handlers."""

    def __init__(self) -> None:
        self.down = False

    def invoke(self, *, FunctionName: str, Payload: str) -> dict[str, Any]:
        assert FunctionName == "AuthInternalFunction"
        if self.down:
            return {"FunctionError": "Unhandled", "Payload": BytesIO(b'{"errorMessage": "out of memory"}')}
        question = json.loads(Payload)
        handler = check.handler if question["action"] == "check" else internal.handler
        return {"Payload": BytesIO(json.dumps(handler(question, None)).encode())}


@pytest.fixture
def invoked(auth: Auth, monkeypatch: pytest.MonkeyPatch) -> Lambda:
    fake = Lambda()
    monkeypatch.setattr(credentials, "_lambda", lambda: fake)
    return fake


@pytest.fixture
def amina(auth: Auth, invoked: Lambda) -> SignedIn:
    return auth.student("amina")


def test_a_pair_is_checked_by_username_email_or_roll_number(auth: Auth, amina: SignedIn) -> None:
    roll_no = auth.profile(amina.token)["roll_no"]
    for name in ("amina", "amina@example.com", roll_no):
        assert credentials.check(name, PASSWORD, IP) == UUID(amina.id)


def test_passwords_are_checked_and_changed_however_their_letters_are_composed(auth: Auth, invoked: Lambda) -> None:
    composed, decomposed = "caf\u00e9-au-lait", "cafe\u0301-au-lait"
    user_id = UUID(auth.register("amina", password=composed))
    auth.process_events()
    assert credentials.check("amina", decomposed, IP) == user_id
    credentials.change(user_id, decomposed, decomposed + "-8", IP)
    assert credentials.check("amina", composed + "-8", IP) == user_id
    with pytest.raises(Invalid):
        credentials.change(user_id, composed + "-8", "e\u0301" * 7, IP)


def test_a_wrong_pair_is_refused_and_slows_down_sign_in_too(auth: Auth, amina: SignedIn) -> None:
    for _ in range(6):
        with pytest.raises(Unauthorized):
            credentials.check("amina", "wrong-password", IP)
    with pytest.raises(TooManyRequests) as refusal:
        credentials.check("amina", PASSWORD, IP)
    assert int(refusal.value.headers["Retry-After"]) >= 1
    assert auth.login(ip=IP).status == 429


def test_pairs_of_any_length_are_wrong_pairs(amina: SignedIn) -> None:
    for name, password in (("", ""), ("x" * 5_000, "x"), ("amina", "x" * 5_000), ("amina", "")):
        with pytest.raises(Unauthorized):
            credentials.check(name, password, IP)


def test_who_is_disabled_or_being_set_up_learns_it_after_the_right_password(auth: Auth, amina: SignedIn) -> None:
    auth.desk.set_status(amina.id, "disabled")
    with pytest.raises(Forbidden):
        credentials.check("amina", PASSWORD, IP)
    auth.register("waiting")
    with pytest.raises(Conflict) as refusal:
        credentials.check("waiting", PASSWORD, IP)
    assert refusal.value.headers["Retry-After"]


def test_a_password_is_changed_and_every_session_ended(auth: Auth, amina: SignedIn, outbox: Outbox) -> None:
    credentials.change(UUID(amina.id), PASSWORD, NEW_PASSWORD, IP)
    assert auth.login(password=NEW_PASSWORD).status == 200
    assert not auth.passes_gateway(amina.token)
    assert auth.refresh(amina.refresh_token).status == 401
    assert len(outbox.of(UserPasswordChanged)) == 1


def test_a_wrong_current_password_is_forbidden(auth: Auth, amina: SignedIn) -> None:
    for wrong in ("wrong-password", "", "x" * 5_000):
        with pytest.raises(Forbidden):
            credentials.change(UUID(amina.id), wrong, NEW_PASSWORD, IP)
    assert auth.login().status == 200


def test_a_weak_new_password_is_invalid(auth: Auth, amina: SignedIn) -> None:
    for weak in ("short-1", "", "x" * 129, "password123", "amina@example.com"):
        with pytest.raises(Invalid) as refusal:
            credentials.change(UUID(amina.id), PASSWORD, weak, IP)
        assert refusal.value.errors
        assert refusal.value.errors[0]["loc"] == ["body", "password"]
        assert refusal.value.errors[0]["msg"]
    assert auth.login().status == 200


def test_a_user_who_does_not_exist_is_not_found(amina: SignedIn) -> None:
    with pytest.raises(NotFound):
        credentials.change(uuid4(), PASSWORD, NEW_PASSWORD, IP)


def test_while_gateway_or_auth_fail_the_caller_hears_to_try_again(auth: Auth, invoked: Lambda, amina: SignedIn) -> None:
    auth.kong.down = True
    with pytest.raises(Unavailable):
        credentials.change(UUID(amina.id), PASSWORD, NEW_PASSWORD, IP)
    auth.kong.down = False
    invoked.down = True
    with pytest.raises(Unavailable):
        credentials.check("amina", PASSWORD, IP)
    invoked.down = False
    assert credentials.check("amina", PASSWORD, IP) == UUID(amina.id)


def test_the_log_names_nobody(amina: SignedIn, log: StringIO) -> None:
    credentials.check("amina@example.com", PASSWORD, IP)
    with pytest.raises(Invalid):
        credentials.change(UUID(amina.id), PASSWORD, "short-1", IP)
    written = log.getvalue()
    assert '"check"' in written
    for secret in ("amina", PASSWORD, "short-1"):
        assert secret not in written


def test_who_may_only_check_changes_nothing(auth: Auth, amina: SignedIn) -> None:
    pair = {"identifier": "amina", "password": PASSWORD, "client_ip": IP}
    assert check.handler({"action": "check", **pair}, None) == {"status": 200, "user_id": amina.id}
    change = {"user_id": amina.id, "current_password": PASSWORD, "new_password": NEW_PASSWORD, "client_ip": IP}
    for fields in (change, {**change, **pair}):
        with pytest.raises(ValidationError):
            check.handler({"action": "change", **fields}, None)
    assert auth.login().status == 200


def test_a_recorded_question_is_answered(auth: Auth) -> None:
    def ask(name: str, handler: Any) -> Any:
        return handler(json.loads((ROOT / "events" / f"{name}.json").read_text()), None)["status"]

    assert ask("auth_check", check.handler) == 401
    assert ask("auth_internal_change", internal.handler) == 404


def test_a_worker_that_begins_with_a_change_of_password_publishes_the_keys(auth: Auth, amina: SignedIn) -> None:
    from auth import signing
    from lms.tokens import JWKS_NAME, PublicKeys, read_jwks

    before = read_jwks()
    PublicKeys(name=JWKS_NAME).delete()
    signing._load.cache_clear()
    credentials.change(UUID(amina.id), PASSWORD, NEW_PASSWORD, IP)
    assert read_jwks() == before
    assert before["keys"]


def test_who_guesses_the_password_while_changing_it_has_to_wait(amina: SignedIn) -> None:
    for _ in range(6):
        with pytest.raises(Forbidden):
            credentials.change(UUID(amina.id), "a-wrong-Guess-1", NEW_PASSWORD, IP)
    with pytest.raises(TooManyRequests):
        credentials.change(UUID(amina.id), PASSWORD, NEW_PASSWORD, IP)


def test_a_confirmed_number_is_given_up_through_student_too(auth: Auth, invoked: Lambda) -> None:
    amina = auth.student("amina", mobile_number="+923001234567")
    assert auth.confirm_mobile(amina.token).status == 200
    credentials.update_profile(UUID(amina.id), {"mobile_number": None}, PASSWORD, IP, card_version=None)
    assert auth.profile(amina.token)["mobile_number"] is None
    bilal = auth.student("bilal", mobile_number="+923001234567")
    assert auth.confirm_mobile(bilal.token).status == 200
