"""Auth on moto, with a Kong in memory at its edge."""

import json
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.clients import Client, kafka_event
from tests.conftest import Clock, Outbox

PASSWORD = "correct-horse-7"


def _pem() -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


SIGNING_PEM = _pem()


class Kong:
    """What Kong's Admin API keeps, and a way to be down."""

    def __init__(self) -> None:
        self.consumers: dict[str, dict[str, Any]] = {}
        self.groups: dict[str, set[str]] = {}
        self.credentials: dict[str, list[dict[str, Any]]] = {}
        self.down = False
        self.calls: list[str] = []
        self.fail_after: int | None = None
        self._ticks = 1_700_000_000

    def keys(self, user_id: str) -> list[str]:
        return [credential["key"] for credential in self.credentials.get(user_id, [])]

    def call(
        self, method: str, path: str, body: dict[str, str] | None = None, *, missing: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        from auth.kong import GatewayRefused, GatewayUnavailable

        if self.down or (self.fail_after is not None and len(self.calls) >= self.fail_after):
            raise GatewayUnavailable
        self.calls.append(f"{method} {path}")
        match = re.fullmatch(r"/consumers/([^/?]+)(?:/(jwt|acls)(?:/([^/?]+))?)?(?:\?.*)?", path)
        assert match, path
        name, kind, which = match.groups()
        if kind is None and method == "PUT":
            assert body is not None
            consumer = self.consumers.setdefault(name, {"id": f"kong-{name}"})
            consumer.update(body)
            return consumer
        if name not in self.consumers:
            if missing is None:
                raise GatewayRefused("404")
            return missing
        if kind is None:
            del self.consumers[name]
            self.credentials.pop(name, None)
            self.groups.pop(name, None)
            return {}
        if kind == "acls":
            self.groups.setdefault(name, set()).add(which)
            return {}
        owned = self.credentials.setdefault(name, [])
        if method == "GET":
            return {"data": list(owned)}
        if method == "POST":
            assert body is not None
            self._ticks += 1
            owned.append({"id": secrets.token_hex(8), "key": secrets.token_hex(16), "created_at": self._ticks, **body})
            return owned[-1]
        self.credentials[name] = [c for c in owned if which not in (c["id"], c["key"])]
        return {}


@pytest.fixture
def kong(monkeypatch: pytest.MonkeyPatch) -> Kong:
    from auth import kong as module

    fake = Kong()
    monkeypatch.setattr(module, "_call", fake.call)
    return fake


@pytest.fixture
def auth(aws: None, kong: Kong, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator["Auth"]:
    from auth import api, consumer, signing
    from lms import clock as clock_module
    from lms.security import key_ring

    secret = {"current": "key-1", "keys": {"key-1": SIGNING_PEM}}
    boto3.client("secretsmanager").create_secret(Name="lms/signing-keys", SecretString=json.dumps(secret))
    signing._load.cache_clear()
    key_ring.forget()
    api.app.dependency_overrides[clock_module.now] = clock
    monkeypatch.setattr(consumer, "now", clock)
    yield Auth(clock, kong)
    api.app.dependency_overrides.clear()


@dataclass(frozen=True)
class SignedIn:
    id: str
    username: str
    email: str
    token: str
    refresh_token: str


class Auth:
    """The auth service: its HTTP door, its consumer, and short ways to people."""

    def __init__(self, clock: Clock, kong: Kong) -> None:
        from auth import api

        self.http = Client(api.handler)
        self.clock = clock
        self.kong = kong

    def consume(self, *events: Any) -> None:
        from auth import consumer

        consumer.handler(kafka_event(*events), None)

    def settle(self) -> None:
        """Delivers every event told so far to auth's own consumer."""
        events = Outbox().all()
        if events:
            self.consume(*events)

    def register(self, username: str = "amina", **fields: Any) -> str:
        body = {"username": username, "password": PASSWORD, "email": f"{username}@example.com", **fields}
        answer = self.http.post("/auth/register", body)
        assert answer.status == 201, answer
        user_id: str = answer.json["user_id"]
        return user_id

    def login(self, username: str = "amina", password: str = PASSWORD) -> Any:
        return self.http.post("/auth/login", form={"username": username, "password": password})

    def student(self, username: str = "amina", **fields: Any) -> SignedIn:
        user_id = self.register(username, **fields)
        self.settle()
        return self._sign_in(user_id, username)

    def staff(self, is_type: str, username: str | None = None) -> SignedIn:
        """A teacher or an administrator: invited, and through their link."""
        from auth.schemas import NewUser
        from auth.service import accounts
        from lms import sealed
        from lms.events import UserRegistered
        from lms.idempotency import Once

        username = username or f"the-{is_type}"
        form = NewUser(username=username, email=f"{username}@example.com", is_type=is_type)
        user_id = str(accounts.invite(form, Once(None), self.clock()).user_id)
        self.settle()
        told = [event for event in Outbox().of(UserRegistered) if str(event.user_id) == user_id]
        link = sealed.unseal(told[0].invitation)
        answer = self.http.post("/auth/reset-password", {"token": link, "new_password": PASSWORD})
        assert answer.status == 200, answer
        return self._sign_in(user_id, username)

    def _sign_in(self, user_id: str, username: str) -> SignedIn:
        answer = self.login(username)
        assert answer.status == 200, answer
        return SignedIn(
            user_id, username, f"{username}@example.com", answer.json["access_token"], answer.json["refresh_token"]
        )
