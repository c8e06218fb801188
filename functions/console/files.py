"""The files of the screens: under a path that changes with what any of them holds, and compressed when built."""

import hashlib
from functools import lru_cache
from pathlib import Path

from fastapi import Response

from lms.errors import NotFound
from lms.responses import accepts

STATIC = Path(__file__).with_name("static")
# What `functions/compress.py` writes beside each file, the smallest first.
_ENCODINGS = {"br": ".br", "gzip": ".gz"}
_KINDS = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".mjs": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}
_HEADERS = {
    "Cache-Control": "public, max-age=31536000, immutable",
    "Vary": "Accept-Encoding",
    "X-Content-Type-Options": "nosniff",
}


class FileNotThere(NotFound):
    detail = "There is no such file; reload the page."


@lru_cache(maxsize=1)
def names() -> frozenset[str]:
    """The paths of all files, below `static`."""
    return frozenset(
        path.relative_to(STATIC).as_posix()
        for path in STATIC.rglob("*")
        if path.suffix in _KINDS and "types" not in path.parts
    )


@lru_cache(maxsize=1)
def version() -> str:
    """Changes with every change of any file, so that a page and all that it loads are of one version."""
    total = hashlib.sha256()
    for name in sorted(names()):
        total.update(f"{name}\0".encode() + read(name))
    return total.hexdigest()[:12]


def address(name: str) -> str:
    """Where a file is found."""
    return f"/static/{version()}/{name}"


def read(name: str) -> bytes:
    return (STATIC / name).read_bytes()


def answer(asked_version: str, name: str, accepted: str) -> Response:
    """A file for good; raises `FileNotThere` for another version's, which would not fit the others."""
    if asked_version != version() or name not in names():
        raise FileNotThere
    path = STATIC / name
    headers = {**_HEADERS, "Content-Type": _KINDS[path.suffix]}
    for encoding, suffix in _ENCODINGS.items():
        compressed = path.with_name(path.name + suffix)
        if accepts(accepted, encoding) and compressed.exists():
            return Response(compressed.read_bytes(), headers={**headers, "Content-Encoding": encoding})
    return Response(path.read_bytes(), headers=headers)
