"""The tables of the template are the ones that the models describe."""

from importlib import import_module
from typing import Any

import pytest

from lms.dynamo import Table
from tests.template import ROOT, TEMPLATE, resources

TABLES = resources("AWS::DynamoDB::Table")
_MODULES = [
    ".".join(path.relative_to(root).with_suffix("").parts)
    for root, pattern in ((ROOT / "functions", "*/tables.py"), (ROOT / "layers" / "shared", "lms/*.py"))
    for path in sorted(root.glob(pattern))
    if path.stem != "__init__"
]


def _models() -> list[type[Table]]:
    for module in _MODULES:
        import_module(module)
    return [model for model in Table.__subclasses__() if model.__module__ in _MODULES]


MODELS = _models()
every_model = pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
every_table = pytest.mark.parametrize("table", TABLES)


def _declared(model: type[Table]) -> dict[str, Any]:
    # The tests' environment names every table by its logical id.
    return TABLES[model.Meta.table_name]


def _keys(schema: list[dict[str, str]]) -> list[tuple[str, str]]:
    return sorted((key["KeyType"], key["AttributeName"]) for key in schema)


def _projection(declared: dict[str, Any]) -> tuple[str, set[str]]:
    return declared["ProjectionType"], set(declared.get("NonKeyAttributes", ()))


def test_every_table_has_one_model() -> None:
    assert sorted(model.Meta.table_name for model in MODELS) == sorted(TABLES)


@every_model
def test_keys_are_the_models(model: type[Table]) -> None:
    assert _keys(_declared(model)["KeySchema"]) == _keys(model._get_schema()["key_schema"])


@every_model
def test_attributes_of_keys_have_the_models_types(model: type[Table]) -> None:
    def types(definitions: list[dict[str, str]]) -> list[tuple[str, str]]:
        return sorted((d["AttributeName"], d["AttributeType"]) for d in definitions)

    assert types(_declared(model)["AttributeDefinitions"]) == types(model._get_schema()["attribute_definitions"])


@every_model
def test_indexes_are_the_models(model: type[Table]) -> None:
    def indexes(declared: list[dict[str, Any]], names: tuple[str, str, str]) -> dict[str, Any]:
        name, keys, projection = names
        return {index[name]: (_keys(index[keys]), _projection(index[projection])) for index in declared}

    assert indexes(
        _declared(model).get("GlobalSecondaryIndexes", []), ("IndexName", "KeySchema", "Projection")
    ) == indexes(model._get_schema()["global_secondary_indexes"], ("index_name", "key_schema", "projection"))


@every_model
def test_what_an_index_shows_is_an_attribute_of_its_model(model: type[Table]) -> None:
    known = {attribute.attr_name for attribute in model.get_attributes().values()}
    for index in _declared(model).get("GlobalSecondaryIndexes", []):
        assert _projection(index["Projection"])[1] <= known


@every_model
def test_what_expires_does_so_by_the_models_attribute(model: type[Table]) -> None:
    attribute = model._ttl_attribute()
    expected = {"AttributeName": attribute.attr_name, "Enabled": True} if attribute else None
    assert _declared(model).get("TimeToLiveSpecification") == expected


@every_table
def test_a_table_outlives_its_stack_and_can_be_restored(table: str) -> None:
    resource, properties = TEMPLATE["Resources"][table], TABLES[table]
    assert resource["DeletionPolicy"] == "RetainExceptOnCreate"
    assert resource["UpdateReplacePolicy"] == "Retain"
    assert properties["DeletionProtectionEnabled"] == {"Ref": "DeletionProtection"}
    assert properties["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert properties["SSESpecification"] == {"SSEEnabled": True}


@every_table
def test_a_table_is_paid_by_request_and_named_by_its_stack(table: str) -> None:
    assert TABLES[table]["BillingMode"] == "PAY_PER_REQUEST"
    assert "TableName" not in TABLES[table]
