"""Access tokens, and the public keys they are verified with."""

import base64
import hmac
import json
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import jose.jwt
import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jose import jwt
from jose.backends import ECKey

from lms import tokens as access_tokens
from lms.callers import ROLES
from lms.dependencies import ClientIp
from lms.errors import Unauthorized
from lms.http import LambdaHandler, create_app
from lms.security import Admin, AnySignedIn, Public, Student, Teacher, permission_of
from lms.tokens import verify
from tests.clients import Client
from tests.lms.conftest import Signer, Wire, publish


def _part(content: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


def _refused(token: str) -> None:
    with pytest.raises(Unauthorized) as raised:
        verify(token)
    assert raised.value.detail == "The access token is not valid."


def test_a_token_of_ours_names_the_caller(signer: Signer) -> None:
    person = uuid4()
    caller = verify(signer.token("teacher", person))
    assert caller.id == person
    assert (caller.role, caller.username, caller.issuer) == ("teacher", "amina", "key-of-the-user-at-kong")


@pytest.mark.parametrize("claim", ["iss", "sub", "role", "username", "iat", "nbf", "exp", "jti"])
def test_a_token_without_one_of_its_claims_is_refused(signer: Signer, claim: str) -> None:
    claims = signer.claims()
    del claims[claim]
    _refused(jwt.encode(claims, signer.pem, algorithm="ES256", headers={"kid": signer.kid}))


@pytest.mark.parametrize(
    "changes",
    [
        {"exp": 1_700_000_000},
        {"exp": "tomorrow"},
        {"exp": None},
        {"exp": float("nan")},
        {"nbf": 4_000_000_000},
        {"nbf": []},
        {"iat": "x"},
        {"sub": "nobody"},
        {"sub": 7},
        {"sub": None},
        {"sub": f"{UUID(int=7)}0"},
        {"role": "root"},
        {"role": "Admin"},
        {"role": None},
        {"role": ["admin"]},
        {"role": {"admin": True}},
    ],
    ids=str,
)
def test_a_claim_that_does_not_hold_is_refused(signer: Signer, changes: dict[str, Any]) -> None:
    _refused(signer.token(**changes))


def test_a_token_signed_with_another_key_of_the_same_name_is_refused(signer: Signer) -> None:
    _refused(Signer(signer.kid).token())


def test_a_token_of_an_unknown_key_is_refused(signer: Signer) -> None:
    _refused(Signer("key-9").token())


def test_an_unsigned_token_is_refused(signer: Signer) -> None:
    claims = _part(signer.claims("admin"))
    for algorithm in ("none", "None", "NONE", "", None):
        header = _part({"alg": algorithm, "typ": "JWT", "kid": signer.kid})
        _refused(f"{header}.{claims}.")
        _refused(f"{header}.{claims}.{signer.token().rpartition('.')[2]}")


@pytest.mark.parametrize("algorithm", ["HS256", "HS512"])
def test_a_token_signed_with_the_public_key_as_a_password_is_refused(signer: Signer, algorithm: str) -> None:
    signed = f"{_part({'alg': algorithm, 'kid': signer.kid})}.{_part(signer.claims('admin'))}"
    for password in (json.dumps(signer.public), signer.public["x"]):
        mac = hmac.new(password.encode(), signed.encode(), algorithm.replace("HS", "sha")).digest()
        _refused(f"{signed}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}")


@pytest.mark.parametrize("kid", [None, "", "../key-1", "\x00", 7, 1.5, ["key-1"], {"key-1": 1}, True])
def test_a_key_must_be_named_by_its_id(signer: Signer, kid: object) -> None:
    _refused(jwt.encode(signer.claims(), signer.pem, algorithm="ES256", headers={"kid": kid}))


def test_a_key_that_the_token_brings_along_is_not_used(signer: Signer) -> None:
    stranger = Signer("key-9")
    for brought in ({"jwk": stranger.public}, {"jku": "https://stranger.example/jwks"}, {"x5u": "https://x.example"}):
        headers = {"kid": signer.kid, **brought}
        _refused(jwt.encode(signer.claims("admin"), stranger.pem, algorithm="ES256", headers=headers))


@pytest.mark.parametrize("token", ["", ".", "..", "a.b.c", "é.é.é", "null", "e30.e30.", "W10.W10.", f"{_part(7)}.x.y"])
def test_what_is_no_token_is_refused(signer: Signer, token: str) -> None:
    _refused(token)


def test_what_is_only_part_of_a_token_or_more_than_one_is_refused(signer: Signer) -> None:
    header, claims, signature = signer.token().split(".")
    for token in (
        f"{header}.{claims}",
        f"{header}.{claims}.",
        f"{header}.{claims}.{signature}.{signature}",
        f"{header}.{claims}.{signature[:-4]}",
        f"{header}.{_part([])}.{signature}",
        f"{header}.{_part(signer.claims('admin'))}.{signature}",
        f"{_part([])}.{claims}.{signature}",
        f"{_part('[' * 5_000)}.{claims}.{signature}",
        f"{header[:-3]}.{claims}.{signature}",
        "x" * 100_000,
    ):
        _refused(token)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_a_token_with_a_changed_character_is_refused_or_the_same_token(signer: Signer, data: st.DataObject) -> None:
    token = signer.token(user_id=UUID(int=7))
    place = data.draw(st.integers(0, len(token) - 1))
    letter = data.draw(st.sampled_from("AZaz09-_.=\u00e9"))
    try:
        caller = verify(token[:place] + letter + token[place + 1 :])
    except Unauthorized:
        return
    # Base64 has spare bits at the end of each part: only those may differ.
    assert caller == verify(token)


class _Clock:
    def __init__(self) -> None:
        self.seconds = 1000.0

    def monotonic(self) -> float:
        return self.seconds


@pytest.fixture
def seconds(signer: Signer, monkeypatch: pytest.MonkeyPatch) -> _Clock:
    clock = _Clock()
    monkeypatch.setattr(access_tokens, "time", SimpleNamespace(monotonic=clock.monotonic))
    return clock


def test_the_public_keys_are_read_once_in_five_minutes(signer: Signer, seconds: _Clock, wire: Wire) -> None:
    verify(signer.token())
    seconds.seconds += 299
    verify(signer.token())
    assert len(wire.sent) == 1
    seconds.seconds += 2
    verify(signer.token())
    assert len(wire.sent) == 2


def test_a_new_key_is_known_at_once(signer: Signer, seconds: _Clock, wire: Wire) -> None:
    verify(signer.token())
    newer = Signer("key-2")
    publish(signer, newer)
    seconds.seconds += 6
    wire.sent.clear()
    verify(newer.token())
    verify(signer.token())
    assert len(wire.sent) == 1


def test_made_up_keys_do_not_become_a_read_each(signer: Signer, seconds: _Clock, wire: Wire) -> None:
    verify(signer.token())
    for number in range(20):
        _refused(f"{_part({'alg': 'ES256', 'kid': f'made-up-{number}'})}.{_part({})}.x")
    assert len(wire.sent) == 1


def test_a_withdrawn_key_is_forgotten_within_five_minutes(signer: Signer, seconds: _Clock) -> None:
    token = signer.token()
    verify(token)
    publish(Signer("key-2"))
    seconds.seconds += 301
    _refused(token)


def test_what_a_key_signed_is_looked_at_once(signer: Signer, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[bytes] = []
    look = ECKey.verify

    def noted(key: ECKey, signed: bytes, signature: bytes) -> bool:
        looked.append(signed)
        return look(key, signed, signature)

    monkeypatch.setattr(ECKey, "verify", noted)
    first, second = signer.token(), signer.token()
    for token in (first, first, second, first):
        verify(token)
    assert looked == [token.rpartition(".")[0].encode() for token in (first, second)]


def test_a_token_that_is_remembered_ends_with_its_time(signer: Signer, monkeypatch: pytest.MonkeyPatch) -> None:
    token = signer.token()
    verify(token)
    monkeypatch.setattr(jose.jwt, "timegm", lambda _: signer.claims()["exp"] + 1)
    _refused(token)


def test_a_token_that_is_remembered_is_not_believed_with_another_key_of_the_same_name(
    signer: Signer, seconds: _Clock
) -> None:
    token = signer.token()
    verify(token)
    publish(Signer(signer.kid))
    seconds.seconds += 301
    _refused(token)


def test_without_published_keys_nobody_gets_in(aws: None) -> None:
    access_tokens.key_ring.forget()
    _refused(Signer().token())


@pytest.fixture
def app() -> FastAPI:
    app = create_app("tests")

    @app.get("/student")
    def student(caller: Student) -> UUID:
        return caller.id

    @app.get("/teacher")
    def teacher(caller: Teacher) -> UUID:
        return caller.id

    @app.get("/admin")
    def admin(caller: Admin) -> UUID:
        return caller.id

    @app.get("/any")
    def signed_in(caller: AnySignedIn) -> UUID:
        return caller.id

    @app.get("/public", dependencies=[Public])
    def public(client_ip: ClientIp) -> str:
        return client_ip

    return app


def test_each_permission_lets_its_roles_pass_and_no_other(app: FastAPI, signer: Signer) -> None:
    call = Client(LambdaHandler(app))
    tokens = {role: signer.token(role) for role in ROLES}
    allowed = {
        (path, role)
        for path in ("student", "teacher", "admin", "any", "public")
        for role in ROLES
        if call.get(f"/{path}", token=tokens[role]).status == 200
    }
    own = {(role, role) for role in ROLES}
    assert allowed == own | {(path, role) for path in ("any", "public") for role in ROLES}


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic YTpi", "bearer x", "Token x", "Bearer x y"])
def test_without_a_bearer_token_one_is_asked_to_sign_in(app: FastAPI, signer: Signer, header: str) -> None:
    answer = Client(LambdaHandler(app)).get("/any", headers={"authorization": header})
    assert answer.status == 401, answer
    assert answer.headers["www-authenticate"] == "Bearer"


def test_a_token_comes_in_the_authorization_header_alone(app: FastAPI, signer: Signer) -> None:
    call, token = Client(LambdaHandler(app)), signer.token()
    assert call.get("/any", query={"jwt": token, "access_token": token}).status == 401
    assert call.get("/any", headers={"cookie": f"jwt={token}"}).status == 401


def test_a_public_route_does_not_look_at_tokens(app: FastAPI, aws: None) -> None:
    assert Client(LambdaHandler(app)).get("/public", token="no token").status == 200


def test_headers_about_the_consumer_are_not_believed(app: FastAPI, signer: Signer) -> None:
    spoofed = {"x-consumer-id": "1", "x-consumer-username": "admin", "x-consumer-groups": "admin"}
    call = Client(LambdaHandler(app))
    assert call.get("/admin", headers=spoofed).status == 401
    assert call.get("/admin", headers=spoofed, token=signer.token()).status == 403


def test_the_clients_address_is_the_one_that_the_gateway_saw(app: FastAPI) -> None:
    call = Client(LambdaHandler(app))
    assert call.get("/public", headers={"x-forwarded-for": "198.51.100.1"}).json == "203.0.113.7"
    del call.headers["x-real-ip"]
    assert call.get("/public", headers={"x-forwarded-for": "198.51.100.1"}).json == "127.0.0.1"


def test_a_permission_can_be_read_from_its_route(app: FastAPI) -> None:
    permissions = {route.path: permission_of(route) for route in app.routes}  # type: ignore[attr-defined,arg-type]
    assert permissions == {
        "/student": {"student"},
        "/teacher": {"teacher"},
        "/admin": {"admin"},
        "/any": {"student", "teacher", "admin"},
        "/public": None,
    }
