"""Passwords stay with auth: who must check or change one asks the auth function, directly and not over HTTP.

Only functions with `lambda:InvokeFunction` on it can (student, payment). Slowing-down on failures is auth's.
"""

import json
from functools import lru_cache
from typing import Any
from uuid import UUID

import botocore.session

from lms.errors import Forbidden, TooManyRequests, Unauthorized, Unavailable
from lms.log import request_id
from lms.settings import setting


def check(identifier: str, password: str, client_ip: str) -> UUID:
    """The user whose username, e-mail address or roll number and password these are.

    Raises `Unauthorized` for a wrong pair, `Forbidden` when disabled, `TooManyRequests` while slowed down.
    """
    answer = _ask({"action": "check", "identifier": identifier, "password": password, "client_ip": client_ip})
    return UUID(answer["user_id"])


def change(user_id: UUID, current_password: str, new_password: str, client_ip: str) -> None:
    """Changes a user's password and ends their sessions. Raises as `check`, and `Unavailable` with nothing changed."""
    _ask(
        {
            "action": "change",
            "user_id": str(user_id),
            "current_password": current_password,
            "new_password": new_password,
            "client_ip": client_ip,
        }
    )


@lru_cache(maxsize=1)
def _lambda() -> Any:
    return botocore.session.get_session().create_client("lambda", region_name=setting("AWS_REGION"))


def _ask(question: dict[str, str]) -> dict[str, Any]:
    payload = json.dumps({**question, "request_id": request_id.get()})
    response = _lambda().invoke(FunctionName=setting("AUTH_INTERNAL_FUNCTION"), Payload=payload)
    answer: dict[str, Any] = json.loads(response["Payload"].read())
    if "FunctionError" in response:
        raise Unavailable("Passwords cannot be checked right now; try again.")
    match answer.get("status"):
        case 200:
            return answer
        case 401:
            raise Unauthorized(answer["detail"])
        case 403:
            raise Forbidden(answer["detail"], code=answer.get("code"))
        case 429:
            raise TooManyRequests(answer["detail"], retry_after=int(answer["retry_after"]))
        case _:
            raise Unavailable(answer.get("detail", "Passwords cannot be checked right now; try again."))
