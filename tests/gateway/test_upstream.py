"""Bodies of all sizes, upstreams and clients that misbehave, and the bound on what runs at once."""

import hashlib
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.gateway.echo import EchoHandler, EchoServer
from tests.gateway.running import JWT, RunningGateway, document, route, running

LARGE = b"0123456789abcdef" * 65536 * 8


class Upstream(BaseHTTPRequestHandler):
    """Counts what runs at once and how many connections there were; holds /r/hold requests until they are let go."""

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
        if self.path == "/r/hold":
            self.held.release()
            self.let_go.wait(20)
        with self.lock:
            Upstream.running -= 1
        self.send_response(200)
        if self.path == "/r/chunked":
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            self.wfile.write(b"5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n")
            return
        body = LARGE if self.path == "/r/large" else b"small"
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        body = hashlib.sha256(self.rfile.read(int(self.headers["Content-Length"]))).hexdigest().encode()
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


@pytest.fixture
def one_at_a_time(tmp_path: Path, upstream: int) -> Iterator[RunningGateway]:
    with running(tmp_path, document(upstream, route()), upstream_concurrency=1) as gateway:
        yield gateway


def test_no_more_upstream_requests_run_at_once_than_allowed(tmp_path: Path, upstream: int) -> None:
    content = document(upstream, route())
    with running(tmp_path, content, upstream_concurrency=2) as gateway, ThreadPoolExecutor(8) as pool:
        answers = [pool.submit(gateway.proxy, "GET", "/r/hold") for _ in range(8)]
        assert all(Upstream.held.acquire(timeout=60) for _ in range(2))
        # One that is refused at the gateway does not wait for the others.
        assert gateway.proxy("GET", "/none").status == 404
        Upstream.let_go.set()

        assert [answer.result().status for answer in answers] == [200] * 8
    assert Upstream.most_running == 2


def test_a_client_that_does_not_read_holds_nobody_up(one_at_a_time: RunningGateway) -> None:
    with socket.create_connection(("127.0.0.1", one_at_a_time.proxy_port)) as client:
        client.sendall(b"GET /r/large HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")

        assert one_at_a_time.proxy("GET", "/r/small").body == b"small"
        received = 0
        while chunk := client.recv(1 << 20):
            received += len(chunk)
    assert received > len(LARGE)


def test_large_bodies_arrive_whole(one_at_a_time: RunningGateway) -> None:
    assert one_at_a_time.proxy("POST", "/r", body=LARGE).body.decode() == hashlib.sha256(LARGE).hexdigest()
    assert one_at_a_time.proxy("GET", "/r/large").body == LARGE


def test_an_answer_of_unknown_length_arrives_with_its_length(one_at_a_time: RunningGateway) -> None:
    answer = one_at_a_time.proxy("GET", "/r/chunked")

    assert (answer.body, answer.header("Content-Length")) == (b"hello world", "11")


def test_upstream_connections_are_used_again(one_at_a_time: RunningGateway) -> None:
    answers = [one_at_a_time.proxy("GET", "/r") for _ in range(5)]

    assert [answer.body for answer in answers] == [b"small"] * 5
    assert Upstream.connections == 1


def test_a_body_announced_as_too_large_is_refused_before_any_plugin_asks_who_sends_it(tmp_path: Path) -> None:
    with running(tmp_path, document(1, route(jwt=JWT)), client_max_body_size=1000) as gateway:
        answer = gateway.proxy("POST", "/r", body=b"x" * 1001)
        assert (answer.status, answer.json["message"]) == (413, "Payload too large")
        assert gateway.proxy("POST", "/r", body=b"x" * 1000).status == 401


@pytest.mark.parametrize("fault", ["X-Echo-Close", "X-Echo-Truncate"])
def test_an_upstream_that_breaks_off_is_a_bad_gateway(fault: str, gateway: RunningGateway) -> None:
    answer = gateway.proxy("POST", "/r", {fault: "1"}, b"{}")

    assert (answer.status, answer.json["message"]) == (502, "An invalid response was received from the upstream server")


def test_an_upstream_that_nobody_serves_is_a_bad_gateway(tmp_path: Path) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        with running(tmp_path, document(closed.getsockname()[1], route())) as gateway:
            assert gateway.proxy("GET", "/r").status == 502


def test_an_upstream_that_takes_too_long_is_a_time_out(tmp_path: Path, echo: EchoServer) -> None:
    with running(tmp_path, document(echo.port, route()), upstream_seconds=0.1) as gateway:
        answer = gateway.proxy("GET", "/r", {"X-Echo-Sleep": "1"})

    assert (answer.status, answer.json["message"]) == (504, "The upstream server is timing out")


def test_cookies_pass_both_ways_and_a_server_in_front_says_for_whom_it_asks(tmp_path: Path) -> None:
    # `echo` answers with what it saw.
    cookies = {"Cookie": "a=1; b=2", "X-Echo-Header": "Set-Cookie=c=3; Path=/auth/session; HttpOnly"}
    forwarded = {"X-Forwarded-For": "198.51.100.1, 203.0.113.9"}
    with EchoServer(("127.0.0.1", 0), EchoHandler) as echo:
        seen = {}
        for behind_proxy in (False, True):
            with running(tmp_path, document(echo.port, route()), behind_proxy=behind_proxy) as gateway:
                answer = gateway.proxy("GET", "/r", {**cookies, **forwarded})
            assert answer.header("Set-Cookie") == "c=3; Path=/auth/session; HttpOnly"
            sent = {name.lower(): value for name, value in answer.json["headers"]}
            assert sent["cookie"] == "a=1; b=2"
            seen[behind_proxy] = sent["x-real-ip"]
    assert seen == {False: "127.0.0.1", True: "203.0.113.9"}
