"""Kong's Admin API, as far as accounts need it: a consumer a user, its ACL group, its JWT credentials."""

import json
from dataclasses import dataclass
from functools import lru_cache
from os import environ
from typing import Any
from urllib.parse import quote
from uuid import UUID

import urllib3

from lms.errors import Unavailable
from lms.settings import setting
from lms.tokens import ALGORITHM

_TIMEOUT = urllib3.Timeout(connect=2, read=5)
# A connection that Kong closed while it was idle in the pool is made anew; answers are never retried here.
_RETRIES = urllib3.Retry(
    total=2, connect=1, read=1, status=0, backoff_factor=0.1, allowed_methods=["GET", "PUT", "DELETE"]
)


class GatewayUnavailable(Unavailable):
    """Kong's Admin API cannot be reached, or failed."""

    detail = "The gateway cannot be reached right now. Try again."

    def __init__(self) -> None:
        super().__init__(retry_after=2)


class GatewayRefused(RuntimeError):
    """Kong refuses what it was sent: a fault of ours, which no retry corrects."""


@dataclass(frozen=True)
class Credential:
    """A JWT credential. `key` is what Kong looks for in a token's `iss`."""

    id: str
    key: str
    created_at: int
    public_key: str


@dataclass(frozen=True)
class Group:
    """An ACL group that a consumer is in."""

    name: str
    created_at: int


def put_consumer(user_id: UUID, username: str) -> str:
    """Creates the user's consumer, or updates it; answers its id at Kong."""
    consumer = _call("PUT", f"/consumers/{user_id}", {"username": str(user_id), "custom_id": username})
    return str(consumer["id"])


def put_group(user_id: UUID, group: str) -> None:
    _call("PUT", f"/consumers/{user_id}/acls/{quote(group)}", {})


def list_groups(user_id: UUID) -> list[Group]:
    """The groups that the user's consumer is in."""
    answer = _call("GET", f"/consumers/{user_id}/acls?size=100", missing={"data": []})
    return [Group(entry["group"], int(entry.get("created_at", 0))) for entry in answer["data"]]


def delete_group(user_id: UUID, group: str) -> None:
    """Lets the routes of a role refuse the user, from the next request on."""
    _call("DELETE", f"/consumers/{user_id}/acls/{quote(group)}", missing={})


def list_credentials(user_id: UUID) -> list[Credential]:
    """The user's credentials, the oldest first; none for a user whom Kong does not know."""
    answer = _call("GET", f"/consumers/{user_id}/jwt?size=100", missing={"data": []})
    found = [_credential(entry) for entry in answer["data"]]
    return sorted(found, key=lambda credential: (credential.created_at, credential.id))


def create_credential(user_id: UUID, public_key: str) -> Credential:
    """A new credential for tokens signed with our key; Kong generates its `key`."""
    return _credential(
        _call("POST", f"/consumers/{user_id}/jwt", {"algorithm": ALGORITHM, "rsa_public_key": public_key})
    )


def delete_credential(user_id: UUID, key: str) -> None:
    """Ends every token whose `iss` is the credential's key, from the next request on."""
    _call("DELETE", f"/consumers/{user_id}/jwt/{quote(key, safe='')}", missing={})


def delete_consumer(user_id: UUID) -> None:
    """Deletes a user's consumer, with its credentials and groups."""
    _call("DELETE", f"/consumers/{user_id}", missing={})


@lru_cache(maxsize=1)
def _pool() -> urllib3.PoolManager:
    return urllib3.PoolManager(timeout=_TIMEOUT, retries=_RETRIES, maxsize=4)


def _call(
    method: str, path: str, body: dict[str, str] | None = None, *, missing: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Kong's answer; `missing` instead of a 404 where that is no fault."""
    headers = {"Content-Type": "application/json"}
    if key := environ.get("KONG_ADMIN_KEY"):
        headers["Kong-Admin-Token"] = key
    try:
        answer = _pool().request(
            method,
            setting("KONG_ADMIN_URL").rstrip("/") + path,
            body=None if body is None else json.dumps(body),
            headers=headers,
        )
    except urllib3.exceptions.HTTPError as error:
        raise GatewayUnavailable from error
    if answer.status == 404 and missing is not None:
        return missing
    if answer.status >= 500 or answer.status == 429:
        raise GatewayUnavailable
    if answer.status >= 400:
        raise GatewayRefused(f"{method} {path.split('?', maxsplit=1)[0]}: {answer.status}")
    return json.loads(answer.data) if answer.data else {}


def _credential(entry: dict[str, Any]) -> Credential:
    return Credential(
        id=entry["id"],
        key=entry["key"],
        created_at=int(entry.get("created_at", 0)),
        public_key=entry.get("rsa_public_key") or "",
    )
