"""Fields of a person's profile, as bodies have them in every service that keeps one."""

import json
import re
from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import AfterValidator, Field, StringConstraints

from lms.countries import COUNTRIES

_E164 = r"^\+[1-9][0-9]{6,14}$"
_DETAILS_BYTES = 16 * 1024
_DETAILS_DEPTH = 20


def _known_country(value: str) -> str:
    if value not in COUNTRIES:
        raise ValueError("no ISO 3166 alpha-2 code")
    return value


def _small_object(value: dict[str, Any]) -> dict[str, Any]:
    level: list[Any] = [value]
    for _ in range(_DETAILS_DEPTH):
        level = [child for node in level for child in _children(node)]
    if level:
        raise ValueError(f"nested more than {_DETAILS_DEPTH} deep")
    # Raises ValueError for NaN, infinities and lone surrogates, none of which JSON can carry.
    if len(json.dumps(value, allow_nan=False, ensure_ascii=False).encode()) > _DETAILS_BYTES:
        raise ValueError("more than 16 KB")
    return value


def _children(node: Any) -> Iterable[Any]:
    if isinstance(node, dict):
        return node.values()
    return node if isinstance(node, list) else ()


def is_e164(number: str) -> bool:
    """Whether a text is a phone number as the networks of the world know it, such as +923001234567."""
    return "\n" not in number and re.match(_E164, number) is not None


MobileNumber = Annotated[
    str,
    StringConstraints(strip_whitespace=True),
    Field(pattern=_E164, description="E.164, such as +923001234567."),
]
Country = Annotated[
    str,
    StringConstraints(strip_whitespace=True),
    AfterValidator(_known_country),
    Field(description="ISO 3166 alpha-2", json_schema_extra={"enum": sorted(COUNTRIES)}),
]
Details = Annotated[dict[str, Any], AfterValidator(_small_object)]
