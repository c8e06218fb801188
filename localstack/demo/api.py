"""The public API as a client sees it, and the mails that come of it."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import httpx

from localstack.settings import Settings

PATIENCE_SECONDS = 90
_Answer = TypeVar("_Answer")
_TOKEN = re.compile(r"[?&#]token=([\w.~-]+)")


class DemoFailed(RuntimeError):
    """The system did not answer as a client needs; the message holds what it said."""


class Api:
    """Calls for anybody; every demo person has the same password."""

    def __init__(self, settings: Settings, client: httpx.Client) -> None:
        self.settings = settings
        self._client = client

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        token: str | None = None,
        good: frozenset[int],
        **headers: str,
    ) -> httpx.Response:
        """An answer with a `good` status; anything else is DemoFailed."""
        signed = {"Authorization": f"Bearer {token}"} if token else {}
        answer = self._client.request(method, path, json=body, headers={**signed, **headers})
        if answer.status_code not in good:
            raise DemoFailed(f"{method} {path}: {answer.status_code} {answer.text}")
        return answer

    def login(self, email: str) -> httpx.Response:
        """One try, whatever comes of it."""
        return self._client.post("/auth/login", data={"username": email, "password": self.settings.demo_password})

    def token(self, email: str) -> str:
        """An access token, as soon as the account is known to the gateway (until then a login is answered 409)."""
        answer = awaited(lambda: self.login(email), lambda answer: answer.status_code != 409)
        if answer.status_code != 200:
            raise DemoFailed(f"{email} cannot log in: {answer.status_code} {answer.text}")
        return str(answer.json()["access_token"])

    def accept_invitation(self, email: str) -> None:
        """Set the password by the link in the mail."""
        refused: dict[str, str] = {}

        def accepted() -> bool:
            token = self._invitation(email)
            if token is None or token in refused:
                return False
            body = {"token": token, "new_password": self.settings.demo_password}
            answer = self._client.post("/auth/reset-password", json=body)
            if answer.status_code != 200:
                # A mail outlives the tables that a power cut took its token from; the new one is on its way.
                refused[token] = f"{answer.status_code} {answer.text}"
            return answer.status_code == 200

        if not awaited(accepted, bool):
            raise DemoFailed(f"no invitation came for {email} that can be accepted: {list(refused.values())}")

    def _invitation(self, email: str) -> str | None:
        found = next((_TOKEN.search(mail["Text"]) for mail in self._mails(email)), None)
        return found[1] if found else None

    def items(self, path: str) -> Iterator[Any]:
        """Everything in a public list."""
        query: dict[str, Any] = {"limit": 100}
        while True:
            page = self._client.get(path, params=query).raise_for_status().json()
            yield from page["items"]
            if page["next"] is None:
                return
            query["cursor"] = page["next"]

    def _mails(self, email: str) -> list[dict[str, Any]]:
        """Newest first, whole."""
        with httpx.Client(base_url=self.settings.mail_url, timeout=60, trust_env=False) as catcher:
            found = catcher.get("/api/v1/search", params={"query": f"to:{email}"}).json()["messages"]
            return [catcher.get(f"/api/v1/message/{mail['ID']}").json() for mail in found[:1]]


def awaited(ask: Callable[[], _Answer], good: Callable[[_Answer], bool]) -> _Answer:
    """The first good answer, or the last bad one when patience ends."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    answer = ask()
    while not good(answer) and time.monotonic() < deadline:
        time.sleep(0.2)
        answer = ask()
    return answer
