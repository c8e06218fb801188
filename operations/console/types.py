"""python -m operations.console.types: writes the API's description as types, against which the console is checked.

A call of a path that does not exist, a parameter that is missing or a field that no answer has is then an error of
`make check`. A test fails when the file is stale.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from operations.documents.openapi import PATH as DESCRIPTION

PATH = Path(__file__).with_name("types") / "api.d.ts"
_HEAD = "// Made by `python -m operations.console.types` from the description of the API. Do not edit.\n"
_PRIMITIVES = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean", "null": "null"}
_METHODS = {"get": "Gets", "post": "Posts", "put": "Puts", "patch": "Patches", "delete": "Deletes"}
Schema = dict[str, Any]


def text(description: Schema) -> str:
    """What api.d.ts should hold."""
    return _HEAD + "\n".join([*_schemas(description), *_operations(description)]) + "\n"


def _schemas(description: Schema) -> Iterator[str]:
    for name, schema in description["components"]["schemas"].items():
        yield f"export type {_name(name)} = {_type(schema)};"


def _operations(description: Schema) -> Iterator[str]:
    for method, interface in _METHODS.items():
        yield f"export interface {interface} {{"
        for path, operations in description["paths"].items():
            if method in operations:
                given, answer = _input(operations[method]), _answer(operations[method])
                yield f"  {json.dumps(path)}: {{ input: {given}; answer: {answer} }};"
        yield "}"


def _input(operation: Schema) -> str:
    parameters = operation.get("parameters", [])
    parts = {
        "params": [one for one in parameters if one["in"] == "path"],
        "query": [one for one in parameters if one["in"] == "query"],
    }
    fields = [
        f"{part}{'' if any(one.get('required') for one in found) else '?'}: {{ "
        + "; ".join(f"{json.dumps(one['name'])}{_mark(one)}: {_type(one['schema'])}" for one in found)
        + " }"
        for part, found in parts.items()
        if found
    ]
    body = operation.get("requestBody")
    if body:
        content = next(iter(body["content"].values()))
        fields.append(f"body{_mark(body)}: {_type(content.get('schema', {}))}")
    return f"{{ {'; '.join(fields)} }}"


def _mark(parameter: Schema) -> str:
    return "" if parameter.get("required") else "?"


def _answer(operation: Schema) -> str:
    answers = [answer for status, answer in operation["responses"].items() if status.startswith("2")]
    kinds = {
        _type(content["schema"]) if kind == "application/json" else "string"
        for answer in answers
        for kind, content in answer.get("content", {}).items()
        if "schema" in content or kind != "application/json"
    }
    return " | ".join(sorted(kinds)) or "undefined"


def _type(schema: Schema | bool) -> str:
    if isinstance(schema, bool) or not schema:
        return "any"
    kind = schema.get("type")
    text = "any"
    if "$ref" in schema:
        text = _name(schema["$ref"].rpartition("/")[2])
    elif "const" in schema:
        text = json.dumps(schema["const"])
    elif "enum" in schema:
        text = " | ".join(map(json.dumps, schema["enum"]))
    elif choices := schema.get("anyOf", schema.get("oneOf")):
        text = " | ".join(dict.fromkeys(map(_type, choices)))
    elif "allOf" in schema:
        text = " & ".join(f"({_type(part)})" for part in schema["allOf"])
    elif isinstance(kind, list):
        text = " | ".join(_type({**schema, "type": one}) for one in kind)
    elif kind == "array":
        text = f"Array<{_type(schema.get('items', {}))}>"
    elif kind == "object":
        text = _object(schema)
    elif kind:
        text = _PRIMITIVES[kind]
    return text


def _object(schema: Schema) -> str:
    properties = schema.get("properties")
    if properties is None:
        return f"Record<string, {_type(schema.get('additionalProperties', {}))}>"
    required = schema.get("required", [])
    fields = (f"{json.dumps(name)}{'' if name in required else '?'}: {_type(of)}" for name, of in properties.items())
    return f"{{ {'; '.join(fields)} }}"


def _name(schema: str) -> str:
    return "".join(letter for letter in schema if letter.isalnum() or letter == "_")


def main() -> None:
    PATH.write_text(text(json.loads(DESCRIPTION.read_text())))


if __name__ == "__main__":
    main()
