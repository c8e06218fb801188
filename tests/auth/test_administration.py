"""Administrators and single users: GET /auth/profile/{user_id}; PATCH, DELETE /auth/users/{user_id}."""

from uuid import UUID, uuid4

import pytest

from auth import kong as auth_kong
from auth.tables import Profile, ReservedName, User
from lms import roster
from lms.dynamo import Stale, transaction
from lms.events.audit import Audited
from lms.events.users import UserDisabled, UserEnabled, UserErased, UserProfileUpdated, UserRegistered
from lms.outbox import OutboxItem
from tests.at_once import at_once
from tests.auth.conftest import PASSWORD, Auth, Desk, SignedIn
from tests.conftest import Outbox, stored

COURSE = uuid4()


def test_a_profile_is_shown_with_its_etag(auth: Auth, desk: Desk) -> None:
    student = auth.student("amina", city="Lahore")
    answer = desk.profile(student.id)
    assert (answer.status, answer.json["city"]) == (200, "Lahore")
    assert answer.version == answer.json["version"]
    assert answer.json["id"] == answer.json["user_id"] == student.id


def test_a_disabled_users_tokens_stop_at_the_gateway_at_once(auth: Auth, desk: Desk, outbox: Outbox) -> None:
    student = auth.student()
    answer = desk.set_status(student.id, "disabled")
    assert (answer.status, answer.json["status"]) == (200, "disabled")
    assert answer.version == answer.json["version"]
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
    auth.process_events()
    assert auth.passes_gateway(auth.login().json["access_token"])


def test_a_status_that_is_there_already_changes_nothing(auth: Auth, desk: Desk, outbox: Outbox) -> None:
    student = auth.student()
    before = desk.profile(student.id).json
    assert desk.set_status(student.id, "active").json == before
    assert auth.passes_gateway(student.token)
    assert outbox.of(UserEnabled) == []


def test_nothing_changes_while_the_gateway_cannot_be_reached(auth: Auth, desk: Desk, outbox: Outbox) -> None:
    student = auth.student()
    before = desk.profile(student.id).json
    emitted = len(outbox.all())
    auth.kong.down = True
    for answer in (desk.set_status(student.id, "disabled"), desk.erase(student.id)):
        assert answer.status == 503
        assert int(answer.headers["retry-after"]) >= 1
    auth.kong.down = False
    assert desk.profile(student.id).json == before
    assert len(outbox.all()) == emitted
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
    for body in ({"status": "erased"}, {"status": "provisioning"}, {"status": None}, {"is_type": "pupil"}):
        answer = auth.http.patch(f"/auth/users/{student.id}", body, token=desk._token)
        assert answer.status == 422, body


def test_an_administrator_corrects_an_account_and_the_old_address_hears_of_it(
    auth: Auth, desk: Desk, outbox: Outbox
) -> None:
    student = auth.student("amina", name="Amna Khan")
    new = {"name": "Amina Khan", "username": "amina.khan", "email": "amina.khan@example.com", "roll_no": "BSCS-19-045"}
    answer = desk.correct(student.id, **new)
    assert (answer.status, {field: answer.json[field] for field in new}) == (200, new)
    [*_, event] = outbox.of(UserProfileUpdated)
    assert (event.previous_email, event.person.email, event.version) == (student.email, new["email"], answer.version)
    assert roster.find_by_name(["BSCS-19-045", answer.json["email"]]) == {"BSCS-19-045": UUID(student.id)}
    for name in (new["username"], new["email"], "bscs-19-045"):
        assert auth.login(name).status == 200
    assert auth.kong.consumers[student.id]["custom_id"] == "amina.khan"
    assert (desk.names(q="amna"), desk.names(q="bscs")) == ([], ["amina.khan"])
    assert auth.student("amina").id != student.id, "the old names are free"
    assert desk.correct(student.id, **new).version == answer.version
    [entry] = [e for e in outbox.of(Audited) if e.action == "account.changed"]
    assert sorted(entry.after.items()) == [(field, None) for field in sorted(new)]


def test_names_of_others_are_refused_and_nothing_changes(auth: Auth, desk: Desk) -> None:
    student, other = auth.student("amina"), auth.student("bilal")
    before = desk.user(student.id)
    taken = {"username": "BILAL", "email": other.email, "roll_no": desk.user(other.id)["roll_no"]}
    for field, value in taken.items():
        answer = desk.correct(student.id, name="Changed", **{field: value})
        assert answer.problem == (409, f"{'roll-number' if field == 'roll_no' else field}-taken")
    assert desk.user(student.id) == before
    assert desk.correct(auth.staff("teacher").id, roll_no="T-1").status == 422


