"""Plays recorded cases against a gateway and compares its answers with the recorded ones."""

import base64
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPConnection
from typing import Any

from tests.gateway.double import Double, as_es256
from tests.gateway.running import Answer
from tests.gateway.tokens import Keys

_PLACEHOLDERS = {
    "<uuid>": r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
    "<int>": r"\d+",
    "<hex32>": r"[0-9a-f]{32}",
    "<random32>": r"[A-Za-z0-9]{32}",
    "<date>": r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT",
    "<jwt>": r"[\w-]+\.[\w-]+\.[\w-]*",
    "<server addr>-<server port>-<worker pid>-<connection>-<request no. on it>-<unix time.ms>": (
        r"127\.0\.0\.1-\d+-\d+-\d+-\d+-\d+\.\d{3}"
    ),
}
_PLACEHOLDER = re.compile("|".join(re.escape(name) for name in sorted(_PLACEHOLDERS, key=len, reverse=True)))
_REPEATED = re.compile(r'<(\d+) (?:times|bytes of) "?(.)"?>')
# Lists that stand in one header, in no fixed order.
_UNORDERED_HEADERS = frozenset(["allow", "upgrade"])


@dataclass
class World:
    """The gateway that is played against, the local ports that stand for recorded ones, and what was saved so far.

    `double` does what a case sets up, where the gateway has not the whole Admin API of a real Kong.
    """

    admin: tuple[str, int]
    proxy: tuple[str, int]
    ports: dict[int, int]
    keys: Keys
    now: Callable[[], float]
    double: Double | None = None
    saved: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        secret = base64.b64encode(self.keys.secrets["hs-A"].encode()).decode()
        self.saved |= {"b64A": secret}

    def wipe(self) -> None:
        if self.double is not None:
            self.double.wipe()
            return
        for collection in ("plugins", "routes", "services", "consumers"):
            while entities := self.call("admin", "GET", f"/{collection}?size=1000").json["data"]:
                for entity in entities:
                    self.call("admin", "DELETE", f"/{collection}/{entity['id']}")

    def call(
        self, to: str, method: str, path: str, headers: list[tuple[str, str]] | None = None, body: bytes | None = None
    ) -> Answer:
        connection = HTTPConnection(*(self.admin if to == "admin" else self.proxy), timeout=60)
        names = {name.lower() for name, _ in headers or ()}
        try:
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            if "host" not in names:
                connection.putheader("Host", "127.0.0.1:8001" if to == "admin" else "127.0.0.1:8000")
            for name, value in headers or ():
                connection.putheader(name, value)
            if body is not None and not names & {"content-length", "transfer-encoding"}:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            response = connection.getresponse()
            return Answer(response.status, response.getheaders(), response.read())
        finally:
            connection.close()

    def localize(self, text: str) -> str:
        """Recorded ports become those in use here."""
        return re.sub(r"\b980\d\b", lambda port: str(self.ports.get(int(port[0]), port[0])), text)


