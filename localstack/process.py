"""One long-running process, known to whoever asks by a locked file with its id.

The process inherits the lock, so the kernel itself tells whether it lives: no stale id can be taken for it, and what a
killed supervisor left behind is found and stopped by the next.
"""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

FRUGAL = {"MALLOC_ARENA_MAX": "2", "MALLOC_MMAP_THRESHOLD_": "131072"}
"""Variables by which glibc gives back what threads and large texts had for a moment."""
POLL_SECONDS = 0.05
LOCK_TRIES = 10


class ProcessFailed(RuntimeError):
    """A process ended or did not become ready; the message holds the end of its log."""


@dataclass(frozen=True)
class Process:
    """What to run, and how to tell that it serves."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    folder: Path
    ready: Callable[[], bool]
    start_seconds: float = 60
    stop_seconds: float = 20
    # The others keep their data in it and their addresses from it: without it they must start again.
    foundation: bool = False


@dataclass(frozen=True)
class PidFile:
    """The file by which a process is known; its directory must exist."""

    path: Path

    def lock(self) -> int | None:
        """A descriptor that holds the lock until it and its inherited copies are closed; None when another holds it."""
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        # Who only looks (`pid`) shares the lock for an instant.
        for _ in range(LOCK_TRIES):
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                time.sleep(POLL_SECONDS)
            else:
                return handle
        os.close(handle)
        return None

    def write(self, pid: int | None) -> None:
        """Name the process that holds the lock; None before it is known."""
        self.path.write_text(str(pid or ""))

    def pid(self) -> int | None:
        """The living process; None when there is none."""
        try:
            handle = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return None
        try:
            # Shared, so that one who looks is not taken for a living process by another.
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return int(self.path.read_text() or 0) or None
        finally:
            os.close(handle)
        return None


def stop(file: PidFile, seconds: float) -> bool:
    """SIGTERM and time to finish, then SIGKILL to it and its children. True when it ended by itself."""
    pid = file.pid()
    if pid is None:
        return True
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + seconds
    while file.pid() is not None:
        if time.monotonic() > deadline:
            kill_group(pid)
            return False
        time.sleep(POLL_SECONDS)
    kill_group(pid)
    return True


def kill_group(pid: int) -> None:
    """End what a process that led its group has left behind."""
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


class Running:
    """A started process."""

    def __init__(self, process: Process, run_folder: Path, log_folder: Path) -> None:
        """Start it; raises ProcessFailed when an older one still runs."""
        self.process = process
        self.file = PidFile(run_folder / f"{process.name}.pid")
        self._log = log_folder / f"{process.name}.log"
        lock = self.file.lock()
        if lock is None:
            raise ProcessFailed(f"{process.name} runs already, as process {self.file.pid()}")
        try:
            self.file.write(None)
            with self._log.open("ab") as log:
                self._popen = subprocess.Popen(
                    # It names itself: whoever starts it may be killed before knowing its id.
                    ["/bin/sh", "-c", 'echo $$ > "$0" && exec "$@"', str(self.file.path), *process.command],
                    env=process.environment,
                    cwd=process.folder,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    pass_fds=(lock,),
                    # Ctrl-C in a terminal reaches the supervisor alone, which stops its processes in order.
                    start_new_session=True,
                )
        finally:
            os.close(lock)

    def wait_ready(self) -> None:
        """Until the process serves; raises ProcessFailed when it ends or takes too long."""
        deadline = time.monotonic() + self.process.start_seconds
        while not self.process.ready():
            if not self.alive():
                raise ProcessFailed(f"{self.process.name} ended at its start:\n{self._tail()}")
            if time.monotonic() > deadline:
                raise ProcessFailed(
                    f"{self.process.name} was not ready after {self.process.start_seconds:.0f} s:\n{self._tail()}"
                )
            time.sleep(POLL_SECONDS)

    def alive(self) -> bool:
        """Whether the process still runs."""
        return self._popen.poll() is None

    def stop(self) -> bool:
        """As `stop` says, but False when it had died before; also ends the children of such a one."""
        lived = self.alive()
        by_itself = stop(self.file, self.process.stop_seconds)
        self._popen.wait()
        kill_group(self._popen.pid)
        return lived and by_itself

    def _tail(self) -> str:
        return "\n".join(self._log.read_text(errors="replace").splitlines()[-15:])