def test_a_correction_and_a_new_status_are_one_change(auth: Auth, desk: Desk) -> None:
    student = auth.student("amina")
    answer = desk.correct(student.id, status="disabled", name="Amina Khan", username="bilal")
    assert (answer.json["status"], answer.json["name"]) == ("disabled", "Amina Khan")
    card = roster.find_user(UUID(student.id))
    assert card is not None
    assert (card.status, card.name, card.version) == ("disabled", "Amina Khan", answer.version)


def test_a_new_role_counts_at_the_gateway_and_everywhere_at_once(auth: Auth, desk: Desk, outbox: Outbox) -> None:
    student = auth.student("amina")
    roll_no = desk.user(student.id)["roll_no"]
    answer = desk.correct(student.id, is_type="teacher", name="Amina Khan")
    assert (answer.status, answer.json["is_type"], answer.json["roll_no"]) == (200, "teacher", None)
    assert (auth.kong.groups[student.id], auth.passes_gateway(student.token)) == ({"teacher"}, False)
    assert auth.refresh(student.refresh_token).status == 401
    card = roster.find_user(UUID(student.id))
    assert card is not None
    assert (card.role, card.roll_no, card.version) == ("teacher", None, answer.version)
    assert (desk.names(is_type="teacher"), desk.names(is_type="student")) == (["amina"], [])
    [*_, event] = outbox.of(UserProfileUpdated)
    assert (event.role, event.version) == ("teacher", answer.version)
    [entry] = [e for e in outbox.of(Audited) if e.action == "account.changed"]
    assert (entry.before["role"], entry.after["role"], entry.after["name"]) == ("student", "teacher", None)
    assert auth.login(roll_no).status == 401
    token = auth.login("amina").json["access_token"]
    auth.process_events()
    assert auth.passes_gateway(token)
    back = desk.correct(student.id, is_type="student", roll_no="BSCS-19-045").json
    assert (back["is_type"], back["roll_no"]) == ("student", "BSCS-19-045")
    assert auth.kong.groups[student.id] == {"student"}


def _put_membership(kind: str, person_id: str) -> None:
    with transaction() as tx:
        if kind == "student":
            roster.put_enrollment(tx, UUID(person_id), COURSE, "active", version=1)
        else:
            roster.put_assignment(tx, UUID(person_id), COURSE, version=1)


@pytest.mark.parametrize(("role", "code"), [("student", "still-enrolled"), ("teacher", "still-teaching")])
def test_who_has_active_courses_keeps_the_role(auth: Auth, desk: Desk, role: str, code: str) -> None:
    person = auth.student("amina") if role == "student" else auth.staff(role)
    _put_membership(role, person.id)
    assert desk.correct(person.id, is_type="admin").problem == (409, code)
    assert (auth.kong.groups[person.id], auth.passes_gateway(person.token)) == ({role}, True)
    with transaction() as tx:
        if role == "student":
            roster.put_enrollment(tx, UUID(person.id), COURSE, "completed", version=2)
        else:
            roster.remove_assignment(tx, UUID(person.id), COURSE)
    assert desk.correct(person.id, is_type="admin").status == 200


