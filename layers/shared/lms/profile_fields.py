"""Fields of a person's profile, as bodies have them in every service that keeps one."""

import json
import re
import unicodedata
from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from lms.countries import COUNTRIES
from lms.fields import Pattern

_E164 = r"^\+[1-9][0-9]{6,14}$"
_DETAILS_BYTES = 16 * 1024
_DETAILS_DEPTH = 20


def _known_country(value: str) -> str:
    if value not in COUNTRIES:
        raise ValueError("A country code is expected, such as PK (ISO 3166 alpha-2).")
    return value


def _small_object(value: dict[str, Any]) -> dict[str, Any]:
    level: list[Any] = [value]
    for _ in range(_DETAILS_DEPTH):
        level = [child for node in level for child in _children(node)]
    if level:
        raise ValueError(f"At most {_DETAILS_DEPTH} levels of nesting are allowed.")
    # Raises ValueError for NaN, infinities and lone surrogates, none of which JSON can carry.
    if len(json.dumps(value, allow_nan=False, ensure_ascii=False).encode()) > _DETAILS_BYTES:
        raise ValueError("At most 16 KB are allowed.")
    return value


def _children(node: Any) -> Iterable[Any]:
    if isinstance(node, dict):
        return node.values()
    return node if isinstance(node, list) else ()


def is_e164(number: str) -> bool:
    """Whether a text is a phone number as the networks of the world know it, such as +923001234567."""
    return "\n" not in number and re.match(_E164, number) is not None


def normalized(password: str) -> str:
    """A password as it is hashed and checked: keyboards compose the same letters in different ways."""
    return unicodedata.normalize("NFC", password)


def _normalized_text(value: Any) -> Any:
    return normalized(value) if isinstance(value, str) else value


def _encodable(value: str) -> str:
    # A lone surrogate, which a JSON escape can spell and no encoding can carry, raises a ValueError.
    value.encode()
    return value


Password = Annotated[
    str, BeforeValidator(_normalized_text), Field(min_length=1, max_length=128), AfterValidator(_encodable)
]
MobileNumber = Annotated[
    str,
    StringConstraints(strip_whitespace=True),
    Pattern(_E164, "A mobile number is expected in the form +923001234567 (E.164)."),
    Field(description="E.164, such as +923001234567."),
]
Country = Annotated[
    str,
    StringConstraints(strip_whitespace=True),
    AfterValidator(_known_country),
    Field(description="ISO 3166 alpha-2", json_schema_extra={"enum": sorted(COUNTRIES)}),
]
Details = Annotated[dict[str, Any], AfterValidator(_small_object)]
