"""What an operator invokes: the first administrator, republishing current state."""

import json
from typing import Any

import pytest

from auth import operations
from lms import event_secrets
from lms.events.users import UserErased, UserProfileUpdated, UserRegistered
from lms.outbox import OutboxItem
from tests.auth.conftest import PASSWORD, Auth
from tests.conftest import Outbox, stored
from tests.recorded import event
from tests.republishing import Context

CREATE = {"action": "create_admin", "email": "root@example.com", "username": "root"}


def _operate(command: Any, rows: int = 1_000) -> dict[str, Any]:
    return operations.handler(command, Context(rows))


def _pending_again(before: set[str]) -> list[OutboxItem]:
    return [item for item in OutboxItem.scan() if str(item.event_id) not in before]


def _emitted() -> set[str]:
    return {str(item.event_id) for item in OutboxItem.scan()}


def test_the_first_administrator_is_invited(auth: Auth, outbox: Outbox) -> None:
    answer = _operate(CREATE)
    assert set(answer) == {"message", "user_id"}
    auth.process_events()
    (registered,) = outbox.of(UserRegistered)
    assert (registered.role, registered.roll_no) == ("admin", None)
    assert auth.reset_by_link(event_secrets.decrypt_secret(registered.invitation), PASSWORD).status == 200
    token = auth.login("root").json["access_token"]
    assert auth.http.get("/auth/users", token=token).status == 200


def _join(auth: Auth, outbox: Outbox) -> None:
    """Whoever was invited last uses the invitation."""
    auth.process_events()
    link = event_secrets.decrypt_secret(outbox.of(UserRegistered)[-1].invitation)
    assert auth.reset_by_link(link, PASSWORD).status == 200


def test_the_command_is_refused_while_there_is_an_active_administrator(auth: Auth, outbox: Outbox) -> None:
    _operate(CREATE)
    _join(auth, outbox)
    for command in (CREATE, {**CREATE, "username": "other", "email": "other@example.com"}):
        assert _operate(command) == {"error": "There is already an active administrator."}
    assert len(outbox.of(UserRegistered)) == 1


def test_an_invitation_to_a_mistyped_address_makes_way_for_another(auth: Auth, outbox: Outbox) -> None:
    _operate({**CREATE, "email": "rooot@example.com"})
    auth.process_events()
    [registered] = outbox.of(UserRegistered)
    answer = _operate(CREATE)
    assert "rooot@example.com was never used and is withdrawn" in answer["message"]
    assert [erased.user_id for erased in outbox.of(UserErased)] == [registered.user_id]
    assert auth.reset_by_link(event_secrets.decrypt_secret(registered.invitation), PASSWORD).status == 400
    _join(auth, outbox)
    assert auth.login("root").status == 200
    assert list(auth.kong.consumers) == [answer["user_id"]]


def test_the_same_address_is_invited_again_before_the_first_invitation_is_provisioned(
    auth: Auth, outbox: Outbox
) -> None:
    _operate(CREATE)
    answer = _operate(CREATE)
    assert "root@example.com was never used" in answer["message"]
    _join(auth, outbox)
    assert auth.profile(auth.login("root").json["access_token"])["id"] == answer["user_id"]


def test_an_invitation_stays_when_the_one_instead_of_it_is_refused(auth: Auth, outbox: Outbox) -> None:
    auth.register("amina")
    _operate(CREATE)
    for command in ({**CREATE, "username": "amina"}, {**CREATE, "email": "amina@example.com"}):
        assert "is taken" in _operate(command)["error"]
    _join(auth, outbox)
    assert auth.login("root").status == 200


def test_where_nobody_administers_any_more_somebody_is_invited(auth: Auth, outbox: Outbox) -> None:
    from auth.tables import User

    _operate(CREATE)
    _join(auth, outbox)
    [root] = [user for user in stored(User) if user.username == "root"]
    root.update([User.status.set("disabled"), User.directory.set("admin#disabled")])
    _operate({**CREATE, "username": "root2", "email": "root2@example.com"})
    _join(auth, outbox)
    assert auth.login("root2").status == 200


def test_a_name_that_is_taken_leaves_the_place_free(auth: Auth) -> None:
    auth.register("amina")
    assert "username" in _operate({**CREATE, "username": "amina"})["error"]
    assert "user_id" in _operate(CREATE)


def test_a_command_that_is_none_is_refused(auth: Auth) -> None:
    for command in (
        {},
        {"action": "drop_tables"},
        {"action": "create_admin"},
        {"action": "create_admin", "email": "x"},
        {**CREATE, "is_type": "student"},
        {"action": "republish", "after": 7},
    ):
        assert set(_operate(command)) == {"error"}, command


def test_republishing_emits_each_user_at_their_own_version(auth: Auth) -> None:
    admin = auth.admin
    people = {name: auth.student(name).id for name in ("amina", "bilal", "celal")}
    auth.http.put("/auth/profile", {"city": "Lahore"}, token=auth.login("amina").json["access_token"])
    auth.desk.set_status(people["bilal"], "disabled")
    auth.desk.erase(people["celal"])
    versions = {line["id"]: line["version"] for line in _users(auth, admin.token)}
    before = _emitted()
    assert _operate({"action": "republish"}) == {"republished": 4, "next": None}
    again = _pending_again(before)
    assert {item.type for item in again} == {UserProfileUpdated.type, UserErased.type}
    assert len({item.subject for item in again}) == len(again)
    for item in again:
        data = json.loads(item.data)
        assert item.is_pending
        assert int(item.sequence.partition(".")[0]) == data["version"]
        assert data["version"] == versions.get(data["user_id"], data["version"])
    amina = next(json.loads(item.data) for item in again if people["amina"] in item.subject)
    assert amina["person"]["city"] == "Lahore"
    bilal = next(json.loads(item.data) for item in again if people["bilal"] in item.subject)
    assert (amina["disabled"], bilal["disabled"]) == (False, True)
    celal = next(item for item in again if people["celal"] in item.subject)
    assert (celal.type, "celal" in celal.data) == (UserErased.type, False)


def _users(auth: Auth, token: str) -> Any:
    return auth.http.get("/auth/users", token=token).json["items"]


def test_republishing_goes_on_where_its_time_was_up(auth: Auth, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lms.republish.PAGE", 2)
    auth.staff("admin")
    for n in range(5):
        auth.student(f"person{n}")
    before = _emitted()
    count, rounds, after = 0, 0, None
    while rounds == 0 or after:
        answer = _operate({"action": "republish", **({"after": after} if after else {})}, rows=2)
        count, rounds, after = count + answer["republished"], rounds + 1, answer["next"]
        assert rounds < 20
    assert count == 6
    assert rounds > 1
    assert len({item.subject for item in _pending_again(before)}) == len(_pending_again(before)) == 6


def test_what_is_republished_changes_nothing_here(auth: Auth) -> None:
    student = auth.student("amina")
    before = auth.profile(student.token)
    _operate({"action": "republish"})
    auth.process_events()
    assert auth.profile(student.token) == before
    assert auth.passes_gateway(student.token)


def test_the_recorded_commands_are_carried_out(auth: Auth) -> None:
    assert "user_id" in _operate(event("auth_create_admin"))
    assert _operate(event("republish")) == {"republished": 1, "next": None}


def test_the_recorded_sign_in_is_answered(auth: Auth) -> None:
    auth.student("amina")
    answer = auth.http.replay("auth_login")
    assert answer.status == 200
    assert answer.json["token_type"] == "bearer"
