"""What functions take from outside is of one spelling: no number passes as a time, no text as a number."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.dependencies.utils import get_flat_params
from fastapi.routing import APIRoute
from pydantic import BaseModel

from lms import fields
from lms.routes import StrictRoute
from operations.source import applications

_LAX = {"bool", "date", "datetime", "decimal", "float", "int", "time", "timedelta"}
_TIMES = {"date", "datetime", "time", "timedelta"}


def _inputs() -> Iterator[tuple[str, Any]]:
    for service, app in applications().items():
        for route in app.routes:
            if isinstance(route, APIRoute):
                taken = get_flat_params(route.dependant) + ([route.body_field] if route.body_field else [])
                for field in taken:
                    yield f"{service}: {sorted(route.methods)} {route.path} {field.alias}", field._type_adapter


INPUTS = dict(_inputs())


def test_every_service_refuses_query_parameters_that_it_does_not_know() -> None:
    routes = [route for app in applications().values() for route in app.routes if isinstance(route, APIRoute)]
    assert routes
    assert all(isinstance(route, StrictRoute) for route in routes)


def _lax(node: Any, checked: str = "") -> Iterator[str]:
    """The parts of a schema of Pydantic's that take several spellings; `checked`: by which function of ours, if any."""
    if isinstance(node, list | tuple):
        for part in node:
            yield from _lax(part)
    elif isinstance(node, dict):
        # Among the fields of a model one may be called `type`, too.
        kind = node.get("type") if isinstance(node.get("type"), str) else ""
        if kind in ("function-before", "function-wrap"):
            checked = getattr(node["function"]["function"], "__qualname__", "")
        if (kind in _TIMES and not checked.startswith("_spelt_as")) or (
            kind in _LAX and not node.get("strict") and not checked
        ):
            yield kind
        for name, part in node.items():
            if name not in ("metadata", "serialization", "default"):
                yield from _lax(part, checked if name == "schema" else "")


@pytest.mark.parametrize("name", INPUTS)
def test_what_comes_from_outside_has_one_spelling(name: str) -> None:
    INPUTS[name].rebuild(force=True)
    assert isinstance(INPUTS[name].core_schema, dict)
    assert list(_lax(INPUTS[name].core_schema)) == []


class _Loose(BaseModel):
    number: int
    times: list[fields.datetime]
    day: fields.Day
    flag: fields.Flag | None = None


def test_what_has_several_spellings_is_found() -> None:
    _Loose.model_rebuild(force=True)
    assert sorted(_lax(_Loose.__pydantic_core_schema__)) == ["datetime", "int"]
