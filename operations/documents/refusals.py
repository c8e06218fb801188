"""Which refusals a route can answer with: those that its function and its dependencies name (`lms.errors.refuses`)."""

from collections.abc import Iterator

from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from lms.errors import Problem
from lms.inline import original


def refusals_of(route: APIRoute) -> set[type[Problem]]:
    return {refusal for call in _calls(route.dependant) for refusal in getattr(call, "refusals", ())}


def _calls(dependant: Dependant) -> Iterator[object]:
    yield original(dependant.call)
    for dependency in dependant.dependencies:
        yield from _calls(dependency)
