"""Accounts stay with auth: who must check or change a password, or change a profile, asks the auth function, directly
and not over HTTP.

`AUTH_INTERNAL_FUNCTION` is the one that the service may invoke: student's changes accounts, payment's only checks
passwords. Slowing-down on failures is auth's.
"""

import json
from typing import Any
from uuid import UUID

from botocore.config import Config

from lms.aws import client
from lms.errors import (
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    PreconditionFailed,
    Problem,
    Unauthorized,
    Unavailable,
)
from lms.log import request_id
from lms.refusals import AccountBeingSetUp, AccountDisabled, TooManyAttempts, WrongPassword
from lms.settings import setting

# A change that is asked for again finds the password changed, and is refused; and who waits longer than the 20 seconds
# of an API function is ended without an answer.
_ONCE = Config(connect_timeout=2, read_timeout=15, retries={"total_max_attempts": 1})
_KINDS: dict[int, type[Problem]] = {
    kind.status: kind for kind in (Unauthorized, Forbidden, NotFound, Conflict, PreconditionFailed)
}
_NAMED: dict[str | None, type[Problem]] = {
    refusal.code: refusal for refusal in (AccountBeingSetUp, AccountDisabled, WrongPassword)
}


class AccountsUnavailable(Unavailable):
    detail = "Accounts cannot be reached right now. Try again."


def check(identifier: str, password: str, client_ip: str) -> UUID:
    """The user whose username, e-mail address or roll number and password these are.

    Raises `Unauthorized` for a wrong pair, `AccountDisabled`, `TooManyAttempts`, `AccountsUnavailable`.
    """
    answer = _ask({"action": "check", "identifier": identifier, "password": password, "client_ip": client_ip})
    return UUID(answer["user_id"])


def change(user_id: UUID, current_password: str, new_password: str, client_ip: str) -> None:
    """Changes a user's password and ends their sessions.

    Raises `WrongPassword`, `Invalid` for a weak new one, `TooManyAttempts`, `NotFound`, and `AccountsUnavailable`, with
    nothing changed.
    """
    _ask(
        {
            "action": "change",
            "user_id": str(user_id),
            "current_password": current_password,
            "new_password": new_password,
            "client_ip": client_ip,
        }
    )


def update_profile(
    user_id: UUID,
    fields: dict[str, Any],
    current_password: str | None,
    client_ip: str,
    *,
    card_version: int | None,
) -> None:
    """Replaces fields of an account's profile, as `PUT /auth/profile` does; every service shows them at once.

    Raises `WrongPassword`, `TooManyAttempts`, `PreconditionFailed` when the account's card has another version than
    `card_version`, `Conflict`, `NotFound`, and `AccountsUnavailable`, with nothing changed.
    """
    password = {} if current_password is None else {"current_password": current_password}
    _ask(
        {
            "action": "update_profile",
            "user_id": str(user_id),
            "update": {**fields, **password},
            "card_version": card_version,
            "client_ip": client_ip,
        }
    )


def _lambda() -> Any:
    return client("lambda", _ONCE)


def _ask(question: dict[str, Any]) -> dict[str, Any]:
    payload = json.dumps({**question, "request_id": request_id.get()})
    response = _lambda().invoke(FunctionName=setting("AUTH_INTERNAL_FUNCTION"), Payload=payload)
    answer: dict[str, Any] = json.loads(response["Payload"].read())
    if "FunctionError" in response:
        raise AccountsUnavailable
    if answer["status"] != 200:
        raise _refusal(answer)
    return answer


def _refusal(answer: dict[str, Any]) -> Problem:
    if answer["code"] in _NAMED:
        return _NAMED[answer["code"]]()
    problem: Problem
    match answer["status"]:
        case 422:
            fault = answer["errors"][0]
            return Invalid({"loc": ["body", "password"], "msg": fault["msg"], "type": fault["type"]})
        case 429:
            problem = TooManyAttempts(retry_after=int(answer["headers"]["Retry-After"]))
        case status if status in _KINDS:
            problem = _KINDS[status]()
        case _:
            return AccountsUnavailable()
    problem.code, problem.detail = answer["code"], answer["detail"]
    return problem
