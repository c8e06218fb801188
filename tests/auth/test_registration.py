"""Registering: POST /auth/register."""

from typing import Any
from uuid import UUID

import pytest

from auth.tables import ReservedName, User
from lms.events.users import UserRegistered
from tests.auth.conftest import PASSWORD, TARIQ, Auth, Desk, at_once
from tests.conftest import Outbox, stored

AMINA = {"username": "amina", "password": PASSWORD, "email": "amina@example.com"}
DETAILS = {
    "name": "Amina Khan",
    "mobile_number": "+923001234567",
    "city": "Karachi",
    "country": "PK",
    "additional_details": {"guardian": {"name": "Bilal"}, "siblings": [1, 2.5, None, True]},
}

UNACCEPTABLE: list[tuple[str, Any]] = [
    ("language", "de"),
    ("username", "ab"),
    ("username", "a" * 65),
    ("username", "am ina"),
    ("username", "amina@home"),
    ("username", "amïna"),
    ("username", "amina\x00"),
    ("username", ""),
    ("username", None),
    ("username", 12345),
    ("password", "seven77"),
    ("password", "x" * 129),
    ("password", "password123"),
    ("password", "PassWord123"),
    ("password", ["correct-horse-7"]),
    ("email", "amina"),
    ("email", "amina@"),
    ("email", "amina@example.com\nBcc: x@example.com"),
    ("email", "a" * 250 + "@example.com"),
    ("email", "Amina Khan <amina@example.com>"),
    ("email", "<amina@example.com>"),
    ("email", "m\u00fcller@example.com"),
    ("name", "\u200b\u2060"),
    ("is_type", 7),
    ("name", "x" * 201),
    ("name", "   "),
    ("name", "Ami\x00na"),
    ("name", "Amina\r\nBcc: x@example.com"),
    ("name", "\ud800"),
    ("city", "\udfff" * 3),
    ("mobile_number", "03001234567"),
    ("mobile_number", "+0300123456"),
    ("mobile_number", "+1234567890123456"),
    ("mobile_number", "+92 300 1234567"),
    ("mobile_number", "+٩٢٣٠٠١٢٣٤٥٦٧"),
    ("city", "x" * 201),
    ("country", "Pakistan"),
    ("country", "pk"),
    ("country", "XX"),
    ("additional_details", []),
    ("additional_details", "{}"),
    ("additional_details", {"x": "y" * 16_384}),
    ("additional_details", {"\ud800": 1}),
    ("additional_details", {"x": float("nan")}),
    ("additional_details", {"x": float("-inf")}),
    ("roll_no", "0123456789"),
    ("id", "018f4e2a-7c1e-7d3b-9a54-2f6f1c0d9e11"),
    ("status", "active"),
    ("version", 1),
    ("consumer_id", "x"),
]
ACCEPTABLE: list[tuple[str, Any]] = [
    ("username", "a.b"),
    ("username", "A_1-z." * 10 + "abcd"),
    ("password", "8 letter"),
    ("password", "x" * 128),
    ("password", "nul\x00in-it"),
    ("password", "пароль-ひみつ"),
    ("name", "x" * 200),
    ("name", "عامنہ 'Amina' <Khan> & \U0001f393"),
    ("mobile_number", "+1234567"),
    ("mobile_number", "+123456789012345"),
    ("additional_details", {}),
    ("additional_details", {"x": "y" * 16_000}),
    ("additional_details", {"number": 10**400}),
]


def test_a_registration_is_confirmed_and_published(auth: Auth, outbox: Outbox) -> None:
    answer = auth.http.post("/auth/register", {**AMINA, **DETAILS, "language": "ur"})
    assert answer.status == 201
    assert set(answer.json) == {"message", "user_id"}
    assert answer.headers["location"] == "/auth/profile"
    (event,) = outbox.of(UserRegistered)
    assert event.user_id == UUID(answer.json["user_id"])
    assert (event.version, event.role, event.invitation, event.language) == (1, "student", None, "ur")
    assert event.person.model_dump() == {"username": "amina", "email": "amina@example.com", **DETAILS}


def test_the_password_is_kept_as_an_argon2id_hash_and_never_published(auth: Auth, outbox: Outbox) -> None:
    user = User.get(UUID(auth.register()))
    assert user.password.startswith("$argon2id$")
    assert PASSWORD not in outbox.all()[0].model_dump_json()


