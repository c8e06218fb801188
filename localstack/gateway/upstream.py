"""Requests to upstreams: pooled connections, retries as nginx makes them, a bound on how many run at once."""

import asyncio
import contextlib
import socket
import ssl
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import httptools

from localstack.gateway.body import Body
from localstack.gateway.headers import Headers

# Shorter than any server keeps an idle connection, so that none is used while its server closes it.
POOL_IDLE_SECONDS = 2.0
READ_AHEAD_BYTES = 1024 * 1024
_NEVER_SENT_TWICE = frozenset(["POST", "PATCH", "LOCK"])

Address = tuple[str, str, int]


class UpstreamError(ConnectionError):
    """No usable answer; `sent` tells whether the upstream may have seen the request."""

    def __init__(self, message: str, *, sent: bool, timed_out: bool = False) -> None:
        super().__init__(message)
        self.sent = sent
        self.timed_out = timed_out


class NameNotResolved(ConnectionError):
    """The upstream's host name is unknown."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where a request goes, and how patient it is (seconds)."""

    address: Address
    connect_timeout: float
    read_timeout: float
    retries: int


class UpstreamResponse:
    """An answer as it comes. Iterate over its body, or close() it."""

    def __init__(self, connection: "_Connection", method: str, read_timeout: float) -> None:
        self.status = 0
        self.headers = Headers()
        self.complete = False
        self.method = method
        self._connection = connection
        self._read_timeout = read_timeout
        self._chunks: deque[bytes] = deque()
        self._buffered = 0
        self._failed = False
        self._changed = asyncio.Event()
        self._release: Callable[[], None] | None = None

    async def head(self, release: Callable[[], None]) -> None:
        """Waits for status and headers. From then on `release` is called when the upstream is done with the request."""
        while not self.status:
            await self._wait()
        self._release = release
        if self.complete:
            self._free()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while chunk := await self._next_chunk():
            yield chunk

    def read(self) -> bytes:
        """What is here of the body and was not read yet."""
        data = b"".join(self._chunks)
        self._chunks.clear()
        if self._buffered > READ_AHEAD_BYTES and not self.complete:
            self._connection.resume_reading()
        self._buffered = 0
        return data

    def close(self) -> None:
        """Gives up what is not here yet; there is no other way to stop an upstream than to drop the connection."""
        if not self.complete:
            self._connection.abort()
            self._free()

    def start(self, status: int, headers: Headers) -> None:
        self.status = status
        self.headers = headers
        self._changed.set()

    def feed(self, data: bytes) -> None:
        self._chunks.append(data)
        self._buffered += len(data)
        self._changed.set()
        if self._buffered > READ_AHEAD_BYTES:
            self._connection.pause_reading()

    def finish(self) -> None:
        self.complete = True
        self._changed.set()
        self._free()

    def fail(self) -> None:
        self._failed = True
        self._changed.set()
        self._free()

    async def _next_chunk(self) -> bytes:
        """b"" at the end of the body. Raises UpstreamError when it breaks off."""
        while not self._chunks and not self.complete:
            await self._wait()
        return self.read()

    async def _wait(self) -> None:
        if self._failed:
            raise UpstreamError("connection broken", sent=True)
        self._changed.clear()
        try:
            async with asyncio.timeout(self._read_timeout):
                await self._changed.wait()
        except TimeoutError as error:
            raise UpstreamError("read timed out", sent=True, timed_out=True) from error

    def _free(self) -> None:
        if self._release:
            self._release()
            self._release = None


class Pool:
    """`concurrency` bounds the requests that run at the same time; others wait in order."""

    def __init__(self, concurrency: int | None) -> None:
        self._slots = asyncio.Semaphore(concurrency) if concurrency else None
        self._idle: dict[Address, list[_Connection]] = defaultdict(list)
        self._tls = ssl.create_default_context()

    async def send(self, target: Target, method: str, head: bytes, body: Body) -> UpstreamResponse:
        """Raises UpstreamError and NameNotResolved."""
        if self._slots:
            await self._slots.acquire()
        release = _once(self._slots.release if self._slots else lambda: None)
        try:
            return await self._attempt(target, method, head, body, release)
        except BaseException:
            release()
            raise

    async def _attempt(
        self, target: Target, method: str, head: bytes, body: Body, release: Callable[[], None]
    ) -> UpstreamResponse:
        for attempts_left in range(target.retries, -1, -1):
            try:
                connection = await self._connect(target)
                return await connection.exchange(method, head, body, target.read_timeout, release)
            except UpstreamError as error:
                if attempts_left == 0 or (error.sent and method in _NEVER_SENT_TWICE):
                    raise
        raise AssertionError("unreachable")

    async def _connect(self, target: Target) -> "_Connection":
        idle = self._idle[target.address]
        while idle:
            connection = idle.pop()
            if connection.usable:
                return connection
        scheme, host, port = target.address
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(target.connect_timeout):
                _, connection = await loop.create_connection(
                    lambda: _Connection(idle), host, port, ssl=self._tls if scheme == "https" else None
                )
        except TimeoutError as error:
            raise UpstreamError("connect timed out", sent=False, timed_out=True) from error
        except OSError as error:
            if isinstance(error, socket.gaierror):
                raise NameNotResolved(host) from error
            raise UpstreamError(str(error), sent=False) from error
        return connection

    def close(self) -> None:
        for connections in self._idle.values():
            for connection in connections.copy():
                connection.close()


