"""Checks of passwords for payment (`lms.credentials`): invoked directly, never over HTTP.

A function of its own beside `internal`, so that IAM decides who may only check a password and who may change an
account.
"""

from functools import partial
from typing import Any, Literal

from aws_lambda_powertools.utilities.typing import LambdaContext
from pydantic import BaseModel

from auth.invoked import answered
from auth.service import authentication
from lms.clock import now


class Check(BaseModel):
    action: Literal["check"]
    identifier: str
    password: str
    client_ip: str
    request_id: str = ""


def handler(event: dict[str, Any], _: LambdaContext) -> dict[str, Any]:
    """Answers the user's id in `user_id`, or a refusal (`answered`)."""
    question = Check.model_validate(event)
    return answered(question, partial(_check, question))


def _check(question: Check) -> dict[str, Any]:
    user_id = authentication.check_password(question.identifier, question.password, question.client_ip, now())
    return {"user_id": str(user_id)}
