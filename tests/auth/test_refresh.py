"""Sessions: POST /auth/refresh, POST /auth/logout."""

import pytest
from jose import jwt

from auth.tables import Session
from lms.events.users import UserSessionsRevoked
from tests.auth.conftest import PASSWORD, Auth, at_once
from tests.conftest import Outbox, stored


def test_a_refresh_token_is_exchanged_for_a_new_pair(auth: Auth) -> None:
    student = auth.student()
    auth.clock.advance(minutes=10)
    answer = auth.refresh(student.refresh_token)
    assert answer.status == 200
    assert set(answer.json) == {"access_token", "token_type", "expires_in", "refresh_token", "refresh_expires_in"}
    assert answer.json["refresh_token"] != student.refresh_token
    claims = jwt.get_unverified_claims(answer.json["access_token"])
    assert claims["exp"] == int(auth.clock().timestamp()) + 900
    assert claims["iss"] == auth.kong.keys(student.id)[0]


def test_an_answer_that_was_lost_is_given_again_for_ten_seconds(auth: Auth) -> None:
    student = auth.student()
    first = auth.refresh(student.refresh_token).json["refresh_token"]
    auth.clock.advance(seconds=10)
    again = auth.refresh(student.refresh_token)
    assert again.status == 200
    assert again.json["refresh_token"] == first
    assert auth.refresh(first).status == 200


def test_a_spent_token_that_comes_back_later_ends_the_family(auth: Auth) -> None:
    student = auth.student()
    current = auth.refresh(student.refresh_token).json["refresh_token"]
    auth.clock.advance(seconds=11)
    assert auth.refresh(student.refresh_token).status == 401
    assert auth.refresh(current).status == 401


def test_a_family_that_ends_leaves_the_persons_others_alone(auth: Auth) -> None:
    student = auth.student()
    other = auth.login().json["refresh_token"]
    auth.refresh(student.refresh_token)
    auth.clock.advance(seconds=11)
    auth.refresh(student.refresh_token)
    assert auth.refresh(other).status == 200


@pytest.mark.usefixtures("whole_calls")
def test_one_token_used_many_times_at_once_has_one_successor(auth: Auth) -> None:
    student = auth.student()
    answers = at_once([lambda: auth.refresh(student.refresh_token)] * 6)
    assert {answer.status for answer in answers} == {200}
    successors = {answer.json["refresh_token"] for answer in answers}
    assert len(successors) == 1
    assert auth.refresh(successors.pop()).status == 200


def test_a_session_slides_by_thirty_days_and_ends_after_ninety(auth: Auth) -> None:
    token = auth.student().refresh_token
    for days_left in (30, 30, 30, 10):
        auth.clock.advance(days=20)
        answer = auth.refresh(token)
        assert answer.json["refresh_expires_in"] == days_left * 24 * 3600
        token = answer.json["refresh_token"]
    auth.clock.advance(days=10)
    assert auth.refresh(token).status == 401


def test_an_idle_session_ends_after_thirty_days(auth: Auth) -> None:
    token = auth.student().refresh_token
    auth.clock.advance(days=30)
    assert auth.refresh(token).status == 401


def test_tokens_that_nobody_was_given_are_refused_with_one_text(auth: Auth) -> None:
    student = auth.student()
    family = student.refresh_token.partition(".")[0]
    answers = [auth.refresh(token) for token in ("x", ".", f"{family}.", family, "f" * 32 + ".x", "\x00.\x00", "é.é")]
    assert {answer.status for answer in answers} == {401}
    assert len({answer.json["detail"] for answer in answers}) == 1


def test_refresh_tokens_are_kept_as_hashes(auth: Auth) -> None:
    student = auth.student()
    current = auth.refresh(student.refresh_token).json["refresh_token"]
    kept = str([row.serialize() for row in stored(Session)])
    for token in (student.refresh_token, current):
        assert token.partition(".")[2] not in kept


def test_a_disabled_users_session_gives_no_tokens(auth: Auth) -> None:
    student = auth.student()
    auth.desk.set_status(student.id, "disabled")
    assert auth.refresh(student.refresh_token).status == 401
    auth.desk.set_status(student.id, "active")
    assert auth.refresh(student.refresh_token).status == 401, "sessions do not come back with the account"
    assert auth.login().status == 200


def test_signing_out_ends_the_session_that_is_named_and_no_other(auth: Auth) -> None:
    student = auth.student()
    other = auth.login().json["refresh_token"]
    answer = auth.http.post("/auth/logout", {"refresh_token": student.refresh_token}, token=student.token)
    assert (answer.status, answer.text) == (204, "")
    assert auth.refresh(student.refresh_token).status == 401
    assert auth.refresh(other).status == 200


def test_nobody_signs_another_person_out(auth: Auth) -> None:
    amina, bilal = auth.student("amina"), auth.student("bilal")
    assert auth.http.post("/auth/logout", {"refresh_token": amina.refresh_token}, token=bilal.token).status == 204
    assert auth.refresh(amina.refresh_token).status == 200


def test_signing_out_needs_a_session_or_everywhere(auth: Auth) -> None:
    student = auth.student()
    for body in ({}, {"everywhere": False}, {"refresh_token": ""}, {"everywhere": "maybe"}, {"all": True}):
        assert auth.http.post("/auth/logout", body, token=student.token).status == 422
    assert auth.http.post("/auth/logout", {"everywhere": True}).status == 401


def test_signing_out_everywhere_ends_every_token_at_once(auth: Auth, outbox: Outbox) -> None:
    student = auth.student()
    other = auth.login().json
    assert auth.passes_gateway(student.token)
    assert auth.http.post("/auth/logout", {"everywhere": True}, token=student.token).status == 204
    assert not auth.passes_gateway(student.token)
    assert not auth.passes_gateway(other["access_token"])
    for token in (student.refresh_token, other["refresh_token"]):
        assert auth.refresh(token).status == 401
    assert len(outbox.of(UserSessionsRevoked)) == 1
    assert auth.passes_gateway(auth.login().json["access_token"])


def test_signing_out_everywhere_changes_nothing_while_the_gateway_cannot_be_reached(auth: Auth, outbox: Outbox) -> None:
    student = auth.student()
    auth.kong.down = True
    answer = auth.http.post("/auth/logout", {"everywhere": True}, token=student.token)
    assert answer.status == 503
    assert int(answer.headers["retry-after"]) >= 1
    auth.kong.down = False
    assert auth.passes_gateway(student.token)
    assert auth.refresh(student.refresh_token).status == 200
    assert outbox.of(UserSessionsRevoked) == []


def test_a_credential_that_could_not_be_deleted_is_deleted_by_the_consumer(auth: Auth) -> None:
    student = auth.student()
    auth.kong.fail_after = len(auth.kong.calls) + 1
    assert auth.http.post("/auth/logout", {"everywhere": True}, token=student.token).status == 204
    assert auth.passes_gateway(student.token), "the old credential is still there"
    auth.kong.fail_after = None
    auth.process_events()
    assert not auth.passes_gateway(student.token)
    assert auth.passes_gateway(auth.login(password=PASSWORD).json["access_token"])
