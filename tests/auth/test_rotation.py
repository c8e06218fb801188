"""Signing keys change while people are signed in."""

import json
from uuid import UUID

import pytest
from jose import jwt

from auth import kong, signing
from auth.tables import User
from lms.tokens import key_ring
from tests.auth.conftest import SIGNING_PEM, Auth, SignedIn, new_signing_key, secrets_manager

KEYS = {"key-1": SIGNING_PEM, "key-2": new_signing_key()}


@pytest.fixture
def rotated(auth: Auth) -> SignedIn:
    """Somebody of the old key; the secret holds a second, current one by now, which this worker has not seen."""
    amina = auth.student("amina")
    secret = json.dumps({"current": "key-2", "keys": KEYS})
    secrets_manager().put_secret_value(SecretId="lms/signing-keys", SecretString=secret)
    return amina


@pytest.mark.usefixtures("rotated")
def test_who_was_signed_in_stays_so_by_the_old_key(auth: Auth) -> None:
    signing._load.cache_clear()
    key_ring.forget()
    token = auth.login("amina").json["access_token"]
    assert jwt.get_unverified_header(token)["kid"] == "key-1"
    assert auth.profile(token)["username"] == "amina"
    assert len(auth.http.get("/auth/.well-known/jwks.json").json["keys"]) == 2


@pytest.mark.usefixtures("rotated")
def test_new_credentials_are_of_the_new_key(auth: Auth) -> None:
    signing._load.cache_clear()
    key_ring.forget()
    bilal = auth.student("bilal")
    assert jwt.get_unverified_header(bilal.token)["kid"] == "key-2"
    assert auth.profile(bilal.token)["username"] == "bilal"
    (credential,) = auth.kong.credentials[bilal.id]
    assert credential["rsa_public_key"] == signing.current_key().public_pem


def test_a_worker_that_has_not_looked_yet_signs_for_who_has_the_new_key(auth: Auth, rotated: SignedIn) -> None:
    user = User.get(UUID(rotated.id))
    credential = kong.create_credential(user.id, "PEM of key-2")
    user.update([User.issuer.set(credential.key), User.kid.set("key-2")])
    answer = auth.login("amina")
    assert answer.status == 200
    assert jwt.get_unverified_header(answer.json["access_token"])["kid"] == "key-2"
