"""The description of the API is what the functions serve, is valid, and its examples are true."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.routing import APIRoute
from jsonschema import Draft202012Validator, FormatChecker
from openapi_spec_validator import OpenAPIV31SpecValidator
from pydantic.alias_generators import to_camel

from operations.documents import openapi
from operations.documents.examples import NoExample, example
from operations.documents.refusals import refusals_of
from operations.source import ROOT, applications

DOCUMENT: dict[str, Any] = json.loads((ROOT / "docs" / "openapi.json").read_text())
ROUTES = {
    to_camel(route.name): route
    for app in applications().values()
    for route in app.routes
    if isinstance(route, APIRoute) and route.include_in_schema
}
OPERATIONS = {operation["operationId"]: operation for path in DOCUMENT["paths"].values() for operation in path.values()}
FORMATS = FormatChecker(("date", "date-time", "email", "uuid"))
every_operation = pytest.mark.parametrize("name", OPERATIONS)


def test_the_description_is_current() -> None:
    assert openapi.PATH.read_text() == openapi.text(), "run `make docs`"


def test_the_description_is_valid() -> None:
    assert [fault.message for fault in OpenAPIV31SpecValidator(DOCUMENT).iter_errors()] == []


def test_every_route_is_described_once() -> None:
    assert OPERATIONS.keys() == ROUTES.keys()
    assert len(OPERATIONS) == sum(len(path) for path in DOCUMENT["paths"].values())


@every_operation
def test_an_operation_says_what_it_does_and_for_whom(name: str) -> None:
    operation = OPERATIONS[name]
    assert re.fullmatch("[a-z]+([A-Z][a-z]+)+", name), "call the function by a verb and a noun"
    assert not re.match("(show|add|change)(?!Password)[A-Z]", name), "say get, create or update"
    assert len(operation["tags"]) == 1
    assert 3 < len(operation["summary"]) < 120
    assert "**Who:**" in operation["description"]
    assert ("security" in operation) == ("without a token" not in operation["description"])
    assert ("401" in operation["responses"]) or "security" not in operation


def _answers(operation: dict[str, Any]) -> dict[str, Any]:
    """What an operation answers, by status; what several share is looked up."""
    shared = DOCUMENT["components"]["responses"]
    return {
        status: shared[answer["$ref"].rpartition("/")[2]] if "$ref" in answer else answer
        for status, answer in operation["responses"].items()
    }


def _examples(operation: dict[str, Any]) -> Iterator[tuple[Any, Any]]:
    """Every schema of a body with a value that is shown for it."""
    for message in (operation.get("requestBody", {}), *_answers(operation).values()):
        for media in message.get("content", {}).values():
            for value in [media.get("example"), *(each["value"] for each in media.get("examples", {}).values())]:
                if value is not None:
                    yield media["schema"], value


@every_operation
def test_examples_fit_their_schemas(name: str) -> None:
    for schema, value in _examples(OPERATIONS[name]):
        whole = {"components": DOCUMENT["components"], "allOf": [schema]}
        Draft202012Validator(whole, format_checker=FORMATS).validate(value)


@pytest.mark.parametrize("name", [name for name, operation in OPERATIONS.items() if "requestBody" in operation])
def test_a_route_takes_the_body_that_its_example_shows(name: str) -> None:
    [media] = OPERATIONS[name]["requestBody"]["content"].values()
    field = ROUTES[name].body_field
    assert field is not None
    _, errors = field.validate(media["example"], {}, loc=("body",))
    assert not errors


@every_operation
def test_a_body_has_an_example(name: str) -> None:
    answers = [answer for status, answer in OPERATIONS[name]["responses"].items() if status.startswith("2")]
    for message in (OPERATIONS[name].get("requestBody", {}), *answers):
        for kind, media in message.get("content", {}).items():
            assert "example" in media or kind == "text/html" or name == "getDescription"


def test_a_field_that_nobody_gave_an_example_of_is_refused() -> None:
    with pytest.raises(NoExample, match="unheard_of"):
        example({"type": "string"}, {}, field="unheard_of", owner="Thing")


def _refused(name: str) -> set[tuple[int, str | None]]:
    return {(refusal.status, refusal.code) for refusal in refusals_of(ROUTES[name])}


def test_refusals_are_those_that_a_route_its_dependencies_and_its_permission_name() -> None:
    enrolling = _refused("enrollStudent")
    assert {(409, "full"), (409, "unpaid"), (409, "enrolled"), (409, "still-running"), (401, None)} <= enrolling
    assert (403, None) in enrolling
    assert (412, None) in _refused("updateExam")
    assert (412, None) not in enrolling
    assert (429, None) in _refused("loginUser")
    assert {status for status, _ in _refused("getPublicKeys")} <= {422}


def test_a_service_with_tables_may_be_busy() -> None:
    assert "503" in OPERATIONS["loginUser"]["responses"]
    assert "503" not in OPERATIONS["getDescription"]["responses"]


def test_a_refusal_is_described_with_its_words() -> None:
    conflict = _answers(OPERATIONS["enrollStudent"])["409"]
    problem = conflict["content"]["application/problem+json"]["examples"]["full"]["value"]
    assert problem["type"] == "urn:lms:problem:full"
    assert problem["detail"] == "The course is full."
    assert problem["detail"] in conflict["description"]


def test_what_the_gateway_refuses_and_what_a_function_refuses_fit_one_schema() -> None:
    schema = {"components": DOCUMENT["components"], "$ref": "#/components/schemas/Refusal"}
    by_gateway = [{"message": "Unauthorized", "request_id": "1"}, {"message": "API rate limit exceeded"}]
    by_function = {
        "type": "urn:lms:problem:full",
        "title": "Conflict",
        "status": 409,
        "detail": "The course is full.",
        "instance": "/courses/x/enrollments",
        "request_id": "1",
    }
    for refusal in (*by_gateway, by_function):
        Draft202012Validator(schema).validate(refusal)
    for none in ({}, {"request_id": "1"}, {**by_function, "type": "urn:lms:problem:unheard-of"}, {"detail": "x"}):
        assert not Draft202012Validator(schema).is_valid(none)


def test_every_refusal_has_that_schema() -> None:
    for operation in OPERATIONS.values():
        for status, answer in _answers(operation).items():
            if status[0] in "45" and not (operation["operationId"] == "getHealth" and status == "503"):
                kinds = {media["schema"]["$ref"] for media in answer["content"].values()}
                assert kinds == {"#/components/schemas/Refusal"}, operation["operationId"]


def _parts(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
        for key, part in node.items():
            if key not in ("example", "examples"):
                yield from _parts(part)
    elif isinstance(node, list):
        for part in node:
            yield from _parts(part)


def test_enumerations_are_schemas_of_their_own() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    named = {name for name, schema in schemas.items() if "enum" in schema}
    assert {"QuestionKind", "Channel", "ReleaseMode", "RefusalType", "Role"} <= named
    rest = [schema for name, schema in schemas.items() if name not in named]
    assert not [part for part in _parts([rest, DOCUMENT["paths"]]) if isinstance(part.get("enum"), list)]


def test_nothing_is_a_number_or_a_text() -> None:
    for part in _parts(DOCUMENT):
        if "anyOf" in part and isinstance(part["anyOf"], list) and "errors" not in part:
            kinds = {option.get("type") for option in part["anyOf"]}
            assert not {"number", "string"} <= kinds
            assert not {"integer", "string"} <= kinds


def test_a_field_tells_the_objects_of_a_union_apart() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    unions = [part for part in _parts(DOCUMENT) if len(_objects(part)) > 1]
    assert len(unions) >= 3
    for union in unions:
        if "discriminator" not in union:
            # Keys of questions: the kind of the question says which it is, and so does what each alone has.
            fields = [set(schemas[name]["properties"]) for name in _objects(union)]
            assert len(set.union(*fields)) == sum(map(len, fields)), union
            assert all(schemas[name].get("required") for name in _objects(union)), union
            continue
        field, mapping = union["discriminator"]["propertyName"], union["discriminator"]["mapping"]
        assert set(mapping.values()) == {f"#/components/schemas/{name}" for name in _objects(union)}
        for value, reference in mapping.items():
            schema = schemas[reference.rpartition("/")[2]]
            assert schema["properties"][field]["const"] == value
            assert field in schema["required"]


def _objects(part: dict[str, Any]) -> list[str]:
    """The schemas of objects of which a part of the description may be one."""
    options = part.get("oneOf", part.get("anyOf"))
    references = [option["$ref"] for option in options if "$ref" in option] if isinstance(options, list) else []
    names = [reference.rpartition("/")[2] for reference in references]
    return [name for name in names if DOCUMENT["components"]["schemas"][name].get("type") == "object"]


def test_a_field_that_cannot_be_emptied_is_not_nullable() -> None:
    update = DOCUMENT["components"]["schemas"]["CourseUpdate"]["properties"]
    assert update["title"]["type"] == "string"
    assert {"type": "null"} in update["quarter"]["anyOf"]


def test_bounds_are_described() -> None:
    [limit] = [each for each in OPERATIONS["listPrograms"]["parameters"] if each["name"] == "limit"]
    assert {"minimum": 1, "maximum": 100}.items() <= limit["schema"].items()
    mark = DOCUMENT["components"]["schemas"]["NewExam"]["properties"]["passMark"]
    assert {"type": "number", "minimum": 0, "maximum": 100, "multipleOf": 0.01, "default": 50}.items() <= mark.items()


def test_headers_are_described_where_they_apply() -> None:
    create, update = OPERATIONS["createProgram"], OPERATIONS["updateProgram"]
    assert {"Location", "ETag", "X-Request-ID"} == set(create["responses"]["201"]["headers"])
    assert "Idempotency-Key" in [parameter["name"] for parameter in create["parameters"]]
    assert "If-Match" in [parameter["name"] for parameter in update["parameters"]]
    assert "Retry-After" in _answers(update)["503"]["headers"]
    assert {"limit", "cursor"} <= {p["name"] for p in OPERATIONS["listPrograms"]["parameters"]}
