"""Cross-origin resource sharing with every origin, without credentials."""

from typing import Literal

from localstack.gateway.exchange import Answer, Exchange, Headers, own_answer
from localstack.gateway.plugins.base import Options, Plugin

_METHODS = "GET,HEAD,PUT,PATCH,POST,DELETE,OPTIONS,TRACE,CONNECT"


class CorsOptions(Options):
    origins: tuple[Literal["*"]]
    exposed_headers: tuple[str, ...] = ()
    max_age: int | None = None


class Cors(Plugin[CorsOptions]):
    name = "cors"
    options = CorsOptions

    async def access(self, exchange: Exchange) -> Answer | None:
        if not _is_preflight(exchange):
            return None
        answer = own_answer(200, content_type=None)
        answer.headers["Access-Control-Allow-Origin"] = "*"
        if asked := exchange.request_headers.get("Access-Control-Request-Headers"):
            answer.headers["Access-Control-Allow-Headers"] = asked
        answer.headers["Access-Control-Allow-Methods"] = _METHODS
        if self.config.max_age is not None:
            answer.headers["Access-Control-Max-Age"] = str(self.config.max_age)
        return answer

    def filter_headers(self, exchange: Exchange, headers: Headers) -> None:
        if _is_preflight(exchange):
            return
        headers["Access-Control-Allow-Origin"] = "*"
        if self.config.exposed_headers:
            headers["Access-Control-Expose-Headers"] = ",".join(self.config.exposed_headers)


def _is_preflight(exchange: Exchange) -> bool:
    headers = exchange.request_headers
    return exchange.method == "OPTIONS" and "Origin" in headers and "Access-Control-Request-Method" in headers
