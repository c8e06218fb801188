"""What a real Kong 3.9.1 answered, asked of the gateway.

With REAL_KONG_ADMIN_URL and REAL_KONG_PROXY_URL set, the same cases are asked of that Kong instead: it must reach
127.0.0.1 of this machine, its consumers, services, routes and plugins are all DELETED, and the waits are real ones.
"""

import json
import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.gateway.double import Double
from tests.gateway.echo import EchoHandler, EchoServer
from tests.gateway.player import Case, World
from tests.gateway.running import Clock, document, running
from tests.gateway.tokens import Keys

_TABLE = json.loads(Path(__file__).with_name("cases.json").read_text())
CASES = {record["id"]: Case(record, _TABLE["header_sets"]) for record in _TABLE["cases"]}
_ORDER = list(CASES)

# Where Kong fails over bad input with 500, or passes a header that RFC 7515 says must be understood, it is refused.
REFUSED = {
    ("jwt-header-faults", 10): 401,
    **{("jwt-iss-faults", number): 401 for number in (3, 4, 5, 6, 8, 9)},
    **{("jwt-bad-signature", number): 401 for number in (5, 7, 8)},
    ("jwt-credential-faults", 1): 401,
}
# Steps that are not asked of the gateway, and why.
_OTHER_KEYS = "the credential is not made: it is of a kind that is not offered"
LEFT_OUT = {
    **{("jwt-bad-signature", number): _OTHER_KEYS for number in (9, 10, 11, 12)},
    **{("jwt-credential-faults", number): _OTHER_KEYS for number in (0, 2)},
    **{("jwt-authz-forms", number): "refused with 401 too, in another sentence" for number in (13, 15)},
    ("rt-method-mismatch", 6): "aiohttp tells the upstream of an empty body that it is empty",
    ("rt-strip", 5): "an empty query is no query",
    ("rt-strip", 30): "a fragment, which no client sends, is cut off",
    **{("hd-hop", number): "trailers and other protocols are not passed on" for number in (0, 1, 2)},
}


class Stage:
    """A gateway and what has been played on it, so that every case finds what the table's order gives it."""

    def __init__(self, world: World, clock: Clock | None) -> None:
        self.world = world
        self._clock = clock
        self._played: list[str] = []

    def prepare(self, case: Case) -> None:
        before = _before(case)
        # Cases of one set-up leave each other alone, but for those that are one story.
        is_story = case.group == "propagation"
        played = self._played if is_story else self._played[:1]
        if played != before:
            self.world.wipe()
            for name in before:
                self._play(CASES[name])
            if before and self._clock is None:
                time.sleep(6)
        self._played = [*before, case.id]

    def _play(self, case: Case) -> None:
        for step in case.steps:
            if "request" not in step:
                self.wait(step)
            elif step["request"]["to"] == "admin":
                case.set_up(self.world, step)
            else:
                case.send(self.world, step)

    def wait(self, step: dict[str, object]) -> None:
        """Waits as a step says: for the next second, for enough of a minute to be left, or a number of seconds."""
        now = self.world.now()
        seconds = 0.0
        if step.get("align") == "second":
            seconds = 1.02 - now % 1
        elif step.get("align") == "minute":
            needed = step["need_seconds"]
            left = 60 - now % 60
            assert isinstance(needed, int)
            seconds = left + 0.2 if left < needed else 0.0
        else:
            seconds = float(str(step["wait_seconds"]))
        if self._clock is not None:
            self._clock.skip(seconds)
        else:
            time.sleep(seconds)


def _before(case: Case) -> list[str]:
    """The cases whose requests come first."""
    assert case.setup is not None
    earlier = [name for name in _ORDER[: _ORDER.index(case.id)] if CASES[name].group == case.group]
    return [case.setup, *(earlier if case.group == "propagation" else [])]


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    keys = Keys()
    with EchoServer(("127.0.0.1", 0), EchoHandler) as echo, socket.socket() as silent, socket.socket() as closed:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        closed.bind(("127.0.0.1", 0))
        ports = {9801: echo.port, 9802: closed.getsockname()[1], 9803: silent.getsockname()[1]}
        admin_url, proxy_url = os.environ.get("REAL_KONG_ADMIN_URL"), os.environ.get("REAL_KONG_PROXY_URL")
        if admin_url and proxy_url:
            yield Stage(World(_address(admin_url), _address(proxy_url), ports, keys, time.time), None)
            return
        with running(tmp_path_factory.mktemp("gateway"), document(echo.port)) as gateway:
            admin, proxy = ("127.0.0.1", gateway.admin_port), ("127.0.0.1", gateway.proxy_port)
            double = Double(gateway, keys, echo.port)
            yield Stage(World(admin, proxy, ports, keys, gateway.clock, double), gateway.clock)


def _address(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    return parts.hostname or "", parts.port or 80


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.group != "setup"])
def test_the_gateway_answers_as_kong_did(name: str, stage: Stage) -> None:
    case = CASES[name]
    stage.prepare(case)
    found: list[str] = []
    compared = 0
    for number, step in enumerate(case.steps):
        if "request" not in step:
            stage.wait(step)
            continue
        if step["request"]["to"] == "admin":
            case.set_up(stage.world, step)
            continue
        is_asked = stage.world.double is None or (name, number) not in LEFT_OUT
        if not (is_asked and case.is_offered(stage.world, step)):
            continue
        compared += 1
        reply = case.send(stage.world, step)
        differences = case.differences(stage.world, step, reply)
        if (name, number) in REFUSED and stage.world.double is not None:
            differences = [] if reply.status == REFUSED[name, number] else [f"status {reply.status}"]
        found += [f"step {number}, {step['request']['path']}: {difference}" for difference in differences]
    assert compared, "nothing of this case is offered: take it out of cases.json"
    assert not found, "\n".join(found)


class EmptyWorld(World):
    """Notes how often it was emptied, and asks nobody."""

    def __init__(self) -> None:
        super().__init__(("", 0), ("", 0), {}, Keys(), time.time, None)
        self.wiped = 0

    def wipe(self) -> None:
        self.wiped += 1


def test_a_kong_that_is_not_empty_is_emptied_before_the_first_case(monkeypatch: pytest.MonkeyPatch) -> None:
    case = next(case for case in CASES.values() if case.group == "proxy-jwt")
    monkeypatch.setattr(CASES[case.setup], "steps", [])
    stage = Stage(EmptyWorld(), Clock())

    stage.prepare(case)
    stage.prepare(case)

    assert stage.world.wiped == 1
