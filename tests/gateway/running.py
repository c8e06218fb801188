"""A gateway in a thread of the test's own process, with a clock that tests can move."""

import asyncio
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from threading import Thread
from typing import Any
from uuid import UUID, uuid5

import yaml

from localstack.gateway.server import Gateway, Settings

_NAMES = UUID("6f1c7c9e-8f4b-5d0a-9c3e-2b7d1a4e5f60")
JWT = {"claims_to_verify": ["exp"], "uri_param_names": [], "cookie_names": []}
"""The smallest configuration of a `jwt` plugin."""


def document(upstream_port: int, *routes: dict[str, Any], **plugins: dict[str, Any]) -> dict[str, Any]:
    """A file with these routes to a local upstream, and these plugins for all of them (`request_size_limiting={}`)."""
    service = {"name": "api", "url": f"http://127.0.0.1:{upstream_port}", "routes": list(routes)}
    return {"_format_version": "3.0", "services": [service], "plugins": configured(**plugins)}


def route(name: str = "r", methods: tuple[str, ...] = (), **plugins: dict[str, Any]) -> dict[str, Any]:
    """A route to `/name` and everything below, with these plugins of its own."""
    plain = {"name": name, "paths": [f"~/{name}(/.*)?$"], "methods": list(methods), "strip_path": False}
    return {**plain, "plugins": configured(**plugins)}


def configured(**plugins: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"name": name.replace("_", "-"), "config": config} for name, config in plugins.items()]


def person(name: str) -> str:
    """The id of the consumer that tests call so."""
    return str(uuid5(_NAMES, name))


class Clock:
    """The time, and as much more as a test has skipped."""

    def __init__(self) -> None:
        self.skipped = 0.0

    def __call__(self) -> float:
        return time.time() + self.skipped

    def skip(self, seconds: float) -> None:
        self.skipped += seconds


@dataclass
class Answer:
    status: int
    headers: list[tuple[str, str]]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


@dataclass
class RunningGateway:
    """What `running` gives."""

    gateway: Gateway
    clock: Clock

    @property
    def proxy_port(self) -> int:
        return self.gateway.proxy_port

    @property
    def admin_port(self) -> int:
        return self.gateway.admin_port

    def admin(self, method: str, path: str, body: Any = None) -> Answer:
        data = None if body is None else json.dumps(body).encode()
        return call(self.admin_port, method, path, {"Content-Type": "application/json"} if data else {}, data)

    def proxy(self, method: str, path: str, headers: dict[str, str] | None = None, body: bytes | None = None) -> Answer:
        return call(self.proxy_port, method, path, headers or {}, body)

    def add_person(self, name: str, pem: str, *groups: str) -> None:
        """A consumer with one credential, whose key is the name, and these groups."""
        assert self.admin("PUT", f"/consumers/{person(name)}", {"username": name}).status == 200
        credential = {"key": name, "algorithm": "ES256", "rsa_public_key": pem}
        assert self.admin("POST", f"/consumers/{person(name)}/jwt", credential).status == 201
        for group in groups:
            assert self.admin("PUT", f"/consumers/{person(name)}/acls/{group}").status == 200


@contextmanager
def running(folder: Path, content: dict[str, Any] | str, **settings: Any) -> Iterator[RunningGateway]:
    """A gateway on free ports, by this file's content."""
    file = folder / "kong.yml"
    file.write_text(content if isinstance(content, str) else yaml.safe_dump(content))
    clock = Clock()
    gateway = Gateway(Settings(folder / "gateway.sqlite", file, 0, 0, **settings), clock)
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        asyncio.run_coroutine_threadsafe(gateway.start(), loop).result(60)
        yield RunningGateway(gateway, clock)
        asyncio.run_coroutine_threadsafe(gateway.stop(), loop).result(60)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def call(port: int, method: str, path: str, headers: dict[str, str], body: bytes | None) -> Answer:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        return Answer(response.status, response.getheaders(), response.read())
    finally:
        connection.close()
