"""Keep started processes running, and stop them in the reverse of the order in which they were started."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

from localstack.process import Process, ProcessFailed, Running

WATCH_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 5.0
# A process that has run for so long has recovered: its next death is a first one.
STEADY_SECONDS = 60.0


class FoundationLost(RuntimeError):
    """The process on which all others stand has died: stop the rest and start again from the beginning."""


class Supervisor:
    """The processes of one stack."""

    def __init__(self, run_folder: Path, log_folder: Path, report: Callable[[str], None]) -> None:
        self._run_folder = run_folder
        self._log_folder = log_folder
        self._report = report
        self._running: dict[str, Running] = {}
        self._started: dict[str, float] = {}
        self._pauses: dict[str, float] = {}
        self._lock = threading.Lock()

    def start(self, process: Process) -> None:
        """Start a process and wait until it serves; several threads may start some at once. Raises ProcessFailed."""
        running = Running(process, self._run_folder, self._log_folder)
        with self._lock:
            self._running[process.name] = running
            self._started[process.name] = time.monotonic()
        try:
            running.wait_ready()
        except ProcessFailed:
            running.stop()
            raise

    def names(self) -> list[str]:
        """The processes that were started and not stopped."""
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
        process = dead.process
        dead.stop()
        if process.foundation:
            raise FoundationLost(f"{process.name} died")
        pause = self._pause(process.name)
        self._report(f"{process.name} died; starting it again" + (f" in {pause:.0f} s" if pause else ""))
        if stopping.wait(pause):
            return
        try:
            self.start(process)
        except ProcessFailed as failure:
            self._report(f"{failure}")
        else:
            self._report(f"{process.name} is back")

    def _pause(self, name: str) -> float:
        steady = time.monotonic() - self._started[name] > STEADY_SECONDS
        pause = 0.0 if steady else self._pauses.get(name, 0.0)
        self._pauses[name] = min(max(1.0, 2 * pause), LONGEST_PAUSE_SECONDS)
        return pause

    def stop(self, name: str) -> bool:
        """Stop one process, if it was started; True when it ended by itself."""
        running = self._running.get(name)
        by_itself = running.stop() if running else True
        self._running.pop(name, None)
        return by_itself

    def stop_all(self) -> None:
        """Last started, first stopped."""
        for name in reversed(list(self._running)):
            self.stop(name)
