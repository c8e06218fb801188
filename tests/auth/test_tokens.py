"""Access tokens that are not ours, not in time or not complete: 401, whatever else they claim."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from cryptography.hazmat.primitives.serialization import load_pem_private_key as load
from jose import jwt

from tests.auth.conftest import SIGNING_PEM, Auth, SignedIn

Claims = dict[str, Any]
PUBLIC_PEM = load(SIGNING_PEM.encode(), None).public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


@pytest.fixture
def claims(admin: SignedIn) -> Claims:
    return jwt.get_unverified_claims(admin.token)


@pytest.fixture
def status_of(auth: Auth, admin: SignedIn) -> Callable[[str], int]:
    def status(token: str) -> int:
        answer = auth.http.get(f"/auth/profile/{admin.id}", token=token)
        assert answer.status != 401 or answer.headers["www-authenticate"] == "Bearer"
        return answer.status

    return status


def _sign(claims: Claims, pem: str = SIGNING_PEM, **header: Any) -> str:
    token: str = jwt.encode(claims, pem, algorithm="ES256", headers={"kid": "key-1", **header})
    return token


def _segment(value: object) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def test_a_token_signed_like_ours_is_accepted(claims: Claims, status_of: Callable[[str], int]) -> None:
    """The measure of this file: everything below differs from this one in a single thing."""
    assert status_of(_sign(claims)) == 200


def test_a_token_of_another_key_is_refused(claims: Claims, status_of: Callable[[str], int]) -> None:
    stranger = ec.generate_private_key(ec.SECP256R1())
    pem = stranger.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    assert status_of(_sign(claims, pem)) == 401


def test_an_unsigned_token_is_refused(claims: Claims, status_of: Callable[[str], int]) -> None:
    for alg in ("none", "None", "NONE", "", None):
        header, body = _segment({"alg": alg, "typ": "JWT", "kid": "key-1"}), _segment(claims)
        for signature in ("", _segment(b"\0" * 64)):
            assert status_of(f"{header}.{body}.{signature}") == 401


def test_a_token_signed_with_the_public_key_as_secret_is_refused(
    claims: Claims, status_of: Callable[[str], int]
) -> None:
    for alg, digest in (("HS256", hashlib.sha256), ("HS512", hashlib.sha512)):
        signed = f"{_segment({'alg': alg, 'typ': 'JWT', 'kid': 'key-1'})}.{_segment(claims)}"
        for secret in (PUBLIC_PEM, PUBLIC_PEM.strip()):
            signature = hmac.new(secret, signed.encode(), digest).digest()
            assert status_of(f"{signed}.{_segment(signature)}") == 401


def test_a_header_that_brings_its_own_key_is_not_believed(claims: Claims, status_of: Callable[[str], int]) -> None:
    stranger = ec.generate_private_key(ec.SECP256R1())
    pem = stranger.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    point = stranger.public_key().public_numbers()
    own = {
        "kty": "EC",
        "crv": "P-256",
        "x": _segment(point.x.to_bytes(32, "big")),
        "y": _segment(point.y.to_bytes(32, "big")),
    }
    assert status_of(_sign(claims, pem, jwk=own)) == 401
    assert status_of(_sign(claims, pem, jku="https://example.com/jwks.json")) == 401


def test_a_kid_that_is_unknown_or_no_text_is_refused(claims: Claims, status_of: Callable[[str], int]) -> None:
    for kid in ("key-2", "", "../key-1", "\x00", None, 1, 1.5, True, ["key-1"], {"kid": "key-1"}):
        assert status_of(_sign(claims, kid=kid)) == 401, kid
    header = _segment({"alg": "ES256", "typ": "JWT"})
    assert status_of(f"{header}.{_sign(claims).partition('.')[2]}") == 401


def test_a_token_is_good_until_it_expires(auth: Auth, claims: Claims, status_of: Callable[[str], int]) -> None:
    now = int(auth.clock().timestamp())
    assert status_of(_sign({**claims, "exp": now + 60})) == 200
    for exp in (now - 1, now - 3600, 0, -1, "soon", None, [], float("nan")):
        assert status_of(_sign({**claims, "exp": exp})) == 401, exp


def test_a_token_of_the_future_is_refused(auth: Auth, claims: Claims, status_of: Callable[[str], int]) -> None:
    now = int(auth.clock().timestamp())
    assert status_of(_sign({**claims, "nbf": now + 600, "exp": now + 900})) == 401
    assert status_of(_sign({**claims, "nbf": "now"})) == 401


@pytest.mark.parametrize("claim", ["exp", "iat", "nbf", "iss", "sub", "jti", "role", "username"])
def test_a_token_that_lacks_a_claim_is_refused(claim: str, claims: Claims, status_of: Callable[[str], int]) -> None:
    assert status_of(_sign({name: value for name, value in claims.items() if name != claim})) == 401


def test_a_role_that_does_not_exist_is_refused(claims: Claims, status_of: Callable[[str], int]) -> None:
    for role in ("root", "Admin", "", None, ["admin"], {"admin": True}, 1):
        assert status_of(_sign({**claims, "role": role})) == 401, role


def test_a_subject_that_is_no_user_id_is_refused(claims: Claims, status_of: Callable[[str], int]) -> None:
    for sub in ("admin", "", None, 1, ["x"], claims["sub"] + "0", "\x00"):
        assert status_of(_sign({**claims, "sub": sub})) == 401, sub


def test_what_is_no_token_is_refused(auth: Auth, admin: SignedIn, status_of: Callable[[str], int]) -> None:
    header, body, signature = admin.token.split(".")
    for garbage in (
        "x",
        "..",
        "a.b.c",
        "é",
        f"{header}.{body}",
        f"{header}.{body}.",
        f"{header}.{body}.{signature}.{signature}",
        f"{header}.{body}.{signature[:-4]}",
        f"{header}.{_segment([])}.{signature}",
        f"{header}.{_segment(b'{')}.{signature}",
        f"{_segment([])}.{body}.{signature}",
        f"{_segment(b'[' * 5_000)}.{body}.{signature}",
        f"{header[:-3]}.{body}.{signature}",
        admin.refresh_token,
        "x" * 100_000,
    ):
        assert status_of(garbage) == 401, garbage[:40]
    for scheme in ("", "Bearer", "Bearer ", f"Basic {admin.token}", f"Token {admin.token}", admin.token, "\x00"):
        assert auth.http.get("/auth/profile", headers={"authorization": scheme}).status == 401, scheme


def test_a_payload_that_was_changed_is_refused(claims: Claims, status_of: Callable[[str], int]) -> None:
    header, _, signature = _sign(claims).split(".")
    assert status_of(f"{header}.{_segment({**claims, 'sub': str(uuid4())})}.{signature}") == 401


def test_tokens_come_in_the_authorization_header_alone(auth: Auth, admin: SignedIn) -> None:
    assert auth.http.get("/auth/profile", query={"jwt": admin.token, "access_token": admin.token}).status == 401
    assert auth.http.get("/auth/profile", headers={"cookie": f"jwt={admin.token}"}).status == 401


def test_headers_that_kong_would_set_are_not_believed(auth: Auth, admin: SignedIn) -> None:
    student = auth.student()
    claimed = {
        "x-consumer-id": f"kong-{admin.id}",
        "x-consumer-custom-id": admin.username,
        "x-consumer-username": admin.id,
        "x-consumer-groups": "admin",
        "x-credential-identifier": auth.kong.keys(admin.id)[0],
        "x-authenticated-userid": admin.id,
    }
    assert auth.http.get("/auth/users", headers=claimed).status == 401
    assert auth.http.get("/auth/users", headers=claimed, token=student.token).status == 403
    assert auth.http.get("/auth/profile", headers=claimed, token=student.token).json["username"] == "amina"


def test_the_public_keys_verify_our_tokens_and_hold_nothing_private(auth: Auth, admin: SignedIn) -> None:
    answer = auth.http.get("/auth/.well-known/jwks.json")
    assert answer.status == 200
    (key,) = answer.json["keys"]
    assert set(key) == {"kty", "crv", "x", "y", "kid", "alg", "use"}
    assert (key["kid"], key["alg"], key["use"]) == ("key-1", "ES256", "sig")
    claims = jwt.decode(admin.token, key, algorithms=["ES256"], options={"verify_iss": False})
    assert claims["sub"] == admin.id
