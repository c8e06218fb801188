"""What the functions of the running stack log of people: ids, and nothing that is theirs or a secret."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from localstack import emulator
from localstack.deployed import Deployed
from tests.stack.clients import Person, code_in, eventually, newest_sms
from tests.stack.conftest import StackUnderTest

pytestmark = pytest.mark.stack

WORD = "zqmark"
"""Is in every text of the person's, and in no other."""
PHONE = "+4915799887766"
PASSWORD, NEW_PASSWORD = "Zqmark-secret-7", "Zqmark-secret-8"


class _Marked(Person):
    """A person of unmistakable words; `secrets` collects the tokens and codes that they are given."""

    def __init__(self, stack: StackUnderTest) -> None:
        super().__init__(stack, WORD, PASSWORD)
        self.stack, self.secrets = stack, set[str]()

    def done(self, method: str, path: str, body: Any = None) -> Any:
        answer = self.call(method, path, json=body)
        assert answer.is_success, answer.text
        return answer.json()

    def join(self) -> str:
        """Registers with every field, and signs in; their id."""
        body = {
            "username": WORD,
            "password": self.password,
            "email": self.email,
            "name": f"{WORD} of Karachi",
            "mobile_number": PHONE,
            "city": f"{WORD}-village",
        }
        user_id: str = self.done("POST", "/auth/register", body)["user_id"]
        eventually(lambda: True if self.try_login().status_code == 200 else None)
        self.sign_in()
        return user_id

    def sign_in(self) -> None:
        self.login()
        self.secrets |= {self.token, self.refresh_token}

    def read(self, text: str) -> str:
        code = code_in(text)
        self.secrets.add(code)
        return code

    def confirm_number(self) -> None:
        asked = {"channel": "mobile_number", "current_password": self.password}
        started = self.done("POST", "/auth/verify/start", asked)
        text = newest_sms(self.stack, PHONE, "")
        code = re.findall(r"\d{6}", text)[-1]
        self.secrets.add(code)
        self.done("POST", "/auth/verify", {"verify_id": started["verify_id"], "code": code})

    def reset(self) -> None:
        """Forgets the password, and sets another by the code in the mail."""
        asked = self.done("POST", "/auth/forgot-password", {"email": self.email})["reset_id"]
        body = {"reset_id": asked, "code": self.read(self.mail(asked)), "new_password": NEW_PASSWORD}
        self.done("POST", "/auth/reset-password", body)
        self.token, self.password = "", NEW_PASSWORD
        self.sign_in()

    def be_refused(self) -> None:
        """What is wrong is logged too."""
        self.http.post("/auth/login", data={"username": self.email, "password": f"{WORD}-guess-1"})
        assert self.call("GET", f"/students?roll_no={WORD}").status_code == 403
        assert self.call("POST", "/student/updateProfile", json={"date_of_birth": WORD}).status_code == 422
        assert self.call("GET", "/auth/profile", headers={"Authorization": f"Bearer {WORD}"}).status_code == 401


def _logged(stack: StackUnderTest, since: datetime) -> Iterator[tuple[str, str]]:
    """Every line that the functions and the API have logged since then, and the parts of the stack ever, with where."""
    client = emulator.session().client("logs", endpoint_url=stack.settings.emulator_url)
    begin = int(since.timestamp() * 1000)
    for group in ("LogGroup", "AccessLogGroup"):
        name = Deployed(stack.settings).physical(group)
        for page in client.get_paginator("filter_log_events").paginate(logGroupName=name, startTime=begin):
            yield from ((group, event["message"]) for event in page["events"])
    for file in stack.settings.logs.iterdir():
        yield from ((file.name, line) for line in file.read_text(errors="replace").splitlines())


def test_the_logs_of_the_running_stack_name_nobody_and_hold_no_secret(stack: StackUnderTest) -> None:
    # The emulator shows the first 10 000 lines.
    since = datetime.now(UTC)
    person = _Marked(stack)
    user_id = person.join()
    person.confirm_number()
    person.done("POST", "/student/updateProfile", {"name": f"{WORD} Khan", "address": f"12 {WORD} street"})
    person.reset()
    person.be_refused()
    assert len(person.secrets) == 6
    eventually(lambda: len([line for _, line in _logged(stack, since) if user_id in line]) > 2 or None)
    whole = "|".join(map(re.escape, person.secrets))
    personal = re.compile(rf"{WORD}|{PHONE[1:]}|(?<![\w.-])(?:{whole})(?![\w-])", re.IGNORECASE)
    assert [(where, line) for where, line in _logged(stack, since) if personal.search(line)] == []
