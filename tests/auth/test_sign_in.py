"""Signing in: POST /auth/login, POST /instructors/login."""

import json
from io import StringIO

import pytest
from jose import jwt
from moto.dynamodb.exceptions import MockValidationException
from moto.dynamodb.models import DynamoDBBackend

from auth import hashing, rules
from auth.tables import Throttle, User
from tests.auth.conftest import PASSWORD, Auth, at_once, calls_noted
from tests.conftest import stored

A_MINUTE = 5


def _without_id(text: str) -> dict[str, object]:
    return {key: value for key, value in json.loads(text).items() if key != "request_id"}


def test_a_registered_student_signs_in_by_username_email_or_roll_number(auth: Auth) -> None:
    student = auth.student("amina")
    roll_no = auth.profile(student.token)["roll_no"]
    for name in ("amina", "AMINA", " amina ", "amina@example.com", "Amina@Example.com", roll_no, roll_no.lower()):
        assert auth.login(name).status == 200, name


def test_the_answer_is_an_oauth2_token_pair_and_nothing_more(auth: Auth) -> None:
    auth.student()
    answer = auth.login()
    assert answer.headers["cache-control"] == "no-store"
    pair = answer.json
    assert (pair.pop("token_type"), pair.pop("expires_in")) == ("bearer", 15 * 60)
    assert pair.pop("refresh_expires_in") == 30 * 24 * 3600
    assert set(pair) == {"access_token", "refresh_token"}


def test_an_access_token_carries_the_claims_that_were_agreed(auth: Auth) -> None:
    student = auth.student()
    assert jwt.get_unverified_header(student.token) == {"alg": "ES256", "kid": "key-1", "typ": "JWT"}
    claims = jwt.get_unverified_claims(student.token)
    now = int(auth.clock().timestamp())
    assert claims.pop("jti")
    assert claims.pop("sid") == student.refresh_token.partition(".")[0]
    assert claims == {
        "iss": auth.kong.keys(student.id)[0],
        "sub": student.id,
        "role": "student",
        "username": "amina",
        "iat": now,
        "nbf": now,
        "exp": now + 900,
    }


def test_unknown_user_and_wrong_password_get_one_and_the_same_answer(auth: Auth) -> None:
    auth.student("amina")
    answers = [auth.login("amina", "wrong-password"), auth.login("nobody"), auth.login("nobody@example.com")]
    assert {answer.status for answer in answers} == {401}
    assert all(_without_id(answer.text) == _without_id(answers[0].text) for answer in answers)
    assert all(answer.headers["www-authenticate"] == "Bearer" for answer in answers)


def test_a_password_hash_is_checked_for_unknown_users_too(auth: Auth, monkeypatch: pytest.MonkeyPatch) -> None:
    checked = []
    check = hashing._context.verify_and_update
    monkeypatch.setattr(
        hashing, "_context", type("Spy", (), {"verify_and_update": lambda _, *a: checked.append(a[1]) or check(*a)})()
    )
    assert auth.login("nobody").status == 401
    assert checked == [hashing._DUMMY_HASH]


@pytest.fixture
def key_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """DynamoDB refuses keys of more than 2 048 bytes; moto looks them up."""
    get_item = DynamoDBBackend.get_item

    def checked(backend: DynamoDBBackend, table: str, keys: dict[str, dict[str, str]], *rest: object) -> object:
        if any(len(value.encode()) > 2_048 for key in keys.values() for value in key.values()):
            raise MockValidationException("Size of hashkey has exceeded the maximum size limit of 2048 bytes")
        return get_item(backend, table, keys, *rest)

    monkeypatch.setattr(DynamoDBBackend, "get_item", checked)


@pytest.mark.usefixtures("key_limit")
def test_names_and_passwords_of_any_length_get_the_one_answer(auth: Auth) -> None:
    auth.student("amina")
    for username, password in (
        ("x" * 5_000, PASSWORD),
        ("x@" + "é" * 5_000, PASSWORD),
        ("amina", PASSWORD + "x" * 200),
        ("amina", "x" * 100_000),
        ("amina", "nul\x00"),
        ("\x00", "\x00"),
    ):
        assert auth.login(username, password).status == 401, (username[:9], len(password))


