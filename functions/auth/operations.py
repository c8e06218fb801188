"""What an operator does by invoking a function: the first administrator, republishing, changing signing keys."""

from typing import Annotated, Any, Literal

from aws_lambda_powertools.utilities.typing import LambdaContext
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from auth import signing
from auth.schemas import NewUser, Username
from auth.service import key_rotation, registration
from auth.service.republish import USERS
from lms.addresses import Email
from lms.clock import now
from lms.errors import Problem
from lms.fields import Name
from lms.log import logger
from lms.republish import Republish, go_through, republish


class CreateAdmin(BaseModel):
    model_config = ConfigDict(extra="forbid")
    action: Literal["create_admin"]
    email: Email
    username: Username = "admin"
    name: Name | None = None


class AddSigningKey(BaseModel):
    model_config = ConfigDict(extra="forbid")
    action: Literal["add_signing_key"]


class RenewCredentials(BaseModel):
    """`after` is the `next` of the answer before; omit it to begin."""

    model_config = ConfigDict(extra="forbid")
    action: Literal["renew_credentials"]
    after: str | None = None


class RetireCredentials(BaseModel):
    """As `RenewCredentials`; `at_once` also ends those that tokens may still name."""

    model_config = ConfigDict(extra="forbid")
    action: Literal["retire_credentials"]
    after: str | None = None
    at_once: bool = False


class DropSigningKeys(BaseModel):
    model_config = ConfigDict(extra="forbid")
    action: Literal["drop_signing_keys"]


Command = CreateAdmin | Republish | AddSigningKey | RenewCredentials | RetireCredentials | DropSigningKeys
_command: TypeAdapter[Command] = TypeAdapter(Annotated[Command, Field(discriminator="action")])


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Carries out the `action` of a command, such as `{"action": "create_admin", "email": ...}`.

    `error` says why a command was refused. Commands that go through all users answer in `next` where to continue, null
    at the end.
    """
    try:
        answer = _carry_out(_command.validate_python(event), context)
    except ValidationError as error:
        answer = {"error": "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())}
    except Problem as problem:
        answer = {"error": problem.detail}
    logger.info("operation", extra={"action": event.get("action"), "refused": "error" in answer})
    return answer


def _carry_out(command: Command, context: LambdaContext) -> dict[str, Any]:
    tally = key_rotation.Tally()
    match command:
        case CreateAdmin():
            form = NewUser(username=command.username, email=command.email, is_type="admin", name=command.name)
            return registration.create_first_admin(form, now()).model_dump(mode="json")
        case Republish():
            return republish(command, [USERS], context)
        case AddSigningKey():
            return {"kid": signing.add_key(now())}
        case RenewCredentials():
            seen, position = go_through([key_rotation.renewals(tally)], command.action, command.after, context)
            return {"seen": seen, "renewed": tally.renewed, "next": position}
        case RetireCredentials():
            users = key_rotation.retirements(tally, at_once=command.at_once)
            seen, position = go_through([users], command.action, command.after, context)
            return {"seen": seen, "retired": tally.retired, "waiting": tally.waiting, "next": position}
        case DropSigningKeys():
            return {"dropped": key_rotation.drop_keys(now())}
