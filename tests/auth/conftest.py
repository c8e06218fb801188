"""Auth on moto, with a Kong in memory at its edge."""

import json
import logging
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from io import StringIO
from threading import Lock
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from jose import jwt
from passlib.context import CryptContext
from pynamodb.connection import Connection

from tests.at_once import at_once, meanwhile, whole_calls
from tests.clients import Answer, Client, kafka_event
from tests.conftest import Clock, Outbox, aws_client

__all__ = ["at_once", "meanwhile", "whole_calls"]  # For the tests beside this file.

PASSWORD = "correct-horse-7"
NEW_PASSWORD = "battery-staple-8"
TARIQ = {"username": "tariq", "email": "tariq@example.com", "is_type": "teacher", "name": "Tariq Aziz"}
# The work of Argon2 without its cost: hundreds of people sign in here. `test_hashing.py` looks at the real parameters.
_CHEAP_HASHES = CryptContext(
    schemes=["argon2"], argon2__type="ID", argon2__memory_cost=8, argon2__time_cost=1, argon2__parallelism=1
)


def new_signing_key() -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


SIGNING_PEM = new_signing_key()


class Kong:
    """What Kong's Admin API keeps, and a way to be down."""

    # Of the class: what a Kong holds is copied, and a lock cannot be.
    _deleting = Lock()

    def __init__(self) -> None:
        self.consumers: dict[str, dict[str, Any]] = {}
        self.groups: dict[str, set[str]] = {}
        self.group_made_at = 1_700_000_000
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
            groups = self.groups.setdefault(name, set())
            if method == "GET":
                return {"data": [{"group": group, "created_at": self.group_made_at} for group in groups]}
            (groups.add if method == "PUT" else groups.discard)(which)
            return {}
        owned = self.credentials.setdefault(name, [])
        if method == "GET":
            return {"data": list(owned)}
        if method == "POST":
            assert body is not None
            self._ticks += 1
            owned.append({"id": secrets.token_hex(8), "key": secrets.token_hex(16), "created_at": self._ticks, **body})
            return owned[-1]
        with self._deleting:
            # In place: another thread may add one meanwhile.
            for deleted in [credential for credential in owned if which in (credential["id"], credential["key"])]:
                owned.remove(deleted)
        return {}


@pytest.fixture
def kong(monkeypatch: pytest.MonkeyPatch) -> Kong:
    from auth import kong as module

    fake = Kong()
    monkeypatch.setattr(module, "_call", fake.call)
    return fake


@pytest.fixture
def auth(aws: None, kong: Kong, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> "Auth":
    from auth import hashing, signing
    from lms.tokens import key_ring

    secret = {"current": "key-1", "keys": {"key-1": SIGNING_PEM}}
    aws_client("secretsmanager").create_secret(Name="lms/signing-keys", SecretString=json.dumps(secret))
    signing._load.cache_clear()
    key_ring.forget()
    monkeypatch.setattr(hashing, "_context", _CHEAP_HASHES)
    return Auth(clock, kong)


@pytest.fixture
def log() -> Iterator[StringIO]:
    """Everything that the functions log, as it is written."""
    from lms.log import logger

    stream = StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logger.registered_formatter)
    logger.addHandler(handler)
    yield stream
    logger._logger.removeHandler(handler)


