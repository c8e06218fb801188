"""The proxy port: route, plugins, upstream, answer."""

import re
import time
import uuid
from collections.abc import Callable

from localstack.gateway.errors import SERVER, answer, error, gateway_error, page
from localstack.gateway.exchange import Exchange
from localstack.gateway.headers import Headers
from localstack.gateway.http1 import Malformed, Request, Response
from localstack.gateway.plugin_set import PluginSet
from localstack.gateway.router import Match, Router
from localstack.gateway.schema import Entity
from localstack.gateway.store import Store
from localstack.gateway.upstream import NameNotResolved, Pool, Target, UpstreamError, UpstreamResponse
from localstack.gateway.uri import BadPath, escape, normalize, upstream_path

_VIA = f"1.1 {SERVER}"
_ABSOLUTE = re.compile(r"https?://([^/?#]+)(.*)", re.IGNORECASE | re.DOTALL)
_HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^\s/\\:@\x00-\x20]+)(?::\d*)?")
_REDIRECTS = {
    301: "301 Moved Permanently",
    302: "302 Found",
    307: "307 Temporary Redirect",
    308: "308 Permanent Redirect",
}
# What belongs to one connection, or is Kong's to say.
_NOT_FOR_UPSTREAM = [
    "Host",
    "Connection",
    "Keep-Alive",
    "Proxy-Connection",
    "Proxy-Authorization",
    "Proxy",
    "TE",
    "Upgrade",
    "Expect",
    "Transfer-Encoding",
    "Content-Length",
    "X-Forwarded-For",
    "X-Forwarded-Proto",
    "X-Forwarded-Host",
    "X-Forwarded-Port",
    "X-Forwarded-Path",
    "X-Forwarded-Prefix",
    "X-Real-IP",
    "X-Kong-Request-Id",
    "Via",
]
_NOT_FOR_CLIENT = [
    "Connection",
    "Keep-Alive",
    "Proxy-Connection",
    "Transfer-Encoding",
    "Upgrade",
    "Via",
    "X-Kong-Upstream-Latency",
    "X-Kong-Proxy-Latency",
    "X-Kong-Response-Latency",
    "X-Kong-Request-Id",
]


