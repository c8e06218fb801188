"""An upper bound for request bodies."""

from typing import Literal

from pydantic import Field

from localstack.gateway.exchange import Answer, BodyTooLarge, Exchange
from localstack.gateway.plugins.base import Options, Plugin

_UNITS = {"kilobytes": 1024, "bytes": 1}


class RequestSizeLimitingOptions(Options):
    allowed_payload_size: int = Field(gt=0)
    size_unit: Literal["kilobytes", "bytes"]


class RequestSizeLimiting(Plugin[RequestSizeLimitingOptions]):
    name = "request-size-limiting"
    options = RequestSizeLimitingOptions

    async def access(self, exchange: Exchange) -> Answer | None:
        limit = self.config.allowed_payload_size * _UNITS[self.config.size_unit]
        if int(exchange.request_headers.get("Content-Length") or 0) > limit:
            return self._refuse(exchange)
        try:
            await exchange.body(limit)
        except BodyTooLarge:
            return self._refuse(exchange)
        return None

    def _refuse(self, exchange: Exchange) -> Answer:
        waits = exchange.request_headers.get("Expect", "").lower() == "100-continue"
        return exchange.refuse(417 if waits else 413, "Request size limit exceeded")
