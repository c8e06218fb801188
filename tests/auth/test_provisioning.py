"""From `user.registered` to an account that can be used: auth's consumer against Kong."""

import base64
import json
from io import StringIO
from typing import Any
from uuid import UUID

import pytest

from auth import consumer
from auth.service import accounts, gateway, registration
from auth.tables import Profile, User
from lms import roster
from lms.errors import Unavailable
from lms.etags import Precondition
from lms.events.users import Person, UserErased, UserPasswordChanged, UserProvisioned, UserRegistered
from operations.source import ROOT
from tests.auth.conftest import NEW_PASSWORD, PASSWORD, SIGNING_PEM, Auth, at_once
from tests.clients import kafka_event
from tests.conftest import DeadLetters, Outbox

CALLS_OF_THE_CHAIN = 4


def _user(user_id: str) -> User:
    return User.get(UUID(user_id), consistent_read=True)


def _registered(outbox: Outbox) -> UserRegistered:
    event: UserRegistered = outbox.of(UserRegistered)[-1]
    return event


def test_a_registered_user_is_made_known_to_the_gateway_and_usable(auth: Auth, outbox: Outbox) -> None:
    user_id = auth.register("amina", name="Amina Khan", city="Lahore")
    auth.process_events()
    assert auth.kong.consumers[user_id] == {"id": f"kong-{user_id}", "username": user_id, "custom_id": "amina"}
    assert auth.kong.groups[user_id] == {"student"}
    (credential,) = auth.kong.credentials[user_id]
    assert credential["algorithm"] == "ES256"
    assert credential["rsa_public_key"].startswith("-----BEGIN PUBLIC KEY-----")
    assert SIGNING_PEM.splitlines()[1] not in credential["rsa_public_key"]
    user = _user(user_id)
    assert (user.status, user.issuer, user.consumer_id) == ("active", credential["key"], f"kong-{user_id}")
    assert Profile.get(UUID(user_id)).name == "Amina Khan"
    (event,) = outbox.of(UserProvisioned)
    assert (event.version, event.person.city) == (user.version, "Lahore")
    card = roster.find_user(UUID(user_id))
    assert card is not None
    assert (card.status, card.name, card.version) == ("active", "Amina Khan", user.version)


def test_the_event_delivered_again_changes_nothing_more(auth: Auth, outbox: Outbox) -> None:
    user_id = auth.register()
    event = _registered(outbox)
    auth.consume(event, event)
    before = (_user(user_id).serialize(), auth.kong.keys(user_id), len(outbox.all()))
    auth.consume(event)
    assert (_user(user_id).serialize(), auth.kong.keys(user_id), len(outbox.all())) == before


@pytest.mark.parametrize("done", range(CALLS_OF_THE_CHAIN))
def test_a_chain_that_broke_off_at_the_gateway_is_finished_later(
    auth: Auth, outbox: Outbox, dead_letters: DeadLetters, done: int
) -> None:
    user_id = auth.register()
    auth.kong.fail_after = done
    with pytest.raises(Unavailable):
        auth.process_events()
    assert _user(user_id).status == "provisioning"
    assert auth.login().status == 409
    auth.kong.fail_after = None
    auth.process_events()
    assert _user(user_id).issuer == auth.kong.keys(user_id)[0]
    assert len(auth.kong.keys(user_id)) == 1
    assert len(outbox.of(UserProvisioned)) == 1
    assert auth.passes_gateway(auth.login().json["access_token"])
    assert dead_letters.all() == []


def test_a_chain_that_broke_off_at_the_storage_keeps_the_credential_it_made(
    auth: Auth, monkeypatch: pytest.MonkeyPatch
) -> None:
    user_id = auth.register()

    def lost(*_: object) -> None:
        raise ConnectionError

    with monkeypatch.context() as broken:
        broken.setattr(gateway, "emit", lost)
        with pytest.raises(ConnectionError):
            auth.process_events()
    made = auth.kong.keys(user_id)
    assert len(made) == 1
    auth.process_events()
    assert auth.kong.keys(user_id) == made == [_user(user_id).issuer]