class Proxy:
    """Sees every change of the store at the next request."""

    def __init__(
        self,
        store: Store,
        pool: Pool,
        port: Callable[[], int],
        clock: Callable[[], float],
        client_max_body_size: int | None = None,
    ) -> None:
        self._pool = pool
        self._client_max_body_size = client_max_body_size
        self._port = port
        self._store = store
        self._router = Router(())
        self._plugins = PluginSet(store, clock, lambda: f"127.0.0.1-{port()}")
        self._stale = {"routes", "services", "plugins"}
        store.on_change(self._stale.add)

    def refuse(self, malformed: Malformed) -> Response:
        request_id = uuid.uuid4().hex
        response = error(malformed.status, malformed.message, request_id, "text/plain")
        response.headers.add("X-Kong-Response-Latency", "0")
        response.headers.add("X-Kong-Request-Id", request_id)
        return response

    async def respond(self, request: Request) -> Response:
        started = time.monotonic()
        request_id = uuid.uuid4().hex
        try:
            host, raw_path, query = _split_target(request)
            path = normalize(raw_path)
        except BadPath:
            response = self.refuse(Malformed(400, "Bad request"))
            response.last = True
            return response
        response = await self._route(request, request_id, (host, raw_path, path, query), started)
        if "x-kong-upstream-latency" not in response.headers:
            response.headers.add("X-Kong-Response-Latency", _milliseconds(started))
        response.headers.add("X-Kong-Request-Id", request_id)
        return response

    async def _route(
        self, request: Request, request_id: str, location: tuple[str, str, str, str | None], started: float
    ) -> Response:
        host, raw_path, path, query = location
        accept = request.headers.get("accept")
        if self._announces_too_much(request):
            return error(413, "Payload too large", request_id, accept)
        self._refresh()
        match = self._router.find(request.method, request.headers.get("host") or host, path, request.headers)
        if match is None:
            return error(404, "no Route matched with those values", request_id, accept)
        if "http" not in match.route["protocols"]:
            return _ask_for_https(request, match.route, request_id, host)
        service = self._store.get("services", match.route["service"]["id"]) if match.route["service"] else None
        exchange = Exchange(
            request=request,
            request_id=request_id,
            raw_path=raw_path,
            raw_query=query,
            route=match.route,
            service=service,
            method=request.method,
            headers=_for_upstream(request.headers),
            query=query,
        )
        response = await self._access(exchange)
        if response is None and service is not None:
            _add_forwarding_headers(exchange, match, service, host, self._port())
            response = await self._forward(exchange, match, service, path, started)
        if response is None:
            response = exchange.error(503, "no Service found with those values")
        for plugin in self._plugins.of(exchange):
            plugin.filter_headers(exchange, response.headers)
        for name, value in exchange.response_headers.items():
            response.headers.set(name, value)
        return response

    def _announces_too_much(self, request: Request) -> bool:
        """nginx looks at Content-Length before any plugin runs; a chunked body is request-size-limiting's business."""
        limit = self._client_max_body_size
        return limit is not None and int(request.headers.get("content-length") or 0) > limit

    def _refresh(self) -> None:
        if self._stale.isdisjoint({"routes", "services", "plugins"}):
            return
        if self._stale & {"routes", "services"}:
            enabled = {service["id"] for service in self._store.all("services") if service["enabled"]}
            self._router = Router(
                route
                for route in self._store.in_order_of_creation("routes")
                if route["service"] is None or route["service"]["id"] in enabled
            )
        self._plugins.rebuild()
        self._stale.clear()

    async def _access(self, exchange: Exchange) -> Response | None:
        for plugin in self._plugins.of(exchange):
            response = await plugin.access(exchange)
            if response is not None:
                return response
        return None

    async def _forward(self, exchange: Exchange, match: Match, service: Entity, path: str, started: float) -> Response:
        request = exchange.request
        await request.body.complete()
        if "content-length" in request.headers or "transfer-encoding" in request.headers:
            exchange.headers.add("Content-Length", str(request.body.size))
        target_path = escape(upstream_path(service["path"] or "/", path, _stripped(match)))
        if exchange.query is not None:
            target_path += f"?{exchange.query}"
        lines = [f"{exchange.method} {target_path} HTTP/1.1"]
        lines += [f"{name}: {value}" for name, value in exchange.headers]
        head = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
        target = Target(
            (service["protocol"], service["host"], service["port"]),
            service["connect_timeout"] / 1000,
            service["read_timeout"] / 1000,
            service["retries"],
        )
        sent = time.monotonic()
        try:
            upstream = await self._pool.send(target, exchange.method, head, request.body)
        except NameNotResolved:
            return exchange.error(503, "name resolution failed")
        except UpstreamError as failure:
            return self._bad_gateway(exchange, failure, sent, started)
        latencies = [
            ("X-Kong-Upstream-Latency", _milliseconds(sent)),
            ("X-Kong-Proxy-Latency", _milliseconds(started, sent)),
        ]
        return _for_client(exchange, upstream, latencies)

    def _bad_gateway(self, exchange: Exchange, failure: UpstreamError, sent: float, started: float) -> Response:
        status, message = 502, "An invalid response was received from the upstream server"
        if failure.timed_out:
            status, message = 504, "The upstream server is timing out"
        response = gateway_error(status, message, exchange.request_id, exchange.request.headers)
        response.headers.add("X-Kong-Upstream-Latency", _milliseconds(sent))
        response.headers.add("X-Kong-Proxy-Latency", _milliseconds(started, sent))
        response.headers.add("Via", _VIA)
        return response


