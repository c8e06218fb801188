"""Opens what was uploaded, a zip, a tar, a tar.gz or a bare file, without trusting anything that it says of itself.

Nothing is ever written under a name of the archive. Only what was asked for is read, in pieces, and archives inside an
archive stay closed: they are files like others.
"""

import gzip
import io
import lzma
import re
import struct
import tarfile
import tempfile
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from mimetypes import guess_type
from pathlib import PurePosixPath
from typing import IO, BinaryIO
from urllib.parse import unquote, urlsplit

from exchange.data_pictures import DataPictures
from exchange.items import NotReadable, PackageFile, Sentence

MEGABYTE = 1_000_000
MAX_BYTES = 200 * MEGABYTE
MAX_FILES = 20_000
MAX_UNPACKED = 1_000 * MEGABYTE
MAX_UNPACKED_FILE = 500 * MEGABYTE
MAX_RATIO = 100
"""Of unpacked to packed bytes, for files and archives of at least `RATIO_FROM` unpacked bytes."""
RATIO_FROM = 20 * MEGABYTE
MAX_READ = 32 * MEGABYTE
"""The most that `Opened.read` holds in memory at once, unless the caller asks for another bound."""

_MAX_NAME = 1_000
_MAX_DIRECTORY = 8 * MEGABYTE
_MAX_TAR_HEADER = MEGABYTE
_CHUNK = MEGABYTE
_DEFLATED_OR_STORED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_UTF8_NAME = 0x800
_ENCRYPTED = 0x1
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_DRIVE = re.compile(r"[A-Za-z]:")
# What zipfile, tarfile and gzip are known to raise for damaged or hostile archives.
_DAMAGED = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    tarfile.TarError,
    gzip.BadGzipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    NotImplementedError,
    OverflowError,
    RecursionError,
    RuntimeError,
    ValueError,
    IndexError,
    OSError,
)


@dataclass(frozen=True)
class _Entry:
    size: int
    place: zipfile.ZipInfo | int
    """In a zip its entry, else the offset of the first byte."""


