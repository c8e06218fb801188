"""Administrators: POST, GET /auth/users; PATCH, DELETE /auth/users/{user_id}; GET /auth/profile/{user_id}."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auth.service import accounts
from auth.tables import Guard, Profile, User
from lms import roster, sealed
from lms.events import UserDisabled, UserEnabled, UserErased, UserRegistered
from lms.idempotency import IdempotencyRecord
from tests.auth.conftest import PASSWORD, Auth, SignedIn, at_once
from tests.clients import Answer
from tests.conftest import Outbox

TARIQ = {"username": "tariq", "email": "tariq@example.com", "is_type": "teacher", "name": "Tariq Aziz"}


@pytest.fixture
def admin(auth: Auth) -> SignedIn:
    return auth.staff("admin", "root")


class Desk:
    """What an administrator does."""

    def __init__(self, auth: Auth, token: str) -> None:
        self._http = auth.http
        self._token = token

    def create(self, body: Any = None, **headers: str) -> Answer:
        return self._http.post("/auth/users", body or TARIQ, token=self._token, headers=headers)

    def set_status(self, user_id: str, status: str, **headers: str) -> Answer:
        return self._http.patch(f"/auth/users/{user_id}", {"status": status}, token=self._token, headers=headers)

    def erase(self, user_id: str, **headers: str) -> Answer:
        return self._http.delete(f"/auth/users/{user_id}", token=self._token, headers=headers)

    def profile(self, user_id: str) -> Answer:
        return self._http.get(f"/auth/profile/{user_id}", token=self._token)

    def users(self, **query: str) -> Answer:
        return self._http.get("/auth/users", token=self._token, query=query)

    def names(self, **query: str) -> list[str]:
        answer = self.users(**query)
        assert answer.status == 200, answer
        return [item["username"] for item in answer.json["items"]]


@pytest.fixture
def desk(auth: Auth, admin: SignedIn) -> Desk:
    return Desk(auth, admin.token)


def test_an_administrator_registers_anybody_who_then_sets_a_password(auth: Auth, desk: Desk, outbox: Outbox) -> None:
    for is_type in ("student", "teacher", "admin"):
        body = {"username": f"new-{is_type}", "email": f"new-{is_type}@example.com", "is_type": is_type}
        answer = desk.create(body)
        assert answer.status == 201
        assert answer.headers["location"] == f"/auth/profile/{answer.json['user_id']}"
        auth.settle()
        told = next(e for e in outbox.of(UserRegistered) if str(e.user_id) == answer.json["user_id"])
        assert told.is_type == is_type
        assert (told.roll_no is not None) == (is_type == "student")
        assert auth.reset_by_link(sealed.unseal(told.invitation), PASSWORD).status == 200
        assert auth.login(f"new-{is_type}").status == 200
        assert auth.kong.groups[answer.json["user_id"]] == {is_type}


def test_an_invitation_is_good_for_a_week_and_once(auth: Auth, desk: Desk, outbox: Outbox) -> None:
    links = []
    for name in ("tariq", "sana"):
        desk.create({**TARIQ, "username": name, "email": f"{name}@example.com"})
        told = next(e for e in outbox.of(UserRegistered) if e.person.username == name)
        links.append(sealed.unseal(told.invitation))
    auth.settle()
    auth.clock.advance(days=6, hours=23)
    assert auth.reset_by_link(links[0]).status == 200
    assert auth.reset_by_link(links[0]).status == 400
    auth.clock.advance(hours=1)
    assert auth.reset_by_link(links[1]).status == 400


def test_an_invitation_can_be_followed_before_the_gateway_knows_the_person(
    auth: Auth, desk: Desk, outbox: Outbox
) -> None:
    desk.create()
    link = sealed.unseal(next(e for e in outbox.of(UserRegistered) if e.person.username == "tariq").invitation)
    assert auth.reset_by_link(link, PASSWORD).status == 200
    assert auth.login("tariq").status == 409
    auth.settle()
    assert auth.login("tariq").status == 200


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


def test_a_twin_that_is_still_running_is_told_to_wait(auth: Auth, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    twins = []
    invite = accounts.invite

    def twin_in_between(*args: Any) -> Any:
        if not twins:
            twins.extend(at_once([lambda: desk.create(**{"idempotency-key": "k1"})]))
        return invite(*args)

    monkeypatch.setattr(accounts, "invite", twin_in_between)
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


def test_a_list_is_filtered_by_type_and_status(auth: Auth, desk: Desk) -> None:
    amina = auth.student("amina")
    auth.student("bilal")
    auth.staff("teacher", "tariq")
    auth.register("waiting")
    desk.set_status(amina.id, "disabled")
    assert set(desk.names()) == {"amina", "bilal", "tariq", "root", "waiting"}
    assert set(desk.names(is_type="student")) == {"amina", "bilal", "waiting"}
    assert desk.names(is_type="student", status="active") == ["bilal"]
    assert desk.names(status="disabled") == ["amina"]
    assert desk.names(status="provisioning") == ["waiting"]
    assert desk.names(is_type="teacher", status="disabled") == []


def test_a_list_shows_what_was_agreed(desk: Desk) -> None:
    (item,) = desk.users().json["items"]
    assert set(item) == {
        *("id", "username", "email", "is_type", "status", "roll_no"),
        *("version", "created_at", "updated_at"),
    }
    assert item["created_at"].endswith("Z")


def test_one_user_is_found_by_an_exact_name(auth: Auth, desk: Desk) -> None:
    student = auth.student("amina")
    roll_no = auth.profile(student.token)["roll_no"]
    for query in (
        {"username": "amina"},
        {"username": "AMINA"},
        {"email": "Amina@example.com"},
        {"roll_no": roll_no},
        {"username": "amina", "is_type": "student", "status": "active"},
    ):
        assert desk.names(**query) == ["amina"], query
    for query in (
        {"username": "ami"},
        {"username": roll_no},
        {"roll_no": "amina"},
        {"email": "amina"},
        {"email": ""},
        {"email": "x" * 254},
        {"username": "amina", "is_type": "teacher"},
        {"username": "amina", "status": "disabled"},
    ):
        assert desk.names(**query) == [], query


def test_queries_outside_their_bounds_are_refused(desk: Desk) -> None:
    for query in (
        {"limit": "0"},
        {"limit": "101"},
        {"limit": "-1"},
        {"limit": "1e1"},
        {"limit": "x"},
        {"is_type": "root"},
        {"status": "erased"},
        {"status": ""},
        {"email": "x" * 255},
        {"email": "a@example.com", "username": "a"},
        {"cursor": "x"},
        {"cursor": "é"},
        {"cursor": "A" * 5_000},
    ):
        answer = desk.users(**query)
        assert answer.status == 422, (query, answer)
        assert answer.json["errors"][0]["loc"][0] == "query"


def test_a_cursor_belongs_to_its_list_and_caller(auth: Auth, desk: Desk) -> None:
    for name in ("amina", "bilal", "celal"):
        auth.register(name)
    other = Desk(auth, auth.staff("admin", "other-root").token)
    cursor = desk.users(limit="1", is_type="student").json["next"]
    assert desk.users(limit="2", is_type="student", cursor=cursor).status == 200
    assert desk.users(limit="1", is_type="teacher", cursor=cursor).status == 422
    assert desk.users(limit="1", cursor=cursor).status == 422
    assert other.users(limit="1", is_type="student", cursor=cursor).status == 422


def test_a_cursor_that_was_changed_anywhere_is_refused(auth: Auth, desk: Desk) -> None:
    auth.register("amina")
    cursor = desk.users(limit="1").json["next"]
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    last = [cursor[:-1] + letter for letter in alphabet if letter != cursor[-1]]
    for changed in (*last, cursor[:-1], "x" + cursor[1:], cursor + "!", cursor + "=", " " + cursor, cursor + "A" * 4):
        assert desk.users(limit="1", cursor=changed).status == 422, changed
    assert "amina" not in cursor


@pytest.fixture
def crowd(auth: Auth, desk: Desk) -> set[str]:
    for n in range(9):
        auth.register(f"student{n}")
    for n in range(3):
        desk.create({**TARIQ, "username": f"teacher{n}", "email": f"teacher{n}@example.com"})
    return {"root", *(f"student{n}" for n in range(9)), *(f"teacher{n}" for n in range(3))}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(limits=st.lists(st.integers(1, 6), min_size=1, max_size=4))
def test_a_walk_through_the_pages_meets_each_user_once(desk: Desk, crowd: set[str], limits: list[int]) -> None:
    met: list[str] = []
    query: dict[str, str] = {}
    for turn in range(100):
        limit = limits[turn % len(limits)]
        page = desk.users(limit=str(limit), **query).json
        assert len(page["items"]) <= limit
        met += [item["username"] for item in page["items"]]
        if page["next"] is None:
            break
        query = {"cursor": page["next"]}
    assert sorted(met) == sorted(crowd)


def test_a_profile_is_shown_with_its_etag(auth: Auth, desk: Desk) -> None:
    student = auth.student("amina", city="Lahore")
    answer = desk.profile(student.id)
    assert (answer.status, answer.json["city"]) == (200, "Lahore")
    assert answer.headers["etag"] == f'"{answer.json["version"]}"'
    assert answer.json["id"] == answer.json["user_id"] == student.id


def test_an_unknown_user_is_404(desk: Desk) -> None:
    unknown = str(uuid4())
    for answer in (desk.profile(unknown), desk.set_status(unknown, "disabled"), desk.erase(unknown)):
        assert answer.status == 404
    assert desk.set_status(unknown, "disabled", **{"if-match": '"9"'}).status == 404


def test_a_disabled_users_tokens_stop_at_the_gateway_at_once(auth: Auth, desk: Desk, outbox: Outbox) -> None:
    student = auth.student()
    answer = desk.set_status(student.id, "disabled")
    assert (answer.status, answer.json["status"]) == (200, "disabled")
    assert answer.headers["etag"] == f'"{answer.json["version"]}"'
    assert auth.kong.keys(student.id) == []
    card = roster.find_user(UUID(student.id))
    assert card is not None
    assert (card.status, card.version) == ("disabled", answer.json["version"])
    assert [e.version for e in outbox.of(UserDisabled)] == [answer.json["version"]]


def test_an_enabled_user_signs_in_again_with_old_tokens_dead(auth: Auth, desk: Desk, outbox: Outbox) -> None:
    student = auth.student()
    desk.set_status(student.id, "disabled")
    assert desk.set_status(student.id, "active").json["status"] == "active"
    assert not auth.passes_gateway(student.token)
    assert auth.passes_gateway(auth.login().json["access_token"])
    assert len(outbox.of(UserEnabled)) == 1
    auth.settle()
    assert auth.passes_gateway(auth.login().json["access_token"])


def test_a_status_that_is_there_already_changes_nothing(auth: Auth, desk: Desk, outbox: Outbox) -> None:
    student = auth.student()
    before = desk.profile(student.id).json
    assert desk.set_status(student.id, "active").json == before
    assert auth.passes_gateway(student.token)
    assert outbox.of(UserEnabled) == []


def test_nothing_changes_while_the_gateway_cannot_be_told(auth: Auth, desk: Desk, outbox: Outbox) -> None:
    student = auth.student()
    before = desk.profile(student.id).json
    told = len(outbox.all())
    auth.kong.down = True
    for answer in (desk.set_status(student.id, "disabled"), desk.erase(student.id)):
        assert answer.status == 503
        assert int(answer.headers["retry-after"]) >= 1
    auth.kong.down = False
    assert desk.profile(student.id).json == before
    assert len(outbox.all()) == told
    assert auth.passes_gateway(student.token)


def test_a_disabled_users_last_request_does_not_get_them_a_new_session(auth: Auth, desk: Desk) -> None:
    student = auth.student()
    desk.set_status(student.id, "disabled")
    body = {"current_password": PASSWORD, "new_password": "another-pass-9"}
    assert auth.http.post("/auth/change-password", body, token=student.token).status == 403
    assert auth.http.post("/auth/logout", {"everywhere": True}, token=student.token).status == 403
    assert auth.kong.keys(student.id) == []


def test_administrators_do_not_lock_themselves_out(admin: SignedIn, desk: Desk) -> None:
    assert desk.set_status(admin.id, "disabled").status == 409
    assert desk.erase(admin.id).status == 409


def test_an_account_that_is_being_set_up_cannot_be_disabled_yet(auth: Auth, desk: Desk) -> None:
    answer = desk.set_status(auth.register("waiting"), "disabled")
    assert answer.status == 409
    assert int(answer.headers["retry-after"]) >= 1


def test_statuses_that_nobody_sets_are_refused(auth: Auth, desk: Desk) -> None:
    student = auth.student()
    for body in ({"status": "erased"}, {"status": "provisioning"}, {"status": None}, {}, {"is_type": "admin"}):
        answer = auth.http.patch(f"/auth/users/{student.id}", body, token=desk._token)
        assert answer.status == 422, body


def test_if_match_makes_a_change_conditional(auth: Auth, admin: SignedIn, desk: Desk) -> None:
    student = auth.student()
    etag = desk.profile(student.id).headers["etag"]
    auth.http.put("/auth/profile", {"city": "Lahore"}, token=student.token)
    assert desk.set_status(student.id, "disabled", **{"if-match": etag}).status == 412
    assert desk.erase(student.id, **{"if-match": etag}).status == 412
    assert desk.set_status(admin.id, "disabled", **{"if-match": etag}).status == 409
    etag = desk.profile(student.id).headers["etag"]
    assert desk.set_status(student.id, "disabled", **{"if-match": etag}).status == 200


def test_an_erased_user_leaves_a_tombstone_without_personal_data(auth: Auth, desk: Desk, outbox: Outbox) -> None:
    student = auth.student("amina", mobile_number="+923001234567", name="Amina Khan", city="Lahore")
    assert auth.confirm_mobile(student.token).status == 200
    answer = desk.erase(student.id)
    assert (answer.status, answer.text) == (204, "")
    row = User.get(UUID(student.id))
    assert row.status == "erased"
    left = str(row.serialize()) + str([guard.serialize() for guard in Guard.scan()])
    for personal in ("amina", "923001234567", "Khan", "Lahore", "argon2", student.email):
        assert personal not in left
    with pytest.raises(Profile.DoesNotExist):
        Profile.get(UUID(student.id))
    assert roster.find_user(UUID(student.id)) is None
    (told,) = outbox.of(UserErased)
    assert (str(told.user_id), told.version) == (student.id, row.version)


def test_an_erased_user_is_gone_everywhere(auth: Auth, desk: Desk) -> None:
    student = auth.student("amina")
    desk.erase(student.id)
    assert student.id not in auth.kong.consumers
    assert desk.erase(student.id).status == 404
    assert desk.profile(student.id).status == 404
    assert desk.set_status(student.id, "active").status == 404
    assert "amina" not in desk.names()
    assert auth.refresh(student.refresh_token).status == 401
    auth.settle()
    assert student.id not in auth.kong.consumers


def test_the_names_of_an_erased_user_are_free_again(auth: Auth, desk: Desk) -> None:
    first = auth.student("amina", mobile_number="+923001234567")
    auth.confirm_mobile(first.token)
    desk.erase(first.id)
    second = auth.student("amina", mobile_number="+923001234567")
    assert second.id != first.id
    assert auth.confirm_mobile(second.token).status == 200


def test_who_is_erased_before_they_were_set_up_never_reaches_the_gateway(auth: Auth, desk: Desk) -> None:
    user_id = auth.register("waiting")
    assert desk.erase(user_id).status == 204
    auth.settle()
    assert user_id not in auth.kong.consumers
