"""Request paths as Kong sees them: normalised for routing, escaped for the upstream."""

import re

_RESERVED = "!*'();:@&=+$,/?%#[]"
_TRIPLET = re.compile(r"%([0-9A-Fa-f]{2})")
_UNSAFE = re.compile(r"[^!#$&'()*+,/:;=?@\[\]A-Za-z0-9\-_.~%]")
_BAD_TRIPLET = re.compile(r"%(?![0-9A-Fa-f]{2})|%00")


class BadPath(ValueError):
    """A path that nginx itself answers with 400."""


def _decode(triplet: re.Match[str]) -> str:
    char = chr(int(triplet[1], 16))
    return triplet[0].upper() if char in _RESERVED else char


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
    segments = path.split("/")[1:]
    for segment in segments[:-1]:
        if segment == "..":
            _pop(kept, path)
        elif segment not in ("", "."):
            kept.append(segment)
    last = segments[-1]
    if last == "..":
        _pop(kept, path)
    kept.append("" if last in (".", "..") else last)
    return "/" + "/".join(kept)


def _pop(kept: list[str], path: str) -> None:
    if not kept:
        raise BadPath(path)
    kept.pop()


def escape(path: str) -> str:
    """Percent-encodes every byte that may not stand in a request line."""
    return _UNSAFE.sub(lambda char: f"%{ord(char[0]):02X}", path)


def upstream_path(base: str, path: str, stripped: str | None) -> str:
    """The path for the upstream: the service's base and the request's normalised path.

    `stripped` is what the route's own path matched and strip_path takes away; None leaves the path whole.
    """
    if stripped is None:
        if base.endswith("/"):
            return base + path[1:]
        return base if path == "/" else base + path
    rest = _without_leading_dots(path[len(stripped) or 1 :])
    if rest:
        return f"{base.removesuffix('/')}/{rest.removeprefix('/')}"
    if base == "/":
        return base
    bare = base.removesuffix("/")
    return f"{bare}/" if path.endswith("/") and (base != bare or len(path) > 1) else bare


def _without_leading_dots(rest: str) -> str:
    if rest in (".", ".."):
        return ""
    return rest.removeprefix("../") if rest.startswith("../") else rest.removeprefix("./")
