"""Keep started parts running, and stop them in the reverse of the order in which they were started."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

from localstack.process import Part, PartFailed, Running

WATCH_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 5.0
# A part that has run for so long has recovered: its next death is a first one.
STEADY_SECONDS = 60.0


class FoundationLost(RuntimeError):
    """The part on which all others stand has died: stop the rest and start again from the beginning."""


class Supervisor:
    """The parts of one stack."""

    def __init__(self, run_folder: Path, log_folder: Path, tell: Callable[[str], None]) -> None:
        self._run_folder = run_folder
        self._log_folder = log_folder
        self._tell = tell
        self._running: dict[str, Running] = {}
        self._started: dict[str, float] = {}
        self._pauses: dict[str, float] = {}
        self._lock = threading.Lock()

    def start(self, part: Part) -> None:
        """Start a part and wait until it serves; parts may be started from several threads. Raises PartFailed."""
        running = Running(part, self._run_folder, self._log_folder)
        with self._lock:
            self._running[part.name] = running
            self._started[part.name] = time.monotonic()
        try:
            running.wait_ready()
        except PartFailed:
            running.stop()
            raise

    def names(self) -> list[str]:
        """The parts that were started and not stopped."""
        return list(self._running)

    def watch(self, stopping: threading.Event, look: Callable[[], None] = lambda: None) -> None:
        """Until `stopping` is set: start again what dies; `look` does so for what is not a process of this machine.

        Raises FoundationLost.
        """
        while not stopping.wait(WATCH_SECONDS):
            for running in list(self._running.values()):
                if not running.alive():
                    self._replace(running, stopping)
            look()

    def _replace(self, dead: Running, stopping: threading.Event) -> None:
        part = dead.part
        dead.stop()
        if part.foundation:
            raise FoundationLost(f"{part.name} died")
        pause = self._pause(part.name)
        self._tell(f"{part.name} died; starting it again" + (f" in {pause:.0f} s" if pause else ""))
        if stopping.wait(pause):
            return
        try:
            self.start(part)
        except PartFailed as failure:
            self._tell(f"{failure}")
        else:
            self._tell(f"{part.name} is back")

    def _pause(self, name: str) -> float:
        steady = time.monotonic() - self._started[name] > STEADY_SECONDS
        pause = 0.0 if steady else self._pauses.get(name, 0.0)
        self._pauses[name] = min(max(1.0, 2 * pause), LONGEST_PAUSE_SECONDS)
        return pause

    def stop(self, name: str) -> bool:
        """Stop one part, if it was started; True when it ended by itself."""
        running = self._running.get(name)
        by_itself = running.stop() if running else True
        self._running.pop(name, None)
        return by_itself

    def stop_all(self) -> None:
        """Last started, first stopped."""
        for name in reversed(list(self._running)):
            self.stop(name)
