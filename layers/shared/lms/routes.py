"""Routes that know their query parameters: any other is refused, as an unknown field of a body is."""

from collections.abc import Callable, Coroutine
from typing import Any, Literal

from fastapi import Depends, Request, Response, params
from fastapi.dependencies.utils import get_flat_params, get_parameterless_sub_dependant
from fastapi.routing import APIRoute

from lms.errors import InvalidField, refuses


class UnknownParameter(InvalidField):
    part: Literal["query"] = "query"
    code = "extra_forbidden"
    detail = "There is no such parameter."


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
