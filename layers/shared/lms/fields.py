"""Fields that bodies have in every service, and the case in which catalogue objects are written.

A type here says in its JSON schema what its code checks, so that the description of the API is true.
"""

import re
import unicodedata
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Annotated, Any, ClassVar, cast

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    PlainSerializer,
    ValidationInfo,
    field_validator,
)
from pydantic.alias_generators import to_camel
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from lms.texts import is_invisible

_LINE_BREAKS = "\n\r\t"
# From 1900 to 2199: room for every date of birth, and far enough from the calendar's ends for all that is added to it.
_DATE = "(19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}"
_DAY = f"^{_DATE}$"
_MOMENT = f"^{_DATE}T[0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}(\\.[0-9]{{1,9}})?(Z|[+-][0-9]{{2}}:[0-9]{{2}})$"
_CLOCK = "^([01][0-9]|2[0-3]):[0-5][0-9]$"
_WHOLE_NUMBER = "^(0|-?[1-9][0-9]*)$"
# As regular expressions know them everywhere: what is no control character, and what `is_invisible` lets through.
_CONTROLS = r"\u0000-\u001f\u007f-\u009f"
_LINE_CONTROLS = r"\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f"
INVISIBLE = (
    r"\u0000- \u007f-\u00a0\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u1680\u17b4\u17b5"
    r"\u180b-\u180f\u2000-\u200f\u2028-\u202f\u205f-\u206f\u2800\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
)


def _tidy(value: Any) -> Any:
    return unicodedata.normalize("NFC", value).strip() if isinstance(value, str) else value


def _one_line(value: str) -> str:
    return _writable(value, allowed="")


def _lines(value: str) -> str:
    return _writable(value, allowed=_LINE_BREAKS)


def _writable(value: str, allowed: str) -> str:
    # Cs: a lone surrogate, which a JSON escape can spell and no encoding can carry.
    if any(unicodedata.category(character) in ("Cc", "Cs") and character not in allowed for character in value):
        raise ValueError("Control characters are not allowed.")
    return value


def _visible(value: str) -> str:
    if all(is_invisible(character) for character in value):
        raise ValueError("Something visible is expected.")
    return value


def _in_utc(value: datetime) -> datetime:
    return value.astimezone(UTC)


def _spelt_as(pattern: str, expected: str) -> BeforeValidator:
    """Lets text of one spelling alone pass: Pydantic would also take seconds since 1970 for a date or a time."""
    spelling = re.compile(pattern)

    def check(value: Any) -> Any:
        if not (isinstance(value, str) and "\n" not in value and spelling.match(value)):
            raise PydanticCustomError("spelling", "{expected}", {"expected": expected})
        return value

    return BeforeValidator(check)


def _of_digits(value: Any) -> Any:
    if isinstance(value, str) and ("\n" in value or not re.match(_WHOLE_NUMBER, value)):
        raise PydanticCustomError("int_parsing", "A whole number is expected.")
    return value


def _true_or_false(value: Any) -> Any:
    if isinstance(value, str) and value not in ("true", "false"):
        raise PydanticCustomError("bool_parsing", "Either true or false is expected.")
    return value


def _integral(value: Any) -> Any:
    # To JSON, 90.0 is the number 90.
    return int(value) if isinstance(value, float) and value.is_integer() else value


INTEGRAL = BeforeValidator(_integral)
"""For whole numbers in bodies, written after their bounds: `Annotated[StrictInt, Field(ge=1), INTEGRAL]`."""


