"""Administrators register people, once for each `Idempotency-Key`: POST /auth/users."""

from typing import Any
from uuid import UUID

import pytest

from auth.service import registration
from lms import event_secrets, roster
from lms.events.users import UserInvited, UserRegistered
from lms.idempotency import IdempotencyRecord
from tests.auth.conftest import PASSWORD, TARIQ, Auth, Desk, at_once
from tests.conftest import Outbox


def test_an_administrator_registers_anybody_who_then_sets_a_password(auth: Auth, desk: Desk, outbox: Outbox) -> None:
    for role in ("student", "teacher", "admin"):
        body = {"username": f"new-{role}", "email": f"new-{role}@example.com", "is_type": role}
        answer = desk.create(body)
        assert answer.status == 201
        assert answer.headers["location"] == f"/auth/users/{answer.json['user_id']}"
        auth.process_events()
        event = next(e for e in outbox.of(UserRegistered) if str(e.user_id) == answer.json["user_id"])
        assert event.role == role
        assert (event.roll_no is not None) == (role == "student")
        assert auth.reset_by_link(event_secrets.decrypt_secret(event.invitation), PASSWORD).status == 200
        assert auth.login(f"new-{role}").status == 200
        assert auth.kong.groups[answer.json["user_id"]] == {role}


def test_an_invitation_is_good_for_a_week_and_once(auth: Auth, desk: Desk) -> None:
    links = []
    for name in ("tariq", "sana"):
        desk.create({**TARIQ, "username": name, "email": f"{name}@example.com"})
        links.append(auth.invitation(name))
    auth.process_events()
    auth.clock.advance(days=6, hours=23)
    assert auth.reset_by_link(links[0]).status == 200
    assert auth.reset_by_link(links[0]).status == 400
    auth.clock.advance(hours=1)
    assert auth.reset_by_link(links[1]).status == 400


def test_an_invitation_can_be_followed_before_the_gateway_knows_the_person(auth: Auth, desk: Desk) -> None:
    desk.create()
    assert auth.reset_by_link(auth.invitation("tariq"), PASSWORD).status == 200
    assert auth.login("tariq").status == 409
    auth.process_events()
    assert auth.login("tariq").status == 200


def test_a_person_is_invited_until_they_use_the_link(auth: Auth, desk: Desk) -> None:
    user_id = desk.create().json["user_id"]
    assert desk.user(user_id)["status"] == "invited"
    auth.process_events()
    assert (desk.user(user_id)["status"], desk.names(status="invited")) == ("invited", ["tariq"])
    assert desk.set_status(user_id, "disabled").json["status"] == "disabled"
    assert desk.invite(user_id).problem == (403, "disabled")
    assert desk.set_status(user_id, "active").json["status"] == "invited"
    auth.process_events()
    assert auth.reset_by_link(auth.invitation("tariq"), PASSWORD).status == 200
    card = roster.find_user(UUID(user_id))
    assert card is not None
    assert (desk.user(user_id)["status"], card.status) == ("active", "active")
    assert desk.names(status="invited") == []
    assert desk.invite(user_id).problem == (409, "already-accepted")


def test_an_invitation_is_sent_again_three_times_an_hour(auth: Auth, desk: Desk, outbox: Outbox) -> None:
    user_id = desk.create().json["user_id"]
    assert desk.invite(user_id).status == 409, "the first one is under way"
    auth.process_events()
    auth.clock.advance(days=8)
    assert auth.reset_by_link(auth.invitation("tariq")).status == 400
    for _ in range(3):
        assert desk.invite(user_id).status == 202
    refused = desk.invite(user_id)
    assert (refused.status, int(refused.headers["retry-after"])) == (429, 3600)
    link = event_secrets.decrypt_secret(outbox.of(UserInvited)[0].link_token)
    assert auth.reset_by_link(link, PASSWORD).status == 200
    assert auth.login("tariq").status == 200


def test_a_student_keeps_the_institutes_own_roll_number(auth: Auth, desk: Desk) -> None:
    body = {"username": "bscs-19/045", "email": "amina@example.com", "is_type": "student", "roll_no": "BSCS-19/045"}
    assert desk.create(body).status == 422, "no slash in a username"
    user_id = desk.create({**body, "username": "BSCS-19-045", "roll_no": "bscs-19-045"}).json["user_id"]
    auth.process_events()
    assert auth.reset_by_link(auth.invitation("BSCS-19-045"), PASSWORD).status == 200
    assert auth.login("bscs-19-045").status == 200
    other = {**body, "username": "bilal", "email": "bilal@example.com", "roll_no": "BSCS-19-045"}
    assert desk.create(other).problem == (409, "roll-number-taken")
    assert desk.create({**TARIQ, "roll_no": "T-1"}).status == 422
    assert desk.erase(user_id).status == 204
    assert desk.create(other).status == 201