def test_of_several_credentials_the_oldest_of_our_key_stays(auth: Auth) -> None:
    user_id = auth.register()
    auth.kong.fail_after = 3
    with pytest.raises(Unavailable):
        auth.process_events()
    auth.kong.fail_after = None
    for pem in ("-----BEGIN PUBLIC KEY-----\nof somebody else\n-----END PUBLIC KEY-----", "", None):
        auth.kong.call("POST", f"/consumers/{user_id}/jwt", {"algorithm": "ES256", "rsa_public_key": pem})
    from auth import kong, signing

    ours = kong.create_credential(UUID(user_id), signing.current_key().public_pem)
    kong.create_credential(UUID(user_id), signing.current_key().public_pem)
    auth.process_events()
    assert auth.kong.keys(user_id) == [ours.key] == [_user(user_id).issuer]


def test_while_the_gateway_is_down_the_batch_comes_again_and_nothing_is_lost(
    auth: Auth, dead_letters: DeadLetters
) -> None:
    people = [auth.register(f"person{n}") for n in range(3)]
    auth.kong.down = True
    for _ in range(3):
        with pytest.raises(Unavailable):
            auth.process_events()
    auth.kong.down = False
    auth.process_events()
    assert {_user(user_id).status for user_id in people} == {"active"}
    assert set(auth.kong.consumers) == set(people)
    assert dead_letters.all() == []


@pytest.mark.usefixtures("whole_calls")
def test_one_event_taken_twice_at_once_makes_one_account(auth: Auth, outbox: Outbox) -> None:
    user_id = auth.register()
    event = _registered(outbox)
    at_once([lambda: auth.consume(event)] * 3)
    assert auth.kong.keys(user_id) == [_user(user_id).issuer]
    assert len(outbox.of(UserProvisioned)) == 1
    assert auth.passes_gateway(auth.login().json["access_token"])


def test_late_and_reordered_events_change_nothing(auth: Auth, outbox: Outbox) -> None:
    student = auth.student("amina")
    for status in ("disabled", "active", "disabled", "active"):
        auth.desk.set_status(student.id, status)
    token = auth.login().json["access_token"]
    before = _user(student.id).serialize()
    events = [event for event in outbox.all() if str(event.user_id) == student.id]
    auth.consume(*reversed(events))
    auth.consume(*events, *events)
    assert _user(student.id).serialize() == before
    assert auth.passes_gateway(token)


def test_who_was_disabled_meanwhile_stays_out(auth: Auth, outbox: Outbox) -> None:
    student = auth.student("amina")
    event = outbox.of(UserRegistered)[0]
    auth.desk.set_status(student.id, "disabled")
    auth.consume(event)
    assert auth.kong.keys(student.id) == []
    assert _user(student.id).status == "disabled"


def test_who_was_erased_meanwhile_is_not_made_again(auth: Auth, outbox: Outbox) -> None:
    student = auth.student("amina")
    event = outbox.of(UserRegistered)[0]
    auth.desk.erase(student.id)
    auth.consume(event)
    assert student.id not in auth.kong.consumers
    assert _user(student.id).status == "erased"