def calls_noted(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """What is asked of the storage from now on: the operations, with how many items a transaction has."""
    asked: list[tuple[str, int]] = []
    dispatch = Connection.dispatch

    def noted(self: Connection, operation: str, arguments: dict[str, Any]) -> Any:
        asked.append((operation, len(arguments.get("TransactItems", "1"))))
        return dispatch(self, operation, arguments)

    monkeypatch.setattr(Connection, "dispatch", noted)
    return asked


@dataclass(frozen=True)
class Sent:
    """A mail or SMS with a code."""

    code: str
    link: str | None
    destination: str
    channel: str


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

    def process_events(self) -> None:
        """Delivers every event emitted so far to auth's own consumer."""
        events = Outbox().all()
        if events:
            self.consume(*events)

    def register(self, username: str = "amina", **fields: Any) -> str:
        body = {"username": username, "password": PASSWORD, "email": f"{username}@example.com", **fields}
        answer = self.http.post("/auth/register", body)
        assert answer.status == 201, answer
        user_id: str = answer.json["user_id"]
        return user_id

    def login(self, username: str = "amina", password: str = PASSWORD, ip: str = "203.0.113.7") -> Answer:
        form = {"username": username, "password": password}
        return self.http.post("/auth/login", form=form, headers={"x-real-ip": ip})

    def refresh(self, token: str) -> Answer:
        return self.http.post("/auth/refresh", {"refresh_token": token})

    def profile(self, token: str) -> Any:
        return self.http.get("/auth/profile", token=token).json

    def passes_gateway(self, token: str) -> bool:
        """Whether Kong still has the credential that a token names."""
        claims = jwt.get_unverified_claims(token)
        return claims["iss"] in self.kong.keys(claims["sub"])

    def forget(self, **whom: str) -> str:
        """Asks for a reset code; its `reset_id`."""
        answer = self.http.post("/auth/forgot-password", whom)
        assert answer.status == 202, answer
        reset_id: str = answer.json["reset_id"]
        return reset_id

    def reset(self, reset_id: str, code: str, new_password: str = NEW_PASSWORD) -> Answer:
        body = {"reset_id": reset_id, "code": code, "new_password": new_password}
        return self.http.post("/auth/reset-password", body)

    def reset_by_link(self, link_token: str, new_password: str = NEW_PASSWORD) -> Answer:
        return self.http.post("/auth/reset-password", {"token": link_token, "new_password": new_password})

    def sent(self, code_id: str) -> Sent:
        """What went out with a `reset_id` or `verify_id`."""
        from lms import event_secrets
        from lms.events.users import UserCodeRequested

        event = next(e for e in Outbox().all() if isinstance(e, UserCodeRequested) and str(e.reset_id) == code_id)
        link = event_secrets.decrypt_secret(event.link_token) if event.link_token else None
        return Sent(event_secrets.decrypt_secret(event.code), link, event.destination, event.channel)

    def invitation(self, username: str) -> str:
        """The link token that the latest invitation of a user brought."""
        from lms import event_secrets
        from lms.events.users import UserRegistered

        event = [event for event in Outbox().of(UserRegistered) if event.person.username == username][-1]
        return event_secrets.decrypt_secret(event.invitation)

    def start_mobile(self, token: str) -> Answer:
        """Asks for a code to confirm the caller's mobile number."""
        body = {"channel": "mobile_number", "current_password": PASSWORD}
        return self.http.post("/auth/verify/start", body, token=token)

    def set_mobile(self, token: str, number: str | None) -> Answer:
        body = {"mobile_number": number, "current_password": PASSWORD}
        return self.http.put("/auth/profile", body, token=token)

    def confirm_mobile(self, token: str) -> Answer:
        """Starts and finishes the confirmation of the caller's mobile number."""
        return self._confirm(self.start_mobile(token), token)

    def confirm_email(self, token: str) -> Answer:
        """Starts and finishes the confirmation of the caller's e-mail address."""
        return self._confirm(self.http.post("/auth/verify/start", {"channel": "email"}, token=token), token)

    def _confirm(self, started: Answer, token: str) -> Answer:
        assert started.status == 202, started
        verify_id = started.json["verify_id"]
        code = self.sent(verify_id).code
        return self.http.post("/auth/verify", {"verify_id": verify_id, "code": code}, token=token)

    def student(self, username: str = "amina", **fields: Any) -> SignedIn:
        user_id = self.register(username, **fields)
        self.process_events()
        return self._sign_in(user_id, username)

    def staff(self, role: str, username: str | None = None) -> SignedIn:
        """A teacher or an administrator: invited, and through their link."""
        from auth.schemas import NewUser
        from auth.service import registration
        from lms.idempotency import IdempotentAnswer

        username = username or f"the-{role}"
        form = NewUser(username=username, email=f"{username}@example.com", is_type=role)
        user_id = str(registration.invite(form, None, IdempotentAnswer(None), self.clock()).user_id)
        self.process_events()
        answer = self.reset_by_link(self.invitation(username), PASSWORD)
        assert answer.status == 200, answer
        return self._sign_in(user_id, username)

    @cached_property
    def admin(self) -> SignedIn:
        return self.staff("admin", "root")

    @cached_property
    def desk(self) -> "Desk":
        return self.desk_of(self.admin)

    def desk_of(self, admin: SignedIn) -> "Desk":
        return Desk(self, admin.token)

    def _sign_in(self, user_id: str, username: str) -> SignedIn:
        answer = self.login(username)
        assert answer.status == 200, answer
        return SignedIn(
            user_id, username, f"{username}@example.com", answer.json["access_token"], answer.json["refresh_token"]
        )


@pytest.fixture
def admin(auth: Auth) -> SignedIn:
    return auth.admin


class Desk:
    """What an administrator does."""

    def __init__(self, auth: Auth, token: str) -> None:
        self._http = auth.http
        self._token = token

    def create(self, body: Any = None, **headers: str) -> Answer:
        return self._http.post("/auth/users", body or TARIQ, token=self._token, headers=headers)

    def invite(self, user_id: str) -> Answer:
        return self._http.post(f"/auth/users/{user_id}/invite", token=self._token)

    def user(self, user_id: str) -> Any:
        answer = self._http.get(f"/auth/users/{user_id}", token=self._token)
        assert answer.status == 200, answer
        return answer.json

    def set_status(self, user_id: str, status: str, **headers: str) -> Answer:
        return self._http.patch(f"/auth/users/{user_id}", {"status": status}, token=self._token, headers=headers)

    def correct(self, user_id: str, **fields: str) -> Answer:
        return self._http.patch(f"/auth/users/{user_id}", fields, token=self._token)

    def erase(self, user_id: str, **headers: str) -> Answer:
        return self._http.delete(f"/auth/users/{user_id}", token=self._token, headers=headers)

    def profile(self, user_id: str) -> Answer:
        return self._http.get(f"/auth/profile/{user_id}", token=self._token)

    def users(self, **query: str) -> Answer:
        return self._http.get("/auth/users", token=self._token, query=query)

    def names(self, **query: str) -> list[str]:
        answer = self.users(**query)
        assert answer.status == 200, answer
        return [item["username"] for item in answer.json["items"]]


@pytest.fixture
def desk(auth: Auth) -> Desk:
    return auth.desk