def test_what_an_administrator_may_not_send_is_refused(desk: Desk) -> None:
    for change in (
        {"password": PASSWORD},
        {"is_type": "root"},
        {"is_type": None},
        {"email": "x"},
        {"username": "a b"},
        {"status": "active"},
    ):
        assert desk.create({**TARIQ, **change}).status == 422, change
    assert desk.create({"username": "tariq", "email": "tariq@example.com"}).status == 422


def test_names_that_are_taken_are_refused(auth: Auth, desk: Desk) -> None:
    auth.register("tariq")
    assert "username" in desk.create({**TARIQ, "email": "free@example.com"}).json["detail"]
    assert "email" in desk.create({**TARIQ, "username": "free"}).json["detail"]


def test_the_same_key_and_body_get_the_first_answer_again(desk: Desk, outbox: Outbox) -> None:
    first = desk.create(**{"idempotency-key": "k1"})
    again = desk.create(**{"idempotency-key": "k1"})
    assert (again.status, again.text) == (201, first.text)
    assert again.headers["location"] == first.headers["location"]
    assert len([e for e in outbox.of(UserRegistered) if e.person.username == "tariq"]) == 1


def test_without_a_key_a_repetition_is_a_conflict(desk: Desk) -> None:
    assert desk.create().status == 201
    assert desk.create().status == 409


def test_a_key_is_good_for_one_body(desk: Desk) -> None:
    desk.create(**{"idempotency-key": "k1"})
    answer = desk.create({**TARIQ, "name": "Another"}, **{"idempotency-key": "k1"})
    assert answer.status == 422
    assert answer.json["errors"][0]["loc"] == ["header", "Idempotency-Key"]


def test_a_key_belongs_to_its_caller(auth: Auth, desk: Desk) -> None:
    other = Desk(auth, auth.staff("admin", "other-root").token)
    assert desk.create(**{"idempotency-key": "k1"}).status == 201
    body = {**TARIQ, "username": "sana", "email": "sana@example.com"}
    assert other.create(body, **{"idempotency-key": "k1"}).status == 201


def test_a_key_is_forgotten_after_a_day(auth: Auth, desk: Desk) -> None:
    desk.create(**{"idempotency-key": "k1"})
    auth.clock.advance(hours=23, minutes=59)
    assert desk.create(**{"idempotency-key": "k1"}).status == 201
    auth.clock.advance(minutes=1)
    assert desk.create(**{"idempotency-key": "k1"}).status == 409, "worked on anew, and the name is taken by now"


def test_a_refusal_leaves_the_key_free(auth: Auth, desk: Desk) -> None:
    auth.register("tariq")
    assert desk.create(**{"idempotency-key": "k1"}).status == 409
    assert desk.create({**TARIQ, "email": "x"}, **{"idempotency-key": "k1"}).status == 422
    body = {**TARIQ, "username": "sana", "email": "sana@example.com"}
    assert desk.create(body, **{"idempotency-key": "k1"}).status == 201


def test_a_key_outside_its_bounds_is_refused(desk: Desk) -> None:
    assert desk.create(**{"idempotency-key": ""}).status == 422
    assert desk.create(**{"idempotency-key": "x" * 129}).status == 422
    assert desk.create(**{"idempotency-key": "x" * 128}).status == 201


def test_a_twin_of_a_running_request_has_to_wait(auth: Auth, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    twins = []
    invite = registration.invite

    def twin_in_between(*args: Any) -> Any:
        if not twins:
            twins.extend(at_once([lambda: desk.create(**{"idempotency-key": "k1"})]))
        return invite(*args)

    monkeypatch.setattr(registration, "invite", twin_in_between)
    assert desk.create(**{"idempotency-key": "k1"}).status == 201
    assert twins[0].status == 409
    assert int(twins[0].headers["retry-after"]) >= 1
    assert twins[0].json["type"] == "urn:lms:problem:still-running"


@pytest.mark.usefixtures("whole_calls")
def test_of_many_twins_at_once_one_creates_and_none_fails(desk: Desk, outbox: Outbox) -> None:
    answers = at_once([lambda: desk.create(**{"idempotency-key": "k1"})] * 8)
    created = {answer.text for answer in answers if answer.status == 201}
    assert len(created) == 1
    assert {answer.status for answer in answers} <= {201, 409}
    assert len([e for e in outbox.of(UserRegistered) if e.person.username == "tariq"]) == 1


def test_keys_are_kept_as_hashes(desk: Desk) -> None:
    desk.create(**{"idempotency-key": "my-secret-key"})
    assert "my-secret-key" not in str([row.serialize() for row in IdempotencyRecord.scan()])


def test_an_invited_persons_profile_is_whole_before_the_gateway_knows_them(auth: Auth, desk: Desk) -> None:
    given = {"name": "Tariq Aziz", "mobile_number": "+923001234567", "city": "Lahore", "additional_details": {"a": 1}}
    created = desk.create({**TARIQ, **given})
    profile = desk.profile(created.json["user_id"]).json
    assert (profile["status"], {name: profile[name] for name in given}) == ("invited", given)
    auth.process_events()
    profile = desk.profile(created.json["user_id"]).json
    assert (profile["status"], {name: profile[name] for name in given}) == ("invited", given)
