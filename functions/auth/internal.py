"""Changes of passwords and profiles for student (`lms.credentials`): invoked directly, never over HTTP."""

from functools import partial
from typing import Annotated, Any, Literal
from uuid import UUID

from aws_lambda_powertools.utilities.typing import LambdaContext
from pydantic import BaseModel, Field, TypeAdapter

from auth.invoked import answered
from auth.schemas import ProfileUpdate
from auth.service import passwords, profiles
from lms.clock import now
from lms.etags import Precondition


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


Question = Change | UpdateProfile
_question: TypeAdapter[Question] = TypeAdapter(Annotated[Question, Field(discriminator="action")])


def handler(event: dict[str, Any], _: LambdaContext) -> dict[str, Any]:
    """Changes a password or a profile. The answer is one of `answered`."""
    question = _question.validate_python(event)
    return answered(question, partial(_change, question))


def _change(question: Question) -> dict[str, Any]:
    match question:
        case Change(user_id=user_id, current_password=current, new_password=new, client_ip=client_ip):
            passwords.replace_password(user_id, current, new, client_ip, now())
        case UpdateProfile(user_id=user_id, update=update, client_ip=client_ip, card_version=card_version):
            profiles.update(user_id, update, client_ip, Precondition(), now(), card_version)
    return {}
