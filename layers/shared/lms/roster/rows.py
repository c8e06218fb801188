"""What all rows of the Roster have in common."""

from collections.abc import Iterable
from dataclasses import fields
from itertools import islice
from typing import Any, ClassVar

from pynamodb.attributes import NumberAttribute

from lms.dynamo import Key, Table, read_together, table_name
from lms.settings import setting

CARD = "card"
_READ_AT_ONCE = 100


class Row(Table):
    """A row of one kind. Whatever reads it gets its frozen `value`, so that nobody but its owner's functions writes."""

    class Meta:
        table_name = table_name("roster")
        region = setting("AWS_REGION")

    value: ClassVar[type[Any]]
    version = NumberAttribute()

    @classmethod
    def from_raw_data(cls, data: dict[str, Any]) -> Any:
        row = super().from_raw_data(data)
        return cls.value(**{field.name: getattr(row, field.name) for field in fields(cls.value)})


def find_all(keys: Iterable[Key]) -> dict[Key, Any]:
    """What exists at these keys, in one read for each 100."""
    rest = iter(dict.fromkeys(keys))
    found: dict[Key, Any] = {}
    while page := list(islice(rest, _READ_AT_ONCE)):
        found |= dict(zip(page, read_together(page), strict=True))
    return {key: value for key, value in found.items() if value is not None}
