"""moto answers the same with `tests.moto_patches`: nothing of a cancelled transaction stays, and no copy changes."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.conftest import aws_client
from tests.moto_patches import copied, tables

KEY = {"id": {"S": "amina"}}


@pytest.fixture
def dynamodb(aws: None) -> Any:
    client = aws_client("dynamodb")
    client.put_item(TableName="UsersTable", Item={**KEY, "visits": {"N": "1"}, "tags": {"L": [{"S": "a"}]}})
    return client


def _add_visit(**more: Any) -> dict[str, Any]:
    update = {"UpdateExpression": "ADD visits :1", "ExpressionAttributeValues": {":1": {"N": "1"}}}
    return {"TableName": "UsersTable", "Key": KEY, **update, **more}


def _visits(client: Any) -> str:
    found: str = client.get_item(TableName="UsersTable", Key=KEY)["Item"]["visits"]["N"]
    return found


def test_a_cancelled_transaction_leaves_what_it_had_updated_put_and_deleted(dynamodb: Any) -> None:
    other = {"id": {"S": "bilal"}}
    missing = {"TableName": "UsersTable", "Key": other, "ConditionExpression": "attribute_exists(id)"}
    third = {"TableName": "UsersTable", "Item": {"id": {"S": "chand"}}}
    with pytest.raises(ClientError, match="ConditionalCheckFailed"):
        dynamodb.transact_write_items(
            TransactItems=[{"Update": _add_visit()}, {"Put": third}, {"ConditionCheck": missing}]
        )
    assert _visits(dynamodb) == "1"
    assert dynamodb.scan(TableName="UsersTable")["Count"] == 1


def test_a_transaction_and_an_update_are_seen_by_the_next_read(dynamodb: Any) -> None:
    dynamodb.transact_write_items(TransactItems=[{"Update": _add_visit()}])
    assert dynamodb.update_item(**_add_visit(ReturnValues="ALL_NEW"))["Attributes"]["visits"] == {"N": "3"}
    assert dynamodb.update_item(**_add_visit(ReturnValues="ALL_OLD"))["Attributes"]["visits"] == {"N": "3"}
    assert _visits(dynamodb) == "4"


def test_a_copy_of_the_items_keeps_what_is_updated_put_and_deleted_later(dynamodb: Any) -> None:
    table = tables()["UsersTable"]
    copy = copied(table.items)
    dynamodb.update_item(**_add_visit())
    dynamodb.update_item(
        TableName="UsersTable",
        Key=KEY,
        UpdateExpression="SET tags = list_append(tags, :more)",
        ExpressionAttributeValues={":more": {"L": [{"S": "b"}]}},
    )
    dynamodb.delete_item(TableName="UsersTable", Key=KEY)
    table.items = copy
    assert dynamodb.get_item(TableName="UsersTable", Key=KEY)["Item"]["tags"] == {"L": [{"S": "a"}]}
    assert _visits(dynamodb) == "1"


def test_an_item_over_400_kb_is_refused(dynamodb: Any) -> None:
    half = {"S": "x" * 210_000}
    dynamodb.put_item(TableName="UsersTable", Item={**KEY, "a": half})
    with pytest.raises(ClientError, match="exceeded"):
        dynamodb.put_item(TableName="UsersTable", Item={**KEY, "a": half, "b": half})
    with pytest.raises(ClientError, match="exceeded"):
        dynamodb.update_item(
            TableName="UsersTable",
            Key=KEY,
            UpdateExpression="SET b = :b",
            ExpressionAttributeValues={":b": half},
        )


@pytest.mark.parametrize(
    ("update", "reason"),
    [
        ("SET visits = :1 SET tags = :1", "SET"),
        ("SET visits = :1, visits = :1", "overlap"),
        ("SET visits = :1 REMOVE visits", "overlap"),
        ("SET visits = :1, tags = :1 ADD tags :1", "overlap"),
    ],
)
def test_an_update_that_says_a_thing_twice_is_refused(dynamodb: Any, update: str, reason: str) -> None:
    with pytest.raises(ClientError, match=reason):
        dynamodb.update_item(**_add_visit(UpdateExpression=update))
    assert _visits(dynamodb) == "1"


def test_every_type_of_an_attribute_comes_back_as_it_was_put(dynamodb: Any) -> None:
    item: dict[str, Any] = {
        **KEY,
        "binary": {"B": b"\x00\xff"},
        "binaries": {"BS": [b"\x00"]},
        "flag": {"BOOL": False},
        "nothing": {"NULL": True},
        "numbers": {"NS": ["1"]},
        "map": {"M": {"list": {"L": [{"N": "1.50"}, {"B": b"\xfe"}]}}},
    }
    dynamodb.put_item(TableName="UsersTable", Item=item)
    assert dynamodb.get_item(TableName="UsersTable", Key=KEY)["Item"] == item
    assert dynamodb.query(
        TableName="UsersTable",
        KeyConditionExpression="id = :id",
        ExpressionAttributeValues={":id": KEY["id"]},
    )["Items"] == [item]
