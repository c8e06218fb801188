"""Signing keys: their public halves, and that they change while people are signed in."""

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from jose import jwt

from auth import kong, operations, signing
from auth.tables import User
from lms.dynamo import Transaction
from lms.errors import Unavailable
from lms.events.users import UserPasswordChanged
from lms.tokens import key_ring
from operations.source import ROOT
from tests.auth.conftest import NEW_PASSWORD, PASSWORD, SIGNING_PEM, Auth, SignedIn, new_signing_key
from tests.conftest import aws_client
from tests.republishing import Context

KEYS = {"key-1": SIGNING_PEM, "key-2": new_signing_key()}


@pytest.fixture
def rotated(auth: Auth) -> SignedIn:
    """Somebody of the old key; the secret holds a second, current one by now, which this worker has not seen."""
    amina = auth.student("amina")
    secret = json.dumps({"current": "key-2", "keys": KEYS})
    aws_client("secretsmanager").put_secret_value(SecretId="lms/signing-keys", SecretString=secret)
    return amina


def test_the_public_keys_verify_our_tokens_and_hold_nothing_private(auth: Auth, admin: SignedIn) -> None:
    answer = auth.http.get("/auth/.well-known/jwks.json")
    assert answer.status == 200
    (key,) = answer.json["keys"]
    assert set(key) == {"kty", "crv", "x", "y", "kid", "alg", "use"}
    assert (key["kid"], key["alg"], key["use"]) == ("key-1", "ES256", "sig")
    claims = jwt.decode(admin.token, key, algorithms=["ES256"], options={"verify_iss": False})
    assert claims["sub"] == admin.id


@pytest.mark.usefixtures("rotated")
def test_who_was_signed_in_stays_so_by_the_old_key(auth: Auth) -> None:
    signing._load.cache_clear()
    key_ring.forget()
    token = auth.login("amina").json["access_token"]
    assert jwt.get_unverified_header(token)["kid"] == "key-1"
    assert auth.profile(token)["username"] == "amina"
    assert len(auth.http.get("/auth/.well-known/jwks.json").json["keys"]) == 2


@pytest.mark.usefixtures("rotated")
def test_new_credentials_are_of_the_new_key(auth: Auth) -> None:
    signing._load.cache_clear()
    key_ring.forget()
    bilal = auth.student("bilal")
    assert jwt.get_unverified_header(bilal.token)["kid"] == "key-2"
    assert auth.profile(bilal.token)["username"] == "bilal"
    (credential,) = auth.kong.credentials[bilal.id]
    assert credential["rsa_public_key"] == signing.current_key().public_pem


def test_a_worker_that_has_not_looked_yet_signs_for_who_has_the_new_key(auth: Auth, rotated: SignedIn) -> None:
    user = User.get(UUID(rotated.id))
    credential = kong.create_credential(user.id, "PEM of key-2")
    user.update([User.issuer.set(credential.key), User.kid.set("key-2")])
    answer = auth.login("amina")
    assert answer.status == 200
    assert jwt.get_unverified_header(answer.json["access_token"])["kid"] == "key-2"


class Operator:
    """Who changes the key, by the steps that `docs/deploy.md` lists."""

    def add_key(self) -> str:
        kid: str = self.do("add_signing_key")["kid"]
        return kid

    def do(self, action: str, **more: object) -> dict[str, Any]:
        return operations.handler({"action": action, **more}, Context(1_000))

    def to_the_end(self, action: str, rows: int) -> Iterator[dict[str, Any]]:
        answer = operations.handler({"action": action}, Context(rows))
        yield answer
        while answer["next"]:
            answer = operations.handler({"action": action, "after": answer["next"]}, Context(rows))
            yield answer


@pytest.fixture
def operator(auth: Auth) -> Operator:
    return Operator()


def _kid(token: str) -> str:
    kid: str = jwt.get_unverified_header(token)["kid"]
    return kid


