"""The HTTP/1.1 server under both ports: llhttp's strict parsing, requests of a connection in turn."""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Protocol

import httptools

from localstack.gateway.body import Body, BrokenBody
from localstack.gateway.headers import Headers

# nginx's large_client_header_buffers as Kong sets them: 4 of 8 KiB, one line to a buffer.
MAX_LINE_BYTES = 8 * 1024
MAX_HEAD_BYTES = 4 * MAX_LINE_BYTES
# The largest answer a function can give is 6 MB: a client that reads slowly never holds up an upstream.
WRITE_HIGH_WATER_BYTES = 8 * 1024 * 1024
IDLE_SECONDS = 75.0
LINGER_SECONDS = 5.0
MAX_PIPELINED = 8
# What nginx takes once only.
_SINGLE = frozenset(
    [
        "host",
        "authorization",
        "content-length",
        "content-range",
        "expect",
        "if-match",
        "if-modified-since",
        "if-none-match",
        "if-range",
        "if-unmodified-since",
        "transfer-encoding",
    ]
)
_PHRASES = {status.value: status.phrase for status in HTTPStatus}

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Request:
    """One request. `target` and the header fields are bytes read as latin-1."""

    method: str
    target: str
    version: str
    headers: Headers
    body: Body
    client_ip: str
    connection: int
    number_on_connection: int

    @property
    def keep_alive(self) -> bool:
        options = self.headers.csv("connection")
        return "close" not in options and (self.version == "1.1" or "keep-alive" in options)


class BodyStream(Protocol):
    """A response's body that still comes."""

    def __aiter__(self) -> AsyncIterator[bytes]: ...

    def close(self) -> None:
        """Ends it early, or does nothing after its end."""


@dataclass(slots=True)
class Response:
    """`headers` are completed by those that are the connection's own matter. `last`: closes the connection."""

    status: int
    headers: Headers
    body: bytes | BodyStream = b""
    last: bool = False


@dataclass(frozen=True, slots=True)
class Malformed:
    """A request that was refused before it was one."""

    status: int
    message: str


class Application(Protocol):
    async def respond(self, request: Request) -> Response: ...

    def refuse(self, malformed: Malformed) -> Response:
        """The answer to a malformed request; the connection is closed after it."""


@dataclass(slots=True)
class Counters:
    """What GET /status tells."""

    accepted: int = 0
    active: int = 0
    requests: int = 0


class _Refused(Exception):
    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.malformed = Malformed(status, message)


_BAD_REQUEST = "Bad request"
_HEAD_TOO_LARGE = "Request header or cookie too large"


