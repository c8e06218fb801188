"""Fields that bodies have in every service, and the case in which catalogue objects are written."""

import re
import unicodedata
from datetime import UTC, date, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel

_LINE_BREAKS = "\n\r\t"
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def _tidy(value: Any) -> Any:
    return unicodedata.normalize("NFC", value).strip() if isinstance(value, str) else value


def _one_line(value: str) -> str:
    return _writable(value, allowed="")


def _lines(value: str) -> str:
    return _writable(value, allowed=_LINE_BREAKS)


def _writable(value: str, allowed: str) -> str:
    # Cs: a lone surrogate, which a JSON escape can spell and no encoding can carry.
    if any(unicodedata.category(character) in ("Cc", "Cs") and character not in allowed for character in value):
        raise ValueError("control characters")
    return value


def _in_utc(value: datetime) -> datetime:
    try:
        return value.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("beyond the calendar") from error


def _spelt_as_day(value: Any) -> Any:
    # Pydantic would also take seconds since 1970 for a date.
    if not (isinstance(value, str) and _DAY.fullmatch(value)):
        raise ValueError("a date such as 2027-02-28 is expected")
    return value


Name = Annotated[str, BeforeValidator(_tidy), Field(min_length=1, max_length=200), AfterValidator(_one_line)]
Description = Annotated[str, BeforeValidator(_tidy), Field(max_length=10_000), AfterValidator(_lines)]


Moment = Annotated[AwareDatetime, AfterValidator(_in_utc)]
"""A time with any offset, handed on in UTC; a naive one is refused."""

Day = Annotated[date, BeforeValidator(_spelt_as_day)]
"""A date of the calendar, without a time."""


class Body(BaseModel):
    """A body: fields it does not name are refused."""

    model_config = ConfigDict(extra="forbid")


class CamelBody(Body):
    """A body whose fields are written in camelCase."""

    model_config = ConfigDict(alias_generator=to_camel)


class CamelView(BaseModel):
    """An object that clients see in camelCase; built from snake_case."""

    model_config = ConfigDict(
        alias_generator=to_camel, validate_by_name=True, serialize_by_alias=True, from_attributes=True
    )