def test_a_key_is_changed_and_nobody_is_logged_out(auth: Auth, operator: Operator) -> None:
    people = [auth.student("amina"), auth.staff("teacher", "tariq")]
    new = operator.add_key()
    assert operator.do("renew_credentials") == {"seen": 2, "renewed": 2, "next": None}
    for person in people:
        # What they hold goes on, and what they get next is of the new key.
        assert auth.passes_gateway(person.token)
        assert auth.profile(person.token)["username"] == person.username
        fresh = auth.refresh(person.refresh_token).json["access_token"]
        assert _kid(fresh) == new
        assert auth.passes_gateway(fresh)
        assert auth.profile(fresh)["username"] == person.username
    assert operator.do("retire_credentials") == {"seen": 2, "retired": 0, "waiting": 2, "next": None}
    assert "an old key: 2." in operator.do("drop_signing_keys")["error"]
    auth.clock.advance(minutes=16)
    assert operator.do("retire_credentials") == {"seen": 2, "retired": 2, "waiting": 0, "next": None}
    for person in people:
        assert not auth.passes_gateway(person.token)
        assert auth.kong.keys(person.id) == [User.get(UUID(person.id)).issuer]
    assert operator.do("drop_signing_keys") == {"dropped": ["key-1"]}
    assert [key["kid"] for key in auth.http.get("/auth/.well-known/jwks.json").json["keys"]] == [new]
    assert _kid(auth.login("amina").json["access_token"]) == new


