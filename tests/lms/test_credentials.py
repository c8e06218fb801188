"""Asking auth about passwords: what each of its answers becomes."""

import io
import json
from typing import Any
from uuid import UUID, uuid4

import pytest
from botocore.exceptions import ReadTimeoutError

from lms import credentials
from lms.credentials import AccountsUnavailable
from lms.errors import Invalid, Problem, Unauthorized
from lms.faults import is_transient
from lms.log import request_id
from lms.refusals import AccountBeingSetUp, AccountDisabled, TooManyAttempts, WrongPassword

PERSON = uuid4()


class Auth:
    """The auth function, as Lambda lets one see it."""

    def __init__(self) -> None:
        self.answer: dict[str, Any] = {"status": 200, "user_id": str(PERSON)}
        self.fault: Exception | None = None
        self.crashed = False
        self.asked: list[dict[str, Any]] = []

    def refuse(self, status: int, **parts: Any) -> None:
        self.answer = {"status": status, "detail": "why", "code": None, "headers": {}, "errors": None, **parts}

    def invoke(self, *, FunctionName: str, Payload: str) -> dict[str, Any]:
        assert FunctionName == "AuthInternalFunction"
        self.asked.append(json.loads(Payload))
        if self.fault:
            raise self.fault
        payload = {"errorMessage": "s3cret"} if self.crashed else self.answer
        answer = {"Payload": io.BytesIO(json.dumps(payload).encode()), "StatusCode": 200}
        return {**answer, "FunctionError": "Unhandled"} if self.crashed else answer


@pytest.fixture
def auth(monkeypatch: pytest.MonkeyPatch) -> Auth:
    auth = Auth()
    monkeypatch.setattr(credentials, "_lambda", lambda: auth)
    return auth


def _check() -> UUID:
    return credentials.check("amina", "correct-horse-7", "203.0.113.7")


def _change() -> None:
    credentials.change(PERSON, "old", "new", "203.0.113.7")


def test_the_right_pair_gives_the_user(auth: Auth) -> None:
    token = request_id.set("abc")
    assert _check() == PERSON
    request_id.reset(token)
    assert auth.asked == [
        {
            "action": "check",
            "identifier": "amina",
            "password": "correct-horse-7",
            "client_ip": "203.0.113.7",
            "request_id": "abc",
        }
    ]


def test_a_change_names_both_passwords_and_the_person(auth: Auth) -> None:
    auth.answer = {"status": 200}
    _change()
    (asked,) = auth.asked
    assert asked["action"] == "change"
    assert asked["user_id"] == str(PERSON)
    assert (asked["current_password"], asked["new_password"]) == ("old", "new")


@pytest.mark.parametrize(
    ("status", "parts", "refusal"),
    [
        (401, {}, Unauthorized),
        (403, {"code": "wrong-password"}, WrongPassword),
        (403, {"code": "disabled"}, AccountDisabled),
        (409, {"code": "provisioning", "headers": {"Retry-After": "1"}}, AccountBeingSetUp),
        (422, {"errors": [{"loc": ["body", "new_password"], "msg": "Too common.", "type": "weak"}]}, Invalid),
        (429, {"headers": {"Retry-After": "30"}}, TooManyAttempts),
        (503, {"headers": {"Retry-After": "2"}}, AccountsUnavailable),
        (500, {}, AccountsUnavailable),
    ],
)
def test_each_refusal_of_auth_is_the_callers_too(
    auth: Auth, status: int, parts: dict[str, Any], refusal: type[Problem]
) -> None:
    auth.refuse(status, **parts)
    for ask in (_check, _change):
        with pytest.raises(refusal) as raised:
            ask()
        assert type(raised.value) is refusal
        if status < 500:
            assert raised.value.code == parts.get("code")
        if status in (409, 429):
            assert raised.value.headers == parts["headers"]
        if status == 422:
            assert raised.value.errors == [{"loc": ["body", "password"], "msg": "Too common.", "type": "weak"}]


def test_a_crash_of_auth_is_503_without_its_text(auth: Auth) -> None:
    auth.crashed = True
    with pytest.raises(AccountsUnavailable) as raised:
        _check()
    assert "s3cret" not in str(raised.value)


def test_auth_that_does_not_answer_is_a_passing_fault(auth: Auth) -> None:
    auth.fault = ReadTimeoutError(endpoint_url="https://lambda")
    with pytest.raises(ReadTimeoutError) as raised:
        _change()
    assert is_transient(raised.value)


def test_a_question_is_asked_once_and_given_up_before_the_caller_is(aws: None) -> None:
    config = credentials._lambda().meta.config
    assert config.retries["total_max_attempts"] == 1
    assert config.connect_timeout + config.read_timeout < 20