def test_a_password_is_not_cut_to_the_longest_one_allowed(auth: Auth) -> None:
    longest = "x" * 128
    auth.register(password=longest)
    auth.process_events()
    assert auth.login("amina", longest + "x").status == 401
    assert auth.login("amina", longest).status == 200


def test_a_form_that_is_none_is_refused(auth: Auth) -> None:
    assert auth.http.post("/auth/login", {"username": "amina", "password": PASSWORD}).status == 422
    assert auth.http.post("/auth/login", form={"username": "amina"}).status == 422
    assert auth.http.post("/auth/login", form={"password": PASSWORD}).status == 422
    other_grant = {"grant_type": "client_credentials", "username": "amina", "password": PASSWORD}
    assert auth.http.post("/auth/login", form=other_grant).status == 422


def test_while_the_account_is_set_up_the_right_password_alone_learns_it(auth: Auth) -> None:
    auth.register("amina")
    answer = auth.login()
    assert answer.status == 409
    assert int(answer.headers["retry-after"]) >= 1
    assert auth.login(password="wrong-password").status == 401


def test_only_the_right_password_learns_that_an_account_is_disabled(auth: Auth) -> None:
    student = auth.student()
    auth.desk.set_status(student.id, "disabled")
    assert auth.login().status == 403
    assert auth.login(password="wrong-password").status == 401


def test_an_erased_user_is_an_unknown_user(auth: Auth) -> None:
    student = auth.student()
    assert auth.desk.erase(student.id).status == 204
    assert auth.login().status == 401


def test_who_was_invited_and_set_no_password_cannot_sign_in(auth: Auth) -> None:
    admin = auth.staff("admin")
    body = {"username": "tariq", "email": "tariq@example.com", "is_type": "teacher"}
    assert auth.http.post("/auth/users", body, token=admin.token).status == 201
    auth.process_events()
    assert auth.login("tariq", "").status in (401, 422)
    assert auth.login("tariq", PASSWORD).status == 401


def _use_up_the_tries(auth: Auth, *ips: str, name: str = "amina") -> None:
    """So many wrong passwords that the next try from there is blocked, and in no minute more than strangers may."""
    for n in range(rules.FREE_FAILURES + 1):
        if n == A_MINUTE:
            auth.clock.advance(minutes=1)
        assert auth.login(name, "wrong-password", ip=ips[n % len(ips)]).status == 401


@pytest.mark.parametrize("name", ["amina", "nobody", "nobody@example.com"])
def test_failures_slow_down_known_and_unknown_names_alike(auth: Auth, name: str) -> None:
    auth.student("amina")
    _use_up_the_tries(auth, "203.0.113.7", name=name)
    waits = []
    for _ in range(12):
        answer = auth.login(name, "wrong-password")
        assert answer.status == 429
        waits.append(int(answer.headers["retry-after"]))
        auth.clock.advance(seconds=waits[-1])
        assert auth.login(name, "wrong-password").status == 401
    assert waits == sorted(waits)
    assert waits[0] < 5
    assert max(waits) <= 15 * 60 + 1


def test_while_slowed_down_even_the_right_password_waits(auth: Auth) -> None:
    auth.student("amina")
    for _ in range(rules.FREE_FAILURES + 1):
        auth.login(password="wrong-password")
    answer = auth.login()
    assert answer.status == 429
    auth.clock.advance(seconds=int(answer.headers["retry-after"]))
    assert auth.login().status == 200


def test_the_name_that_is_typed_is_no_way_round_the_slowing_down(auth: Auth) -> None:
    student = auth.student("amina")
    roll_no = auth.profile(student.token)["roll_no"]
    for name in ("amina", "AMINA", "amina@example.com", roll_no, "amina", roll_no):
        assert auth.login(name, "wrong-password").status == 401
    assert auth.login("amina").status == 429


def test_slowing_down_one_address_leaves_others_alone(auth: Auth) -> None:
    auth.student("amina")
    _use_up_the_tries(auth, "198.51.100.1")
    assert auth.login(ip="198.51.100.1").status == 429
    assert auth.login(ip="198.51.100.2").status == 200


def test_success_takes_the_failures_back(auth: Auth) -> None:
    auth.student("amina")
    for _ in range(3):
        for _ in range(rules.FREE_FAILURES):
            assert auth.login(password="wrong-password").status == 401
        assert auth.login().status == 200


