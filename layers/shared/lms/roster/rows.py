"""What all rows of the Roster have in common."""

from dataclasses import fields
from typing import Any, ClassVar

from pynamodb.attributes import NumberAttribute

from lms.dynamo import Table, table_name
from lms.settings import setting

CARD = "card"


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
