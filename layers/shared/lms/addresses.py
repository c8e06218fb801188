"""E-mail addresses in bodies. Apart from other fields, as checking them takes a library that few functions need."""

from typing import Annotated

from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email
from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

_EMAIL = r"^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@[^@\s]+\.[^@\s]*[^@\s.0-9]$"

_NOT_REACHED = rf"[@.]({'|'.join(SPECIAL_USE_DOMAIN_NAMES)})$"


def _reachable(value: str) -> str:
    try:
        address = validate_email(value, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError as error:
        raise PydanticCustomError("email", "{reason}", {"reason": str(error)}) from error
    assert address.ascii_email is not None, "without SMTPUTF8 there is always one"
    return address.ascii_email


Email = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=254),
    AfterValidator(_reachable),
    Field(json_schema_extra={"format": "email", "pattern": _EMAIL, "not": {"pattern": _NOT_REACHED}}),
]
"""An address that mail reaches, its domain encoded (`xn--...`)."""
