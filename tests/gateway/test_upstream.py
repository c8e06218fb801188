"""Bodies of all sizes, upstreams and clients that misbehave, and the bound on what runs at once."""

import hashlib
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection, IncompleteRead
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.gateway.echo import EchoServer
from tests.gateway.running import RunningGateway

MEGABYTE = b"0123456789abcdef" * 65536


class Upstream(BaseHTTPRequestHandler):
    """Counts what runs at once and how many connections there were; holds /hold requests until they are let go."""

    protocol_version = "HTTP/1.1"
    running = most_running = connections = 0
    lock = threading.Lock()
    held = threading.Semaphore(0)
    let_go = threading.Event()

    @classmethod
    def reset(cls) -> None:
        cls.running = cls.most_running = cls.connections = 0
        cls.held = threading.Semaphore(0)
        cls.let_go = threading.Event()

    def setup(self) -> None:
        super().setup()
        Upstream.connections += 1

    def log_message(self, *_: object) -> None:
        """Says nothing."""

    def do_GET(self) -> None:
        with self.lock:
            Upstream.running += 1
            Upstream.most_running = max(self.running, self.most_running)
        if self.path == "/hold":
            self.held.release()
            self.let_go.wait(20)
        with self.lock:
            Upstream.running -= 1
        self.send_response(200)
        if self.path == "/chunked":
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            self.wfile.write(b"5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n")
            return
        if self.path == "/until-close":
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(b"hello world")
            return
        body = MEGABYTE * 20 if self.path == "/large" else b"small"
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        digest, left = hashlib.sha256(), int(self.headers["Content-Length"])
        while left:
            data = self.rfile.read(min(left, 65536))
            digest.update(data)
            left -= len(data)
        body = digest.hexdigest().encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture
def upstream() -> Iterator[int]:
    Upstream.reset()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Upstream)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield server.server_address[1]
    Upstream.let_go.set()
    server.shutdown()
    server.server_close()


def test_no_more_upstream_requests_run_at_once_than_allowed(tmp_path: Path, upstream: int) -> None:
    with RunningGateway(tmp_path / "data.sqlite", upstream_concurrency=2) as gateway, ThreadPoolExecutor(8) as pool:
        gateway.route(upstream)
        answers = [pool.submit(gateway.proxy, "GET", "/r/hold") for _ in range(8)]
        assert all(Upstream.held.acquire(timeout=60) for _ in range(2))
        # One that is refused at the gateway does not wait for the others.
        assert gateway.proxy("GET", "/none").status == 404
        Upstream.let_go.set()

        assert [answer.result().status for answer in answers] == [200] * 8
    assert Upstream.most_running == 2


def test_a_client_that_goes_away_frees_its_place(tmp_path: Path, upstream: int) -> None:
    with RunningGateway(tmp_path / "data.sqlite", upstream_concurrency=1) as gateway:
        gateway.route(upstream)
        with socket.create_connection(("127.0.0.1", gateway.proxy_port)) as client:
            client.sendall(b"GET /r/hold HTTP/1.1\r\nHost: x\r\n\r\n")
            assert Upstream.held.acquire(timeout=60)

        assert gateway.proxy("GET", "/r/small").body == b"small"


def test_a_client_that_reads_slowly_does_not_keep_its_place(tmp_path: Path, upstream: int) -> None:
    with RunningGateway(tmp_path / "data.sqlite", upstream_concurrency=1) as gateway:
        gateway.route(upstream)
        with socket.create_connection(("127.0.0.1", gateway.proxy_port)) as client:
            client.sendall(b"GET /r/small HTTP/1.1\r\nHost: x\r\n\r\n")

            assert gateway.proxy("GET", "/r/small").body == b"small"


def test_a_body_announced_as_too_large_is_refused_before_any_plugin_asks_who_sends_it(tmp_path: Path) -> None:
    with RunningGateway(tmp_path / "data.sqlite", client_max_body_size=1000) as gateway:
        gateway.route(1)
        gateway.plugin("/routes/r", "jwt")
        answer = gateway.proxy("POST", "/r", body=b"x" * 1001)
        assert (answer.status, answer.json["message"]) == (413, "Payload too large")
        assert gateway.proxy("POST", "/r", body=b"x" * 1000).status == 401


def test_a_large_upload_arrives_whole(gateway: RunningGateway, upstream: int) -> None:
    gateway.route(upstream)
    body = MEGABYTE * 20

    assert gateway.proxy("POST", "/r", body=body).body.decode() == hashlib.sha256(body).hexdigest()


def test_a_large_answer_arrives_whole(gateway: RunningGateway, upstream: int) -> None:
    gateway.route(upstream)

    assert gateway.proxy("GET", "/r/large").body == MEGABYTE * 20


def test_an_unread_large_answer_holds_nobody_up(gateway: RunningGateway, upstream: int) -> None:
    gateway.route(upstream)
    with socket.create_connection(("127.0.0.1", gateway.proxy_port)) as client:
        client.sendall(b"GET /r/large HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")

        assert gateway.proxy("GET", "/r/small").body == b"small"
        received = 0
        while chunk := client.recv(1 << 20):
            received += len(chunk)
    assert received > 20 * len(MEGABYTE)


@pytest.mark.parametrize("path", ["/r/chunked", "/r/until-close"])
def test_an_answer_of_unknown_length_is_passed_on_in_chunks(path: str, gateway: RunningGateway, upstream: int) -> None:
    gateway.route(upstream)

    answer = gateway.proxy("GET", path)

    assert answer.body == b"hello world"
    assert answer.header("transfer-encoding") == "chunked"


def test_an_old_client_gets_an_answer_of_unknown_length_until_the_close(gateway: RunningGateway, upstream: int) -> None:
    gateway.route(upstream)
    with socket.create_connection(("127.0.0.1", gateway.proxy_port), timeout=60) as client:
        client.sendall(b"GET /r/chunked HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
        received = b""
        while chunk := client.recv(65536):
            received += chunk

    assert received.endswith(b"\r\n\r\nhello world")
    assert b"\r\nConnection: close\r\n" in received


def test_upstream_connections_are_used_again(gateway: RunningGateway, upstream: int) -> None:
    gateway.route(upstream)

    answers = [gateway.proxy("GET", "/r") for _ in range(5)]

    assert [answer.body for answer in answers] == [b"small"] * 5
    assert Upstream.connections == 1


def test_an_answer_that_breaks_off_breaks_off_for_the_client(gateway: RunningGateway, echo: EchoServer) -> None:
    gateway.route(echo.port)
    connection = HTTPConnection("127.0.0.1", gateway.proxy_port, timeout=60)
    connection.request("GET", "/r", headers={"X-Echo-Truncate": "1"})

    with pytest.raises((IncompleteRead, ConnectionResetError)):
        connection.getresponse().read()
    connection.close()


def test_an_upstream_that_hangs_up_is_a_bad_gateway(gateway: RunningGateway, echo: EchoServer) -> None:
    gateway.route(echo.port)

    assert gateway.proxy("POST", "/r", {"X-Echo-Close": "1"}, b"{}").status == 502