class _Connection(asyncio.Protocol):
    """One connection to an upstream, for one exchange after another."""

    def __init__(self, idle: "list[_Connection]") -> None:
        self._idle = idle
        self._loop = asyncio.get_running_loop()
        self._writable = asyncio.Event()
        self._writable.set()
        self._lost = False
        self._idle_timer: asyncio.TimerHandle | None = None
        self._response: UpstreamResponse | None = None
        self._fields: list[tuple[str, str]] = []
        self._until_close = False
        self._reusable = False

    @property
    def usable(self) -> bool:
        return not self._lost and not self._transport.is_closing()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        self._lost = True
        with contextlib.suppress(ValueError):
            self._idle.remove(self)
        if self._response is not None:
            if exc is None and self._until_close:
                self._finish(self._response)
            else:
                self._response.fail()
        self._writable.set()

    def pause_writing(self) -> None:
        self._writable.clear()

    def resume_writing(self) -> None:
        self._writable.set()

    def pause_reading(self) -> None:
        self._transport.pause_reading()

    def resume_reading(self) -> None:
        if not self._lost:
            self._transport.resume_reading()

    async def exchange(
        self, method: str, head: bytes, body: Body, read_timeout: float, release: Callable[[], None]
    ) -> UpstreamResponse:
        """Sends a request, waits for the head of its answer. `release` is called when the upstream is done with it."""
        if self._idle_timer:
            self._idle_timer.cancel()
        self._parser = httptools.HttpResponseParser(self)
        self._until_close = self._reusable = False
        response = self._response = UpstreamResponse(self, method, read_timeout)
        try:
            self._transport.write(head)
            await self._send(body, response)
            await response.head(release)
        except BaseException:
            self.abort()
            raise
        return response

    async def _send(self, body: Body, response: UpstreamResponse) -> None:
        for chunk in body.chunks():
            if response.status or self._lost:
                # Answered without wanting the rest: the next request here would be taken for it.
                self._reusable = False
                return
            self._transport.write(chunk)
            await self._writable.wait()

    def data_received(self, data: bytes) -> None:
        if self._response is None:
            # Bytes that nobody asked for.
            self._transport.abort()
            return
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self.abort()

    def on_header(self, name: bytes, value: bytes) -> None:
        self._fields.append((name.decode("latin-1"), value.rstrip(b" \t").decode("latin-1")))

    def on_headers_complete(self) -> None:
        status, headers = self._parser.get_status_code(), Headers(self._fields)
        self._fields = []
        response = self._response
        if status < 200 or response is None:
            return
        bodyless = response.method == "HEAD" or status in (204, 304)
        chunked = "chunked" in headers.csv("transfer-encoding")
        self._until_close = not (bodyless or chunked or "content-length" in headers)
        persistent = self._parser.get_http_version() == "1.1" and "close" not in headers.csv("connection")
        self._reusable = persistent and not self._until_close
        response.start(status, headers)
        if bodyless:
            self._finish(response)

    def on_body(self, data: bytes) -> None:
        if self._response is not None:
            self._response.feed(data)

    def on_message_complete(self) -> None:
        if self._response is not None and self._response.status:
            self._finish(self._response)

    def _finish(self, response: UpstreamResponse) -> None:
        self._response = None
        response.finish()
        if self._reusable and self.usable:
            self._transport.resume_reading()
            self._idle.append(self)
            self._idle_timer = self._loop.call_later(POOL_IDLE_SECONDS, self.close)
        else:
            self.close()

    def abort(self) -> None:
        if self._response is not None:
            self._response.fail()
            self._response = None
        self._transport.abort()

    def close(self) -> None:
        with contextlib.suppress(ValueError):
            self._idle.remove(self)
        self._transport.close()


def _once(release: Callable[[], None]) -> Callable[[], None]:
    pending = [release]

    def call() -> None:
        if pending:
            pending.pop()()

    return call