def _number(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise PydanticCustomError("number_type", "A number is expected.")
    # By its text: a float's own binary value would have dozens of places. Adding 0 would round, and -0.0 is 0.
    return Decimal(str(value)) if value else Decimal(0)


class Pattern:
    """For texts of a pattern, which the schema shows too; for any other, the `hint` says what is expected."""

    def __init__(self, pattern: str, hint: str) -> None:
        self._pattern = pattern
        self._hint = hint

    def _check(self, value: str) -> str:
        # Not `match`: its `$` lets a line break pass at the end.
        if not re.fullmatch(self._pattern, value):
            raise PydanticCustomError("string_pattern_mismatch", "{hint}", {"hint": self._hint})
        return value

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._check, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {**handler(schema), "pattern": self._pattern}


class _JsonNumber:
    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(_number, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        # Pydantic's own description of a Decimal lets texts pass, and says nothing of its places.
        described = next(option for option in handler(schema)["anyOf"] if option["type"] == "number")
        places: int = cast(dict[str, Any], schema)["schema"]["decimal_places"]
        return {**described, "multipleOf": float(f"1e-{places}")}


JSON_NUMBER = _JsonNumber()
"""For exact numbers in bodies, which come as JSON numbers: `Annotated[Decimal, Field(ge=0), JSON_NUMBER]`."""

Name = Annotated[
    str,
    BeforeValidator(_tidy),
    Field(
        min_length=1,
        max_length=200,
        json_schema_extra={"pattern": rf"^[\t-\r]*[^{_CONTROLS}]*[^{INVISIBLE}][^{_CONTROLS}]*[\t-\r]*$"},
    ),
    AfterValidator(_one_line),
    AfterValidator(_visible),
]
"""One line with something to see in it."""

Description = Annotated[
    str,
    BeforeValidator(_tidy),
    Field(max_length=10_000, json_schema_extra={"pattern": rf"^[^{_LINE_CONTROLS}]*$"}),
    AfterValidator(_lines),
]
"""Lines of text, or none."""

Markdown = Annotated[
    str,
    BeforeValidator(_tidy),
    Field(max_length=50_000, json_schema_extra={"pattern": rf"^[^{_LINE_CONTROLS}]*$"}),
    AfterValidator(_lines),
]
"""The text of a lesson, or none; it is kept as it is, and whoever shows it makes HTML of it."""

Passage = Annotated[
    Description,
    Field(
        min_length=1,
        json_schema_extra={"pattern": rf"^[^{_LINE_CONTROLS}]*[^{INVISIBLE}][^{_LINE_CONTROLS}]*$"},
    ),
    AfterValidator(_visible),
]
"""Lines of text with something to see in them."""

Moment = Annotated[
    AwareDatetime,
    _spelt_as(_MOMENT, "A time from 1900 to 2199 with its offset is expected, such as 2027-02-28T09:00:00Z."),
    Field(json_schema_extra={"pattern": _MOMENT}),
    AfterValidator(_in_utc),
]
"""A time with any offset, handed on in UTC; a naive one is refused."""

Day = Annotated[
    date,
    _spelt_as(_DAY, "A date from 1900 to 2199 is expected, such as 2027-02-28."),
    Field(json_schema_extra={"pattern": _DAY}),
]
"""A date of the calendar, without a time."""

WallClock = Annotated[
    time,
    _spelt_as(_CLOCK, "A time is expected, such as 22:30."),
    Field(json_schema_extra={"format": None, "pattern": _CLOCK}),
    PlainSerializer(lambda value: value.isoformat("minutes"), return_type=str),
]
"""A time of the day, by the clock on somebody's wall."""

DIGITS = BeforeValidator(_of_digits)
"""For whole numbers in queries, written after their bounds: `Annotated[int, Field(ge=1), DIGITS]`."""

Flag = Annotated[bool, BeforeValidator(_true_or_false)]
"""`true` or `false` in a query. A body has `StrictBool`."""


def present(*names: str) -> dict[str, Any]:
    """The JSON schema of objects in which these are given, and not as null; for rules over several fields."""
    return {"required": list(names), "properties": {name: {"not": {"type": "null"}} for name in names}}


def absent(*names: str) -> dict[str, Any]:
    """The JSON schema of objects in which these are left out, or null."""
    return {"properties": {name: {"type": "null"} for name in names}}


class Body(BaseModel):
    """A body: fields it does not name are refused."""

    model_config = ConfigDict(extra="forbid")


class CamelBody(Body):
    """A body whose fields are written in camelCase."""

    model_config = ConfigDict(alias_generator=to_camel)


class Changes(Body):
    """Fields to replace: those omitted stay, null empties one of `nullable` and is refused for any other."""

    nullable: ClassVar[frozenset[str]] = frozenset()

    @field_validator("*", mode="before")
    @classmethod
    def _is_no_null(cls, value: Any, info: ValidationInfo) -> Any:
        if value is None and info.field_name not in cls.nullable:
            raise PydanticCustomError("null", "This field cannot be null.")
        return value

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        described = handler(schema)
        properties = handler.resolve_ref_schema(described)["properties"]
        for name, field in cls.model_fields.items():
            if name not in cls.nullable:
                _without_null(properties[field.alias or name])
        return described

    def given(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.model_fields_set}


def _without_null(described: JsonSchemaValue) -> None:
    options = [option for option in described.get("anyOf", ()) if option != {"type": "null"}]
    if len(options) == 1:
        del described["anyOf"]
        described |= options[0]
    elif options:
        described["anyOf"] = options
    if "default" in described and described["default"] is None:
        del described["default"]


class CamelChanges(Changes, CamelBody):
    """`Changes` whose fields are written in camelCase."""


class View(BaseModel):
    """An object that clients see."""


class CamelView(View):
    """An object that clients see in camelCase; built from snake_case."""

    model_config = ConfigDict(
        alias_generator=to_camel, validate_by_name=True, serialize_by_alias=True, from_attributes=True
    )
