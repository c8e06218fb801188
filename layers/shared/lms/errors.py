"""Refusals. Each carries the status that `lms.http` answers it with (RFC 9457)."""

from collections.abc import Mapping, Sequence
from typing import TypedDict


class FieldError(TypedDict):
    """One fault of a request: where it is, what is wrong, and a code for programs."""

    loc: Sequence[str | int]
    msg: str
    type: str


class Problem(Exception):
    """A refusal that the caller is told about. `detail` is shown to people: no secret, no table name."""

    status = 500
    title = "Internal error"

    def __init__(
        self,
        detail: str | None = None,
        *,
        code: str | None = None,
        headers: Mapping[str, str] | None = None,
        errors: Sequence[FieldError] | None = None,
    ) -> None:
        super().__init__(detail or self.title)
        self.detail = detail
        self.code = code
        self.headers = dict(headers or {})
        self.errors = errors


class BadRequest(Problem):
    status = 400
    title = "Bad request"


class Unauthorized(Problem):
    status = 401
    title = "Unauthorized"

    def __init__(self, detail: str | None = None, *, code: str | None = None) -> None:
        super().__init__(detail, code=code, headers={"WWW-Authenticate": "Bearer"})


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

    def __init__(self, loc: Sequence[str | int], msg: str, code: str = "value_error") -> None:
        super().__init__(errors=[{"loc": list(loc), "msg": msg, "type": code}])


class TooManyRequests(Problem):
    status = 429
    title = "Too many requests"

    def __init__(self, detail: str, *, retry_after: int) -> None:
        super().__init__(detail, headers={"Retry-After": str(max(1, retry_after))})


class Unavailable(Problem):
    """Nothing is wrong with the request; it may be sent again after `Retry-After` seconds."""

    status = 503
    title = "Service unavailable"

    def __init__(self, detail: str, *, retry_after: int = 1) -> None:
        super().__init__(detail, headers={"Retry-After": str(max(1, retry_after))})