def _split_target(request: Request) -> tuple[str, str, str | None]:
    """Host without port, path and query. Raises BadPath for what nginx takes for no request target."""
    target, host = request.target, request.headers.get("host") or ""
    absolute = _ABSOLUTE.fullmatch(target)
    if absolute:
        host, target = absolute[1], absolute[2] or "/"
    if not target.startswith("/"):
        raise BadPath(target)
    bare_host = _HOST.fullmatch(host)
    if bare_host is None and host:
        raise BadPath(host)
    path, has_query, query = target.partition("?")
    return bare_host[1].lower() if bare_host else "", path, query if has_query else None


def _stripped(match: Match) -> str | None:
    return match.matched_path if match.route["strip_path"] else None


def _for_upstream(headers: Headers) -> Headers:
    """The client's headers without those of its connection; what Kong adds comes later."""
    kept = headers.copy()
    listed = [name for name in headers.csv("connection") if name not in ("close", "keep-alive")]
    kept.remove(*_NOT_FOR_UPSTREAM, *listed)
    return kept


def _add_forwarding_headers(exchange: Exchange, match: Match, service: Entity, host: str, port: int) -> None:
    request, headers = exchange.request, exchange.headers
    default_port = {"http": 80, "https": 443}.get(service["protocol"])
    upstream_host = service["host"] if service["port"] == default_port else f"{service['host']}:{service['port']}"
    came_through = request.headers.get("x-forwarded-for")
    upgrade = (request.headers.get("upgrade") or "").lower() == "websocket"
    headers.add("Host", (request.headers.get("host") or host) if match.route["preserve_host"] else upstream_host)
    headers.add("Connection", "keep-alive, Upgrade" if upgrade else "keep-alive")
    if upgrade:
        headers.add("Upgrade", "websocket")
    if "trailers" in request.headers.csv("te"):
        headers.add("TE", "trailers")
    headers.add("X-Forwarded-For", f"{came_through}, {request.client_ip}" if came_through else request.client_ip)
    headers.add("X-Forwarded-Proto", "http")
    headers.add("X-Forwarded-Host", host)
    headers.add("X-Forwarded-Port", str(port))
    headers.add("X-Forwarded-Path", exchange.raw_path)
    if prefix := _stripped(match):
        headers.add("X-Forwarded-Prefix", prefix)
    headers.add("X-Real-IP", request.client_ip)
    headers.add("X-Kong-Request-Id", exchange.request_id)
    headers.add("Via", ", ".join([*request.headers.all("via"), _VIA]))


def _for_client(exchange: Exchange, upstream: UpstreamResponse, latencies: list[tuple[str, str]]) -> Response:
    headers = upstream.headers.copy()
    listed = [name for name in headers.csv("connection") if name not in ("close", "upgrade", "keep-alive")]
    via = ", ".join([*headers.all("via"), _VIA])
    headers.remove(*_NOT_FOR_CLIENT, *listed)
    if "trailers" not in exchange.request.headers.csv("te"):
        headers.remove("Trailer")
    for name, value in latencies:
        headers.add(name, value)
    headers.add("Via", via)
    bodyless = upstream.method == "HEAD" or upstream.status in (204, 304)
    if bodyless or (upstream.complete and "content-length" in headers):
        return Response(upstream.status, headers, upstream.read())
    return Response(upstream.status, headers, upstream)


def _ask_for_https(request: Request, route: Entity, request_id: str, host: str) -> Response:
    status: int = route["https_redirect_status_code"]
    if status == 426:
        response = error(426, "Please use HTTPS protocol", request_id, request.headers.get("accept"))
        response.headers.add("Upgrade", "TLS/1.2, HTTP/1.1")
        response.headers.add("Connection", "Upgrade")
        return response
    target = (_ABSOLUTE.fullmatch(request.target) or [None, None, request.target])[2]
    return answer(status, "text/html", page(_REDIRECTS[status]), [("Location", f"https://{host}{target}")])


def _milliseconds(since: float, until: float | None = None) -> str:
    return str(round(((time.monotonic() if until is None else until) - since) * 1000))
