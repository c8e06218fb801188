"""A gateway in a thread of the test's own process, with a clock that tests can move."""

import asyncio
import json
import time
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from threading import Thread
from typing import Any

from localstack.gateway.server import Gateway, Settings


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


class RunningGateway:
    """Runs from `with` to its end on free ports."""

    def __init__(
        self,
        data: Path,
        config: Path | None = None,
        upstream_concurrency: int | None = None,
        client_max_body_size: int | None = None,
    ) -> None:
        self.clock = Clock()
        settings = Settings(data, config, 0, 0, upstream_concurrency, client_max_body_size)
        self._gateway = Gateway(settings, self.clock)
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> "RunningGateway":
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._gateway.start(), self._loop).result(60)
        self.proxy_port = self._gateway.proxy_port
        self.admin_port = self._gateway.admin_port
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._gateway.stop(), self._loop).result(60)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def admin(self, method: str, path: str, body: Any = None) -> Answer:
        data = None if body is None else json.dumps(body).encode()
        return call(self.admin_port, method, path, {"Content-Type": "application/json"} if data else {}, data)

    def proxy(self, method: str, path: str, headers: dict[str, str] | None = None, body: bytes | None = None) -> Answer:
        return call(self.proxy_port, method, path, headers or {}, body)

    def route(self, upstream_port: int, name: str = "r", **route: Any) -> None:
        """Makes a service and a route `/name` to a local upstream."""
        service = {"name": name, "url": f"http://127.0.0.1:{upstream_port}"}
        assert self.admin("POST", "/services", service).status == 201
        route = {"name": name, "paths": [f"/{name}"]} | route
        assert self.admin("POST", f"/services/{name}/routes", route).status == 201

    def plugin(self, path: str, name: str, **config: Any) -> None:
        answer = self.admin("POST", f"{path}/plugins", {"name": name, "config": config})
        assert answer.status == 201, answer.body


def call(port: int, method: str, path: str, headers: dict[str, str], body: bytes | None) -> Answer:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        return Answer(response.status, response.getheaders(), response.read())
    finally:
        connection.close()
