"""Routes that are built when they are first asked, and that know their query parameters.

Any other parameter is refused, as an unknown field of a body is.
"""

from collections.abc import Callable, Coroutine
from threading import RLock
from typing import Any, Literal

from fastapi import Depends, Request, Response, params
from fastapi.dependencies.utils import get_flat_params, get_parameterless_sub_dependant
from fastapi.routing import APIRoute
from starlette.routing import compile_path

from lms.errors import InvalidField, refuses


class UnknownParameter(InvalidField):
    part: Literal["query"] = "query"
    code = "extra_forbidden"
    detail = "There is no such parameter."


class LazyRoute(APIRoute):
    """A route that knows its path, methods and dependencies, and is built with its first request.

    A worker serves few of a function's routes. What FastAPI refuses in one is then the first request's fault; tests
    build them all.
    """

    _building = RLock()

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        self.path, self.endpoint = path, endpoint
        self.path_regex, self.path_format, self.param_convertors = compile_path(path)
        self.methods, self.dependencies = set(options["methods"]), options["dependencies"]
        self._options = options

    def __getattr__(self, name: str) -> Any:
        with self._building:
            if options := self.__dict__.pop("_options", None):
                super().__init__(self.path, self.endpoint, **options)
        if name not in self.__dict__:
            raise AttributeError(name)
        return self.__dict__[name]


class StrictRoute(APIRoute):
    """A route of the API that answers 422 to a query parameter it does not know. Pages for people let them pass."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        if self.include_in_schema:
            declared = [
                field for field in get_flat_params(self.dependant) if isinstance(field.field_info, params.Query)
            ]
            check = _only(frozenset(field.alias for field in declared))
            # After the route's own dependencies: whoever may not call it at all gets that answer first.
            self.dependant.dependencies.append(get_parameterless_sub_dependant(depends=Depends(check), path=self.path))
        return super().get_route_handler()


def _only(known: frozenset[str]) -> Callable[[Request], None]:
    @refuses(UnknownParameter)
    def check(request: Request) -> None:
        unknown = sorted(request.query_params.keys() - known)
        if unknown:
            raise UnknownParameter(unknown[0])

    return check
