"""Tokens that must never get in."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.gateway.echo import EchoHandler, EchoServer
from tests.gateway.running import JWT, RunningGateway, document, person, route, running
from tests.gateway.tokens import Keys, base64url

GOOD = {"header": {"alg": "ES256"}, "claims": {"iss": "k", "exp": {"$now": 60}}, "sign": "ec256-A"}


@pytest.fixture(scope="module")
def protected(tmp_path_factory: pytest.TempPathFactory, keys: Keys) -> Iterator[RunningGateway]:
    folder: Path = tmp_path_factory.mktemp("gateway")
    with EchoServer(("127.0.0.1", 0), EchoHandler) as echo:
        content = document(echo.port, route(jwt={**JWT, "maximum_expiration": 900}))
        with running(folder, content) as gateway:
            # The second one's key is of another curve than tokens are signed on.
            for name, pem in (("k", "ec256-A"), ("k384", "ec384-A"), ("rsa", "rsa-A"), ("junk", "")):
                gateway.add_person(name, keys.pem[f"{pem}.pub"] if pem else "junk")
            yield gateway


def status(gateway: RunningGateway, token: str) -> int:
    return gateway.proxy("GET", "/r", {"Authorization": f"Bearer {token}"}).status


def test_a_good_token_gets_in(protected: RunningGateway, keys: Keys) -> None:
    assert status(protected, keys.token(GOOD, protected.clock())) == 200


@pytest.mark.parametrize(
    "change",
    [
        {"header": {"alg": "none"}, "sign": None},
        {"header": {"alg": "None"}, "sign": None},
        {"header": {"alg": ["ES256"]}},
        {"header": {}},
        {"header": "[]"},
        {"header": "null"},
        {"header": "{"},
        {"header": "[" * 100_00},
        {"claims": "null"},
        {"claims": "[]"},
        {"claims": '"k"'},
        {"claims": '{"iss": "k", "exp": NaN}'},
        {"claims": '{"iss": "k", "exp": Infinity}'},
        {"claims": '{"iss": "k", "exp": 1e999}'},
        {"claims": '{"iss": "k", "exp": "9999999999"}'},
        {"claims": {"iss": "k"}},
        {"claims": {"iss": "k", "exp": {"$now": 901}}},
        {"claims": {"iss": "k", "exp": {"$now": 0}}},
        {"claims": {"iss": {"$ne": ""}, "exp": {"$now": 60}}},
        {"claims": {"iss": "unknown", "exp": {"$now": 60}}},
        {"header": {"alg": "HS256"}, "sign": "pemsecret:ec256-A.pub"},
        {"claims": {"iss": "k384", "exp": {"$now": 60}}, "sign": "ec384-A"},
        {"header": {"alg": "ES384"}, "claims": {"iss": "k384", "exp": {"$now": 60}}, "sign": "ec384-A"},
        {"claims": {"iss": "rsa", "exp": {"$now": 60}}, "sign": "rsa-A"},
        {"header": {"alg": "RS256"}, "claims": {"iss": "rsa", "exp": {"$now": 60}}, "sign": "rsa-A"},
        {"claims": {"iss": "junk", "exp": {"$now": 60}}},
        {"sign": "ec256-B"},
        {"der": True},
        {"tamper": "claims"},
        {"tamper": "sig"},
        {"tamper": "nosig"},
        {"tamper": "emptysig"},
        {"tamper": "extra"},
    ],
)
def test_a_bad_token_is_refused(change: dict[str, Any], protected: RunningGateway, keys: Keys) -> None:
    token = keys.token(GOOD | change, protected.clock())

    assert status(protected, token) in (400, 401)


@pytest.mark.parametrize("token", ["", ".", "..", "...", "a.b.c", "\xff.\xff.\xff", "e30.e30.", "=.=.="])
def test_what_is_no_token_is_refused(token: str, protected: RunningGateway) -> None:
    assert status(protected, token) == 401


def test_a_signature_of_zeros_is_refused(protected: RunningGateway, keys: Keys) -> None:
    head = keys.token(GOOD, protected.clock()).rpartition(".")[0]

    assert status(protected, f"{head}.{base64url(bytes(64))}") == 401


def test_a_token_ends_when_its_time_is_over(protected: RunningGateway, keys: Keys) -> None:
    token = keys.token(GOOD, protected.clock())
    assert status(protected, token) == 200
    protected.clock.skip(61)

    assert status(protected, token) == 401


def test_a_consumers_name_cannot_bring_in_another_header(protected: RunningGateway, keys: Keys) -> None:
    names = {"username": "k", "custom_id": "x\r\nX-Admin: yes"}
    assert protected.admin("PUT", f"/consumers/{person('k')}", names).status == 200

    token = keys.token(GOOD, protected.clock())
    answer = protected.proxy("GET", "/r", {"Authorization": f"Bearer {token}"})

    headers = {name.lower(): value for name, value in answer.json["headers"]}
    assert "x-admin" not in headers
    assert headers["x-consumer-custom-id"] == "x%0D%0AX-Admin: yes"
