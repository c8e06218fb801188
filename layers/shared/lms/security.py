"""What callers may do: the permission that every route declares, and the header of the gateway."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from fastapi.security import OAuth2PasswordBearer

from lms.callers import ROLES, Caller, Role
from lms.errors import Forbidden, Problem, Unauthorized, refuses
from lms.inline import original
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
    """The roles that may call a route, None when it is public; raises `UndeclaredPermission` when it says neither."""
    calls = [original(dependency.call) for dependency in _dependencies(route.dependant)]
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


def _dependencies(dependant: Dependant) -> Iterator[Dependant]:
    for dependency in dependant.dependencies:
        yield dependency
        yield from _dependencies(dependency)
