"""An id for each request, made unless the client brings one."""

import itertools
import os
import uuid
from collections.abc import Callable, Iterator
from typing import Any, ClassVar

from localstack.gateway.exchange import Exchange, Plugin
from localstack.gateway.headers import Headers
from localstack.gateway.http1 import Response
from localstack.gateway.schema import Field

_WORKER = str(uuid.uuid4())
_COUNTER: Iterator[int] = itertools.count(1)


class CorrelationId(Plugin):
    name = "correlation-id"
    priority = 100001
    fields: ClassVar[dict[str, Field]] = {
        "header_name": Field("string", default="Kong-Request-ID"),
        "generator": Field("string", default="uuid#counter", one_of=("uuid", "uuid#counter", "tracker")),
        "echo_downstream": Field("boolean", default=False),
    }

    def __init__(self, config: dict[str, Any], server: Callable[[], str], clock: Callable[[], float]) -> None:
        super().__init__(config)
        self._server = server
        self._clock = clock

    async def access(self, exchange: Exchange) -> Response | None:
        name = self.config["header_name"]
        value = exchange.request.headers.get(name)
        if not value:
            value = self._generate(exchange)
            exchange.headers.set(name, value)
        return None

    def filter_headers(self, exchange: Exchange, headers: Headers) -> None:
        if self.config["echo_downstream"]:
            name = self.config["header_name"]
            headers.set(name, exchange.headers.get(name) or self._generate(exchange))

    def _generate(self, exchange: Exchange) -> str:
        if self.config["generator"] == "uuid":
            return str(uuid.uuid4())
        if self.config["generator"] == "uuid#counter":
            return f"{_WORKER}#{next(_COUNTER)}"
        request = exchange.request
        return f"{self._server()}-{os.getpid()}-{request.connection}-{request.number_on_connection}-{self._clock():.3f}"
