"""Refusals. Each carries the status that `lms.http` answers it with (RFC 9457)."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, TypedDict, TypeVar

_F = TypeVar("_F", bound=Callable[..., Any])


class FieldError(TypedDict):
    """One fault of a request: where it is, what is wrong, and a code for programs."""

    loc: Sequence[str | int]
    msg: str
    type: str


class Problem(Exception):
    """A refusal that the caller gets as an answer.

    Each one is a small class beside the rule that raises it, with a `code` for programs and a `detail` for people: one
    plain sentence, without secrets and table names. `{names}` in it are filled with what the refusal is raised with.
    """

    status = 500
    title = "Internal error"
    code: str | None = None
    detail: str | None = None

    errors: Sequence[FieldError] | None = None

    def __init__(self, *, headers: Mapping[str, str] | None = None, **facts: object) -> None:
        if self.detail and facts:
            self.detail = self.detail.format(**facts)
        self.headers = dict(headers or {})
        self.facts = facts
        super().__init__(self.detail or self.title)

    @property
    def reason_code(self) -> str | None:
        """What programs call the reason: the code of the refusal, or of the first field that is refused."""
        return self.code or (self.errors[0]["type"] if self.errors else None)


class BadRequest(Problem):
    status = 400
    title = "Bad request"


class Unauthorized(Problem):
    status = 401
    title = "Unauthorized"

    def __init__(self, **facts: object) -> None:
        super().__init__(headers={"WWW-Authenticate": "Bearer"}, **facts)


class Forbidden(Problem):
    status = 403
    title = "Forbidden"


class NotFound(Problem):
    status = 404
    title = "Not found"


class Conflict(Problem):
    status = 409
    title = "Conflict"


class PreconditionFailed(Problem):
    status = 412
    title = "Precondition failed"


class ContentTooLarge(Problem):
    status = 413
    title = "Content too large"


class Invalid(Problem):
    """The request is well formed, a field of it is not."""

    status = 422
    title = "Invalid request"
    detail: str | None = "The request has fields that cannot be accepted."

    def __init__(self, *errors: FieldError) -> None:
        super().__init__()
        self.errors = list(errors)


class InvalidField(Invalid):
    """A field has a value that a rule refuses. `field` is where it stands in what was sent (`part`).

    Raised with a path, it is the field at that path instead: `raise UnknownCountry("addresses", 3, "country")`.
    """

    part: Literal["body", "query", "path", "header"] = "body"
    field: tuple[str | int, ...] = ()
    code: str | None = "value_error"
    detail: str | None = "This value cannot be accepted."

    def __init__(self, *path: str | int, **facts: object) -> None:
        message = str(self.detail).format(**facts) if facts else str(self.detail)
        location = [self.part, *(path or self.field)]
        fault: FieldError = {"loc": location, "msg": message, "type": str(self.code)}
        # The code stands in `errors`, with the place; as a whole the refusal is one of all invalid requests.
        self.code, self.detail = None, message
        super().__init__(fault)


class TooManyRequests(Problem):
    status = 429
    title = "Too many requests"

    def __init__(self, *, retry_after: int, **facts: object) -> None:
        super().__init__(headers={"Retry-After": str(max(1, retry_after))}, **facts)


class Unavailable(Problem):
    """Nothing is wrong with the request; it may be sent again after `Retry-After` seconds."""

    status = 503
    title = "Service unavailable"

    def __init__(self, *, retry_after: int = 1, **facts: object) -> None:
        super().__init__(headers={"Retry-After": str(max(1, retry_after))}, **facts)


def refuses(*refusals: type[Problem]) -> Callable[[_F], _F]:
    """Names what a route, or a dependency of routes, may refuse, for the description of the API.

    Every answer that the tests get is held against it.
    """

    def name(function: _F) -> _F:
        function.refusals = refusals  # type: ignore[attr-defined]  # functions take attributes; mypy has no type for it
        return function

    return name
