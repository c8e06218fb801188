"""The proxy port: route, plugins, upstream, answer."""

import time
from collections.abc import Mapping

from aiohttp import ClientError, ClientResponse, ClientSession, ServerTimeoutError
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from localstack.gateway.config import Configuration, Route
from localstack.gateway.exchange import (
    SERVER,
    Answer,
    ClientGone,
    Exchange,
    Headers,
    Message,
    Receive,
    Send,
    read_headers,
    send_answer,
)
from localstack.gateway.paths import BadPath, escape, normalize

_VIA = f"1.1 {SERVER}"
# What belongs to one connection, or is Kong's to say.
_CONNECTION = ["connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade", "via"]
_NOT_FOR_UPSTREAM = frozenset(
    [
        *_CONNECTION,
        *("content-length", "expect", "host", "proxy", "proxy-authorization", "x-kong-request-id", "x-real-ip"),
        *("x-forwarded-for", "x-forwarded-host", "x-forwarded-path", "x-forwarded-port", "x-forwarded-prefix"),
        "x-forwarded-proto",
    ]
)
_NOT_FOR_CLIENT = frozenset(
    [
        *_CONNECTION,
        *("x-kong-proxy-latency", "x-kong-request-id", "x-kong-response-latency", "x-kong-upstream-latency"),
    ]
)


class Proxy:
    """Takes requests once `configuration` is set; another one counts from the next request on."""

    configuration: Configuration

    def __init__(self, session: ClientSession, client_max_body_size: int | None, *, behind_proxy: bool = False) -> None:
        self._behind_proxy = behind_proxy
        self._session = session
        self._client_max_body_size = client_max_body_size

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        started = time.monotonic()
        headers = read_headers(scope["headers"])
        client_ip = _client_ip(headers, scope, behind_proxy=self._behind_proxy)
        exchange = Exchange(
            method=scope["method"],
            path=scope["raw_path"].decode("latin-1"),
            query=scope["query_string"].decode("latin-1"),
            client_ip=client_ip,
            request_headers=headers,
            headers=_for_upstream(headers, scope, client_ip),
            receive=receive,
        )
        try:
            answer = await self._answer(exchange, started)
        except ClientGone:
            return
        answer.headers["X-Kong-Request-Id"] = exchange.request_id
        if "Upgrade" in headers:
            # The parser takes what follows for the other protocol.
            answer.headers["Connection"] = "close"
        await send_answer(answer, send)

    async def _answer(self, exchange: Exchange, started: float) -> Answer:
        try:
            exchange.path = normalize(exchange.path)
        except BadPath:
            answer = exchange.refuse(400, "Bad request")
            answer.headers["Connection"] = "close"
            return answer
        answer = await self._route(exchange, started)
        if "X-Kong-Upstream-Latency" not in answer.headers:
            answer.headers["X-Kong-Response-Latency"] = _milliseconds(started)
        return answer

    async def _route(self, exchange: Exchange, started: float) -> Answer:
        limit = self._client_max_body_size
        # nginx looks at Content-Length before any plugin runs; a chunked body is request-size-limiting's business.
        if limit is not None and int(exchange.request_headers.get("Content-Length") or 0) > limit:
            return exchange.refuse(413, "Payload too large")
        route = self.configuration.find(exchange.method, exchange.path)
        if route is None:
            return exchange.refuse(404, "no Route matched with those values")
        answer = await self._access(exchange, route) or await self._forward(exchange, started)
        for plugin in route.plugins:
            plugin.filter_headers(exchange, answer.headers)
        for name, value in exchange.answer_headers.items():
            answer.headers[name] = value
        return answer

    async def _access(self, exchange: Exchange, route: Route) -> Answer | None:
        for plugin in route.plugins:
            if answer := await plugin.access(exchange):
                return answer
        return None

    async def _forward(self, exchange: Exchange, started: float) -> Answer:
        body = await exchange.body()
        target = self.configuration.upstream.removesuffix("/") + escape(exchange.path)
        if exchange.query:
            target += f"?{exchange.query}"
        exchange.headers["X-Kong-Request-Id"] = exchange.request_id
        sent = time.monotonic()
        try:
            response = await self._session.request(
                exchange.method,
                URL(target, encoded=True),
                headers=exchange.headers,
                data=body if body or exchange.announces_body else None,
                allow_redirects=False,
            )
            answer = await _for_client(response)
        except ServerTimeoutError:
            answer = exchange.refuse(504, "The upstream server is timing out")
            answer.headers["Via"] = _VIA
        except ClientError:
            answer = exchange.refuse(502, "An invalid response was received from the upstream server")
            answer.headers["Via"] = _VIA
        answer.headers["X-Kong-Upstream-Latency"] = _milliseconds(sent)
        answer.headers["X-Kong-Proxy-Latency"] = _milliseconds(started, sent)
        return answer


def _client_ip(headers: Headers, scope: Message, *, behind_proxy: bool) -> str:
    peer: str = scope["client"][0]
    forwarded = ",".join(headers.getall("X-Forwarded-For", ())).rpartition(",")[2].strip()
    # A server in front adds whom it serves as the last; what is before that a client may have made up.
    return forwarded if behind_proxy and forwarded and peer == "127.0.0.1" else peer


def _for_upstream(headers: Headers, scope: Message, client_ip: str) -> Headers:
    """The client's headers without those of its connection, and with what Kong adds."""
    host = headers.get("Host", "")
    kept = _kept(headers, _NOT_FOR_UPSTREAM)
    kept += [
        ("Connection", "keep-alive"),
        ("X-Forwarded-For", ", ".join([*headers.getall("X-Forwarded-For", ())[:1], client_ip])),
        ("X-Forwarded-Proto", "http"),
        ("X-Forwarded-Host", host.rpartition(":")[0] or host),
        ("X-Forwarded-Port", str(scope["server"][1])),
        ("X-Forwarded-Path", scope["raw_path"].decode("latin-1")),
        ("X-Real-IP", client_ip),
        ("Via", _via(headers)),
    ]
    return Headers(kept)


async def _for_client(response: ClientResponse) -> Answer:
    upstreams = response.headers
    headers = Headers([*_kept(upstreams, _NOT_FOR_CLIENT), ("Via", _via(upstreams))])
    body = await response.read()
    if "Transfer-Encoding" in upstreams or body:
        headers["Content-Length"] = str(len(body))
    return Answer(response.status, headers, body)


def _kept(headers: Mapping[str, str], unwanted: frozenset[str]) -> list[tuple[str, str]]:
    """The fields that are neither unwanted nor named by `Connection`."""
    named = headers.get("Connection", "").lower()
    if named not in ("", "close", "keep-alive"):
        unwanted = unwanted.union(name.strip() for name in named.split(","))
    return [(name, value) for name, value in headers.items() if name.lower() not in unwanted]


def _via(headers: "CIMultiDict[str] | CIMultiDictProxy[str]") -> str:
    return ", ".join([*headers.getall("Via", ()), _VIA])


def _milliseconds(since: float, until: float | None = None) -> str:
    return str(round(((time.monotonic() if until is None else until) - since) * 1000))
