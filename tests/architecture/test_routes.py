"""Every route of every application is reached through the API, and reaches its own function."""

import re
from importlib import import_module

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute

from tests.architecture.deployed import API_FUNCTIONS, FUNCTIONS
from tests.architecture.routing import choose, template_routes

KEYS = (
    "ANY /pets",
    "ANY /pets/{proxy+}",
    "GET /pets/dog/{id}",
    "GET /pets/dog/1",
    "ANY /pets/dog/{proxy+}",
    "$default",
)


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "/pets/dog/1", "GET /pets/dog/1"),
        ("GET", "/pets/dog/2", "GET /pets/dog/{id}"),
        ("POST", "/pets/dog/2", "ANY /pets/dog/{proxy+}"),
        ("GET", "/pets/dog/2/toys", "ANY /pets/dog/{proxy+}"),
        ("GET", "/pets/cat/1", "ANY /pets/{proxy+}"),
        ("GET", "/pets", "ANY /pets"),
        ("GET", "/cars", "$default"),
    ],
)
def test_the_most_precise_route_is_chosen(method: str, path: str, expected: str) -> None:
    assert choose(KEYS, method, path) == expected


def test_a_greedy_route_does_not_take_the_bare_path() -> None:
    assert choose(["ANY /pets/{proxy+}"], "GET", "/pets") is None


def _routes(function: str) -> list[tuple[str, str]]:
    module = import_module(FUNCTIONS[function]["Handler"].rpartition(".")[0])
    app = module.app
    assert isinstance(app, FastAPI)
    return [
        (method, route.path)
        for route in app.routes
        if isinstance(route, APIRoute)
        for method in sorted(route.methods or ())
    ]


ROUTES = [(function, method, path) for function in API_FUNCTIONS for method, path in _routes(function)]


def _request_path(path: str) -> str:
    return re.sub(r"\{[^}]+\}", "0190163d-8694-739b-aea5-966c26f8ad90", path)


@pytest.mark.parametrize(("function", "method", "path"), ROUTES)
def test_a_route_is_reached_through_the_api(function: str, method: str, path: str) -> None:
    routes = template_routes()
    key = choose(routes, method, _request_path(path))
    assert key is not None
    assert routes[key] == function


def test_no_request_is_served_by_two_functions() -> None:
    served: dict[tuple[str, str], str] = {}
    for function, method, path in ROUTES:
        route = (method, re.sub(r"\{[^}]+\}", "{}", path))
        assert served.setdefault(route, function) == function
    assert len(served) == len(ROUTES)


@pytest.mark.parametrize(
    ("function", "key"),
    [(function, key) for key, function in template_routes().items() if not key.startswith("ANY ")],
)
def test_a_route_key_that_names_a_method_has_a_route_behind_it(function: str, key: str) -> None:
    assert any(choose([key], method, _request_path(path)) for owner, method, path in ROUTES if owner == function)