def test_success_does_not_use_up_the_hour(auth: Auth) -> None:
    student = auth.student("amina")
    before = {row.key: row.failures for row in stored(Throttle)}
    assert auth.login().status == 200
    assert {row.key: row.failures for row in stored(Throttle)} == before
    assert student.id not in str(before), "accounts are kept as digests"


def test_an_account_is_tried_a_hundred_times_an_hour_from_all_addresses_together(auth: Auth) -> None:
    auth.student("amina")
    auth.clock.now = auth.clock.now.replace(minute=10, second=0)
    _fill_the_hour(auth)
    auth.clock.advance(minutes=1)
    answer = auth.login(ip="203.0.113.99")
    assert answer.status == 429
    assert int(answer.headers["retry-after"]) == 29 * 60 + 1
    auth.clock.advance(minutes=29)
    assert auth.login(ip="203.0.113.99").status == 200


def _fill_the_hour(auth: Auth) -> None:
    """A hundred wrong passwords from as many addresses, the last at half past."""
    auth.clock.now = auth.clock.now.replace(minute=10, second=0)
    for n in range(rules.FAILURES_AN_HOUR):
        if n % A_MINUTE == 0:
            auth.clock.advance(minutes=1)
        assert auth.login(password="wrong-password", ip=f"198.51.100.{n}").status == 401


def test_an_account_is_tried_five_times_a_minute_from_addresses_that_it_does_not_know(auth: Auth) -> None:
    student = auth.student("amina")
    auth.clock.now = auth.clock.now.replace(second=15)
    names = ["amina", "AMINA@example.com", auth.profile(student.token)["roll_no"]]
    for n in range(A_MINUTE):
        assert auth.login(names[n % 3], "wrong-password", ip=f"198.51.100.{n}").status == 401
    answer = auth.login(ip="198.51.100.99")
    assert (answer.status, answer.headers["retry-after"]) == (429, "46")
    assert auth.login().status == 200, "it signed in from here before"
    assert auth.refresh(student.refresh_token).status == 200
    body = {"current_password": PASSWORD, "new_password": "battery-staple-8"}
    headers = {"x-real-ip": "192.0.2.5"}
    assert auth.http.post("/auth/change-password", body, token=student.token, headers=headers).status == 200
    auth.clock.advance(seconds=45)
    assert auth.login(password="battery-staple-8", ip="198.51.100.99").status == 200


def test_right_passwords_from_new_addresses_do_not_use_up_the_minute(auth: Auth) -> None:
    auth.student("amina")
    for n in range(A_MINUTE + 1):
        assert auth.login(ip=f"198.51.100.{n}").status == 200


def test_the_addresses_of_one_network_in_ipv6_count_as_one(auth: Auth) -> None:
    auth.student("amina")
    _use_up_the_tries(auth, *(f"2001:db8:0:1::{n + 1:x}" for n in range(10)))
    assert auth.login(ip="2001:db8:0:1:ffff:ffff:ffff:ffff").status == 429
    assert auth.login(ip="2001:db8:0:2::1").status == 200


def test_addresses_in_ipv4_do_not_count_as_one_however_they_are_written(auth: Auth) -> None:
    auth.student("amina")
    _use_up_the_tries(auth, "198.51.100.1", "::ffff:198.51.100.1")
    assert auth.login(ip="::ffff:198.51.100.1").status == 429
    assert auth.login(ip="::ffff:198.51.100.2").status == 200


def test_nobody_locks_an_account_out_of_where_it_signed_in(auth: Auth) -> None:
    student = auth.student("amina")
    assert auth.login(ip="2001:db8::7").status == 200
    _fill_the_hour(auth)
    assert auth.login(ip="203.0.113.99").status == 429
    assert auth.login(ip="2001:db8::8").status == 200
    body = {"current_password": PASSWORD, "new_password": "battery-staple-8"}
    assert auth.http.post("/auth/change-password", body, token=student.token).status == 200


def test_where_an_account_signed_in_wrong_passwords_slow_down_all_the_same(auth: Auth) -> None:
    auth.student("amina")
    _fill_the_hour(auth)
    for _ in range(rules.FREE_FAILURES + 1):
        assert auth.login(password="wrong-password").status == 401
    assert auth.login().status == 429
    auth.clock.advance(seconds=5)
    assert auth.login().status == 200


