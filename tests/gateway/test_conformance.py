"""What a real Kong 3.9.1 answered, asked of the gateway.

With REAL_KONG_ADMIN_URL and REAL_KONG_PROXY_URL set, the same cases are asked of that Kong instead: it must reach
127.0.0.1 of this machine, its consumers, services, routes and plugins are all DELETED, and the waits are real ones.
"""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.gateway.echo import EchoHandler, EchoServer
from tests.gateway.player import Case, World
from tests.gateway.running import Clock, RunningGateway
from tests.gateway.tokens import Keys

_TABLE = json.loads(Path(__file__).with_name("cases.json").read_text())
CASES = {record["id"]: Case(record, _TABLE["header_sets"]) for record in _TABLE["cases"]}
_ORDER = list(CASES)

# Steps that are not asked of the gateway, and why.
LEFT_OUT = {
    ("adm-consumer-paging-tags", 7): "the key-auth plugin is not offered",
    ("acl-accept", 6): "an error in the form of gRPC: no caller here speaks it",
}
# Where Kong fails over bad input with 500, the gateway refuses the input.
REFUSED = {
    ("adm-body-faults", 3): 400,
    ("adm-body-faults", 4): 400,
    ("adm-body-faults", 5): 400,
    ("jwt-iss-faults", 3): 401,
    ("jwt-iss-faults", 4): 401,
    ("jwt-iss-faults", 5): 401,
    ("jwt-iss-faults", 6): 401,
    ("jwt-iss-faults", 8): 401,
    ("jwt-iss-faults", 9): 401,
    ("jwt-bad-signature", 5): 401,
    ("jwt-bad-signature", 7): 401,
    ("jwt-bad-signature", 8): 401,
    ("jwt-credential-faults", 1): 401,
}


class Stage:
    """A gateway and what has been played on it, so that every case finds what the table's order gives it."""

    def __init__(self, world: World, clock: Clock | None) -> None:
        self.world = world
        self.is_stand_in = clock is not None
        self._clock = clock
        # A gateway may bring something along.
        self._played: list[str] | None = None

    def prepare(self, case: Case) -> None:
        before = _before(case)
        # Cases of one set-up leave each other alone, but for those that are one story.
        is_story = case.setup not in CASES or case.group == "propagation"
        played = self._played if is_story or self._played is None else self._played[:1]
        if played != before:
            self.world.wipe()
            for name in before:
                self._play(CASES[name])
            if before and not self.is_stand_in:
                time.sleep(6)
        self._played = [*before, case.id]

    def _play(self, case: Case) -> None:
        for step in case.steps:
            if "request" in step:
                case.send(self.world, step)
            else:
                self.wait(step)

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
        elif not self.is_stand_in or float(str(step["wait_seconds"])) < 2:
            seconds = float(str(step["wait_seconds"]))
        if self._clock is not None:
            self._clock.skip(seconds)
        else:
            time.sleep(seconds)


def _before(case: Case) -> list[str]:
    """The cases whose requests come first."""
    if case.setup in CASES:
        earlier = _earlier_in_group(case) if case.group == "propagation" else []
        return [case.setup, *earlier]
    if case.wipe_first:
        return []
    earlier = _earlier_in_group(case)
    start = max(index for index, name in enumerate(earlier) if CASES[name].wipe_first)
    return earlier[start:]


def _earlier_in_group(case: Case) -> list[str]:
    return [name for name in _ORDER[: _ORDER.index(case.id)] if CASES[name].group == case.group]


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with EchoServer(("127.0.0.1", 0), EchoHandler) as echo, socket.socket() as silent, socket.socket() as closed:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        closed.bind(("127.0.0.1", 0))
        ports = {9801: echo.port, 9802: closed.getsockname()[1], 9803: silent.getsockname()[1]}
        admin_url, proxy_url = os.environ.get("REAL_KONG_ADMIN_URL"), os.environ.get("REAL_KONG_PROXY_URL")
        if admin_url and proxy_url:
            yield Stage(World(_address(admin_url), _address(proxy_url), ports, Keys(), time.time), None)
            return
        with RunningGateway(tmp_path_factory.mktemp("gateway") / "data.sqlite") as gateway:
            admin, proxy = ("127.0.0.1", gateway.admin_port), ("127.0.0.1", gateway.proxy_port)
            yield Stage(World(admin, proxy, ports, Keys(), gateway.clock), gateway.clock)


def _address(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    return parts.hostname or "", parts.port or 80


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.group != "setup"])
def test_the_gateway_answers_as_kong_did(name: str, stage: Stage) -> None:
    case = CASES[name]
    stage.prepare(case)
    found: list[str] = []
    for number, step in enumerate(case.steps):
        if "request" not in step:
            stage.wait(step)
            continue
        reply = case.send(stage.world, step)
        if stage.is_stand_in and (name, number) in LEFT_OUT:
            continue
        if stage.is_stand_in and (name, number) in REFUSED:
            differences = [] if reply.status == REFUSED[name, number] else [f"status {reply.status}"]
        else:
            differences = case.differences(stage.world, step, reply)
        found += [f"step {number}, {step['request']['path']}: {difference}" for difference in differences]
    assert not found, "\n".join(found)


def test_a_real_kong_that_is_not_empty_is_emptied_and_asked(tmp_path: Path) -> None:
    """The stand-in is in its place: another process is told where it is, as the documents say."""
    first = "adm-consumer-create"
    with RunningGateway(tmp_path / "data.sqlite") as kong:
        assert kong.admin("POST", "/consumers", {"username": "alice"}).status == 201
        done = subprocess.run(
            [sys.executable, "-m", "pytest", f"{__file__}::test_the_gateway_answers_as_kong_did[{first}]"],
            cwd=Path(__file__).parents[2],
            env={
                **os.environ,
                "REAL_KONG_ADMIN_URL": f"http://127.0.0.1:{kong.admin_port}",
                "REAL_KONG_PROXY_URL": f"http://127.0.0.1:{kong.proxy_port}",
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert "1 passed" in done.stdout, done.stdout + done.stderr
        [alice] = kong.admin("GET", "/consumers").json["data"]
        assert alice["custom_id"] == "cust-1"
