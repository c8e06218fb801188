"""Three people to try the system with, made through the public API as any client would; once per set of data."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from typing import Any, TypeVar

import httpx
from botocore.exceptions import ClientError

from localstack import emulator
from localstack.deployed import Deployed
from localstack.settings import Settings

# Kept with the tables, and so lost with them after a crash: then the people are made again.
MARKER = "lms/demo-data"
ADMIN, TEACHER, STUDENT = (f"{role}@demo.example" for role in ("admin", "teacher", "student"))
PATIENCE_SECONDS = 90
_Answer = TypeVar("_Answer")
_TOKEN = re.compile(r"[?&#]token=([\w.~-]+)")


class DemoFailed(RuntimeError):
    """The system did not answer as a client needs; the message holds what it said."""


def made(settings: Settings) -> bool:
    """Whether the demo people are there."""
    secrets = emulator.session().client("secretsmanager", endpoint_url=settings.emulator_url)
    try:
        secrets.describe_secret(SecretId=MARKER)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceNotFoundException":
            raise
        return False
    return True


def make(settings: Settings, deployed: Deployed, tell: Callable[[str], None]) -> None:
    """Make the demo people; a failure is told and leaves the stack running."""
    tell("making the demo people")
    try:
        with httpx.Client(base_url=settings.gateway_url, timeout=60, trust_env=False) as client:
            _Demo(settings, deployed, client).make()
    except (DemoFailed, httpx.HTTPError, ClientError) as failure:
        tell(f"no demo people: {failure}")
        return
    secrets = emulator.session().client("secretsmanager", endpoint_url=settings.emulator_url)
    secrets.create_secret(Name=MARKER, SecretString="made")
    tell("the demo people can log in")


class _Demo:
    def __init__(self, settings: Settings, deployed: Deployed, client: httpx.Client) -> None:
        self._settings = settings
        self._deployed = deployed
        self._client = client
        self._password = settings.demo_password

    def make(self) -> None:
        """Each step takes what an interrupted earlier run has already done as done."""
        if self._login(ADMIN).status_code != 200:
            answer = create_admin(self._settings, self._deployed, ADMIN)
            if "errorMessage" in answer:
                raise DemoFailed(f"AuthOperationsFunction failed: {answer['errorMessage']}")
            self._accept_invitation(ADMIN)
        token = self._logged_in(ADMIN)["access_token"]
        teacher = {"username": "teacher", "email": TEACHER, "is_type": "teacher", "name": "Demo Teacher"}
        student = {"username": "student", "email": STUDENT, "is_type": "student", "name": "Demo Student"}
        self._create("/auth/users", teacher, {"Authorization": f"Bearer {token}"})
        self._create("/auth/register", {**student, "password": self._password}, {})
        if self._login(TEACHER).status_code == 401:
            self._accept_invitation(TEACHER)
        self._logged_in(TEACHER)
        self._logged_in(STUDENT)

    def _login(self, email: str) -> httpx.Response:
        return self._client.post("/auth/login", data={"username": email, "password": self._password})

    def _logged_in(self, email: str) -> dict[str, Any]:
        """409 means that the account is still being made known to the gateway."""
        answer = _await(lambda: self._login(email), lambda made: made.status_code != 409)
        if answer.status_code != 200:
            raise DemoFailed(f"{email} cannot log in: {answer.status_code} {answer.text}")
        return dict(answer.json())

    def _create(self, path: str, person: dict[str, str], headers: dict[str, str]) -> None:
        answer = self._client.post(path, json=person, headers=headers)
        if answer.status_code not in {201, 409}:
            raise DemoFailed(f"POST {path}: {answer.status_code} {answer.text}")

    def _accept_invitation(self, email: str) -> None:
        mails = _await(lambda: self._mails(email), bool)
        found = _TOKEN.search(mails[0]["Text"]) if mails else None
        if found is None:
            raise DemoFailed(f"no invitation came for {email}")
        body = {"token": found[1], "new_password": self._password}
        answer = self._client.post("/auth/reset-password", json=body)
        if answer.status_code != 200:
            raise DemoFailed(f"POST /auth/reset-password: {answer.status_code} {answer.text}")

    def _mails(self, email: str) -> list[dict[str, Any]]:
        """Newest first, whole."""
        with httpx.Client(base_url=self._settings.mail_url, trust_env=False) as catcher:
            found = catcher.get("/api/v1/search", params={"query": f"to:{email}"}).json()["messages"]
            return [catcher.get(f"/api/v1/message/{mail['ID']}").json() for mail in found[:1]]


def create_admin(settings: Settings, deployed: Deployed, email: str) -> dict[str, Any]:
    """Have the operations function invite the first administrator.

    Answers what it says: `error` is a refusal, `errorMessage` the function's own failure.
    """
    client = emulator.session().client("lambda", endpoint_url=settings.emulator_url)
    payload = json.dumps({"action": "create_admin", "email": email}).encode()
    answer = client.invoke(FunctionName=deployed.physical("AuthOperationsFunction"), Payload=payload)
    return dict(json.loads(answer["Payload"].read()))


def _await(ask: Callable[[], _Answer], good: Callable[[_Answer], bool]) -> _Answer:
    """The first good answer, or the last bad one when patience ends."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    answer = ask()
    while not good(answer) and time.monotonic() < deadline:
        time.sleep(0.2)
        answer = ask()
    return answer
