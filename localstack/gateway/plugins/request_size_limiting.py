"""An upper bound for request bodies."""

from typing import ClassVar

from localstack.gateway.body import BodyTooLarge
from localstack.gateway.exchange import Exchange, Plugin
from localstack.gateway.http1 import Response
from localstack.gateway.schema import Field

_UNITS = {"megabytes": 2**20, "kilobytes": 2**10, "bytes": 1}


class RequestSizeLimiting(Plugin):
    name = "request-size-limiting"
    priority = 951
    consumer_scope = True
    fields: ClassVar[dict[str, Field]] = {
        "allowed_payload_size": Field("integer", default=128),
        "size_unit": Field("string", default="megabytes", one_of=tuple(_UNITS)),
        "require_content_length": Field("boolean", default=False),
    }

    async def access(self, exchange: Exchange) -> Response | None:
        limit: int = self.config["allowed_payload_size"] * _UNITS[self.config["size_unit"]]
        headers = exchange.request.headers
        length = headers.get("content-length")
        if length is not None:
            return self._refusal(exchange) if int(length) > limit else None
        if "transfer-encoding" not in headers:
            if self.config["require_content_length"]:
                return exchange.error(411, "A valid Content-Length header is required")
            return None
        try:
            await exchange.request.body.complete(limit)
        except BodyTooLarge:
            return self._refusal(exchange)
        return None

    def _refusal(self, exchange: Exchange) -> Response:
        status = 417 if (exchange.request.headers.get("expect") or "").lower() == "100-continue" else 413
        return exchange.error(status, "Request size limit exceeded")