def test_each_step_goes_on_where_its_time_was_up(
    auth: Auth, operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lms.republish.PAGE", 1)
    for n in range(3):
        auth.student(f"person{n}")
    operator.add_key()
    answers = list(operator.to_the_end("renew_credentials", rows=2))
    assert [answer["renewed"] for answer in answers] == [2, 1]
    auth.clock.advance(minutes=16)
    assert sum(answer["retired"] for answer in operator.to_the_end("retire_credentials", rows=2)) == 3
    assert operator.do("drop_signing_keys") == {"dropped": ["key-1"]}


def test_a_step_that_the_gateway_broke_off_is_taken_again(auth: Auth, operator: Operator) -> None:
    amina, bilal = auth.student("amina"), auth.student("bilal")
    operator.add_key()
    auth.kong.fail_after = len(auth.kong.calls) + 1
    assert "gateway" in operator.do("renew_credentials")["error"]
    auth.kong.fail_after = None
    assert operator.do("renew_credentials") == {"seen": 2, "renewed": 1, "next": None}
    assert [len(auth.kong.keys(person.id)) for person in (amina, bilal)] == [2, 2]
    assert operator.do("renew_credentials")["renewed"] == 0


def test_a_credential_stays_that_was_stored_though_the_answer_was_lost(
    auth: Auth, operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    auth.student("amina")
    operator.add_key()
    commit = Transaction.commit

    class Lost(Unavailable):
        detail = "The answer was lost."

    def lose_the_answer(tx: Transaction) -> None:
        commit(tx)
        raise Lost

    with monkeypatch.context() as broken:
        broken.setattr(Transaction, "commit", lose_the_answer)
        assert "lost" in operator.do("renew_credentials")["error"]
    operator.do("renew_credentials")
    assert auth.passes_gateway(auth.login("amina").json["access_token"])


def test_a_key_that_got_out_is_good_for_nothing_at_once(auth: Auth, operator: Operator) -> None:
    amina = auth.student("amina")
    operator.add_key()
    operator.do("renew_credentials")
    assert operator.do("retire_credentials", at_once=True)["retired"] == 1
    assert not auth.passes_gateway(amina.token)
    assert auth.refresh(amina.refresh_token).status == 200
    assert "Some workers" in operator.do("drop_signing_keys")["error"]
    auth.clock.advance(minutes=6)
    assert operator.do("drop_signing_keys") == {"dropped": ["key-1"]}


def test_an_event_that_comes_late_or_again_leaves_the_old_credential_to_its_time(
    auth: Auth, operator: Operator
) -> None:
    amina = auth.student("amina")
    operator.add_key()
    operator.do("renew_credentials")
    auth.clock.advance(minutes=1)
    auth.consume(UserPasswordChanged(version=1, user_id=UUID(amina.id)))
    assert auth.passes_gateway(amina.token)


def test_a_password_changed_meanwhile_ends_the_old_credential_too(auth: Auth, operator: Operator) -> None:
    amina = auth.student("amina")
    operator.add_key()
    operator.do("renew_credentials")
    body = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
    assert auth.http.post("/auth/change-password", body, token=amina.token).status == 200
    assert auth.kong.keys(amina.id) == [User.get(UUID(amina.id)).issuer]
    auth.clock.advance(minutes=6)
    assert operator.do("drop_signing_keys") == {"dropped": ["key-1"]}


def test_a_credential_made_by_a_worker_that_had_not_looked_is_renewed_the_next_time(
    auth: Auth, operator: Operator
) -> None:
    amina = auth.student("amina")
    first = User.get(UUID(amina.id)).issuer
    operator.add_key()
    operator.do("renew_credentials")
    auth.clock.advance(minutes=6)
    stale = auth.kong.call(
        "POST", f"/consumers/{amina.id}/jwt", {"algorithm": "ES256", "rsa_public_key": "PEM of key-1"}
    )
    User.get(UUID(amina.id)).update([User.issuer.set(stale["key"]), User.kid.set("key-1")])
    assert "an old key: 1." in operator.do("drop_signing_keys")["error"]
    assert operator.do("renew_credentials")["renewed"] == 1
    assert first not in auth.kong.keys(amina.id)
    assert stale["key"] in auth.kong.keys(amina.id)


def test_an_account_whose_key_is_gone_is_refused_and_gets_another(auth: Auth, operator: Operator) -> None:
    amina = auth.student("amina")
    User.get(UUID(amina.id)).update([User.kid.set("key-of-old")])
    auth.kong.credentials[amina.id][0]["rsa_public_key"] = "PEM of a key of old"
    answer = auth.login("amina")
    assert (answer.status, answer.headers["retry-after"]) == (503, "1")
    assert operator.do("renew_credentials")["renewed"] == 1
    assert auth.passes_gateway(auth.login("amina").json["access_token"])


def test_a_credential_whose_key_is_gone_is_replaced_by_whatever_event_comes_next(auth: Auth) -> None:
    amina = auth.student("amina")
    User.get(UUID(amina.id)).update([User.kid.set("key-of-old")])
    auth.kong.credentials[amina.id][0]["rsa_public_key"] = "PEM of a key of old"
    auth.clock.advance(minutes=1)
    auth.consume(UserPasswordChanged(version=1, user_id=UUID(amina.id)))
    assert auth.passes_gateway(auth.login("amina").json["access_token"])


def test_who_is_disabled_or_new_hinders_nothing(auth: Auth, operator: Operator) -> None:
    amina = auth.student("amina")
    auth.desk.set_status(amina.id, "disabled")
    auth.register("bilal")
    operator.add_key()
    assert operator.do("renew_credentials") == {"seen": 3, "renewed": 1, "next": None}
    operator.do("retire_credentials", at_once=True)
    auth.clock.advance(minutes=6)
    assert operator.do("drop_signing_keys") == {"dropped": ["key-1"]}
    auth.process_events()
    assert auth.login("bilal").status == 200


def test_a_third_key_is_refused(auth: Auth, operator: Operator) -> None:
    operator.add_key()
    assert "already being changed" in operator.do("add_signing_key")["error"]


def test_the_recorded_commands_change_the_key(auth: Auth) -> None:
    auth.student("amina")

    def recorded(name: str) -> dict[str, Any]:
        return operations.handler(json.loads((ROOT / "events" / f"auth_{name}.json").read_text()), Context(1_000))

    assert set(recorded("add_signing_key")) == {"kid"}
    assert recorded("renew_credentials")["renewed"] == 1
    auth.clock.advance(minutes=16)
    assert recorded("retire_credentials")["retired"] == 1
    assert recorded("drop_signing_keys") == {"dropped": ["key-1"]}
