"""Routes whose functions run where they are called.

FastAPI runs each `def`, of a route and of a dependency, in a thread of a pool, so that a server can go on with other
requests meanwhile. A Lambda worker serves one request at a time, in an event loop of its own whose threads are new each
time: there is nothing to go on with, and every hop costs a thread.
"""

import inspect
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute


class Inline:
    """Awaits like an `async def` what is a `def`. Equal to it, since FastAPI knows a dependency by its function."""

    def __init__(self, call: Callable[..., Any]) -> None:
        self.call = call

    @property
    def __signature__(self) -> inspect.Signature:
        # Asked for where a test overrides a dependency: FastAPI then looks at all of them anew.
        return inspect.signature(self.call)

    async def __call__(self, *args: Any, **values: Any) -> Any:
        return self.call(*args, **values)

    def __eq__(self, other: object) -> bool:
        return self.call == original(other)

    def __hash__(self) -> int:
        return hash(self.call)


def original(call: object) -> object:
    """The function behind what a dependant calls."""
    return call.call if isinstance(call, Inline) else call


class InlineRoute(APIRoute):
    """A route without threads."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        _run_inline(self.dependant)
        return super().get_route_handler()


def _run_inline(dependant: Dependant) -> None:
    call = dependant.call
    assert call is not None
    if not any(map(_is_async, (call, getattr(call, "__call__", None)))):  # noqa: B004 (an object's own, if it is one)
        dependant.call = Inline(call)
    for dependency in dependant.dependencies:
        _run_inline(dependency)


def _is_async(call: object) -> bool:
    return inspect.iscoroutinefunction(call) or inspect.isasyncgenfunction(call)
