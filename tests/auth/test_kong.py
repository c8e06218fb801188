"""The client of Kong's Admin API, against a server on loopback."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from uuid import UUID

import pytest

from auth import kong

USER = UUID("018f4e2a-7c1e-7d3b-9a54-2f6f1c0d9e11")
CONSUMER = f"/consumers/{USER}"


class Admin:
    """Answers as it is event to, and remembers what it was asked. An answer of None closes the connection instead."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, Any, str | None]] = []
        self.answers: list[tuple[int, Any] | None] = []

    def handler(self) -> type[BaseHTTPRequestHandler]:
        admin = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _answer(self) -> None:
                sent = self.rfile.read(int(self.headers.get("content-length", 0)))
                token = self.headers.get("kong-admin-token")
                admin.asked.append((self.command, self.path, json.loads(sent) if sent else None, token))
                answer = admin.answers.pop(0) if len(admin.answers) > 1 else admin.answers[0]
                if answer is None:
                    self.close_connection = True
                    return
                status, value = answer
                body = json.dumps(value).encode() if value is not None else b""
                self.send_response(status)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_PUT = do_POST = do_DELETE = _answer

            def log_message(self, *_: object) -> None:
                pass

        return Handler


@pytest.fixture
def admin(monkeypatch: pytest.MonkeyPatch) -> Iterator[Admin]:
    admin = Admin()
    server = ThreadingHTTPServer(("127.0.0.1", 0), admin.handler())
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    monkeypatch.setenv("KONG_ADMIN_URL", f"http://127.0.0.1:{server.server_port}/")
    kong._pool.cache_clear()
    yield admin
    kong._pool.cache_clear()
    server.shutdown()
    server.server_close()


def test_a_consumer_and_its_group_are_put(admin: Admin) -> None:
    admin.answers = [(200, {"id": "kong-1"}), (200, {})]
    assert kong.put_consumer(USER, "amina") == "kong-1"
    kong.put_group(USER, "student")
    assert admin.asked == [
        ("PUT", CONSUMER, {"username": str(USER), "custom_id": "amina"}, None),
        ("PUT", f"{CONSUMER}/acls/student", {}, None),
    ]


def test_a_credential_is_made_with_our_public_key_and_kongs_own_name_for_it(admin: Admin) -> None:
    made = {"id": "1", "key": "k", "created_at": 7, "rsa_public_key": "PEM", "algorithm": "ES256"}
    admin.answers = [(201, made)]
    assert kong.create_credential(USER, "PEM") == kong.Credential("1", "k", 7, "PEM")
    assert admin.asked == [("POST", f"{CONSUMER}/jwt", {"algorithm": "ES256", "rsa_public_key": "PEM"}, None)]


def test_credentials_are_listed_the_oldest_first(admin: Admin) -> None:
    entries = [{"id": str(at), "key": f"k{at}", "created_at": at, "rsa_public_key": None} for at in (3, 1, 2)]
    admin.answers = [(200, {"data": entries})]
    assert [credential.key for credential in kong.list_credentials(USER)] == ["k1", "k2", "k3"]


def test_what_is_gone_already_is_no_fault_when_it_is_to_go(admin: Admin) -> None:
    admin.answers = [(404, {"message": "Not found"})]
    kong.delete_credential(USER, "a/b?c")
    kong.delete_consumer(USER)
    assert kong.list_credentials(USER) == []
    assert admin.asked[0][:2] == ("DELETE", f"{CONSUMER}/jwt/a%2Fb%3Fc")
    with pytest.raises(kong.GatewayRefused):
        kong.create_credential(USER, "PEM")


def test_an_empty_answer_is_one(admin: Admin) -> None:
    admin.answers = [(204, None)]
    kong.delete_consumer(USER)
    assert admin.asked == [("DELETE", CONSUMER, None, None)]


def test_groups_are_listed_and_left(admin: Admin) -> None:
    admin.answers = [(200, {"data": [{"group": "student", "created_at": 7}]}), (204, None), (404, None)]
    assert kong.list_groups(USER) == [kong.Group("student", 7)]
    for _ in range(2):
        kong.delete_group(USER, "student")
    assert admin.asked[-1][:2] == ("DELETE", f"{CONSUMER}/acls/student")


def test_the_admin_key_is_sent_where_there_is_one(admin: Admin, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KONG_ADMIN_KEY", "the-key")
    admin.answers = [(200, {"id": "kong-1"})]
    kong.put_consumer(USER, "amina")
    assert admin.asked[0][3] == "the-key"


def test_a_gateway_that_fails_is_unavailable_and_one_that_refuses_is_our_fault(admin: Admin) -> None:
    for status in (500, 502, 503, 429):
        admin.answers = [(status, {"message": "x"})]
        with pytest.raises(kong.GatewayUnavailable):
            kong.put_consumer(USER, "amina")
    for status in (400, 401, 403, 404, 409):
        admin.answers = [(status, {"message": "secret of Kong"})]
        with pytest.raises(kong.GatewayRefused) as refusal:
            kong.put_consumer(USER, "amina")
        assert "secret of Kong" not in str(refusal.value)


def test_a_gateway_that_is_not_there_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KONG_ADMIN_URL", "http://127.0.0.1:9")
    kong._pool.cache_clear()
    with pytest.raises(kong.GatewayUnavailable):
        kong.put_consumer(USER, "amina")


def test_a_connection_that_closed_is_made_anew_for_what_can_be_said_twice(admin: Admin) -> None:
    admin.answers = [None, (200, {"id": "kong-1"})]
    assert kong.put_consumer(USER, "amina") == "kong-1"
    assert len(admin.asked) == 2


def test_a_credential_is_asked_for_once_however_the_connection_ends(admin: Admin) -> None:
    admin.answers = [None, (201, {"id": "1", "key": "k"})]
    with pytest.raises(kong.GatewayUnavailable):
        kong.create_credential(USER, "PEM")
    assert len(admin.asked) == 1