def test_nobody_joins_a_course_while_their_role_changes(
    auth: Auth, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    student = auth.student("amina")
    card = roster.find_user(UUID(student.id))
    assert card is not None
    put_group = auth_kong.put_group

    def join_meanwhile(user_id: UUID, group: str) -> None:
        with pytest.raises(Stale), transaction() as tx:
            roster.require_user(tx, card, joining_at=auth.clock())
        put_group(user_id, group)

    monkeypatch.setattr(auth_kong, "put_group", join_meanwhile)
    assert desk.correct(student.id, is_type="teacher").status == 200
    monkeypatch.setattr(auth_kong, "put_group", put_group)
    auth.kong.down = True
    assert desk.correct(student.id, is_type="student").status == 503
    auth.kong.down = False
    assert (desk.user(student.id)["is_type"], auth.kong.groups[student.id]) == ("teacher", {"teacher"})


def test_a_group_that_could_not_be_left_is_left_by_the_consumer(auth: Auth, desk: Desk) -> None:
    student = auth.student("amina")
    desk.correct(student.id, is_type="teacher")
    auth.kong.groups[student.id].add("student")
    auth.process_events()
    assert auth.kong.groups[student.id] == {"teacher"}


def test_an_administrator_always_remains_whoever_changes_whose_role(auth: Auth, desk: Desk, admin: SignedIn) -> None:
    assert desk.correct(admin.id, is_type="teacher").problem == (409, "own-account")
    other = auth.staff("admin", "other")
    assert desk.correct(other.id, is_type="teacher").status == 200
    assert Desk(auth, other.token).correct(admin.id, is_type="teacher").problem == (409, "last-admin")


def test_a_role_and_a_status_are_one_change(auth: Auth, desk: Desk) -> None:
    student = auth.student("amina")
    answer = desk.correct(student.id, is_type="teacher", status="disabled")
    assert (answer.json["is_type"], answer.json["status"], auth.kong.keys(student.id)) == ("teacher", "disabled", [])
    assert desk.correct(student.id, status="active", is_type="student").json["is_type"] == "student"
    assert auth.login("amina").status == 200


def test_administrators_change_their_own_name_here_but_not_their_address(desk: Desk, admin: SignedIn) -> None:
    assert desk.correct(admin.id, name="The Registrar").json["name"] == "The Registrar"
    assert desk.correct(admin.id, email="other@example.com").problem == (409, "own-account")


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
    left = str(row.serialize()) + str([name.serialize() for name in stored(ReservedName)])
    for personal in ("amina", "923001234567", "Khan", "Lahore", "argon2", student.email):
        assert personal not in left
    with pytest.raises(Profile.DoesNotExist):
        Profile.get(UUID(student.id))
    assert roster.find_user(UUID(student.id)) is None
    (event,) = outbox.of(UserErased)
    assert (str(event.user_id), event.version) == (student.id, row.version)


def test_an_erased_user_is_gone_everywhere(auth: Auth, desk: Desk) -> None:
    student = auth.student("amina")
    desk.erase(student.id)
    assert student.id not in auth.kong.consumers
    assert desk.erase(student.id).status == 404
    assert desk.profile(student.id).status == 404
    assert desk.set_status(student.id, "active").status == 404
    assert "amina" not in desk.names()
    assert auth.refresh(student.refresh_token).status == 401
    auth.process_events()
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
    auth.process_events()
    assert user_id not in auth.kong.consumers


def test_two_administrators_who_erase_one_another_leave_one(auth: Auth, desk: Desk, admin: SignedIn) -> None:
    other = auth.staff("admin", "other")
    theirs = Desk(auth, other.token)
    assert desk.erase(other.id).status == 204
    answer = theirs.erase(admin.id)
    assert (answer.status, answer.json["type"].rpartition(":")[2]) == (409, "last-admin")
    assert auth.passes_gateway(admin.token)


@pytest.mark.parametrize("ends", ["erase", "disable"])
@pytest.mark.usefixtures("whole_calls")
def test_of_administrators_who_end_one_another_at_the_same_moment_one_remains_and_can_sign_in(
    auth: Auth, desk: Desk, admin: SignedIn, ends: str
) -> None:
    other = auth.staff("admin", "other")

    def end(who: Desk, whom: SignedIn) -> int:
        answer = who.erase(whom.id) if ends == "erase" else who.set_status(whom.id, "disabled")
        return answer.status

    statuses = at_once([lambda: end(desk, other), lambda: end(Desk(auth, other.token), admin)])
    assert sorted(statuses) in ([200, 409], [204, 409])
    left = [user for user in stored(User) if user.status == "active"]
    assert [user.role for user in left] == ["admin"]
    assert auth.passes_gateway(admin.token) != auth.passes_gateway(other.token)
    auth.process_events()
    assert auth.login(left[0].username).status == 200


def test_one_of_whom_another_is_just_taking_leave_cannot_do_the_same_meanwhile(
    auth: Auth, desk: Desk, admin: SignedIn
) -> None:
    other = auth.staff("admin", "other")
    auth.kong.down = True
    assert desk.erase(other.id).status == 503
    auth.kong.down = False
    assert Desk(auth, other.token).erase(admin.id).status == 409
    auth.clock.advance(minutes=2)
    assert Desk(auth, other.token).erase(admin.id).status == 204


def test_an_administrator_whom_the_gateway_failed_tries_again_at_once(auth: Auth, desk: Desk) -> None:
    other = auth.staff("admin", "other")
    auth.kong.down = True
    assert desk.erase(other.id).status == 503
    auth.kong.down = False
    assert desk.erase(other.id).status == 204


def test_of_an_erased_user_the_outbox_keeps_the_erasure_alone(auth: Auth, desk: Desk) -> None:
    student = auth.student("amina", name="Amina Khan")
    [parked, *_] = [item for item in OutboxItem.query(f"user#{student.id}") if item.type == UserRegistered.type]
    parked.update([OutboxItem.due_shard.remove(), OutboxItem.parked_reason.set("no such topic")])
    assert desk.erase(student.id).status == 204
    auth.process_events()
    assert [item.type for item in OutboxItem.query(f"user#{student.id}")] == [UserErased.type]
    assert "amina" not in repr([item.attribute_values for item in OutboxItem.scan()]).casefold()
