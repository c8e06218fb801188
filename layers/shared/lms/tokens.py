"""Access tokens: whose they are, and the public keys that they are verified with."""

import json
import time
from functools import lru_cache
from typing import Any
from uuid import UUID

from jose import jwk, jws, jwt
from jose.backends.base import Key
from jose.exceptions import JOSEError
from pynamodb.attributes import UnicodeAttribute

from lms.callers import ROLES, Caller
from lms.dynamo import Table, table_name
from lms.errors import Unauthorized
from lms.settings import setting

ALGORITHM = "ES256"
JWKS_NAME = "jwks"

_KEYS_SECONDS = 300
_REREAD_SECONDS = 5
_REQUIRED_CLAIMS = {f"require_{claim}": True for claim in ("exp", "iat", "nbf", "iss", "sub", "jti")}
# `iss` is the user's own Kong key: Kong looks it up, a function takes any. There is no audience. Before any claim,
# `_require_signed` looks at the signature.
_DECODING = {**_REQUIRED_CLAIMS, "verify_aud": False, "verify_iss": False, "verify_signature": False}
_TOKENS_REMEMBERED = 256


class InvalidToken(Unauthorized):
    detail = "The access token is not valid."


class PublicKeys(Table):
    """The public half of the signing keys: one item, written by auth, read by every function."""

    class Meta:
        table_name = table_name("public_keys")
        region = setting("AWS_REGION")

    name = UnicodeAttribute(hash_key=True)
    jwks = UnicodeAttribute()


class _KeyRing:
    """The public keys by `kid`: kept for 5 minutes, read again for a `kid` it does not know."""

    def __init__(self) -> None:
        self._keys: dict[str, Key] = {}
        self._read_at = float("-inf")

    def find(self, kid: str) -> Key | None:
        age = time.monotonic() - self._read_at
        # A stranger's made-up `kid` must not turn into a read a request.
        if age > _KEYS_SECONDS or (kid not in self._keys and age > _REREAD_SECONDS):
            self._keys = {key["kid"]: jwk.construct(key, ALGORITHM) for key in read_jwks()["keys"]}
            self._read_at = time.monotonic()
        return self._keys.get(kid)

    def forget(self) -> None:
        self._read_at = float("-inf")


key_ring = _KeyRing()


def read_jwks() -> dict[str, Any]:
    """The JSON Web Key Set (RFC 7517) that access tokens are verified with."""
    found = PublicKeys.find(JWKS_NAME)
    keys: dict[str, Any] = json.loads(found.jwks) if found else {"keys": []}
    return keys


@lru_cache(_TOKENS_REMEMBERED)
def _require_signed(token: str, key: Key) -> None:
    """Raises `JOSEError` unless the key signed the token.

    What it did sign is remembered, for a caller comes with one token again and again; keys that are read anew are other
    objects, and ask anew.
    """
    jws.verify(token, key, [ALGORITHM])


def verify(token: str) -> Caller:
    """The caller of an access token; raises `InvalidToken` unless it is ours, ES256, complete and in time."""
    try:
        kid = jws.get_unverified_header(token).get("kid")
        key = key_ring.find(kid) if isinstance(kid, str) else None
        if key is None:
            raise InvalidToken
        _require_signed(token, key)
        claims = jwt.decode(token, key, algorithms=[ALGORITHM], options=_DECODING)
        role = claims["role"]
        if role not in ROLES:
            raise InvalidToken
        return Caller(
            id=UUID(claims["sub"]),
            role=role,
            username=str(claims["username"]),
            issuer=claims["iss"],
            session=str(claims.get("sid", "")),
        )
    except (JOSEError, KeyError, ValueError, TypeError, AttributeError, RecursionError) as error:
        # python-jose lets faults of hostile input through as any of these, too.
        raise InvalidToken from error
