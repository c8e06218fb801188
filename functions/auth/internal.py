"""Passwords for other functions (`lms.credentials`): invoked directly, never over HTTP.

There are two handlers, so that IAM decides who may only check a password and who may change one.
"""

from typing import Annotated, Any, Literal
from uuid import UUID

from aws_lambda_powertools.utilities.typing import LambdaContext
from pydantic import BaseModel, Field, TypeAdapter

from auth.service import passwords, sessions
from lms.clock import now
from lms.errors import Problem
from lms.log import logger, request_id


class Check(BaseModel):
    action: Literal["check"]
    identifier: str
    password: str
    client_ip: str
    request_id: str = ""


class Change(BaseModel):
    action: Literal["change"]
    user_id: UUID
    current_password: str
    new_password: str
    client_ip: str
    request_id: str = ""


_question: TypeAdapter[Check | Change] = TypeAdapter(Annotated[Check | Change, Field(discriminator="action")])


def handler(event: dict[str, Any], _: LambdaContext) -> dict[str, Any]:
    """Checks or changes a password.

    The answer is `{"status": 200, ...}`, or a refusal with its `status`, `detail`, `code`, `headers` and `errors`.
    """
    return _reply(_question.validate_python(event))


def check_handler(event: dict[str, Any], _: LambdaContext) -> dict[str, Any]:
    """As `handler`, for services that may only check a password; any other action is an error."""
    return _reply(Check.model_validate(event))


def _reply(question: Check | Change) -> dict[str, Any]:
    token = request_id.set(question.request_id)
    try:
        answer = _answer(question)
    except Problem as problem:
        answer = {
            "status": problem.status,
            "detail": problem.detail,
            "code": problem.code,
            "headers": problem.headers,
            "errors": problem.errors,
        }
    finally:
        request_id.reset(token)
    logger.info(question.action, extra={"status": answer["status"], "request_id": question.request_id})
    return answer


def _answer(question: Check | Change) -> dict[str, Any]:
    if isinstance(question, Check):
        user_id = sessions.check_password(question.identifier, question.password, question.client_ip, now())
        return {"status": 200, "user_id": str(user_id)}
    passwords.change_password(
        question.user_id, question.current_password, question.new_password, question.client_ip, now()
    )
    return {"status": 200}
