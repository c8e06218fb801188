"""An id for each request, made unless the client brings one."""

from typing import Literal
from uuid import uuid4

from localstack.gateway.exchange import Answer, Exchange, Headers
from localstack.gateway.plugins.base import Options, Plugin


class CorrelationIdOptions(Options):
    header_name: str
    generator: Literal["uuid"]
    echo_downstream: Literal[True]


class CorrelationId(Plugin[CorrelationIdOptions]):
    name = "correlation-id"
    options = CorrelationIdOptions

    async def access(self, exchange: Exchange) -> Answer | None:
        if not exchange.request_headers.get(self.config.header_name):
            exchange.headers[self.config.header_name] = str(uuid4())
        return None

    def filter_headers(self, exchange: Exchange, headers: Headers) -> None:
        headers[self.config.header_name] = exchange.headers[self.config.header_name]
