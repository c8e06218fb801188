"""Tokens that must never get in."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.gateway.echo import EchoHandler, EchoServer
from tests.gateway.running import RunningGateway
from tests.gateway.tokens import Keys, base64url

GOOD = {"header": {"alg": "ES256"}, "claims": {"iss": "k", "exp": {"$now": 60}}, "sign": "ec256-A"}


@pytest.fixture(scope="module")
def keys() -> Keys:
    return Keys()


@pytest.fixture(scope="module")
def protected(tmp_path_factory: pytest.TempPathFactory, keys: Keys) -> Iterator[RunningGateway]:
    data: Path = tmp_path_factory.mktemp("gateway") / "data.sqlite"
    with EchoServer(("127.0.0.1", 0), EchoHandler) as echo, RunningGateway(data) as gateway:
        gateway.route(echo.port)
        gateway.plugin("/routes/r", "jwt", claims_to_verify=["exp"], maximum_expiration=900)
        gateway.admin("PUT", "/consumers/ann")
        for key, algorithm, pem in (
            ("k", "ES256", "ec256-A"),
            ("k384", "ES384", "ec256-A"),
            ("k512", "ES512", "ec384-A"),
            ("rs", "RS256", "rsa-A"),
        ):
            body = {"key": key, "algorithm": algorithm, "rsa_public_key": keys.pem[f"{pem}.pub"]}
            assert gateway.admin("POST", "/consumers/ann/jwt", body).status == 201
        no_secret = {"key": "hs", "secret": None, "rsa_public_key": keys.pem["rsa-A.pub"]}
        assert gateway.admin("POST", "/consumers/ann/jwt", no_secret).status == 201
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
        {"header": {"alg": "HS256"}, "claims": {"iss": "hs", "exp": {"$now": 60}}, "sign": "pemsecret:rsa-A.pub"},
        {"header": {"alg": "ES384"}, "claims": {"iss": "k384", "exp": {"$now": 60}}},
        {"header": {"alg": "ES512"}, "claims": {"iss": "k512", "exp": {"$now": 60}}, "sign": "ec384-A"},
        {"header": {"alg": "RS256"}, "claims": {"iss": "rs", "exp": {"$now": 60}}, "sign": "rsa-B"},
        {"header": {"alg": "RS256"}, "claims": {"iss": "rs", "exp": {"$now": 60}}, "sign": "rsa-A", "how": "PS256"},
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
    assert protected.admin("PATCH", "/consumers/ann", {"custom_id": "x\r\nX-Admin: yes"}).status == 200

    token = keys.token(GOOD, protected.clock())
    answer = protected.proxy("GET", "/r", {"Authorization": f"Bearer {token}"})

    headers = {name.lower(): value for name, value in answer.json["headers"]}
    assert "x-admin" not in headers
    assert headers["x-consumer-custom-id"] == "x%0D%0AX-Admin: yes"
