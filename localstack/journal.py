"""A journal of changes beside copies of the whole state, in one folder of numbered files.

`7.journal` holds changes in groups, each with its length and checksum. `7.saved` is a folder with the state as it was
when `7.journal` began. A start loads the newest copy and replays the journals from its number on; whatever is older is
removed once that copy is on disk. A kill between any two steps leaves a way on.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import struct
import zlib
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

Change = list[Any]

NUMBERED = "[0-9]*.*"

_HEADER = struct.Struct(">II")


def framed(changes: list[Change]) -> bytes:
    """A group as it is in a journal: all of it is replayed or none."""
    content = json.dumps(changes, separators=(",", ":")).encode()
    return _HEADER.pack(len(content), zlib.crc32(content)) + content


def groups(file: Path) -> Iterator[list[Change]]:
    """The groups of a journal, up to the first that is not whole: a power cut tore it, so nobody was answered."""
    with file.open("rb") as journal:
        while header := journal.read(_HEADER.size):
            if len(header) < _HEADER.size:
                return
            length, checksum = _HEADER.unpack(header)
            content = journal.read(length)
            # A file system may have lengthened the file by zeros before it wrote them over.
            if not length or len(content) < length or zlib.crc32(content) != checksum:
                return
            yield json.loads(content)


class Folder:
    """The numbered journals and copies of one emulator."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def newest(self) -> Path | None:
        """The newest copy of the state; None when there is none yet."""
        return max(self.path.glob("*.saved"), key=_number, default=None)

    def changes(self) -> Iterator[Change]:
        """Every change since the newest copy, in order."""
        newest = self.newest()
        begin = _number(newest) if newest else 0
        for journal in sorted(self.path.glob("*.journal"), key=_number):
            if _number(journal) >= begin:
                for group in groups(journal):
                    yield from group

    def next_journal(self) -> Path:
        """A new, empty journal. No old one is ever added to: its end may be torn."""
        self.path.mkdir(parents=True, exist_ok=True)
        number = max((_number(path) for path in self.path.glob(NUMBERED)), default=0) + 1
        journal = self.path / f"{number}.journal"
        journal.touch(exist_ok=False)
        sync(self.path)
        return journal

    def save(self, journal: Path, write: Callable[[Path], None]) -> None:
        """Have the state written as it was when `journal` began, and remove what is older."""
        unfinished = journal.with_suffix(".unfinished")
        unfinished.mkdir()
        write(unfinished)
        # Not only the copy: files outside the folder whose changes leave the journal with it.
        os.sync()
        unfinished.rename(journal.with_suffix(".saved"))
        sync(self.path)
        self.tidy()

    def size(self) -> int:
        """The size of the newest copy, in bytes."""
        newest = self.newest()
        return sum(file.stat().st_size for file in newest.rglob("*")) if newest else 0

    def tidy(self) -> None:
        """Remove what no start needs; nothing must be being saved."""
        newest = self.newest()
        for path in list(self.path.glob(NUMBERED)):
            if path.suffix == ".unfinished" or (newest and _number(path) < _number(newest)):
                shutil.rmtree(path) if path.is_dir() else path.unlink()


def _number(path: Path) -> int:
    return int(path.stem)


def sync(path: Path) -> None:
    """Returns once a file, or which files are in a folder, is on disk."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


class Journal:
    """Appends groups of changes to a file. While one group is synced, the next one gathers.

    Changes may be recorded in any thread; everything else belongs to one event loop.
    """

    def __init__(self, file: Path) -> None:
        self._file = file.open("ab", buffering=0)
        self._changes: deque[Change] = deque()
        self._frames: list[bytes] = []
        self._next: asyncio.Future[None] | None = None
        self._writing: asyncio.Future[None] | None = None
        self._thread = ThreadPoolExecutor(1, "journal")
        self.size = 0

    def record(self, *change: Any) -> None:
        """Add a change to the group that the next `synced` closes."""
        self._changes.append(list(change))

    async def synced(self) -> None:
        """Returns once every change recorded so far is on disk."""
        self._close_group()
        if self._frames:
            if self._next is None:
                self._next = asyncio.get_running_loop().create_future()
                # After whoever else is ready now: their changes join the group.
                asyncio.get_running_loop().call_soon(self._write)
            wanted: asyncio.Future[None] | None = self._next
        else:
            wanted = self._writing
        if wanted is not None:
            # A client that leaves ends its own wait, not the others'.
            await asyncio.shield(wanted)

    def turn_to(self, file: Path) -> None:
        """Go on in another file. What was recorded so far is in the one before, and on disk."""
        self._close_group()
        self._thread.submit(self._append, b"".join(self._frames)).result()
        self._frames.clear()
        if self._next is not None:
            self._next.set_result(None)
            self._next = None
        self._file.close()
        self._file = file.open("ab", buffering=0)
        self.size = 0

    def _close_group(self) -> None:
        # One by one: another thread may be recording.
        changes = [self._changes.popleft() for _ in range(len(self._changes))]
        if changes:
            self._frames.append(framed(changes))

    def _write(self) -> None:
        """The next group, unless one is being written: then this one follows it."""
        if self._writing is not None or self._next is None:
            return
        self._writing, self._next = self._next, None
        data = b"".join(self._frames)
        self._frames.clear()
        writing = asyncio.get_running_loop().run_in_executor(self._thread, self._append, data)
        writing.add_done_callback(self._written)

    def _append(self, data: bytes) -> None:
        try:
            view = memoryview(data)
            while view:
                view = view[self._file.write(view) :]
            os.fsync(self._file.fileno())
        except OSError as error:
            # What is in memory can no longer be promised, and after a failed sync nobody knows what is on disk.
            print(f"the journal cannot be written: {error}", flush=True)
            os._exit(1)
        self.size += len(data)

    def _written(self, _: asyncio.Future[None]) -> None:
        if self._writing is not None:
            self._writing.set_result(None)
            self._writing = None
        self._write()
