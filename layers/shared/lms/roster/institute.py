"""The institute's settings; institute alone writes them, and `lms.institute` reads them."""

from dataclasses import dataclass
from typing import Any, cast

from pynamodb.attributes import JSONAttribute, UnicodeAttribute

from lms.dynamo import Transaction, TypedKey
from lms.roster.rows import CARD, Row

_SETTINGS = "settings"


@dataclass(frozen=True)
class Institute:
    settings: dict[str, Any]
    version: int


class InstituteRow(Row):
    value = Institute
    part = TypedKey("institute", hash_key=True, attr_name="owner")
    item = UnicodeAttribute(range_key=True, default=CARD)
    settings = JSONAttribute()


def put_institute(tx: Transaction, settings: dict[str, Any], *, version: int) -> None:
    """Writes the institute's settings. `version` is theirs."""
    tx.put(InstituteRow(_SETTINGS, settings=settings, version=version))


def find_institute() -> Institute | None:
    """The institute's settings, None while nobody has set any; `lms.institute` keeps them for a minute."""
    return cast(Institute | None, InstituteRow.find(_SETTINGS, CARD))
