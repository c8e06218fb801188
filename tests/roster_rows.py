"""The Roster's table as it is stored, whatever kinds of rows are in it."""

from typing import Any

from lms.dynamo import _connection
from lms.roster.rows import Row

_TABLE = Row.Meta.table_name


def rows() -> dict[tuple[str, str], dict[str, Any]]:
    """Every row by its owner and item."""
    found = _connection().client.scan(TableName=_TABLE)["Items"]
    return {(row["owner"]["S"], row["item"]["S"]): row for row in found}


def remove_rows(*kinds: str) -> None:
    """Deletes all rows whose owner is of these kinds."""
    for owner, item in rows():
        if owner.partition("#")[0] in kinds:
            _connection().client.delete_item(TableName=_TABLE, Key={"owner": {"S": owner}, "item": {"S": item}})
