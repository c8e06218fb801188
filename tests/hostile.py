"""Requests that no honest client sends, to every route of an application."""

from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute
from hypothesis import strategies as st

from lms.security import permission_of
from tests.clients import Answer

Route = tuple[str, str, frozenset[str] | None]

BODIES = {
    "no JSON": b"{",
    "an array": b"[]",
    "a number": b"0",
    "a string": b'"x"',
    "no UTF-8": b'{"title": "\xff\xfe"}',
    "NaN": b"NaN",
    "deep arrays": b"[" * 50_000,
    "deep objects": b'{"a":' * 50_000,
    "a lone surrogate": b'{"title": "\\ud800", "message": "\\ud800"}',
    "a lone surrogate as name": b'{"\\ud800": 1}',
    "a huge number": b'{"capacity": 1e999999}',
    "a huge integer": b'{"capacity": ' + b"9" * 5_000 + b"}",
    "repeated fields": b'{"title": "a", "title": {}}',
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None), max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)


def routes(app: FastAPI) -> list[Route]:
    """Method, path (with its parameters) and roles of every route; None for one that is public."""
    return [
        (method, route.path, permission_of(route))
        for route in app.routes
        if isinstance(route, APIRoute)
        for method in sorted(route.methods)
    ]


def bodies(fields: Sequence[str], plausible: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Bodies that are nothing at all, or that nearly fit."""
    return JSON | st.dictionaries(st.sampled_from(fields), plausible | JSON, max_size=6)


def is_refusal(answer: Answer) -> bool:
    """Whether it is a refusal as clients know them."""
    return (
        400 <= answer.status < 500
        and answer.headers["content-type"] == "application/problem+json"
        and answer.json["status"] == answer.status
    )
