"""One request on its way through the gateway, and what it is answered with."""

import json
import time
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from email.utils import formatdate
from functools import lru_cache
from typing import Any
from uuid import uuid4

from multidict import CIMultiDict

from localstack.gateway.consumers import Consumer

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Headers = CIMultiDict[str]

SERVER = "kong/3.9.1"
JSON_TYPE = "application/json; charset=utf-8"


class BodyTooLarge(Exception):
    """The body is longer than its reader allows."""


class ClientGone(Exception):
    """The client has closed the connection: nobody waits for an answer."""


@dataclass(slots=True)
class Answer:
    """What the client gets: whole, since a function's answer has 6 MB at most."""

    status: int
    headers: Headers
    body: bytes = b""


@dataclass(slots=True)
class Exchange:
    """`request_headers` are what the client sent; `headers` are what the upstream will get."""

    method: str
    path: str
    query: str
    client_ip: str
    request_headers: Headers
    headers: Headers
    receive: Receive
    request_id: str = field(default_factory=lambda: uuid4().hex)
    consumer: Consumer | None = None
    # Set on whatever is answered, over an upstream's own headers of these names.
    answer_headers: dict[str, str] = field(default_factory=dict)
    _body: bytes | None = None

    @property
    def announces_body(self) -> bool:
        return "Content-Length" in self.request_headers or "Transfer-Encoding" in self.request_headers

    async def body(self, limit: int | None = None) -> bytes:
        """The whole body. Raises BodyTooLarge as soon as there are more than `limit` bytes, and ClientGone."""
        if self._body is None:
            received = bytearray()
            more = True
            while more:
                message = await self.receive()
                if message["type"] == "http.disconnect":
                    raise ClientGone
                received += message.get("body", b"")
                if limit is not None and len(received) > limit:
                    raise BodyTooLarge
                more = message.get("more_body", False)
            self._body = bytes(received)
        return self._body

    def refuse(self, status: int, message: str) -> Answer:
        """An answer of Kong's own, with the request id."""
        return own_answer(status, f'{{\n  "message":"{message}",\n  "request_id":"{self.request_id}"\n}}'.encode())


def own_answer(status: int, body: bytes = b"", content_type: str | None = JSON_TYPE) -> Answer:
    """An answer that Kong makes itself."""
    headers = Headers({"Date": _date(int(time.time())), "Server": SERVER})
    if content_type is not None:
        headers["Content-Type"] = content_type
    if status != 204:
        headers["Content-Length"] = str(len(body))
    return Answer(status, headers, body)


def json_answer(status: int, body: object) -> Answer:
    return own_answer(status, json.dumps(body, ensure_ascii=False).encode())


@lru_cache(maxsize=2)
def _date(second: int) -> str:
    return formatdate(second, usegmt=True)


def read_headers(raw: list[tuple[bytes, bytes]]) -> Headers:
    """Header fields as text; what is no UTF-8 is dropped on the way to the upstream."""
    return Headers([(name.decode("latin-1"), value.decode("utf-8", "surrogateescape")) for name, value in raw])


async def send_answer(answer: Answer, send: Send) -> None:
    """Writes an answer to the client."""
    raw = [(name.encode("latin-1"), value.encode("utf-8", "surrogateescape")) for name, value in answer.headers.items()]
    await send({"type": "http.response.start", "status": answer.status, "headers": raw})
    await send({"type": "http.response.body", "body": answer.body})
