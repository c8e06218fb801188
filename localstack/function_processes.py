"""Functions' processes, forked from one that has imported the layer (`localstack.preloaded`).

The emulator starts a Python process for each function, and each would import the same 50 MB in the same second of
processor time. Forked, they share both.
"""

from __future__ import annotations

import array
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TextIO

_PRELOADED = Path(__file__).with_name("preloaded.py")
_LAYERS = "_LAMBDA_LAYERS_DIRS"


def start(command: Sequence[str], **options: Any) -> subprocess.Popen[Any] | Forked:
    """As `subprocess.Popen`, and instead of it in the emulator: Python with layers is forked where the system can."""
    if command[0] == sys.executable and _LAYERS in options["env"] and hasattr(os, "pidfd_open"):
        return _forks.start(command[1], options["cwd"], options["env"])
    return subprocess.Popen(command, **options)


class Forked:
    """A running function: what the emulator uses of a `subprocess.Popen`."""

    def __init__(self, pid: int, handle: int, pipes: tuple[TextIO, TextIO, TextIO]) -> None:
        self.pid = pid
        self.stdin, self.stdout, self.stderr = pipes
        self.returncode: int | None = None
        self._handle = handle

    def __del__(self) -> None:
        os.close(self._handle)

    def poll(self) -> int | None:
        """None while it runs; then -1, since only its parent may know its status."""
        return self._ended(0)

    def wait(self, timeout: float | None = None) -> int:
        """Waits for its end; raises `subprocess.TimeoutExpired`."""
        status = self._ended(timeout)
        if status is None:
            raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
        return status

    def terminate(self) -> None:
        """Asks it to end."""
        self._send(signal.SIGTERM)

    def kill(self) -> None:
        """Ends it."""
        self._send(signal.SIGKILL)

    def _ended(self, timeout: float | None) -> int | None:
        if self.returncode is None and select.select([self._handle], [], [], timeout)[0]:
            self.returncode = -1
        return self.returncode

    def _send(self, number: signal.Signals) -> None:
        try:
            signal.pidfd_send_signal(self._handle, number)
        except ProcessLookupError:
            self.returncode = -1


class _Preloaded:
    """A process that has imported a layer, to be forked."""

    def __init__(self, layers: str) -> None:
        self._layers = _identity(layers)
        self._connection, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with there:
            self._process = subprocess.Popen(
                [sys.executable, _PRELOADED, str(there.fileno())],
                env={**os.environ, _LAYERS: layers},
                pass_fds=[there.fileno()],
            )

    def serves(self, layers: str) -> bool:
        """Whether it runs, and has imported these very layers."""
        return self._process.poll() is None and self._layers == _identity(layers)

    def fork(self, script: str, folder: str, environment: Mapping[str, str]) -> Forked:
        """A process that runs a Python script."""
        ours, theirs = zip(*(_pipe(mode) for mode in ("w", "r", "r")), strict=True)
        request = json.dumps({"script": script, "folder": folder, "environment": dict(environment)}).encode()
        try:
            socket.send_fds(self._connection, [request], list(theirs))
            answer, [handle], _, _ = socket.recv_fds(self._connection, 8, 1)
        finally:
            for end in theirs:
                os.close(end)
        return Forked(array.array("q", answer)[0], handle, ours)

    def close(self) -> None:
        """Ends it; what was forked goes on."""
        self._connection.close()
        self._process.wait()


class _Forks:
    """Forks one at a time, of a process with the layer of now."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._preloaded: _Preloaded | None = None

    def start(self, script: str, folder: str, environment: Mapping[str, str]) -> Forked:
        layers = environment[_LAYERS]
        with self._lock:
            if self._preloaded is None or not self._preloaded.serves(layers):
                if self._preloaded is not None:
                    self._preloaded.close()
                self._preloaded = _Preloaded(layers)
            return self._preloaded.fork(script, folder, environment)


def _pipe(mode: str) -> tuple[TextIO, int]:
    """Our end, and the descriptor of theirs."""
    reading, writing = os.pipe()
    if mode == "w":
        return os.fdopen(writing, "w", buffering=1), reading
    return os.fdopen(reading), writing


def _identity(layers: str) -> bytes:
    """The emulator unpacks the layer's pointer anew for each process; what it says tells whether it is the same."""
    pointers = [path for layer in layers.split(os.pathsep) for path in Path(layer).rglob("*.pth")]
    return b"".join(path.read_bytes() for path in sorted(pointers))


_forks = _Forks()
