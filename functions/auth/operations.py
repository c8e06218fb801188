"""What an operator does by invoking a function: the first administrator, telling current state again."""

from typing import Annotated, Any, Literal

from aws_lambda_powertools.utilities.typing import LambdaContext
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from auth.schemas import Email, NewUser, Username
from auth.service import accounts
from auth.service.republish import users
from lms.clock import now
from lms.errors import Problem
from lms.fields import Name
from lms.log import logger
from lms.republish import Republish, republish


class CreateAdmin(BaseModel):
    model_config = ConfigDict(extra="forbid")
    action: Literal["create_admin"]
    email: Email
    username: Username = "admin"
    name: Name | None = None


_command: TypeAdapter[CreateAdmin | Republish] = TypeAdapter(
    Annotated[CreateAdmin | Republish, Field(discriminator="action")]
)


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Carries out `{"action": "create_admin", "email": ...}` or `{"action": "republish"}`; `error` says why not."""
    try:
        answer = _carry_out(_command.validate_python(event), context)
    except ValidationError as error:
        answer = {"error": "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())}
    except Problem as problem:
        answer = {"error": problem.detail}
    logger.info("operation", extra={"action": event.get("action"), "refused": "error" in answer})
    return answer


def _carry_out(command: CreateAdmin | Republish, context: LambdaContext) -> dict[str, Any]:
    if isinstance(command, CreateAdmin):
        form = NewUser(username=command.username, email=command.email, is_type="admin", name=command.name)
        return accounts.create_first_admin(form, now()).model_dump(mode="json")
    return republish(command, users, context)
