"""Bodies of Admin API requests: JSON, or a form whose names tell lists (`tags[]`) and records (`config.minute`)."""

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from localstack.gateway.body import BodyTooLarge
from localstack.gateway.http1 import Request
from localstack.gateway.plugin_set import PLUGINS as PLUGIN_TYPES
from localstack.gateway.schema import Entity, Field, Kind

_MAX_BYTES = 1024 * 1024
_LIST_NAME = re.compile(r"(.+?)\[\d*\]")
_BOOLEANS = {"true": True, "false": False}


class BadBody(ValueError):
    """A body that cannot be read."""


class UnsupportedMediaType(ValueError):
    """A body that is neither JSON nor a form."""


async def parse_body(request: Request, kind: Kind) -> Entity:
    """The body as an object, empty without one. Raises BadBody and UnsupportedMediaType."""
    try:
        await request.body.complete(_MAX_BYTES)
    except BodyTooLarge:
        raise BadBody("request body too large") from None
    data = request.body.read()
    media_type = (request.headers.get("content-type") or "").partition(";")[0].strip().lower()
    if media_type == "application/json":
        return _parse_json(data)
    if not data:
        return {}
    if media_type == "application/x-www-form-urlencoded":
        return _parse_form(data, kind)
    raise UnsupportedMediaType


def _parse_json(data: bytes) -> Entity:
    try:
        body = json.loads(data)
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise BadBody("Cannot parse JSON body")
    return body


def _parse_form(data: bytes, kind: Kind) -> Entity:
    try:
        pairs = parse_qsl(data.decode(), keep_blank_values=True)
    except UnicodeDecodeError:
        raise BadBody("Cannot parse form body") from None
    body: Entity = {}
    for name, value in pairs:
        *records, last = name.split(".")
        target = body
        for record in records:
            target = target.setdefault(record, {})
            if not isinstance(target, dict):
                raise BadBody("Cannot parse form body")
        in_list = _LIST_NAME.fullmatch(last)
        if in_list:
            values = target.setdefault(in_list[1], [])
            if not isinstance(values, list):
                raise BadBody("Cannot parse form body")
            values.append(value)
        else:
            target[last] = value
    plugin = PLUGIN_TYPES.get(str(body.get("name")))
    config = {"config": Field("record", fields=plugin.fields)} if "config" in kind.fields and plugin else {}
    return _typed(body, {**kind.fields, **config})


def _typed(body: Entity, fields: Mapping[str, Field]) -> Entity:
    return {name: _typed_value(value, fields.get(name)) for name, value in body.items()}


def _typed_value(value: Any, spec: Field | None) -> Any:
    """A form holds texts alone; what a field wants to be is in its schema. What does not fit stays for validation."""
    if spec is None:
        return value
    if isinstance(value, dict):
        return _typed(value, spec.fields)
    if isinstance(value, list):
        return [_typed_value(item, spec.element) for item in value]
    if spec.kind == "boolean":
        return _BOOLEANS.get(value, value)
    return _number(value) if spec.kind in ("integer", "number") else value


def _number(text: str) -> int | float | str:
    for number in (int, float):
        try:
            return number(text)
        except ValueError:
            continue
    return text
