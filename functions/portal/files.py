"""The files of the pages: this package's own, and those of Swagger UI's package."""

import gzip
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from fastapi import Response

from lms.errors import NotFound
from lms.responses import accepts

_OWN = Path(__file__).with_name("files")
_KINDS = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".png": "image/png",
}
_SWAGGER_UI = ("swagger-ui.css", "swagger-ui-bundle.js")
_PAGE_PARTS = ("docs.js", "page.css")
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; connect-src 'self'; img-src 'self' data:; script-src 'self'; "
    "style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Vary": "Accept-Encoding",
}


class PageFileNotFound(NotFound):
    detail = "There is no such file."


def part(name: str, encodings: str) -> Response:
    """A style sheet or script of a page; raises `PageFileNotFound` for any other name."""
    if name not in (*_SWAGGER_UI, *_PAGE_PARTS):
        raise PageFileNotFound
    return _answer(name, encodings, "public, max-age=3600")


def document(name: str, encodings: str) -> Response:
    """A page or a description; a deployment may change it."""
    return _answer(name, encodings, "no-cache")


def page(html: str) -> Response:
    """A page made for this request."""
    return Response(html, headers=_HEADERS, media_type="text/html")


def read(name: str) -> bytes:
    return _path(name).read_bytes()


def _answer(name: str, encodings: str, caching: str) -> Response:
    headers = {**_HEADERS, "Cache-Control": caching, "Content-Type": _KINDS[Path(name).suffix]}
    if accepts(encodings, "gzip"):
        return Response(_compressed(name), headers={**headers, "Content-Encoding": "gzip"})
    return Response(read(name), headers=headers)


@lru_cache
def _compressed(name: str) -> bytes:
    return gzip.compress(read(name), mtime=0)


def _path(name: str) -> Path:
    return (_swagger_ui() if name in _SWAGGER_UI else _OWN) / name


@lru_cache(maxsize=1)
def _swagger_ui() -> Path:
    # Found, not imported: the package would bring Flask.
    package = find_spec("flask_swagger_ui")
    assert package is not None
    assert package.submodule_search_locations is not None
    return Path(package.submodule_search_locations[0]) / "dist"
