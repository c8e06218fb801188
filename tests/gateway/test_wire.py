"""Bytes that a well-behaved client would never send."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.gateway.echo import EchoServer
from tests.gateway.running import RunningGateway, document, route, running

SMUGGLED = b"GET /r/smuggled HTTP/1.1\r\nHost: x\r\n\r\n"


def exchange(port: int, data: bytes) -> bytes:
    """Everything that comes back until the gateway closes the connection."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as client:
        client.sendall(data)
        received = b""
        while chunk := client.recv(65536):
            received += chunk
        return received


@pytest.mark.parametrize(
    "head",
    [
        b"POST /r HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST /r HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n",
        b"POST /r HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nContent-Length: 40\r\n\r\n",
        b"POST /r HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nContent-Length: 0\r\n\r\n",
        b"POST /r HTTP/1.1\r\nHost: x\r\nContent-Length: 0, 40\r\n\r\n",
        b"POST /r HTTP/1.1\r\nHost: x\r\nContent-Length: +0\r\n\r\n",
        b"POST /r HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"POST /r HTTP/1.1\r\nHost: x\r\nContent-Length : 0\r\n\r\n",
        b"POST /r HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        b"POST /r HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        b"POST /r HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        b"POST /r HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST /r HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"GET /r HTTP/1.1\r\nHost: x\r\nX: a\r\n b\r\n\r\n",
        b"GET /r HTTP/1.1\nHost: x\n\n",
        b"GET /r HTTP/1.1\r\nHost: x\r\nX: a\rb\r\n\r\n",
        b"GET /r HTTP/1.1\r\nHost: x\r\nX: a\x00b\r\n\r\n",
        b"GET /r HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
        b"GET /r HTTP/1.1\r\n\r\n",
        b"GET /r HTTP/1.1\r\nHost: x y\r\n\r\n",
        b"GET /r\r\n\r\n",
        b"GET /r HTTP/2.0\r\nHost: x\r\n\r\n",
        b"GET r HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /../r HTTP/1.1\r\nHost: x\r\n\r\n",
        b"CONNECT 127.0.0.1:1 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET /r HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 9000 + b"\r\n\r\n",
        b"GET /r HTTP/1.1\r\nHost: x\r\n" + b"".join(b"X-%d: %b\r\n" % (n, b"a" * 4000) for n in range(9)) + b"\r\n",
        b"GET /r HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 50000,
        b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    ],
)
def test_a_malformed_request_is_refused_and_nothing_after_it_is_read(
    head: bytes, gateway: RunningGateway, caplog: pytest.LogCaptureFixture
) -> None:
    answer = exchange(gateway.proxy_port, head + SMUGGLED)

    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"\r\nconnection: close\r\n" in answer
    assert answer.count(b"HTTP/1.1 ") == 1
    assert not caplog.records


def test_a_body_with_a_broken_chunk_is_refused_and_never_reaches_the_upstream(
    gateway: RunningGateway,
) -> None:
    head = b"POST /r HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"

    answer = exchange(gateway.proxy_port, head + b"5\r\nhello\r\nzz\r\n" + SMUGGLED)

    assert answer.startswith(b"HTTP/1.1 400 ")
    assert answer.count(b"HTTP/1.1 ") == 1


def test_pipelined_requests_are_answered_in_their_order(gateway: RunningGateway) -> None:
    slow = b"GET /r/first HTTP/1.1\r\nHost: x\r\nX-Echo-Sleep: 0.2\r\n\r\n"
    quick = b"".join(b"GET /r/%d HTTP/1.1\r\nHost: x\r\n\r\n" % number for number in range(12))
    last = b"GET /r/last HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"

    answer = exchange(gateway.proxy_port, slow + quick + last)

    targets = [json.loads(part.split(b"\r\n\r\n")[1])["target"] for part in answer.split(b"HTTP/1.1 200 OK")[1:]]
    assert targets == ["/r/first", *(f"/r/{number}" for number in range(12)), "/r/last"]


def test_a_client_that_would_speak_another_protocol_gets_one_answer(gateway: RunningGateway) -> None:
    upgrade = b"GET /r HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"

    answer = exchange(gateway.proxy_port, upgrade + SMUGGLED)

    assert answer.startswith(b"HTTP/1.1 200 ")
    assert answer.count(b"HTTP/1.1 ") == 1


def test_a_client_that_asks_first_may_go_on(gateway: RunningGateway) -> None:
    head = b"POST /r HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5\r\nConnection: close\r\n\r\n"

    with socket.create_connection(("127.0.0.1", gateway.proxy_port), timeout=60) as client:
        client.sendall(head)
        assert client.recv(1000) == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.sendall(b"hello")
        assert client.recv(1000).startswith(b"HTTP/1.1 200 OK\r\n")


def test_a_client_that_drips_its_request_holds_nobody_up(gateway: RunningGateway) -> None:
    request = b"GET /r HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"

    with socket.create_connection(("127.0.0.1", gateway.proxy_port), timeout=60) as client:
        for position in range(len(request) - 1):
            client.sendall(request[position : position + 1])
        assert gateway.proxy("GET", "/r").status == 200
        client.sendall(request[-1:])
        assert client.recv(1000).startswith(b"HTTP/1.1 200 OK\r\n")


@pytest.fixture
def limited(tmp_path: Path, echo: EchoServer) -> Iterator[RunningGateway]:
    limits = {"allowed_payload_size": 1000, "size_unit": "bytes"}
    with running(tmp_path, document(echo.port, route(request_size_limiting=limits))) as gateway:
        yield gateway


def test_a_refused_upload_is_answered_though_the_client_still_sends(limited: RunningGateway) -> None:
    answer = limited.proxy("POST", "/r", body=b"a" * 3_000_000)

    assert answer.status == 413


def test_an_endless_chunked_upload_is_cut_off_at_the_limit(limited: RunningGateway) -> None:
    head = b"POST /r HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"

    with socket.create_connection(("127.0.0.1", limited.proxy_port), timeout=60) as client:
        client.sendall(head + b"800\r\n" + b"a" * 0x800 + b"\r\n")
        assert client.recv(1000).startswith(b"HTTP/1.1 413 ")


def test_the_admin_port_refuses_malformed_requests_too(gateway: RunningGateway) -> None:
    assert exchange(gateway.admin_port, b"nonsense\r\n\r\n").startswith(b"HTTP/1.1 400 ")