def test_each_student_gets_a_roll_number_of_their_own(auth: Auth, outbox: Outbox) -> None:
    auth.register("amina")
    auth.register("bilal")
    numbers = [event.roll_no for event in outbox.of(UserRegistered)]
    assert len(set(numbers)) == 2
    assert all(len(number) == 10 for number in numbers)


def test_a_username_is_taken_whatever_its_case(auth: Auth) -> None:
    auth.register("amina")
    for username in ("amina", "AMINA", " aMina "):
        answer = auth.http.post("/auth/register", {**AMINA, "username": username, "email": "other@example.com"})
        assert answer.status == 409
        assert "username" in answer.json["detail"]
        assert answer.json["type"] == "urn:lms:problem:username-taken"


def test_a_domain_is_kept_encoded_and_found_however_it_is_written(auth: Auth, outbox: Outbox) -> None:
    auth.register("amina", email="amina@Ex\u00e4mple.com")
    [event] = outbox.of(UserRegistered)
    assert event.person.email == "amina@xn--exmple-cua.com"
    answer = auth.http.post("/auth/register", {**AMINA, "username": "other", "email": "amina@xn--exmple-cua.com"})
    assert answer.json["type"] == "urn:lms:problem:email-taken"
    auth.process_events()
    for written in ("amina@ex\u00e4mple.com", "AMINA@xn--exmple-cua.com"):
        assert auth.login(written).status == 200


def test_an_email_is_taken_whatever_its_case(auth: Auth) -> None:
    auth.register("amina")
    for email in ("amina@example.com", "AMINA@EXAMPLE.COM", " Amina@Example.com\n"):
        answer = auth.http.post("/auth/register", {**AMINA, "username": "other", "email": email})
        assert answer.status == 409
        assert "email" in answer.json["detail"]
        assert answer.json["type"] == "urn:lms:problem:email-taken"


def test_nobody_takes_a_roll_number_as_username(auth: Auth, outbox: Outbox) -> None:
    auth.register("amina")
    roll_no = outbox.of(UserRegistered)[0].roll_no
    answer = auth.http.post("/auth/register", {**AMINA, "username": roll_no.lower(), "email": "other@example.com"})
    assert answer.status == 409


def test_a_refused_registration_leaves_nothing_behind(auth: Auth, outbox: Outbox) -> None:
    auth.register("amina")
    answer = auth.http.post("/auth/register", {**AMINA, "email": "free@example.com"})
    assert answer.status == 409
    assert len(outbox.all()) == 1
    assert auth.http.post("/auth/register", {**AMINA, "username": "b.b", "email": "free@example.com"}).status == 201


@pytest.mark.parametrize("username", ["admin", "Administrator", "ro.ot", "sup_port", "system", "teacher", "instructor"])
def test_a_name_that_speaks_for_the_institute_is_reserved(auth: Auth, outbox: Outbox, username: str) -> None:
    body = {"username": username, "password": PASSWORD, "email": "amina@example.com"}
    answer = auth.http.post("/auth/register", body)
    assert (answer.status, answer.json["type"].rpartition(":")[2]) == (409, "username-reserved")
    assert outbox.all() == []


def test_a_name_that_only_begins_like_a_reserved_one_is_free(auth: Auth) -> None:
    assert auth.register("administratrice")


def test_an_administrator_gives_reserved_names(desk: Desk) -> None:
    assert desk.create({**TARIQ, "username": "support"}).status == 201


@pytest.mark.usefixtures("whole_calls")
def test_of_twenty_at_once_for_one_username_exactly_one_wins(auth: Auth, outbox: Outbox) -> None:
    bodies = [{**AMINA, "email": f"amina{n}@example.com"} for n in range(20)]
    answers = at_once([lambda body=body: auth.http.post("/auth/register", body) for body in bodies])
    assert sorted(answer.status for answer in answers) == [201] + [409] * 19
    (event,) = outbox.of(UserRegistered)
    assert {name.name for name in stored(ReservedName)} == {
        "login#amina",
        f"email#{event.person.email}",
        f"login#{event.roll_no.casefold()}",
    }


@pytest.mark.usefixtures("whole_calls")
def test_of_ten_at_once_for_one_email_exactly_one_wins(auth: Auth, outbox: Outbox) -> None:
    bodies = [{**AMINA, "username": f"amina{n}"} for n in range(10)]
    answers = at_once([lambda body=body: auth.http.post("/auth/register", body) for body in bodies])
    assert sorted(answer.status for answer in answers) == [201] + [409] * 9
    assert len(outbox.of(UserRegistered)) == 1