class Case:
    """One recorded case."""

    def __init__(self, recorded: dict[str, Any], header_sets: dict[str, list[list[str]]]) -> None:
        self.id: str = recorded["id"]
        self.group: str = recorded["group"]
        self.setup: str | None = recorded.get("setup")
        self.wipe_first: bool = recorded.get("wipe_first", False)
        self.steps: list[dict[str, Any]] = recorded["steps"]
        self._tokens: dict[str, Any] = _grow(recorded.get("tokens", {}))
        self._header_sets = header_sets

    def set_up(self, world: World, step: dict[str, Any]) -> bool:
        """Plays a step that changes what the gateway is configured with; whether that is offered."""
        request = step["request"]
        if world.double is None:
            self.send(world, step)
            return True
        made = world.double.set_up(
            request["method"], self._fill(request["path"], world), self._fill(request.get("json") or {}, world)
        )
        for name, source in step.get("save", {}).items():
            world.saved[name] = (made or {}).get(source, name)
        return made is not None

    def send(self, world: World, step: dict[str, Any]) -> Answer:
        """Sends a step's request, keeps what the step saves of the answer."""
        request = _grow(step["request"])
        headers = [(name, self._fill(value, world)) for name, value in request.get("headers", ())]
        names = {name.lower() for name, _ in headers}
        body: bytes | None = None
        if "json" in request:
            body = json.dumps(self._fill(request["json"], world)).encode()
            if "content-type" not in names:
                headers.append(("Content-Type", "application/json"))
        elif "body" in request:
            body = self._fill(request["body"], world).encode()
        if "host" in request:
            headers.append(("Host", request["host"]))
        reply = world.call(request["to"], request["method"], self._fill(request["path"], world), headers, body)
        for name, source in step.get("save", {}).items():
            if reply.body and source in reply.json:
                world.saved[name] = reply.json[source]
        return reply

    def is_offered(self, world: World, step: dict[str, Any]) -> bool:
        """Whether the gateway is meant to answer a step as Kong did."""
        if world.double is None:
            return True
        request, answer = step["request"], step["answer"]
        is_json = any(name == "Content-Type" and "json" in value for name, value in _flat(answer, self._header_sets))
        spoken = is_json or answer["status"] in (200, 204, 304)
        return spoken and "Transfer-Encoding" not in str(answer) and world.double.offers(request["path"])

    def differences(self, world: World, step: dict[str, Any], reply: Answer) -> list[str]:
        """In what the answer is not the recorded one."""
        recorded = step["answer"]
        if step.get("unstable") or set(recorded) == {"status"}:
            return [] if reply.status == recorded["status"] else [f"status {reply.status}, not {recorded['status']}"]
        found = [] if reply.status == recorded["status"] else [f"status {reply.status}, not {recorded['status']}"]
        if "headers" in recorded:
            found += self._header_differences(world, "answer", recorded["headers"], reply.headers)
        if "json" in recorded and not self._same(world, recorded["json"], reply.json):
            found.append(f"json {reply.json}, not {recorded['json']}")
        if "body" in recorded and not self._same(world, recorded["body"], reply.body.decode()):
            found.append(f"body {reply.body!r}, not {recorded['body']!r}")
        if "upstream_saw" in recorded and reply.status == recorded["status"]:
            found += self._upstream_differences(world, recorded["upstream_saw"], reply.json)
        return found

    def _upstream_differences(self, world: World, recorded: dict[str, Any], saw: dict[str, Any]) -> list[str]:
        headers = [tuple(header) for header in saw.pop("headers")]
        if world.double is not None:
            recorded = world.double.unstripped(recorded, saw["target"])
        found = self._header_differences(world, "upstream", recorded["headers"], headers)
        for name in ("method", "target", "http_version", "body"):
            if not self._same(world, recorded.get(name, ""), saw[name]):
                found.append(f"upstream's {name} {saw[name]!r}, not {recorded.get(name, '')!r}")
        return found

    def _header_differences(
        self, world: World, whose: str, recorded: list[Any], actual: list[tuple[str, str]]
    ) -> list[str]:
        recorded = _flat({"headers": recorded}, self._header_sets)
        unmatched = [(name.lower(), value) for name, value in actual]
        missing = []
        if world.double is not None:
            # uvicorn leaves out what HTTP/1.1 takes for granted.
            recorded = [header for header in recorded if whose != "answer" or header != ["Connection", "keep-alive"]]
        for name, value in recorded:
            same = [other for other in unmatched if other[0] == name.lower() and self._same_header(world, value, other)]
            if same:
                unmatched.remove(same[0])
            else:
                missing.append((name, value))
        found = [f"{whose} has no header {header}" for header in missing]
        return found + [f"{whose} has the header {header}" for header in unmatched]

    def _same_header(self, world: World, recorded: str, header: tuple[str, str]) -> bool:
        name, value = header
        if name in _UNORDERED_HEADERS:
            return sorted(recorded.split(", ")) == sorted(value.split(", "))
        if name == "x-forwarded-port":
            return value == str(world.proxy[1])
        return self._same(world, recorded, value)

    def _same(self, world: World, recorded: Any, actual: Any) -> bool:
        if isinstance(recorded, dict):
            same_keys = isinstance(actual, dict) and recorded.keys() == actual.keys()
            return same_keys and all(self._same(world, value, actual[key]) for key, value in recorded.items())
        if isinstance(recorded, list):
            same_length = isinstance(actual, list) and len(recorded) == len(actual)
            return same_length and all(self._same(world, *pair) for pair in zip(recorded, actual, strict=True))
        if isinstance(recorded, str):
            return re.fullmatch(self._pattern(world, recorded), str(actual), re.DOTALL) is not None
        if isinstance(recorded, int) and recorded in world.ports:
            return bool(actual == world.ports[recorded])
        return bool(recorded == actual)

    def _pattern(self, world: World, recorded: str) -> str:
        text = world.localize(self._fill(recorded, world))
        parts = _PLACEHOLDER.split(text)
        placeholders = [_PLACEHOLDERS[name] for name in _PLACEHOLDER.findall(text)] + [""]
        return "".join(re.escape(part) + placeholder for part, placeholder in zip(parts, placeholders, strict=True))

    def _fill(self, value: Any, world: World) -> Any:
        if isinstance(value, dict):
            return {key: self._fill(item, world) for key, item in value.items()}
        if isinstance(value, list):
            return [self._fill(item, world) for item in value]
        if not isinstance(value, str):
            return value

        def replace(match: re.Match[str]) -> str:
            kind, _, name = match[1].rpartition(":")
            match kind:
                case "jwt":
                    spec = self._tokens[name]
                    return world.keys.token(spec if world.double is None else as_es256(spec), world.now())
                case "pem":
                    return world.keys.pem[name]
                case "secret":
                    return world.keys.secrets[name]
            return world.saved[name]

        return world.localize(re.sub(r"\$\{([^}]+)\}", replace, value))


def _flat(answer: dict[str, Any], header_sets: dict[str, list[list[str]]]) -> list[list[str]]:
    headers: list[Any] = answer.get("headers", [])
    return header_sets[headers[0]] + headers[1:] if headers and isinstance(headers[0], str) else headers


def _grow(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _grow(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_grow(item) for item in value]
    repeated = _REPEATED.fullmatch(value) if isinstance(value, str) else None
    return repeated[2] * int(repeated[1]) if repeated else value
