"""Who calls, and what they may: access tokens, roles, and the permission that every route declares."""

import json
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal, get_args
from uuid import UUID

from fastapi import Depends, Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from fastapi.security import OAuth2PasswordBearer
from jose import jwk, jws, jwt
from jose.backends.base import Key
from jose.exceptions import JOSEError
from pynamodb.attributes import UnicodeAttribute
from pynamodb.exceptions import DoesNotExist

from lms.dynamo import Table, table_name
from lms.errors import Forbidden, Unauthorized
from lms.settings import setting

Role = Literal["student", "teacher", "admin"]
ROLES: tuple[Role, ...] = get_args(Role)
ALGORITHM = "ES256"
GATEWAY_HEADER = "x-gateway-secret"

_KEYS_SECONDS = 300
_REREAD_SECONDS = 5
_REQUIRED_CLAIMS = {f"require_{claim}": True for claim in ("exp", "iat", "nbf", "iss", "sub", "jti")}
# `iss` is the user's own Kong key: Kong looks it up, a function takes any. There is no audience.
_DECODING = {**_REQUIRED_CLAIMS, "verify_aud": False, "verify_iss": False}

_bearer = OAuth2PasswordBearer(tokenUrl="/auth/login", refreshUrl="/auth/refresh", auto_error=False)


class PublicKeys(Table):
    """The public half of the signing keys: one item, written by auth, read by every function."""

    class Meta:
        table_name = table_name("public_keys")
        region = setting("AWS_REGION")

    name = UnicodeAttribute(hash_key=True)
    jwks = UnicodeAttribute()


JWKS_NAME = "jwks"


@dataclass(frozen=True)
class Caller:
    """A signed-in person, as their access token tells."""

    id: UUID
    role: Role
    username: str
    issuer: str


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
    try:
        keys: dict[str, Any] = json.loads(PublicKeys.get(JWKS_NAME).jwks)
    except DoesNotExist:
        return {"keys": []}
    return keys


def verify(token: str) -> Caller:
    """The caller of an access token; raises `Unauthorized` unless it is ours, ES256, complete and in time."""
    try:
        kid = jws.get_unverified_header(token).get("kid")
        key = key_ring.find(kid) if isinstance(kid, str) else None
        if key is None:
            raise Unauthorized("The access token is not valid.")
        claims = jwt.decode(token, key, algorithms=[ALGORITHM], options=_DECODING)
        role = claims["role"]
        if role not in ROLES:
            raise Unauthorized("The access token is not valid.")
        return Caller(id=UUID(claims["sub"]), role=role, username=str(claims["username"]), issuer=claims["iss"])
    except (JOSEError, KeyError, ValueError, TypeError, AttributeError, RecursionError) as error:
        # python-jose lets faults of hostile input through as any of these, too.
        raise Unauthorized("The access token is not valid.") from error


def current_caller(request: Request, token: Annotated[str | None, Depends(_bearer)]) -> Caller:
    """The verified caller of this request, also kept in `request.state.caller`; 401 without a valid token."""
    if token is None:
        raise Unauthorized("Sign in first.")
    caller = verify(token)
    request.state.caller = caller
    return caller


@dataclass(frozen=True)
class Permission:
    """Lets callers of these roles pass: 401 without a valid token, 403 for another role."""

    roles: frozenset[Role]

    def __call__(self, caller: Annotated[Caller, Depends(current_caller)]) -> Caller:
        if caller.role not in self.roles:
            raise Forbidden("Your role may not do this.")
        return caller


class Anonymous:
    """Lets everybody pass. Tokens are not looked at."""

    def __call__(self) -> None:
        return None


AnySignedIn = Annotated[Caller, Depends(Permission(frozenset(ROLES)))]
Student = Annotated[Caller, Depends(Permission(frozenset({"student"})))]
Teacher = Annotated[Caller, Depends(Permission(frozenset({"teacher"})))]
Admin = Annotated[Caller, Depends(Permission(frozenset({"admin"})))]
StudentOrAdmin = Annotated[Caller, Depends(Permission(frozenset({"student", "admin"})))]
TeacherOrAdmin = Annotated[Caller, Depends(Permission(frozenset({"teacher", "admin"})))]
Public = Depends(Anonymous())


def _client_ip(request: Request) -> str:
    # Kong sets this header itself, whatever the client sent; X-Forwarded-For may be the client's own invention.
    return request.headers.get("x-real-ip") or (request.client.host if request.client else "")


ClientIp = Annotated[str, Depends(_client_ip)]


class UndeclaredPermission(RuntimeError):
    """A route that does not say who may call it."""


def permission_of(route: APIRoute) -> frozenset[Role] | None:
    """The roles that may call a route, None when it is public; raises `UndeclaredPermission` when it says neither."""
    declared = [d.call for d in _dependencies(route.dependant) if isinstance(d.call, Permission | Anonymous)]
    if len(declared) != 1:
        raise UndeclaredPermission(
            f"{sorted(route.methods or ())} {route.path} declares {len(declared)} permissions, not one"
        )
    return declared[0].roles if isinstance(declared[0], Permission) else None


def require_permissions(routes: Iterable[object]) -> None:
    """Refuses (at start) an application with a route whose permission is undeclared: the default is no."""
    for route in routes:
        if not isinstance(route, APIRoute):
            raise UndeclaredPermission(f"{route} is no API route, so it cannot declare a permission")
        permission_of(route)


def _dependencies(dependant: Dependant) -> Iterator[Dependant]:
    for dependency in dependant.dependencies:
        yield dependency
        yield from _dependencies(dependency)