def test_nobody_registers_while_the_institute_has_closed_it(auth: Auth, outbox: Outbox) -> None:
    set_registration("closed", version=1)
    for body in (AMINA, {}):
        refused = auth.http.post("/auth/register", body)
        assert (refused.status, refused.json["type"]) == (403, "urn:lms:problem:registration-closed")
    assert outbox.all() == []
    set_registration("open", version=2)
    assert auth.http.post("/auth/register", AMINA).status == 201


def test_an_administrator_registers_people_while_it_is_closed(desk: Desk) -> None:
    set_registration("closed", version=1)
    assert desk.create().status == 201


def test_only_students_register_themselves(auth: Auth, outbox: Outbox) -> None:
    for role in ("teacher", "admin", "Student", "root"):
        assert auth.http.post("/auth/register", {**AMINA, "is_type": role}).status == 403
    assert outbox.all() == []


def test_is_type_student_may_be_said(auth: Auth) -> None:
    assert auth.http.post("/auth/register", {**AMINA, "is_type": "student"}).status == 201


def test_what_cannot_be_accepted_is_named(auth: Auth, outbox: Outbox) -> None:
    for field, value in UNACCEPTABLE:
        answer = auth.http.post("/auth/register", {**AMINA, field: value})
        assert answer.status == 422, (field, value, answer)
        assert answer.headers["content-type"] == "application/problem+json"
        (fault,) = answer.json["errors"]
        assert fault["loc"] == ["body", field]
        assert fault["msg"]
        assert fault["type"]
    assert outbox.all() == []


def test_a_refusal_does_not_repeat_what_was_sent(auth: Auth) -> None:
    answer = auth.http.post("/auth/register", {**AMINA, "password": "sEcrt-7", "email": "not-an-address"})
    assert answer.status == 422
    assert "sEcrt-7" not in answer.text
    assert "not-an-address" not in answer.text


def test_a_password_is_neither_username_nor_email(auth: Auth) -> None:
    for password in ("Amina.Khan", "amina.khan", "AMINA.KHAN@example.com"):
        body = {"username": "amina.khan", "email": "amina.khan@example.com", "password": password}
        answer = auth.http.post("/auth/register", body)
        assert answer.status == 422
        assert answer.json["errors"][0]["loc"] == ["body", "password"]


def test_username_password_and_email_are_needed(auth: Auth) -> None:
    for missing in AMINA:
        body = {field: value for field, value in AMINA.items() if field != missing}
        answer = auth.http.post("/auth/register", body)
        assert answer.status == 422
        assert answer.json["errors"][0]["loc"] == ["body", missing]


def test_what_is_within_bounds_is_accepted_and_usable(auth: Auth) -> None:
    people = []
    for n, (field, value) in enumerate(ACCEPTABLE):
        body = {"username": f"amina{n}", "password": PASSWORD, "email": f"amina{n}@example.com", field: value}
        assert auth.http.post("/auth/register", body).status == 201, (field, value)
        people.append((field, body))
    auth.process_events()
    for field, body in people:
        answer = auth.login(body["username"], body["password"])
        assert answer.status == 200, (field, answer)
        if field != "password":
            assert auth.profile(answer.json["access_token"])[field] == body[field]


def test_text_is_trimmed_and_in_nfc(auth: Auth, outbox: Outbox) -> None:
    auth.register("  amina\t", email=" amina@example.com ", name="  Ame\u0301lie ", city=" Go\u0308teborg")
    person = outbox.of(UserRegistered)[0].person
    assert (person.username, person.email) == ("amina", "amina@example.com")
    assert (person.name, person.city) == ("Am\u00e9lie", "G\u00f6teborg")


def test_weakness_comes_before_the_type_and_the_type_before_what_is_taken(auth: Auth) -> None:
    auth.register("amina")
    weak = {**AMINA, "password": "password123", "is_type": "teacher"}
    assert auth.http.post("/auth/register", weak).status == 422
    assert auth.http.post("/auth/register", {**AMINA, "is_type": "teacher"}).status == 403


def test_details_nested_too_deep_are_refused(auth: Auth) -> None:
    deep: Any = {}
    for _ in range(30):
        deep = {"x": deep}
    answer = auth.http.post("/auth/register", {**AMINA, "additional_details": deep})
    assert answer.status == 422


def set_registration(registration: str, *, version: int) -> None:
    """What institute writes when an administrator closes registration, a minute later."""
    from lms import roster
    from lms.dynamo import transaction
    from lms.institute import kept

    with transaction() as tx:
        roster.put_institute(tx, {"registration": registration}, version=version)
    kept.forget()