class Opened:
    """An uploaded file: an archive with files, or one bare file under its own name.

    Names are normalised: `/` between folders, Unicode NFC, neither absolute nor with `..`, each one once.
    """

    def __init__(self, name: str, file: BinaryIO, entries: dict[str, _Entry], archive: zipfile.ZipFile | None) -> None:
        self.name = name
        self.names = tuple(entries)
        self._entries = entries
        self._file = file
        self._archive = archive
        self.pictures = DataPictures()
        """Those that stand in the texts of its files, as far as links to them were resolved."""
        self._folded = {entry.casefold(): entry for entry in reversed(entries)}

    def __contains__(self, name: object) -> bool:
        return name in self._entries

    @property
    def is_bare(self) -> bool:
        """Whether it is one file without an archive around it."""
        return self.names == (self.name,) and self._archive is None and self._entries[self.name].place == 0

    def size(self, name: str) -> int:
        """Unpacked bytes of a file."""
        return self._entries[name].size

    def open(self, name: str) -> BinaryIO:
        """A stream of a file's bytes; it raises `NotReadable` where the archive is damaged."""
        if name in self.pictures.files:
            return self.pictures.files[name].open()
        entry = self._entries[name]
        if isinstance(entry.place, int):
            return io.BufferedReader(_Slice(self._file, entry.place, entry.size))
        assert self._archive is not None
        return io.BufferedReader(_Unzipped(self._archive, entry.place))

    def read(self, name: str, at_most: int = MAX_READ) -> bytes:
        """A file's bytes; raises `NotReadable` if they are more than `at_most` or damaged."""
        if self.size(name) > at_most:
            raise NotReadable(
                Sentence("{name} is larger than {megabytes} MB.", name=name, megabytes=at_most // MEGABYTE)
            )
        with self.open(name) as stream:
            return stream.read()

    def files(self, names: Iterable[str]) -> tuple[PackageFile, ...]:
        """These files, to come along; their types follow from their names."""
        return tuple(
            PackageFile(name, guess_type(name)[0] or "application/octet-stream", partial(self.open, name))
            for name in names
        )

    def resolve(self, link: str, base: str = "") -> str | None:
        """The name of the file that a link means in the file named `base`; None if there is no such file.

        As browsers and teachers' computers do, it forgives percent-encoding, queries, and letters of the other case.
        """
        picture = self.pictures.find(link)
        if picture is not None:
            return picture
        try:
            parts = urlsplit(link.strip())
        except ValueError:
            return None
        if parts.scheme or parts.netloc:
            return None
        folder = PurePosixPath(base).parent
        for path in (unquote(parts.path), parts.path, link.strip()):
            wanted = _joined(folder, path.replace("\\", "/"))
            if wanted is None:
                continue
            found = wanted if wanted in self._entries else self._folded.get(wanted.casefold())
            if found is not None:
                return found
        return None


@contextmanager
def open_package(file: BinaryIO, name: str) -> Iterator[Opened]:
    """Opens a seekable file that was uploaded under this name.

    Raises `NotReadable` for what is damaged, too large, or tries to harm.
    """
    size = file.seek(0, io.SEEK_END)
    if size > MAX_BYTES:
        raise NotReadable(Sentence("The file is larger than {megabytes} MB.", megabytes=MAX_BYTES // MEGABYTE))
    if size == 0:
        raise NotReadable("The file is empty.")
    file.seek(0)
    head = file.read(tarfile.BLOCKSIZE)
    with ExitStack() as stack:
        if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
            opened = _open_zip(stack, file, name)
        elif head.startswith(b"\x1f\x8b"):
            opened = _open_tar(_gunzipped(stack, file, size), name)
        elif _starts_a_tar(head):
            opened = _open_tar(file, name)
        else:
            bare = PurePosixPath(_normalised(name) or "file").name
            opened = Opened(bare, file, {bare: _Entry(size, 0)}, None)
        if not opened.names:
            raise NotReadable("The archive holds no files.")
        yield opened


def _open_zip(stack: ExitStack, file: BinaryIO, name: str) -> Opened:
    try:
        guarded = _ShortReads(file, _MAX_DIRECTORY)
        archive = stack.enter_context(zipfile.ZipFile(guarded))
        entries = _Entries()
        packed = 0
        for info in archive.infolist():
            if info.is_dir():
                continue
            if info.flag_bits & _ENCRYPTED:
                raise NotReadable("The archive is protected by a password.")
            if info.compress_type not in _DEFLATED_OR_STORED:
                raise NotReadable(
                    "The archive is compressed in a way that cannot be read. Please make an ordinary zip."
                )
            if (info.external_attr >> 16) & 0o170000 not in (0, 0o100000):
                raise NotReadable("The archive holds links or devices, not only files.")
            _require_plausible(info.file_size, info.compress_size)
            packed += info.compress_size
            entries.add(_zip_name(info), info.file_size, info)
        _require_plausible(entries.unpacked, packed, one_file=False)
    except _DAMAGED as damage:
        raise NotReadable("The zip archive is damaged.") from damage
    return Opened(name, file, entries.by_name, archive)


def _zip_name(info: zipfile.ZipInfo) -> str:
    """Many programs write UTF-8 without saying so, which zipfile reads as code page 437."""
    if info.flag_bits & _UTF8_NAME:
        return info.filename
    try:
        return info.filename.encode("cp437").decode()
    except UnicodeError:
        return info.filename


def _gunzipped(stack: ExitStack, file: BinaryIO, packed: int) -> BinaryIO:
    """The unpacked bytes, on disk: a compressed stream cannot be read from its middle."""
    unpacked = stack.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 - the stack is its context manager
    file.seek(0)
    size = 0
    try:
        with gzip.GzipFile(fileobj=file) as stream:
            while chunk := stream.read(_CHUNK):
                size += len(chunk)
                _require_plausible(size, packed, one_file=False)
                unpacked.write(chunk)
    except _DAMAGED as damage:
        raise NotReadable("The compressed file is damaged or cut off.") from damage
    unpacked.seek(0)
    if not _starts_a_tar(unpacked.read(tarfile.BLOCKSIZE)):
        raise NotReadable("The compressed file holds no archive.")
    return unpacked


def _starts_a_tar(head: bytes) -> bool:
    try:
        tarfile.TarInfo.frombuf(head, "utf-8", "surrogateescape")
    except (tarfile.TarError, ValueError):
        return False
    return True


def _open_tar(file: BinaryIO, name: str) -> Opened:
    end = file.seek(0, io.SEEK_END)
    file.seek(0)
    entries = _Entries()
    try:
        guarded = _ShortReads(file, _MAX_TAR_HEADER)
        with tarfile.open(fileobj=guarded, mode="r:", encoding="utf-8", errors="surrogateescape") as archive:
            before = -1
            seen = 0
            while member := archive.next():
                seen += 1
                if member.offset <= before or member.size < 0 or seen > 2 * MAX_FILES:
                    raise NotReadable("The tar archive is damaged.")
                before = member.offset
                if member.isdir():
                    continue
                if not member.isreg() or member.issparse():
                    raise NotReadable("The archive holds links or devices, not only files.")
                if member.offset_data + member.size > end:
                    raise NotReadable("The tar archive is cut off.")
                _require_plausible(member.size, member.size)
                entries.add(member.name, member.size, member.offset_data)
    except _DAMAGED as damage:
        raise NotReadable("The tar archive is damaged.") from damage
    return Opened(name, file, entries.by_name, None)


class _Entries:
    """Files of an archive by normalised name; refuses names that are tricks and more than the bounds."""

    def __init__(self) -> None:
        self.by_name: dict[str, _Entry] = {}
        self.unpacked = 0

    def add(self, raw_name: str, size: int, place: zipfile.ZipInfo | int) -> None:
        name = _normalised(raw_name)
        if name is None:
            raise NotReadable(
                Sentence("The archive holds a file with a name that is not allowed: {name}", name=_shown(raw_name))
            )
        if name.startswith("__MACOSX/") or PurePosixPath(name).name.startswith("._"):
            return  # macOS adds these beside each file; they hold nothing of the course.
        if name in self.by_name:
            raise NotReadable(Sentence("The archive holds two files with the same name: {name}", name=_shown(name)))
        self.unpacked += size
        self.by_name[name] = _Entry(size, place)
        if len(self.by_name) > MAX_FILES:
            raise NotReadable(Sentence("The archive holds more than {most} files.", most=MAX_FILES))
        if self.unpacked > MAX_UNPACKED:
            raise NotReadable(
                Sentence("Unpacked, the archive is larger than {megabytes} MB.", megabytes=MAX_UNPACKED // MEGABYTE)
            )


def _normalised(raw_name: str) -> str | None:
    """None for a name that points out of the archive, or is none."""
    encoded = raw_name.encode("utf-8", "surrogateescape")
    try:
        name = encoded.decode()
    except UnicodeDecodeError:
        # Old programs write names in a code page of theirs; so each stays another.
        name = encoded.decode("latin-1")
    name = unicodedata.normalize("NFC", name.replace("\\", "/"))
    parts = [part for part in name.split("/") if part not in ("", ".")]
    refused = name.startswith("/") or _DRIVE.match(name) or _CONTROL.search(name) or ".." in parts
    if refused or not parts or len(name) > _MAX_NAME:
        return None
    return "/".join(parts)


def _joined(folder: PurePosixPath, path: str) -> str | None:
    parts: list[str] = [] if path.startswith("/") else [part for part in folder.parts if part != "."]
    for part in unicodedata.normalize("NFC", path).split("/"):
        if part == "..":
            if not parts:
                return None
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts) or None


def _shown(name: str) -> str:
    return _CONTROL.sub("?", name.encode("utf-8", "replace").decode())[:100]


def _require_plausible(unpacked: int, packed: int, *, one_file: bool = True) -> None:
    """Refuses what grows out of all proportion, or past the bounds, before it is unpacked."""
    if unpacked > (MAX_UNPACKED_FILE if one_file else MAX_UNPACKED):
        what = "a file of the archive" if one_file else "the archive"
        bound = MAX_UNPACKED_FILE if one_file else MAX_UNPACKED
        raise NotReadable(
            Sentence("Unpacked, {what} is larger than {megabytes} MB.", what=what, megabytes=bound // MEGABYTE)
        )
    if unpacked >= RATIO_FROM and unpacked > MAX_RATIO * packed:
        raise NotReadable("The archive grows out of all proportion when unpacked.")


class _ShortReads(io.RawIOBase):
    """A file of which no single read is long: zipfile and tarfile believe lengths that the file states."""

    def __init__(self, file: BinaryIO, longest: int) -> None:
        self._file = file
        self._longest = longest

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(self._longest + 1) if size < 0 or size > self._longest else self._file.read(size)
        if len(data) > self._longest:
            raise NotReadable("The archive's table of contents is too large.")
        return data

    def close(self) -> None:
        """The file belongs to the caller."""


class _Slice(io.RawIOBase):
    """A part of a file, with a position of its own."""

    def __init__(self, file: IO[bytes], start: int, size: int) -> None:
        self._file = file
        self._start = start
        self._size = size
        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        origin = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        self._position = max(0, origin + offset)
        return self._position

    def tell(self) -> int:
        return self._position

    def readinto(self, buffer: "memoryview") -> int:  # type: ignore[override]  # what BufferedReader hands over
        self._file.seek(self._start + self._position)
        data = self._file.read(min(len(buffer), max(0, self._size - self._position)))
        buffer[: len(data)] = data
        self._position += len(data)
        return len(data)


class _Unzipped(io.RawIOBase):
    """A file of a zip."""

    def __init__(self, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> None:
        try:
            self._stream = archive.open(info)
        except _DAMAGED as damage:
            raise NotReadable(Sentence("{name} is damaged in the archive.", name=_shown(info.filename))) from damage
        self._name = info.filename

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "memoryview") -> int:  # type: ignore[override]  # what BufferedReader hands over
        try:
            data = self._stream.read(len(buffer))
        except _DAMAGED as damage:
            raise NotReadable(Sentence("{name} is damaged in the archive.", name=_shown(self._name))) from damage
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._stream.close()
        super().close()
