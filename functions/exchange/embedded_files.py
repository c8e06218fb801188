"""Files that stand in an XML document as base64: passed over while it is parsed, and decoded when they are opened.

A document of 200 MB is mostly files, and would be in memory several times.
"""

import base64
import binascii
import io
import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import BinaryIO

from exchange.items import NotReadable
from exchange.packages import Opened

# Longer than a text of a question may be, so that no text is taken for a file.
_CHUNK = 16_384
_WHITESPACE = b"\r\n\t "
# Without blanks, which no text of this length lacks.
_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=\r\n\t"
_PLACE = re.compile(r"@(\d{1,12})-(\d{1,12})@")


class Document:
    """An uploaded XML document, in which `@<first byte>-<last byte + 1>@` stands for whole chunks of base64."""

    def __init__(self, opened: Opened) -> None:
        self._opened = opened
        self._places: set[tuple[int, int]] = set()

    def open(self) -> BinaryIO:
        return io.BufferedReader(_WithoutFiles(self._opened.open(self._opened.name), self._places))

    def file(self, text: str) -> Callable[[], BinaryIO] | None:
        """What opens the file whose base64 is the text of an element; None if the text is none, or damaged."""
        texts = _PLACE.split(text)
        if len(texts) == 1:
            try:
                data = base64.b64decode("".join(text.split()), validate=True)
            except (binascii.Error, ValueError):
                return None
            return partial(io.BytesIO, data) if data else None
        places = [(int(begin), int(end)) for begin, end in zip(texts[1::3], texts[2::3], strict=True)]
        if "".join(texts[::3]).encode("ascii", "replace").translate(None, _BASE64 + _WHITESPACE):
            return None
        # A place belongs to one file; the document may have written others, to be larger than it is.
        if not self._places.issuperset(places):
            return None
        self._places.difference_update(places)
        if len(set(places)) < len(places):
            return None
        opens = partial(self._decoded, texts[::3], places)
        try:
            with opens() as stream:
                while stream.read(_CHUNK):
                    pass
        except NotReadable:
            return None
        return opens

    def _decoded(self, texts: Sequence[str], places: Sequence[tuple[int, int]]) -> BinaryIO:
        return io.BufferedReader(_Decoded(self._pieces(texts, places)))

    def _pieces(self, texts: Sequence[str], places: Sequence[tuple[int, int]]) -> Iterator[bytes]:
        with self._opened.open(self._opened.name) as stream:
            # Nothing stands behind the last text.
            for text, (begin, end) in zip(texts, [*places, (0, 0)], strict=True):
                yield text.encode("ascii")
                stream.seek(begin)
                for chunk in range(begin, end, _CHUNK):
                    yield stream.read(min(_CHUNK, end - chunk))


class _WithoutFiles(io.RawIOBase):
    def __init__(self, stream: BinaryIO, places: set[tuple[int, int]]) -> None:
        self._stream = stream
        self._places = places
        self._place = 0
        self._left = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "memoryview") -> int:  # type: ignore[override]  # what BufferedReader hands over
        self._left = self._left or self._next()
        data, self._left = self._left[: len(buffer)], self._left[len(buffer) :]
        buffer[: len(data)] = data
        return len(data)

    def _next(self) -> bytes:
        begin = self._place
        while chunk := self._stream.read(_CHUNK):
            if len(chunk) < _CHUNK or chunk.translate(None, _BASE64):
                break
            self._place += len(chunk)
        place, self._place = self._place, self._place + len(chunk)
        if place == begin:
            return chunk
        self._places.add((begin, place))
        return b"@%d-%d@%b" % (begin, place, chunk)


class _Decoded(io.RawIOBase):
    """The bytes of a file; raises `NotReadable` where its base64 is damaged."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._rest = b""
        self._left = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "memoryview") -> int:  # type: ignore[override]  # what BufferedReader hands over
        while not self._left and (piece := next(self._pieces, None)) is not None:
            digits = self._rest + piece.translate(None, _WHITESPACE)
            # Four digits are three bytes.
            whole = len(digits) - len(digits) % 4
            self._rest = digits[whole:]
            try:
                self._left = base64.b64decode(digits[:whole], validate=True)
            except binascii.Error:
                raise NotReadable("A file within the document is damaged.") from None
        data, self._left = self._left[: len(buffer)], self._left[len(buffer) :]
        buffer[: len(data)] = data
        return len(data)
