"""Tokens and headers of strangers, with the gateway and past it."""

import base64
import json
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from jose import jwt

from localstack.deployed import Deployed
from tests.stack.clients import NO_TLS, Person, demo_person
from tests.stack.conftest import StackUnderTest

pytestmark = pytest.mark.stack


@pytest.fixture(scope="module")
def student(stack: StackUnderTest) -> Person:
    return demo_person(stack, "student")


def _foreign_key() -> tuple[str, str]:
    key = ec.generate_private_key(ec.SECP256R1())
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    return private, public


def _part(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def _signed(claims: dict[str, Any], header: dict[str, Any]) -> str:
    return str(jwt.encode(claims, _foreign_key()[0], algorithm="ES256", headers=header))


def _hs256(claims: dict[str, Any], header: dict[str, Any]) -> str:
    return str(jwt.encode(claims, "a secret of forty-three random characters", algorithm="HS256", headers=header))


def _unsigned(claims: dict[str, Any], header: dict[str, Any]) -> str:
    return f"{_part({**header, 'alg': 'none'})}.{_part(claims)}."


FORGERIES: dict[str, Callable[[dict[str, Any], dict[str, Any]], str]] = {
    "signed with another key": _signed,
    "signed with a shared secret": _hs256,
    "not signed": _unsigned,
    "for an administrator": lambda claims, header: _signed({**claims, "role": "admin"}, header),
    "without expiry": lambda claims, header: _signed({k: v for k, v in claims.items() if k != "exp"}, header),
    "expired": lambda claims, header: _signed({**claims, "exp": int(time.time()) - 1}, header),
    "no token at all": lambda claims, header: "x",
}


def _past_the_gateway(stack: StackUnderTest, token: str, headers: dict[str, str]) -> httpx.Response:
    api = Deployed(stack.settings).api_id
    url = f"{stack.settings.emulator_url}/_aws/execute-api/{api}/auth/profile"
    return httpx.get(
        url, headers={"Authorization": f"Bearer {token}", **headers}, timeout=60, trust_env=False, verify=NO_TLS
    )


@pytest.mark.parametrize("forge", FORGERIES.values(), ids=FORGERIES)
def test_a_forged_token_never_gets_in(
    stack: StackUnderTest, student: Person, forge: Callable[[dict[str, Any], dict[str, Any]], str]
) -> None:
    claims = jwt.get_unverified_claims(student.token)
    forged = forge(claims, {"kid": jwt.get_unverified_header(student.token)["kid"]})
    spoofed = {"X-Consumer-Custom-ID": "admin", "X-Consumer-Groups": "admin", "X-Gateway-Secret": "guess"}
    through = student.http.get("/auth/profile", headers={"Authorization": f"Bearer {forged}", **spoofed})
    assert through.status_code == 401
    assert _past_the_gateway(stack, forged, {}).status_code == 403
    assert _past_the_gateway(stack, forged, spoofed).status_code == 403


def test_a_valid_token_is_refused_past_the_gateway(stack: StackUnderTest, student: Person) -> None:
    assert student.call("GET", "/auth/profile").status_code == 200
    assert _past_the_gateway(stack, student.token, {}).status_code == 403


def test_spoofed_identity_headers_change_nothing(student: Person) -> None:
    spoofed = {"X-Consumer-Username": "admin", "X-Consumer-Groups": "admin", "X-Authenticated-Groups": "admin"}
    assert student.call("GET", "/auth/users", headers=spoofed).status_code == 403
    assert student.call("GET", "/auth/profile", headers=spoofed).json()["username"] == "demo-student"


def test_without_a_token_the_gateway_answers_as_kong_does(student: Person) -> None:
    answer = student.http.get("/auth/profile")
    assert answer.status_code == 401
    assert answer.json()["message"] == "Unauthorized"


def test_a_path_that_no_route_serves_is_unknown_at_the_gateway(student: Person) -> None:
    for path in ("/auth", "/auth/", "/auth/profile/", "/auth/nothing", "/etc/passwd", "/auth/../auth/profile/x/y"):
        assert student.http.get(path).status_code in (401, 404), path


def test_the_body_limit_comes_before_everything(student: Person) -> None:
    answer = student.http.post("/auth/change-password", content=b"x" * (256 * 1024 + 1))
    assert answer.status_code == 413
