"""A request's body as it arrives."""

import asyncio
import tempfile
from collections.abc import Callable, Iterator

IN_MEMORY_BYTES = 1024 * 1024


class BodyTooLarge(Exception):
    """The body has outgrown the limit it was waited for with."""


class BrokenBody(Exception):
    """The body is malformed; nothing more of the connection can be read."""


class Body:
    """A request's body as it arrives: in memory up to 1 MiB, in a temporary file beyond."""

    def __init__(self, on_wait: Callable[[], None]) -> None:
        self.size = 0
        self._on_wait = on_wait
        self._file: tempfile.SpooledTemporaryFile[bytes] | None = None
        self._complete = False
        self._broken = False
        self._discarded = False
        self._changed = asyncio.Event()

    def feed(self, data: bytes) -> None:
        if self._discarded:
            return
        if self._file is None:
            self._file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY_BYTES)  # noqa: SIM115 - closed by discard()
        self._file.write(data)
        self.size += len(data)
        self._changed.set()

    def finish(self) -> None:
        self._complete = True
        self._changed.set()

    def fail(self) -> None:
        self._broken = True
        self._changed.set()

    def discard(self) -> None:
        """Nobody wants what is here or still comes."""
        self._discarded = True
        if self._file is not None:
            self._file.close()
            self._file = None

    async def complete(self, limit: int | None = None) -> None:
        """Returns when the whole body is here. Raises BodyTooLarge once there is more than `limit`, and BrokenBody."""
        while True:
            if limit is not None and self.size > limit:
                raise BodyTooLarge
            if self._complete:
                return
            if self._broken:
                raise BrokenBody
            self._on_wait()
            self._changed.clear()
            await self._changed.wait()

    def read(self) -> bytes:
        return b"".join(self.chunks())

    def chunks(self) -> Iterator[bytes]:
        if self._file is None:
            return
        self._file.seek(0)
        while chunk := self._file.read(64 * 1024):
            yield chunk
