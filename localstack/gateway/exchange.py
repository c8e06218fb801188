"""One request on its way through the gateway, as the plugins see it."""

from dataclasses import dataclass, field
from typing import Any, ClassVar

from localstack.gateway.errors import error
from localstack.gateway.headers import Headers
from localstack.gateway.http1 import Request, Response
from localstack.gateway.schema import Entity, Errors, Field


@dataclass(slots=True)
class Exchange:
    """`request` is what the client sent; `method`, `headers` and `query` are what the upstream will get."""

    request: Request
    request_id: str
    raw_path: str
    raw_query: str | None
    route: Entity
    service: Entity | None
    method: str
    headers: Headers
    query: str | None
    consumer: Entity | None = None
    credential: Entity | None = None
    # Set on whatever is answered, over an upstream's own headers of these names.
    response_headers: dict[str, str] = field(default_factory=dict)

    def error(self, status: int, message: str) -> Response:
        return error(status, message, self.request_id, self.request.headers.get("accept"))


def header_text(value: str) -> str:
    """A text as a header value: UTF-8 read as latin-1, control characters (they could end the line) encoded."""
    return "".join(
        f"%{ord(char):02X}" if char < " " or char == "\x7f" else char for char in value.encode().decode("latin-1")
    )


class Plugin:
    """One configured plugin. Those of higher priority run first; an answer from access() ends the request."""

    name: ClassVar[str]
    priority: ClassVar[int]
    fields: ClassVar[dict[str, Field]]
    consumer_scope: ClassVar[bool] = False

    def __init__(self, config: dict[str, Any]) -> None:
        self.config = config

    @classmethod
    def check(cls, config: dict[str, Any], errors: Errors) -> list[str]:
        """Adds to `errors` what the fields alone cannot tell; returns what is wrong with all of it together."""
        del config, errors
        return []

    async def access(self, exchange: Exchange) -> Response | None:
        del exchange
        return None

    def filter_headers(self, exchange: Exchange, headers: Headers) -> None:
        """Changes the headers of whatever is answered."""
