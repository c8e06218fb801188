"""A client of a running stack: HTTP through the gateway, mails from the catcher."""

import re
import ssl
import time
from collections.abc import Callable
from typing import Any, TypeVar

import httpx

from tests.stack.conftest import StackUnderTest

PASSWORD = "a-long-Walk-7"
# A stack speaks plain HTTP, and httpx would read all the authorities that the machine trusts, anew for each client.
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
_T = TypeVar("_T")


def eventually(ask: Callable[[], _T | None], seconds: float = 60) -> _T:
    """The first answer that is not None; fails when none comes in time."""
    deadline = time.monotonic() + seconds
    while (answer := ask()) is None:
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.2)
    return answer


class Person:
    """Somebody at the gateway, signed in or not."""

    def __init__(self, stack: StackUnderTest, name: str, password: str = PASSWORD) -> None:
        self._stack = stack
        self.name = name
        self.email = f"{name}@example.com"
        self.password = password
        self.token = ""
        self.refresh_token = ""
        self.http = httpx.Client(base_url=stack.settings.gateway_url, timeout=120, trust_env=False, verify=NO_TLS)

    def call(self, method: str, path: str, **kwargs: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return self.http.request(method, path, headers={**headers, **kwargs.pop("headers", {})}, **kwargs)

    def register(self) -> httpx.Response:
        body = {"username": self.name, "password": self.password, "email": self.email}
        return self.call("POST", "/auth/register", json=body)

    def try_login(self) -> httpx.Response:
        return self.http.post("/auth/login", data={"username": self.name, "password": self.password})

    def login(self, seconds: float = 60) -> "Person":
        """Signs in, as soon as the account is provisioned."""

        def attempt() -> httpx.Response | None:
            answer = self.try_login()
            assert answer.status_code in (200, 409), answer.text
            return answer if answer.status_code == 200 else None

        pair = eventually(attempt, seconds).json()
        self.token, self.refresh_token = pair["access_token"], pair["refresh_token"]
        return self

    def joined(self) -> "Person":
        """Registered and signed in."""
        answer = self.register()
        assert answer.status_code == 201, answer.text
        return self.login()

    def mail(self, containing: str) -> str:
        """The text of the newest mail to this person that contains something, once it has come."""
        return newest_mail(self._stack, self.email, containing)


def mail_about(stack: StackUnderTest, email: str, subject: str) -> Any:
    """The newest mail to an address with a subject, as the catcher shows it, once it has come."""
    with httpx.Client(base_url=stack.settings.mail_url, timeout=30, trust_env=False, verify=NO_TLS) as catcher:

        def look() -> Any:
            found = catcher.get("/api/v1/search", params={"query": f"to:{email}"}).json()["messages"]
            fitting = (mail["ID"] for mail in found if mail["Subject"] == subject)
            return next((catcher.get(f"/api/v1/message/{mail}").json() for mail in fitting), None)

        return eventually(look)


def newest_sms(stack: StackUnderTest, number: str, containing: str) -> str:
    """The text of the newest SMS to a number that contains something, once it has come."""
    path = "/2010-04-01/Accounts/AClocal/Messages.json"
    with httpx.Client(base_url=stack.settings.mail_url, timeout=30, trust_env=False, verify=NO_TLS) as catcher:

        def look() -> str | None:
            found = catcher.get(path, params={"To": number}).json()["messages"]
            return next((str(sms["body"]) for sms in found if containing in sms["body"]), None)

        return eventually(look)


def newest_mail(stack: StackUnderTest, email: str, containing: str) -> str:
    with httpx.Client(base_url=stack.settings.mail_url, timeout=30, trust_env=False, verify=NO_TLS) as catcher:

        def look() -> str | None:
            found = catcher.get("/api/v1/search", params={"query": f"to:{email}"}).json()["messages"]
            texts = (catcher.get(f"/api/v1/message/{mail['ID']}").json()["Text"] for mail in found)
            return next((text for text in texts if containing in text), None)

        return eventually(look)


def demo_person(stack: StackUnderTest, name: str) -> Person:
    """Somebody of the demo data, signed in: `admin`, `teacher`, `student`, or another one by name."""
    person = Person(stack, f"{name}@demo.example", stack.settings.demo_password)
    person.email = person.name
    return person.login()


def code_in(mail: str) -> str:
    found = re.search(r"^\s*(\d{6})\s*$", mail, re.MULTILINE)
    assert found, mail
    return found[1]
