"""Request paths as Kong sees them: normalised for routing and for the upstream, escaped for the request line."""

import re

_RESERVED = "!*'();:@&=+$,/?%#[]"
_TRIPLET = re.compile(r"%([0-9A-Fa-f]{2})")
_UNSAFE = re.compile(r"[^!#$&'()*+,/:;=?@\[\]A-Za-z0-9\-_.~%]")
_BAD_TRIPLET = re.compile(r"%(?![0-9A-Fa-f]{2})|%00")


class BadPath(ValueError):
    """A path that nginx itself answers with 400."""


def normalize(path: str) -> str:
    """Percent-decodes what is not reserved, merges slashes and resolves dot segments.

    The path is bytes read as latin-1. Raises BadPath for a malformed triplet, a NUL and a path above the root.
    """
    if "%" in path:
        if _BAD_TRIPLET.search(path):
            raise BadPath(path)
        path = _TRIPLET.sub(_decode, path)
    if "." not in path and "//" not in path:
        return path
    kept: list[str] = []
    *folders, last = path.split("/")[1:]
    for segment in [*folders, ""] if last in (".", "..") else folders:
        _resolve(kept, segment, path)
    if last in (".", ".."):
        _resolve(kept, last, path)
        last = ""
    return "/" + "/".join([*kept, last])


def escape(path: str) -> str:
    """Percent-encodes every byte that may not stand in a request line."""
    return _UNSAFE.sub(lambda char: f"%{ord(char[0]):02X}", path)


def _decode(triplet: re.Match[str]) -> str:
    char = chr(int(triplet[1], 16))
    return triplet[0].upper() if char in _RESERVED else char


def _resolve(kept: list[str], segment: str, path: str) -> None:
    if segment == "..":
        if not kept:
            raise BadPath(path)
        kept.pop()
    elif segment not in ("", "."):
        kept.append(segment)