class ServerConnection(asyncio.Protocol):
    """One client's connection."""

    def __init__(self, application: Application, counters: Counters) -> None:
        self._application = application
        self._counters = counters
        self._loop = asyncio.get_running_loop()
        self._queue: deque[Request | Malformed] = deque()
        self._queued = asyncio.Event()
        self._writable = asyncio.Event()
        self._writable.set()
        self._parser = httptools.HttpRequestParser(self)
        self._deaf = False
        self._parsing: Request | None = None
        self._number = 0
        self._target = bytearray()
        self._fields: list[tuple[str, str]] = []
        self._in_head = False
        self._head_bytes = 0
        self._last_byte_at = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.set_write_buffer_limits(high=WRITE_HIGH_WATER_BYTES)
        peer = transport.get_extra_info("peername")
        self._client_ip: str = peer[0] if peer else ""
        self._counters.accepted += 1
        self._counters.active += 1
        self._serial = self._counters.accepted
        self._last_byte_at = self._loop.time()
        self._idle_timer = self._loop.call_later(IDLE_SECONDS, self._close_when_idle)
        self._task = self._loop.create_task(self._serve())

    def connection_lost(self, exc: Exception | None) -> None:
        del exc
        self._counters.active -= 1
        self._idle_timer.cancel()
        self._writable.set()
        self._task.cancel()

    def pause_writing(self) -> None:
        self._writable.clear()

    def resume_writing(self) -> None:
        self._writable.set()

    def data_received(self, data: bytes) -> None:
        self._last_byte_at = self._loop.time()
        if self._deaf:
            return
        try:
            self._feed(data)
            if self._in_head:
                self._head_bytes += len(data)
                self._check_head_bytes()
        except httptools.HttpParserError as error:
            cause = error.__context__
            self._stop_parsing(cause.malformed if isinstance(cause, _Refused) else Malformed(400, _BAD_REQUEST))
        except _Refused as refused:
            self._stop_parsing(refused.malformed)

    def _feed(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            # No other protocol is spoken here: what follows is the next request.
            self._parser = httptools.HttpRequestParser(self)
            self._feed(data[upgrade.args[0] :])

    def _stop_parsing(self, malformed: Malformed) -> None:
        self._deaf = True
        if self._parsing is not None:
            self._parsing.body.fail()
        else:
            self._enqueue(malformed)

    def _enqueue(self, item: Request | Malformed) -> None:
        self._queue.append(item)
        self._queued.set()
        if len(self._queue) >= MAX_PIPELINED:
            self._transport.pause_reading()

    def on_message_begin(self) -> None:
        self._target.clear()
        self._fields = []
        self._in_head = True
        self._head_bytes = 0

    def on_url(self, url: bytes) -> None:
        self._target += url
        if len(self._target) > MAX_LINE_BYTES:
            raise _Refused(414, "URI too long")

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self._in_head:
            return
        if len(name) + len(value) > MAX_LINE_BYTES:
            raise _Refused(400, _HEAD_TOO_LARGE)
        self._head_bytes += len(name) + len(value)
        self._check_head_bytes()
        self._fields.append((name.decode("latin-1"), value.rstrip(b" \t").decode("latin-1")))

    def _check_head_bytes(self) -> None:
        if self._head_bytes > MAX_HEAD_BYTES:
            raise _Refused(400, _HEAD_TOO_LARGE)

    def on_headers_complete(self) -> None:
        self._in_head = False
        version, headers = self._parser.get_http_version(), Headers(self._fields)
        method = self._parser.get_method().decode()
        _check_head(method, version, headers)
        self._number += 1
        self._counters.requests += 1
        self._parsing = Request(
            method=method,
            target=self._target.decode("latin-1"),
            version=version,
            headers=headers,
            body=Body(self._send_continue if "100-continue" in headers.csv("expect") else _nothing),
            client_ip=self._client_ip,
            connection=self._serial,
            number_on_connection=self._number,
        )
        self._enqueue(self._parsing)

    def on_body(self, data: bytes) -> None:
        if self._parsing is not None:
            self._parsing.body.feed(data)

    def on_message_complete(self) -> None:
        if self._parsing is not None:
            self._parsing.body.finish()
            self._parsing = None

    def _send_continue(self) -> None:
        if self._parsing is not None and self._parsing.body.size == 0:
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    async def _serve(self) -> None:
        while True:
            while not self._queue:
                self._queued.clear()
                await self._queued.wait()
            item = self._queue.popleft()
            self._transport.resume_reading()
            if isinstance(item, Malformed):
                self._write_whole(self._refuse(item), "close", with_body=True)
                break
            response = await self._answer(item)
            ends_by_close = item.version == "1.0" and not _has_length(response)
            keep_alive = item.keep_alive and not ends_by_close and not response.last
            await self._write(item, response, "keep-alive" if keep_alive else "close")
            item.body.discard()
            if not keep_alive or (self._deaf and not self._queue):
                break
        self._linger()

    async def _answer(self, request: Request) -> Response:
        try:
            return await self._application.respond(request)
        except BrokenBody:
            return self._refuse(Malformed(400, _BAD_REQUEST))
        except Exception:
            log.exception("%s failed", request.method)
            return self._refuse(Malformed(500, "An unexpected error occurred"))

    def _refuse(self, malformed: Malformed) -> Response:
        response = self._application.refuse(malformed)
        response.last = True
        return response

    async def _write(self, request: Request, response: Response, connection: str) -> None:
        if isinstance(response.body, bytes):
            self._write_whole(response, connection, with_body=request.method != "HEAD")
        else:
            await self._write_stream(request, response, response.body, connection)
        await self._writable.wait()

    def _write_whole(self, response: Response, connection: str, *, with_body: bool) -> None:
        assert isinstance(response.body, bytes)
        head = _head(response, [("Connection", connection)])
        self._transport.write(head + response.body if with_body else head)

    async def _write_stream(self, request: Request, response: Response, body: BodyStream, connection: str) -> None:
        chunked = not _has_length(response) and request.version == "1.1"
        framing = [("Connection", connection)] + ([("Transfer-Encoding", "chunked")] if chunked else [])
        self._transport.write(_head(response, framing))
        try:
            async for chunk in body:
                self._transport.write(b"%x\r\n%b\r\n" % (len(chunk), chunk) if chunked else chunk)
                await self._writable.wait()
        except ConnectionError:
            # Cut off in the middle: only a broken connection tells the client so.
            self._transport.abort()
            return
        finally:
            body.close()
        if chunked:
            self._transport.write(b"0\r\n\r\n")

    def _linger(self) -> None:
        """Closes our side and reads on for a while: closing with unread input would destroy the answer on its way."""
        self._deaf = True
        if self._transport.is_closing():
            return
        self._transport.write_eof()
        self._transport.resume_reading()
        self._idle_timer.cancel()
        self._idle_timer = self._loop.call_later(LINGER_SECONDS, self._transport.abort)

    def _close_when_idle(self) -> None:
        between_bytes = self._parsing is not None or self._in_head
        waiting_for_client = not self._queue and (between_bytes or not self._queued.is_set())
        idle = self._loop.time() - self._last_byte_at
        if waiting_for_client and idle >= IDLE_SECONDS:
            self._transport.abort()
            return
        self._idle_timer = self._loop.call_later(max(1.0, IDLE_SECONDS - idle), self._close_when_idle)


def _nothing() -> None:
    pass


def _has_length(response: Response) -> bool:
    return isinstance(response.body, bytes) or "content-length" in response.headers


def _check_head(method: str, version: str, headers: Headers) -> None:
    """What llhttp lets through and nginx does not."""
    names = [name.lower() for name, _ in headers]
    singles = [name for name in names if name in _SINGLE]
    bad = (
        version not in ("1.0", "1.1")
        or method == "CONNECT"
        or len(singles) != len(set(singles))
        or (version == "1.1" and "host" not in names)
    )
    if "transfer-encoding" in names:
        bad = bad or version == "1.0" or headers.csv("transfer-encoding") != ["chunked"]
    if bad:
        raise _Refused(400, _BAD_REQUEST)


def _head(response: Response, framing: list[tuple[str, str]]) -> bytes:
    lines = [f"HTTP/1.1 {response.status} {_PHRASES.get(response.status, '')}"]
    lines += [f"{name}: {value}" for name, value in framing]
    lines += [f"{name}: {value}" for name, value in response.headers]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
