"""What callers may do: the permission that every route declares, and the header of the gateway."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from inspect import isroutine
from typing import Annotated, Any

from fastapi import Depends, Request, params
from fastapi.routing import APIRoute
from fastapi.security import OAuth2PasswordBearer

from lms.callers import ROLES, Caller, Role
from lms.errors import Forbidden, Problem, Unauthorized, refuses
from lms.tokens import InvalidToken, verify

GATEWAY_HEADER = "x-gateway-secret"

_bearer = OAuth2PasswordBearer(tokenUrl="/auth/login", refreshUrl="/auth/refresh", auto_error=False)


class NotSignedIn(Unauthorized):
    detail = "Sign in first."


class RoleNotAllowed(Forbidden):
    detail = "Your role does not allow this."


@refuses(NotSignedIn, InvalidToken)
def current_caller(request: Request, token: Annotated[str | None, Depends(_bearer)]) -> Caller:
    """The verified caller of this request, also kept in `request.state.caller`; 401 without a valid token."""
    if token is None:
        raise NotSignedIn
    caller = verify(token)
    request.state.caller = caller
    return caller


@dataclass(frozen=True)
class Permission:
    """Lets callers of these roles pass: 401 without a valid token, 403 for another role."""

    roles: frozenset[Role]

    @property
    def refusals(self) -> tuple[type[Problem], ...]:
        """As `refuses` names them."""
        return (RoleNotAllowed,) if self.roles < frozenset(ROLES) else ()

    def __call__(self, caller: Annotated[Caller, Depends(current_caller)]) -> Caller:
        if caller.role not in self.roles:
            raise RoleNotAllowed
        return caller


class Anonymous:
    """Lets everybody pass. Tokens are not looked at."""

    def __call__(self) -> None:
        return None


AnySignedIn = Annotated[Caller, Depends(Permission(frozenset(ROLES)))]
Student = Annotated[Caller, Depends(Permission(frozenset({"student"})))]
Teacher = Annotated[Caller, Depends(Permission(frozenset({"teacher"})))]
Admin = Annotated[Caller, Depends(Permission(frozenset({"admin"})))]
StudentOrAdmin = Annotated[Caller, Depends(Permission(frozenset({"student", "admin"})))]
TeacherOrAdmin = Annotated[Caller, Depends(Permission(frozenset({"teacher", "admin"})))]
Public = Depends(Anonymous())


class UndeclaredPermission(RuntimeError):
    """A route that does not say who may call it."""


def permission_of(route: APIRoute) -> frozenset[Role] | None:
    """The roles that may call a route, None when it is public; raises `UndeclaredPermission` when it says neither.

    Read from the signatures, so that a start need not build the route.
    """
    own = [depends.dependency for depends in route.dependencies]
    calls = [*own, *(found for call in (*own, route.endpoint) for found in _dependencies(call))]
    declared = [call for call in calls if isinstance(call, Permission | Anonymous)]
    if len(declared) != 1:
        raise UndeclaredPermission(
            f"{sorted(route.methods or ())} {route.path} declares {len(declared)} permissions, not one"
        )
    return declared[0].roles if isinstance(declared[0], Permission) else None


def require_permissions(routes: Iterable[object]) -> None:
    """Refuses (at start) an application with a route whose permission is undeclared: the default is no."""
    for route in routes:
        if not isinstance(route, APIRoute):
            raise UndeclaredPermission(f"{route} is no API route, so it cannot declare a permission")
        permission_of(route)


def _dependencies(call: Any) -> Iterator[object]:
    """What the parameters of a call depend on, and what those depend on."""
    if isinstance(call, type):
        call = call.__init__  # type: ignore[misc]
    elif not isroutine(call):
        call = call.__call__
    for annotation in getattr(call, "__annotations__", {}).values():
        for part in getattr(annotation, "__metadata__", ()):
            if isinstance(part, params.Depends):
                dependency = part.dependency or annotation.__origin__
                yield dependency
                yield from _dependencies(dependency)
