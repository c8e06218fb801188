"""The gateway as a whole: two ports over the same consumers, on uvicorn; the upstream is asked through aiohttp."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import uvicorn
from aiohttp import ClientSession, ClientTimeout, DummyCookieJar, TCPConnector
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from localstack.gateway.admin import Admin
from localstack.gateway.config import configure
from localstack.gateway.consumers import Consumers
from localstack.gateway.plugins.base import Surroundings
from localstack.gateway.proxy import Proxy
from operations.kong.declarative import load

HOST = "127.0.0.1"
BACKLOG = 1024
# nginx's large_client_header_buffers as Kong sets them: 4 of 8 KiB, one line to a buffer.
_MAX_LINE_BYTES = 8 * 1024
_MAX_HEAD_BYTES = 4 * _MAX_LINE_BYTES
_IDLE_SECONDS = 75
_UPSTREAM_SECONDS = 60
# What nginx takes once only.
_SINGLE = frozenset([b"host", b"authorization", b"content-length", b"expect", b"if-match", b"if-none-match"])


@dataclass(frozen=True, slots=True)
class Settings:
    """`host` is the proxy's; the Admin API is on 127.0.0.1 alone. `behind_proxy` believes a server on this machine for
    whom it asks (`X-Forwarded-For`), as Kong does with `trusted_ips`.

    Ports 0 take free ones; `upstream_concurrency` and `client_max_body_size` (bytes) None do not bound it."""

    data: Path
    config: Path
    proxy_port: int = 8000
    admin_port: int = 8001
    upstream_concurrency: int | None = None
    client_max_body_size: int | None = None
    upstream_seconds: float = _UPSTREAM_SECONDS
    host: str = HOST
    behind_proxy: bool = False


class Gateway:
    """Listens from start() to stop()."""

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.time) -> None:
        self._settings = settings
        self._clock = clock
        self._document = load(settings.config)

    async def start(self) -> None:
        """Raises ConfigError, and OSError when a port is taken."""
        settings = self._settings
        self._consumers = Consumers(settings.data)
        self._session = ClientSession(
            connector=TCPConnector(limit=settings.upstream_concurrency or 0),
            timeout=ClientTimeout(sock_connect=settings.upstream_seconds, sock_read=settings.upstream_seconds),
            cookie_jar=DummyCookieJar(),
            auto_decompress=False,
            skip_auto_headers=("Accept", "Accept-Encoding", "Content-Type", "User-Agent"),
        )
        self._proxy = Proxy(self._session, settings.client_max_body_size, behind_proxy=settings.behind_proxy)
        self.apply(self._document)
        self._proxy_server = await _listen(self._proxy, settings.host, settings.proxy_port)
        # Last, because an answer on this port means that all is ready.
        self._admin_server = await _listen(Admin(self._consumers), HOST, settings.admin_port)
        self.host = settings.host
        self.proxy_port: int = self._proxy_server.sockets[0].getsockname()[1]
        self.admin_port: int = self._admin_server.sockets[0].getsockname()[1]

    def apply(self, document: dict[str, Any]) -> None:
        """Routes by this file's content from the next request on. Raises ConfigError."""
        self._proxy.configuration = configure(document, Surroundings(self._consumers, self._clock))

    async def stop(self) -> None:
        self._admin_server.close()
        self._proxy_server.close()
        await self._session.close()
        self._consumers.close()


async def _listen(application: Any, host: str, port: int) -> asyncio.Server:
    config = uvicorn.Config(
        application,
        interface="asgi3",
        lifespan="off",
        ws="none",
        access_log=False,
        log_config=None,
        log_level="error",
        proxy_headers=False,
        timeout_keep_alive=_IDLE_SECONDS,
    )
    config.load()
    make = partial(_StrictProtocol, config=config, server_state=ServerState(), app_state={})
    return await asyncio.get_running_loop().create_server(make, host, port, backlog=BACKLOG)


class _Malformed(ValueError):
    """A head that nginx would not take; uvicorn answers it with 400 and closes the connection."""


class _StrictProtocol(HttpToolsProtocol):
    """uvicorn's HTTP/1.1, which leaves to its application what nginx refuses by itself."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        self._head_bytes = 0
        super().connection_made(transport)

    def data_received(self, data: bytes) -> None:
        # The parser tells nobody of a line that is not finished: what came is counted, and forgotten with the head.
        self._head_bytes += len(data)
        super().data_received(data)
        if self._head_bytes > _MAX_HEAD_BYTES and not self.transport.is_closing():
            self.send_400_response("Request header or cookie too large")

    def on_url(self, url: bytes) -> None:
        super().on_url(url)
        if len(self.url) > _MAX_LINE_BYTES:
            raise _Malformed

    def on_header(self, name: bytes, value: bytes) -> None:
        if len(name) + len(value) > _MAX_LINE_BYTES:
            raise _Malformed
        super().on_header(name, value.rstrip(b" \t"))

    def on_headers_complete(self) -> None:
        names = [name for name, _ in self.headers]
        version = self.parser.get_http_version()
        transfer = [value.lower() for name, value in self.headers if name == b"transfer-encoding"]
        host = next((value for name, value in self.headers if name == b"host"), b"")
        head_bytes = sum(len(name) + len(value) for name, value in self.headers)
        if (
            version not in ("1.0", "1.1")
            or (version == "1.1" and b"host" not in names)
            or any(names.count(name) > 1 for name in _SINGLE)
            or transfer not in ([], [b"chunked"])
            or (transfer and version == "1.0")
            or any(character in host for character in b" /\\@")
            or not self.url.startswith((b"/", b"http://"))
            or head_bytes > _MAX_HEAD_BYTES
        ):
            raise _Malformed
        self._head_bytes = 0
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._head_bytes = 0
        super().on_body(body)