def test_an_address_is_known_for_thirty_days(auth: Auth) -> None:
    auth.student("amina")
    auth.clock.advance(days=29)
    assert auth.login(password="wrong-password").status == 401
    auth.clock.advance(hours=1)
    _fill_the_hour(auth)
    assert auth.login(password="wrong-password").status == 401
    auth.clock.advance(days=1)
    _fill_the_hour(auth)
    assert auth.login().status == 429


def test_what_is_kept_of_attempts_names_neither_account_nor_address(auth: Auth) -> None:
    student = auth.student("amina")
    auth.login("nobody@example.com", "wrong-password")
    kept = str([row.serialize() for row in stored(Throttle)])
    for personal in (student.id, "example.com", "203.0.113"):
        assert personal not in kept


@pytest.mark.usefixtures("whole_calls")
def test_many_failures_at_once_are_no_way_round_the_slowing_down(auth: Auth) -> None:
    auth.student("amina")
    answers = at_once([lambda: auth.login(password="wrong-password")] * 16)
    tried = sum(answer.status == 401 for answer in answers)
    assert {answer.status for answer in answers} == {401, 429}
    assert tried <= rules.FREE_FAILURES + 1


def test_running_sessions_are_never_delayed(auth: Auth) -> None:
    student = auth.student("amina")
    for _ in range(rules.FREE_FAILURES + 2):
        auth.login(password="wrong-password")
    assert auth.login().status == 429
    assert auth.http.get("/auth/profile", token=student.token).status == 200
    assert auth.refresh(student.refresh_token).status == 200


def test_a_hash_of_other_parameters_is_replaced_at_the_next_sign_in(auth: Auth) -> None:
    student = auth.student("amina")
    costly = hashing._context.using(argon2__time_cost=3).hash(PASSWORD)
    user = User.get(student.id)
    user.update([User.password.set(costly)])
    assert auth.login().status == 200
    replaced = User.get(student.id).password
    assert replaced not in (costly, PASSWORD)
    assert "t=3" not in replaced
    assert auth.login().status == 200


def test_a_teacher_signs_in_at_the_instructors_door(auth: Auth) -> None:
    auth.staff("teacher", "tariq")
    answer = auth.http.post("/instructors/login", form={"username": "tariq", "password": PASSWORD})
    assert answer.status == 200
    assert jwt.get_unverified_claims(answer.json["access_token"])["role"] == "teacher"


def test_nobody_else_does_and_learns_so_only_with_the_right_password(auth: Auth) -> None:
    auth.student("amina")
    auth.staff("admin", "root")
    for name in ("amina", "root"):
        form = {"username": name, "password": PASSWORD}
        assert auth.http.post("/instructors/login", form=form).status == 403
        assert auth.http.post("/instructors/login", form={**form, "password": "wrong-password"}).status == 401


def test_the_work_of_a_refused_sign_in_is_the_same_whether_somebody_is_known_or_not(
    auth: Auth, monkeypatch: pytest.MonkeyPatch
) -> None:
    auth.student("amina")
    disabled = auth.student("bilal")
    auth.desk.set_status(disabled.id, "disabled")
    auth.register("waiting")
    asked = calls_noted(monkeypatch)

    def work(name: str, ip: str) -> list[tuple[str, int]]:
        asked.clear()
        answer = auth.login(name, "wrong-password", ip=ip)
        return [*asked, ("status", answer.status)]

    for n in range(rules.FREE_FAILURES + 3):
        # Before, the account's minute is used up; then the address is blocked.
        if n == A_MINUTE + 1:
            auth.clock.advance(minutes=1)
        expected = work("amina", "198.51.100.1")
        for name in ("nobody", "nobody@example.com", "bilal@example.com", "waiting"):
            assert work(name, "198.51.100.1") == expected, (name, n)
    assert expected[-1] == ("status", 429)


def test_the_log_of_a_sign_in_names_nobody(auth: Auth, log: StringIO) -> None:
    student = auth.student("amina", mobile_number="+923001234567", name="Amina Khan")
    auth.login("amina@example.com", "wrong-password")
    auth.http.get("/auth/profile", token=student.token)
    written = log.getvalue()
    assert "/auth/login" in written
    for secret in ("amina", "example.com", PASSWORD, "wrong-password", "+923001234567", "Khan", student.token[-40:]):
        assert secret not in written
    assert student.refresh_token not in written
