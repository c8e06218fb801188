"""Cross-origin resource sharing."""

import re
from typing import Any, ClassVar
from urllib.parse import urlsplit

from localstack.gateway.errors import answer
from localstack.gateway.exchange import Exchange, Plugin
from localstack.gateway.headers import Headers
from localstack.gateway.http1 import Response
from localstack.gateway.schema import Field

_METHODS = ["GET", "HEAD", "PUT", "PATCH", "POST", "DELETE", "OPTIONS", "TRACE", "CONNECT"]
_PLAIN_ORIGIN = re.compile(r"[A-Za-z0-9.:/-]+")
_DEFAULT_PORTS = {"http": 80, "https": 443}


class Cors(Plugin):
    name = "cors"
    priority = 2000
    fields: ClassVar[dict[str, Field]] = {
        "origins": Field("array", element=Field("string")),
        "headers": Field("array", element=Field("string")),
        "exposed_headers": Field("array", element=Field("string")),
        "methods": Field("array", default=_METHODS, element=Field("string", one_of=tuple(_METHODS))),
        "max_age": Field("number"),
        "credentials": Field("boolean", default=False),
        "private_network": Field("boolean", default=False),
        "preflight_continue": Field("boolean", default=False),
    }

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__(config)
        self._origins: list[str] = config["origins"] or ["*"]
        self._patterns = [_origin_pattern(origin) for origin in self._origins]

    async def access(self, exchange: Exchange) -> Response | None:
        if not _is_preflight(exchange) or self.config["preflight_continue"]:
            return None
        response = answer(200, None, b"", [])
        self._allow_origin(exchange, response.headers)
        config, asked = self.config, exchange.request.headers
        allowed_headers = ",".join(config["headers"] or ()) or asked.get("access-control-request-headers")
        if allowed_headers:
            response.headers.set("Access-Control-Allow-Headers", allowed_headers)
        response.headers.set("Access-Control-Allow-Methods", ",".join(config["methods"] or _METHODS))
        if config["max_age"] is not None:
            response.headers.set("Access-Control-Max-Age", f"{config['max_age']:g}")
        if config["private_network"] and asked.get("access-control-request-private-network") == "true":
            response.headers.set("Access-Control-Allow-Private-Network", "true")
        return response

    def filter_headers(self, exchange: Exchange, headers: Headers) -> None:
        if _is_preflight(exchange):
            return
        self._allow_origin(exchange, headers)
        if self.config["exposed_headers"]:
            headers.set("Access-Control-Expose-Headers", ",".join(self.config["exposed_headers"]))

    def _allow_origin(self, exchange: Exchange, headers: Headers) -> None:
        origin = exchange.request.headers.get("origin")
        anyone = self._origins == ["*"] or ("*" in self._origins and origin is not None)
        credentials = self.config["credentials"]
        if anyone:
            headers.set("Access-Control-Allow-Origin", "*")
            # The wildcard may not go with credentials: name the origin that asks.
            if credentials and origin is not None:
                headers.add("vary", "Origin")
                headers.set("Access-Control-Allow-Origin", origin)
                headers.set("Access-Control-Allow-Credentials", "true")
            return
        headers.add("vary", "Origin")
        allowed = self._matching(origin)
        if allowed is None:
            headers.remove("Access-Control-Allow-Origin")
        else:
            headers.set("Access-Control-Allow-Origin", allowed)
        if credentials:
            headers.set("Access-Control-Allow-Credentials", "true")

    def _matching(self, origin: str | None) -> str | None:
        if len(self._origins) == 1 and _PLAIN_ORIGIN.fullmatch(self._origins[0]):
            return self._origins[0]
        if origin is None:
            return None
        normalized, host = _normalize(origin)
        for configured, pattern in zip(self._origins, self._patterns, strict=True):
            if pattern is None:
                found = _normalize(configured)[0] == normalized
            else:
                found = pattern.match(normalized if ":" in configured else host) is not None
            if found:
                return normalized
        return None


def _is_preflight(exchange: Exchange) -> bool:
    headers = exchange.request.headers
    return exchange.request.method == "OPTIONS" and "origin" in headers and "access-control-request-method" in headers


def _origin_pattern(origin: str) -> re.Pattern[str] | None:
    """An origin with characters that no origin has is a regular expression, anchored at both ends."""
    if origin == "*" or _PLAIN_ORIGIN.fullmatch(origin):
        return None
    return re.compile(origin.removeprefix("^").removesuffix("$") + r"\Z")


def _normalize(origin: str) -> tuple[str, str]:
    """The origin without its scheme's default port, and its host."""
    try:
        parts = urlsplit(origin)
        port = parts.port
    except ValueError:
        return origin, origin
    if not parts.hostname:
        return origin, origin
    host = parts.netloc.rpartition("@")[2].removesuffix(f":{port}")
    suffix = "" if port is None or port == _DEFAULT_PORTS.get(parts.scheme) else f":{port}"
    return f"{parts.scheme}://{host}{suffix}", host
