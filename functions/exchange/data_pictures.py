"""Pictures that stand in texts as `data:` links, as files of the package."""

import base64
import binascii
import io
from collections.abc import Callable
from functools import partial
from hashlib import sha256
from typing import BinaryIO

from exchange.items import PackageFile
from lms.signatures import SIGNATURE_BYTES, ImageType, image_type_of

LARGEST = 5_000_000
"""Bytes of one picture; a question shows no larger one."""
MOST_TOGETHER = 50_000_000
"""Bytes of all pictures of a package, which stay in memory."""
_SUFFIXES: dict[ImageType, str] = {"image/png": ".png", "image/jpeg": ".jpg", "image/webp": ".webp"}

_Opens = Callable[[], BinaryIO]


class DataPictures:
    """PNG, JPEG and WebP; whatever else a link says that it is gets no file.

    `decode` answers what opens the file that is written as base64; None if it is none.
    """

    def __init__(self, decode: Callable[[str], _Opens | None] | None = None) -> None:
        self._decode = decode or self._decoded
        self._left = MOST_TOGETHER
        self._found: dict[str, PackageFile | None] = {}
        self.files: dict[str, PackageFile] = {}
        """Those that were found, by their names."""

    def find(self, link: str) -> str | None:
        """The name of the picture of a `data:` link; None for any other."""
        if link[:5].lower() != "data:":
            return None
        digest = sha256(link.encode()).hexdigest()[:32]
        if digest not in self._found:
            self._found[digest] = self._file(link, digest)
        file = self._found[digest]
        if file is None:
            return None
        self.files[file.name] = file
        return file.name

    def _file(self, link: str, name: str) -> PackageFile | None:
        text = link.partition("base64,")[2]
        opens = self._decode(text) if text else None
        if opens is None:
            return None
        with opens() as stream:
            content_type = image_type_of(stream.read(SIGNATURE_BYTES))
        return content_type and PackageFile(f"data/{name}{_SUFFIXES[content_type]}", content_type, opens)

    def _decoded(self, text: str) -> _Opens | None:
        if len(text) > LARGEST * 4 // 3:
            return None
        try:
            data = base64.b64decode("".join(text.split()), validate=True)
        except (binascii.Error, ValueError):
            return None
        if len(data) > self._left:
            return None
        self._left -= len(data)
        return partial(io.BytesIO, data)
