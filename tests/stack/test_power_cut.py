"""A power cut at any moment: everything is killed at once, and the next start finds its way.

    make power-cuts CUTS=60

has many of them; the tests of every day have few.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from localstack.process import PidFile
from localstack.settings import ROOT
from tests.stack.clients import Person, demo_person, eventually
from tests.stack.conftest import StackUnderTest

pytestmark = pytest.mark.stack

CUTS = int(os.environ.get("POWER_CUTS", "3"))
# What a start tells, in the order of its log; and for how long something goes on behind each line, in seconds.
LINES = {"[": 0.3, "emulator serves": 0.5, "building and deploying": 6.0, "deployed": 2.0, "gateway serves": 3.0}


class Session:
    """The supervisor of one stack, and all that it starts; nothing else is ever signalled."""

    def __init__(self, stack: StackUnderTest) -> None:
        self._stack = stack
        self._log = stack.settings.logs / "power-cuts.log"
        self._log.parent.mkdir(parents=True, exist_ok=True)
        with self._log.open("ab") as out:
            self._begin = out.tell()
            self._process = subprocess.Popen(
                [sys.executable, "-m", "localstack", "run"],
                cwd=ROOT,
                env=stack.environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.pid = self._process.pid

    @property
    def output(self) -> str:
        return self._log.read_bytes()[self._begin :].decode()

    def until(self, words: str, seconds: float = 240) -> None:
        def told() -> bool | None:
            assert self._process.poll() is None or words in self.output, self.output
            return True if words in self.output else None

        eventually(told, seconds)

    def ask_to_stop(self) -> None:
        self._process.terminate()

    def cut(self) -> None:
        """SIGKILL to every process of every group; they are stopped first, so that none outlives another."""
        groups = self._groups()
        for number in (signal.SIGSTOP, signal.SIGKILL):
            for group in groups:
                _signal(group, number)
            groups |= self._groups()
        for group in groups:
            _signal(group, signal.SIGKILL)
        self._process.wait()
        files = [PidFile(file) for file in self._stack.settings.run.glob("*.pid")]
        eventually(lambda: None if any(file.pid() for file in files) else True)

    def kill_supervisor_alone(self) -> None:
        os.kill(self.pid, signal.SIGKILL)
        self._process.wait()

    def _groups(self) -> set[int]:
        """Of the supervisor and its descendants: each part leads a group of its own."""
        parents: dict[int, list[tuple[int, int]]] = {}
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = stat.read_text().rpartition(")")[2].split()
            except OSError:
                continue
            parents.setdefault(int(fields[1]), []).append((int(stat.parent.name), int(fields[2])))
        found, look = {self.pid}, [self.pid]
        while look:
            for pid, group in parents.get(look.pop(), ()):
                found.add(group)
                look.append(pid)
        # A group of this test's own process would be a mistake of this test.
        assert os.getpgrp() not in found
        return found


def _signal(group: int, number: int) -> None:
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return


def in_a_start(session: Session, luck: random.Random) -> None:
    line, seconds = luck.choice(list(LINES.items()))
    session.until(line)
    time.sleep(luck.uniform(0, seconds))
    session.cut()


def while_running(session: Session, luck: random.Random) -> None:
    session.until("] ready")
    time.sleep(luck.uniform(0, 2))
    session.cut()


def in_a_stop(session: Session, luck: random.Random) -> None:
    session.until("] ready")
    session.ask_to_stop()
    session.until("] stopping")
    time.sleep(luck.uniform(0, 3))
    session.cut()


def supervisor_alone(session: Session, luck: random.Random) -> None:
    line, seconds = luck.choice(list(LINES.items()))
    session.until(line)
    time.sleep(luck.uniform(0, seconds))
    session.kill_supervisor_alone()


def after_a_clean_stop(session: Session, luck: random.Random) -> None:
    session.until("] ready")
    session.ask_to_stop()
    session.until("all data is on disk")
    time.sleep(luck.uniform(0, 0.2))
    session.cut()


# The first ones end the first session, of which nothing was ever saved.
ENDS: tuple[Callable[[Session, random.Random], None], ...] = (
    in_a_start,
    while_running,
    in_a_stop,
    supervisor_alone,
    after_a_clean_stop,
    in_a_start,
)


@pytest.fixture
def own_stack(tmp_path: Path) -> Iterator[StackUnderTest]:
    stack = StackUnderTest(tmp_path / "stack")
    yield stack
    assert stack.command("down").returncode == 0


def test_after_every_power_cut_the_next_start_serves(own_stack: StackUnderTest) -> None:
    luck = random.Random(CUTS)
    kept = []
    for number in range(CUTS):
        end = ENDS[number % len(ENDS)]
        session = Session(own_stack)
        if end is after_a_clean_stop:
            session.until("] ready")
            kept.append(Person(own_stack, f"kept-{number}").joined())
        print(f"cut {number}: {end.__name__}")
        end(session, luck)
        print(session.output)
    assert own_stack.command("up").returncode == 0
    # Whoever came since the last clean stop is there or not; who is not can come again, by the same name.
    amina = Person(own_stack, "amina")
    assert amina.register().status_code in (201, 409)
    for person in (amina, *kept, demo_person(own_stack, "student")):
        assert person.login().call("GET", "/auth/profile").status_code == 200
