"""The tables of the template are the ones that the models describe."""

from importlib import import_module
from typing import Any

import pytest

from lms.dynamo import Table, TypedKey
from operations.source import ROOT
from tests.template import TEMPLATE, resources

TABLES = resources("AWS::DynamoDB::Table")
_MODULES = [
    ".".join(path.relative_to(root).with_suffix("").parts)
    for root, pattern in ((ROOT / "functions", "*/tables.py"), (ROOT / "layers" / "shared", "lms/**/*.py"))
    for path in sorted(root.glob(pattern))
    if path.stem != "__init__"
]


def _models() -> list[type[Table]]:
    for module in _MODULES:
        import_module(module)
    return [model for model in _leaves(Table) if model.__module__ in _MODULES]


def _leaves(model: type[Table]) -> list[type[Table]]:
    below = model.__subclasses__()
    return [leaf for child in below for leaf in _leaves(child)] if below else [model]


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


def _models_of(table: str) -> list[type[Table]]:
    """Several models share a table where small rows live with their owner."""
    return [model for model in MODELS if model.Meta.table_name == table]


def test_every_table_has_a_model_and_every_model_a_table() -> None:
    assert {model.Meta.table_name for model in MODELS} == set(TABLES)


@every_model
def test_keys_are_the_models(model: type[Table]) -> None:
    assert _keys(_declared(model)["KeySchema"]) == _keys(model._get_schema()["key_schema"])


@every_table
def test_models_that_share_a_table_tell_their_rows_apart_by_their_keys(table: str) -> None:
    keys = [(model._hash_key_attribute(), model._range_key_attribute()) for model in _models_of(table)]
    # A key that is the same in all rows of a model is its default.
    kinds = [tuple(k.serialize("") if isinstance(k, TypedKey) else k and k.default for k in both) for both in keys]
    assert len(set(kinds)) == len(kinds)


@every_table
def test_attributes_of_keys_have_the_models_types(table: str) -> None:
    def types(definitions: list[dict[str, str]]) -> set[tuple[str, str]]:
        return {(d["AttributeName"], d["AttributeType"]) for d in definitions}

    described = [d for model in _models_of(table) for d in model._get_schema()["attribute_definitions"]]
    assert types(TABLES[table]["AttributeDefinitions"]) == types(described)


@every_table
def test_indexes_are_the_models(table: str) -> None:
    def indexes(declared: list[dict[str, Any]], names: tuple[str, str, str]) -> dict[str, Any]:
        name, keys, projection = names
        return {index[name]: (_keys(index[keys]), _projection(index[projection])) for index in declared}

    described = [index for model in _models_of(table) for index in model._get_schema()["global_secondary_indexes"]]
    assert indexes(
        TABLES[table].get("GlobalSecondaryIndexes", []), ("IndexName", "KeySchema", "Projection")
    ) == indexes(described, ("index_name", "key_schema", "projection"))


@every_model
def test_what_an_index_shows_is_an_attribute_of_its_model(model: type[Table]) -> None:
    known = {attribute.attr_name for attribute in model.get_attributes().values()}
    for index in model._get_schema()["global_secondary_indexes"]:
        assert _projection(index["projection"])[1] <= known


@every_table
def test_what_expires_does_so_by_the_models_attribute(table: str) -> None:
    names = {attribute.attr_name for model in _models_of(table) if (attribute := model._ttl_attribute())}
    expected = [{"AttributeName": name, "Enabled": True} for name in names]
    assert [spec for spec in [TABLES[table].get("TimeToLiveSpecification")] if spec] == expected


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