def test_who_is_erased_in_the_middle_of_the_chain_leaves_no_consumer(
    auth: Auth, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin = auth.staff("admin")
    user_id = auth.register("amina")
    keep_one = gateway._keep_one

    def erased_meanwhile(user: User) -> Any:
        kept = keep_one(user)
        accounts.erase(user.id, UUID(admin.id), Precondition(), auth.clock())
        return kept

    monkeypatch.setattr(gateway, "_keep_one", erased_meanwhile)
    auth.process_events()
    assert user_id not in auth.kong.consumers
    assert _user(user_id).status == "erased"


def test_a_reset_in_the_middle_of_the_chain_is_not_undone(auth: Auth, monkeypatch: pytest.MonkeyPatch) -> None:
    auth.register("amina")
    reset_id = auth.forget(email="amina@example.com")
    code = auth.sent(reset_id).code
    keep_one, answers = gateway._keep_one, []

    def reset_meanwhile(user: User) -> Any:
        kept = keep_one(user)
        if not answers:
            answers.extend(at_once([lambda: auth.reset(reset_id, code)]))
        return kept

    monkeypatch.setattr(gateway, "_keep_one", reset_meanwhile)
    auth.process_events()
    assert answers[0].status == 200
    assert auth.login(password=PASSWORD).status == 401
    assert auth.passes_gateway(auth.login(password=NEW_PASSWORD).json["access_token"])


def test_a_credential_that_got_lost_at_the_gateway_is_made_again(auth: Auth) -> None:
    student = auth.student("amina")
    auth.kong.credentials[student.id].clear()
    auth.consume(UserPasswordChanged(version=9, user_id=UUID(student.id)))
    assert auth.kong.keys(student.id) == [_user(student.id).issuer]
    assert auth.passes_gateway(auth.login().json["access_token"])


def test_events_of_somebody_unknown_make_nobody(auth: Auth, dead_letters: DeadLetters) -> None:
    stranger = UUID("018f4e2a-7c1e-7d3b-9a54-2f6f1c0d9e11")
    person = Person(username="x", email="x@example.com", name="x")
    auth.consume(
        UserRegistered(version=1, user_id=stranger, role="student", roll_no=None, person=person),
        UserPasswordChanged(version=2, user_id=stranger),
        UserErased(version=3, user_id=stranger),
    )
    assert auth.kong.consumers == {}
    assert dead_letters.all() == []


def test_what_the_gateway_will_never_take_goes_to_the_dead_letters_and_the_rest_goes_on(
    auth: Auth, dead_letters: DeadLetters, monkeypatch: pytest.MonkeyPatch
) -> None:
    from auth import kong

    refused, taken = auth.register("refused"), auth.register("taken")
    put = kong.put_consumer

    def picky(user_id: UUID, username: str) -> str:
        if username == "refused":
            raise kong.GatewayRefused("400")
        return put(user_id, username)

    monkeypatch.setattr(kong, "put_consumer", picky)
    auth.process_events()
    assert (_user(refused).status, _user(taken).status) == ("provisioning", "active")
    (letter,) = dead_letters.all()
    assert letter["reason"] == "GatewayRefused: 400"
    assert letter["topic"] == "lms.user"


def test_poison_is_set_aside_unread_by_the_log(
    auth: Auth, outbox: Outbox, dead_letters: DeadLetters, log: StringIO
) -> None:
    user_id = auth.register("amina")
    event = kafka_event(_registered(outbox), _registered(outbox))
    records = event["records"]["lms.user-0"]
    spoilt = {"version": 1, "user_id": "x", "role": "student", "person": {"email": "secret@example.com"}}
    records[0]["value"] = base64.b64encode(json.dumps(spoilt).encode()).decode()
    consumer.handler(event, None)
    assert _user(user_id).status == "active"
    (letter,) = dead_letters.all()
    assert letter["reason"].startswith("Poison: not a lms.user.registered.v1: user_id: uuid_parsing")
    assert "dead letter" in log.getvalue()
    for personal in ("secret@example.com", "amina"):
        assert personal not in log.getvalue()


def test_events_of_others_are_skipped(auth: Auth, outbox: Outbox, dead_letters: DeadLetters) -> None:
    auth.student("amina")
    auth.kong.calls.clear()
    auth.consume(*outbox.of(UserProvisioned))
    event = kafka_event(outbox.of(UserProvisioned)[0])
    event["records"]["lms.user-0"][0]["headers"][1] = {"ce_type": list(b"lms.user.unheard_of.v9")}
    consumer.handler(event, None)
    assert auth.kong.calls == []
    assert dead_letters.all() == []


def test_a_recorded_batch_provisions_its_user(auth: Auth, monkeypatch: pytest.MonkeyPatch) -> None:
    event = json.loads((ROOT / "events" / "auth_user_events.json").read_text())
    user_id = UUID("018f4e2a-7c1e-7d3b-9a54-2f6f1c0d9e11")
    monkeypatch.setattr(registration, "uuid7", lambda: user_id)
    auth.register("amina")
    consumer.handler(event, None)
    assert _user(str(user_id)).status == "active"
    card = roster.find_user(user_id)
    assert card is not None
    assert card.status == "active"


def test_a_late_event_spares_the_credential_that_a_running_change_is_about_to_store(auth: Auth) -> None:
    student = auth.student()
    registered = Outbox().of(UserRegistered)[0]
    stored = auth.kong.keys(student.id)
    fresh = auth.kong.call("POST", f"/consumers/{student.id}/jwt", {"algorithm": "ES256", "rsa_public_key": "x"})
    auth.kong.credentials[student.id][-1]["created_at"] = int(auth.clock().timestamp())
    auth.consume(registered)
    assert auth.kong.keys(student.id) == [*stored, fresh["key"]]
    auth.clock.advance(minutes=1)
    auth.consume(registered)
    assert auth.kong.keys(student.id) == stored
