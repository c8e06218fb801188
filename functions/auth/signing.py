"""The signing keys: private halves in Secrets Manager, opened here alone; public halves published to every function."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from jose import jwk, jwt
from jose.backends.base import Key

from auth.rules import ACCESS_LIFETIME
from auth.tables import User
from lms.aws import client
from lms.errors import Conflict, Unavailable
from lms.ids import uuid7
from lms.settings import setting
from lms.tokens import ALGORITHM, JWKS_NAME, PublicKeys, read_jwks

_SECRET_SECONDS = 300
# A worker may have loaded the keys just before; a request that began then has ended a minute later.
_LOADED_EVERYWHERE_AFTER = timedelta(seconds=_SECRET_SECONDS) + timedelta(minutes=1)


class KeyGone(Unavailable):
    """The account's credential is of a key that was dropped; `renew_credentials` gives it another."""

    detail = "The account is getting another key. Try again later."


class KeyChangeUnderway(Conflict):
    code = "two-keys"
    detail = "The key is already being changed. Finish that change first."


class KeyTooNew(Conflict):
    code = "keys-in-use"
    detail = "Some workers may not have the new key yet. Try again in 6 minutes."


@dataclass(frozen=True)
class SigningKey:
    """A key that tokens are signed with. `public_pem` is what Kong verifies them with."""

    kid: str
    private: Key
    public_pem: str


@dataclass(frozen=True)
class _KeySet:
    current: str
    keys: dict[str, SigningKey]


def current_key() -> SigningKey:
    """The key for new credentials; its public half is known to every function."""
    key_set = _key_set()
    return key_set.keys[key_set.current]


def kid_of(public_pem: str) -> str:
    """The id of the key whose public half a credential holds. Raises `KeyGone`."""
    return _found(lambda key: key.public_pem.strip() == public_pem.strip()).kid


def holds(public_pem: str) -> bool:
    """Whether tokens can be signed for a credential with this public half."""
    try:
        kid_of(public_pem)
    except KeyGone:
        return False
    return True


def add_key(now: datetime) -> str:
    """Makes the key for all new credentials; answers its id. Other workers load it within 5 minutes.

    Raises `KeyChangeUnderway` while there is another key than the current one.
    """
    secret = _read()
    if len(secret["keys"]) > 1:
        raise KeyChangeUnderway
    pem = ec.generate_private_key(ec.SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    kid = str(uuid7())
    _write({"current": kid, "since": now.isoformat(), "keys": {**secret["keys"], kid: pem.decode()}})
    return kid


def drop_old_keys(now: datetime) -> list[str]:
    """Deletes every key but the current one, for good; answers their ids.

    Raises `KeyTooNew` while a worker may not have loaded the current one and make credentials of an old one.
    """
    secret = _read()
    current = secret["current"]
    if "since" in secret and now < datetime.fromisoformat(secret["since"]) + _LOADED_EVERYWHERE_AFTER:
        raise KeyTooNew
    _write({"current": current, "keys": {current: secret["keys"][current]}})
    return [kid for kid in secret["keys"] if kid != current]


def published_keys() -> dict[str, Any]:
    """The JSON Web Key Set, also where nobody has signed in yet."""
    _key_set()
    return read_jwks()


def _key_set() -> _KeySet:
    return _load(int(time.monotonic() // _SECRET_SECONDS))


def _key(kid: str) -> SigningKey:
    return _found(lambda key: key.kid == kid)


def _found(fits: Callable[[SigningKey], bool]) -> SigningKey:
    for key in _key_set().keys.values():
        if fits(key):
            return key
    # Perhaps it was made since this worker last loaded the keys, and another worker used it for the credential.
    _load.cache_clear()
    for key in _key_set().keys.values():
        if fits(key):
            return key
    raise KeyGone


@lru_cache(maxsize=1)
def _load(_: int) -> _KeySet:
    secret = _read()
    _publish(secret["keys"])
    return _KeySet(secret["current"], {kid: _signing_key(kid, pem) for kid, pem in secret["keys"].items()})


def _read() -> dict[str, Any]:
    answer = client("secretsmanager").get_secret_value(SecretId=setting("SIGNING_KEYS_SECRET"))
    secret: dict[str, Any] = json.loads(answer["SecretString"])
    return secret


def _write(secret: dict[str, Any]) -> None:
    client("secretsmanager").put_secret_value(SecretId=setting("SIGNING_KEYS_SECRET"), SecretString=json.dumps(secret))
    _load.cache_clear()
    # Loading publishes: no token may be signed by a key whose public half the other functions cannot read.
    _key_set()


def _signing_key(kid: str, pem: str) -> SigningKey:
    public = load_pem_private_key(pem.encode(), None).public_key()
    return SigningKey(
        kid=kid,
        private=jwk.construct(pem, ALGORITHM),
        public_pem=public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode(),
    )


def _publish(keys: dict[str, str]) -> None:
    if {key["kid"] for key in read_jwks()["keys"]} == set(keys):
        return
    public = [
        {**jwk.construct(pem, ALGORITHM).public_key().to_dict(), "kid": kid, "use": "sig"}
        for kid, pem in sorted(keys.items())
    ]
    PublicKeys(name=JWKS_NAME, jwks=json.dumps({"keys": public})).save()


def access_token(user: User, session: str, now: datetime) -> str:
    """A token of 15 minutes whose `iss` is the user's own key at Kong, signed with the key that Kong verifies it by."""
    key = _key(user.kid)
    issued = int(now.timestamp())
    claims = {
        "iss": user.issuer,
        "sub": str(user.id),
        "role": user.role,
        "username": user.username,
        "iat": issued,
        "nbf": issued,
        "exp": issued + int(ACCESS_LIFETIME.total_seconds()),
        "jti": str(uuid7()),
        "sid": session,
    }
    token: str = jwt.encode(claims, key.private, algorithm=ALGORITHM, headers={"kid": key.kid})
    return token
