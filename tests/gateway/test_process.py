"""The gateway as a process: what it starts with, and what outlives it."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.gateway.echo import EchoServer
from tests.gateway.running import Answer, call, person
from tests.gateway.tokens import Keys

CONFIG = """
_format_version: "3.0"
services:
  - name: api
    url: ${API_URL}
    plugins:
      - name: request-transformer
        config:
          remove: {headers: [X-Gateway-Secret]}
          add: {headers: ["X-Gateway-Secret:${SECRET_OF_THIS_TEST}"]}
    routes:
      - name: open
        paths: ["~/open$"]
        strip_path: false
      - name: members
        paths: ["~/members/[^/]+$"]
        methods: [GET]
        strip_path: false
        plugins:
          - name: jwt
            config: {claims_to_verify: [exp], uri_param_names: [], cookie_names: [], run_on_preflight: false}
          - name: acl
            config: {allow: [student]}
"""


class Process:
    """`python -m localstack.gateway` on free ports."""

    def __init__(self, folder: Path, environment: dict[str, str], config: str = CONFIG) -> None:
        file = folder / "kong.yml"
        file.write_text(config)
        files = ["--config", str(file), "--data", str(folder / "gateway.sqlite")]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "localstack.gateway", *files, "--proxy-port", "0", "--admin-port", "0"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, **environment},
        )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if line:
            ports = [int(part.split(":")[1]) for part in line.replace(",", "").split() if ":" in part]
            self.proxy_port, self.admin_port = ports

    def __enter__(self) -> "Process":
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def kill(self) -> None:
        self._process.send_signal(signal.SIGKILL)
        self._process.communicate()

    def failure(self) -> str:
        """What it said when it did not start."""
        _, errors = self._process.communicate(timeout=60)
        assert self._process.returncode == 1
        return errors

    def admin(self, method: str, path: str, body: object = None) -> Answer:
        data = None if body is None else json.dumps(body).encode()
        return call(self.admin_port, method, path, {"Content-Type": "application/json"} if data else {}, data)

    def proxy(self, path: str, headers: dict[str, str]) -> Answer:
        return call(self.proxy_port, "GET", path, headers, None)


@pytest.fixture
def environment(echo: EchoServer) -> dict[str, str]:
    return {"API_URL": f"http://127.0.0.1:{echo.port}", "SECRET_OF_THIS_TEST": "the-secret"}


def saw(answer: Answer, name: str) -> list[str]:
    """The values of a header that the upstream saw."""
    return [value for key, value in answer.json["headers"] if key.lower() == name.lower()]


def test_every_answered_write_survives_a_kill(tmp_path: Path, environment: dict[str, str], keys: Keys) -> None:
    claims = {"iss": "key-of-ann", "exp": {"$now": 60}}
    token = keys.token({"header": {"alg": "ES256"}, "claims": claims, "sign": "ec256-A"}, time.time())
    authorization = {"Authorization": f"Bearer {token}"}
    ann, others = f"/consumers/{person('ann')}", [f"/consumers/{person(str(number))}" for number in range(50)]
    with Process(tmp_path, environment) as gateway:
        assert gateway.proxy("/members/1", authorization).status == 401
        for number, other in enumerate(others):
            assert gateway.admin("PUT", other, {"custom_id": f"c-{number}"}).status == 200
        gateway.admin("PUT", ann, {"username": "ann"})
        gateway.admin("PUT", f"{ann}/acls/student")
        credential = {"key": "key-of-ann", "algorithm": "ES256", "rsa_public_key": keys.pem["ec256-A.pub"]}
        assert gateway.admin("POST", f"{ann}/jwt", credential).status == 201
        gateway.admin("DELETE", others[7])
        gateway.kill()

    with Process(tmp_path, environment) as gateway:
        known = [gateway.admin("GET", f"{other}/jwt").status for other in others]
        assert known == [404 if number == 7 else 200 for number in range(50)]
        answer = gateway.proxy("/members/1", authorization)
        assert answer.status == 200
        assert saw(answer, "X-Consumer-Username") == ["ann"]
        assert saw(answer, "X-Consumer-Groups") == ["student"]
        gateway.admin("DELETE", f"{ann}/jwt/{credential['key']}")
        assert gateway.proxy("/members/1", authorization).status == 401


def test_the_upstream_sees_the_gateways_own_secret_and_never_the_clients(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    with Process(tmp_path, environment) as gateway:
        listed = {"x-gateway-secret": "guess", "Connection": "X-Gateway-Secret"}
        for spoofed in ({}, {"X-Gateway-Secret": "guess"}, listed):
            assert saw(gateway.proxy("/open", spoofed), "X-Gateway-Secret") == ["the-secret"]


def test_a_missing_variable_is_named_and_nothing_starts(tmp_path: Path, environment: dict[str, str]) -> None:
    del environment["SECRET_OF_THIS_TEST"]

    assert "SECRET_OF_THIS_TEST" in Process(tmp_path, environment).failure()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (CONFIG.replace("3.0", "2.1"), "_format_version"),
        (f"{CONFIG}\nconsumers: [{{username: x}}]", "consumers"),
        (CONFIG.replace("name: acl", "name: key-auth"), "key-auth"),
        (f"{CONFIG}\nplugins: [{{name: correlation-id, config: {{header_name: X-Id}}}}]", "correlation-id"),
        (CONFIG.replace("{allow: [student]}", "{}"), "allow"),
        (CONFIG.replace("uri_param_names: [], ", ""), "uri_param_names"),
        (CONFIG.replace("name: api", "name: api\n    colour: red"), "colour"),
        (CONFIG.replace("~/open$", "~/open("), "invalid regex"),
        (CONFIG.replace("strip_path: false", "strip_path: true", 1), "strip_path"),
        ("services: [", "kong.yml"),
    ],
)
def test_a_file_that_asks_for_more_than_is_offered_is_refused(
    wrong: str, words: str, tmp_path: Path, environment: dict[str, str]
) -> None:
    assert words in Process(tmp_path, environment, wrong).failure()
