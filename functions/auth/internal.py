"""Passwords and profiles for other functions (`lms.credentials`): invoked directly, never over HTTP.

There are two handlers, so that IAM decides who may only check a password and who may change an account.
"""

from typing import Annotated, Any, Literal
from uuid import UUID

from aws_lambda_powertools.utilities.typing import LambdaContext
from pydantic import BaseModel, Field, TypeAdapter

from auth.schemas import ProfileUpdate
from auth.service import accounts, passwords, sessions
from lms.clock import now
from lms.errors import Problem
from lms.etags import Precondition
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


class UpdateProfile(BaseModel):
    """`card_version`: the version that the account's card on the Roster must still have."""

    action: Literal["update_profile"]
    user_id: UUID
    update: ProfileUpdate
    card_version: int | None
    client_ip: str
    request_id: str = ""


Question = Check | Change | UpdateProfile
_question: TypeAdapter[Question] = TypeAdapter(Annotated[Question, Field(discriminator="action")])


def handler(event: dict[str, Any], _: LambdaContext) -> dict[str, Any]:
    """Checks or changes a password, or changes a profile.

    The answer is `{"status": 200, ...}`, or a refusal with its `status`, `detail`, `code`, `headers` and `errors`.
    """
    return _reply(_question.validate_python(event))


def check_handler(event: dict[str, Any], _: LambdaContext) -> dict[str, Any]:
    """As `handler`, for services that may only check a password; any other action is an error."""
    return _reply(Check.model_validate(event))


def _reply(question: Question) -> dict[str, Any]:
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


def _answer(question: Question) -> dict[str, Any]:
    match question:
        case Check(identifier=identifier, password=password, client_ip=client_ip):
            return {"status": 200, "user_id": str(sessions.check_password(identifier, password, client_ip, now()))}
        case Change(user_id=user_id, current_password=current, new_password=new, client_ip=client_ip):
            passwords.change_password(user_id, current, new, client_ip, now())
        case UpdateProfile(user_id=user_id, update=update, client_ip=client_ip, card_version=card_version):
            accounts.update_profile(user_id, update, client_ip, Precondition(), now(), card_version)
    return {"status": 200}
