"""The supervisor with small real processes for processes."""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from localstack.process import PidFile, Process, ProcessFailed, Running, stop
from localstack.supervisor import FoundationLost, Supervisor

PART = """
import os, signal, sys, time
name, journal = sys.argv[1:]
def note(what):
    with open(journal, "a") as file:
        file.write(f"{what} {name} {os.getpid()}\\n")
def leave(*_):
    note("stopped")
    sys.exit(0)
signal.signal(signal.SIGTERM, signal.SIG_IGN if name == "stubborn" else leave)
note("started")
while True:
    time.sleep(0.02)
"""


class World:
    def __init__(self, folder: Path) -> None:
        self.run = folder / "run"
        self.logs = folder / "logs"
        self.run.mkdir()
        self.logs.mkdir()
        self._journal = folder / "journal"
        self._journal.touch()
        self.reported: list[str] = []
        self.supervisor = Supervisor(self.run, self.logs, self.reported.append)

    def process(self, name: str, *, foundation: bool = False, stop_seconds: float = 60) -> Process:
        return Process(
            name=name,
            command=[sys.executable, "-c", PART, name, str(self._journal)],
            environment=dict(os.environ),
            folder=self.run,
            ready=lambda: self.happened("started", name, self.pid(name)),
            foundation=foundation,
            stop_seconds=stop_seconds,
        )

    def pid(self, name: str) -> int | None:
        return PidFile(self.run / f"{name}.pid").pid()

    def happened(self, what: str, name: str, pid: int | None) -> bool:
        return f"{what} {name} {pid}" in self._journal.read_text().splitlines()

    def journal(self, what: str) -> list[str]:
        lines = [line.split() for line in self._journal.read_text().splitlines()]
        return [name for word, name, _ in lines if word == what]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.supervisor.stop_all()


def kill(pid: int | None) -> None:
    assert pid is not None
    os.kill(pid, signal.SIGKILL)


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, "it has not happened within 60 s"
        time.sleep(0.02)


def test_parts_are_stopped_in_the_reverse_of_their_order(world: World) -> None:
    for name in ("emulator", "broker", "gateway"):
        world.supervisor.start(world.process(name))
    world.supervisor.stop_all()
    assert world.journal("stopped") == ["gateway", "broker", "emulator"]


def test_a_part_that_dies_is_started_again_alone(world: World) -> None:
    for name in ("emulator", "broker"):
        world.supervisor.start(world.process(name))
    emulator, dead = world.pid("emulator"), world.pid("broker")
    stopping = threading.Event()
    watching = threading.Thread(target=world.supervisor.watch, args=(stopping,))
    watching.start()
    kill(dead)
    until(lambda: "broker is back" in world.reported)
    stopping.set()
    watching.join()
    assert world.pid("broker") not in {None, dead}
    assert world.pid("emulator") == emulator


def test_the_death_of_the_foundation_is_left_to_whoever_knows_the_order(world: World) -> None:
    world.supervisor.start(world.process("emulator", foundation=True))
    world.supervisor.start(world.process("broker"))
    kill(world.pid("emulator"))
    with pytest.raises(FoundationLost, match="emulator"):
        world.supervisor.watch(threading.Event())
    world.supervisor.stop_all()
    assert world.journal("stopped") == ["broker"]


def test_a_process_that_ends_at_its_start_is_reported_with_the_end_of_its_log(world: World) -> None:
    process = world.process("broken")
    broken = Process(**{**process.__dict__, "command": [sys.executable, "-c", "raise SystemExit('no such disk')"]})
    with pytest.raises(ProcessFailed, match="no such disk"):
        world.supervisor.start(broken)


def test_a_process_that_does_not_become_ready_is_reported_and_stopped(world: World) -> None:
    process = world.process("silent")
    silent = Process(**{**process.__dict__, "ready": lambda: False, "start_seconds": 0.5})
    with pytest.raises(ProcessFailed, match="not ready"):
        world.supervisor.start(silent)
    assert world.pid("silent") is None


def test_a_part_that_ignores_the_request_to_stop_is_ended_and_said_to_have_been(world: World) -> None:
    world.supervisor.start(world.process("stubborn", stop_seconds=0.3))
    assert not world.supervisor.stop("stubborn")
    assert world.pid("stubborn") is None


def test_a_part_that_had_died_before_it_was_asked_to_stop_is_not_said_to_have_ended_by_itself(world: World) -> None:
    world.supervisor.start(world.process("emulator", foundation=True))
    kill(world.pid("emulator"))
    until(lambda: world.pid("emulator") is None)
    assert not world.supervisor.stop("emulator")


def test_a_part_that_still_runs_is_not_started_twice(world: World) -> None:
    world.supervisor.start(world.process("broker"))
    with pytest.raises(ProcessFailed, match=f"process {world.pid('broker')}"):
        Running(world.process("broker"), world.run, world.logs)


def test_what_a_killed_supervisor_left_behind_is_found_and_stopped_by_its_file(world: World) -> None:
    world.supervisor.start(world.process("broker"))
    left = PidFile(world.run / "broker.pid")
    assert stop(left, seconds=60)
    assert left.pid() is None
    assert world.journal("stopped") == ["broker"]


def test_the_file_of_a_dead_process_names_nobody_even_if_its_id_is_in_use_again(world: World) -> None:
    file = PidFile(world.run / "broker.pid")
    file.write(os.getpid())
    assert file.pid() is None
