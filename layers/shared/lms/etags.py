"""Conditional updates: an object's `version` is its ETag, `If-Match` and `If-None-Match` are checked against it."""

import re
from dataclasses import dataclass
from typing import Literal

from lms.errors import InvalidField, PreconditionFailed

# RFC 9110, 8.8.3. An ETag of any other form than ours is no fault: no object has it.
_TAG = r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"'
_TAGS = re.compile(rf"[ \t]*{_TAG}[ \t]*(?:,[ \t]*{_TAG}[ \t]*)*\Z")
_VERSION = re.compile(r'(W/)?"([0-9]{1,12})(?:-[0-9a-z-]+)?"')


class InvalidETag(InvalidField):
    part: Literal["header"] = "header"
    code = "etag"
    detail = 'Send ETags as a GET gave them, such as "3".'


class ObjectChanged(PreconditionFailed):
    detail = "The object has changed since you read it."


class ObjectExists(PreconditionFailed):
    detail = "The object exists already."


def etag(version: int) -> str:
    return f'"{version}"'


@dataclass(frozen=True)
class Precondition:
    """What a request asks of the version of the object that it changes."""

    match: frozenset[int] | None = None
    """The versions of `If-Match`; None for no header and for `*`."""
    none_match: frozenset[int] | None = frozenset()
    """The versions of `If-None-Match`; None for `*`."""


def precondition(if_match: str | None, if_none_match: str | None) -> Precondition:
    """What the two headers ask; raises `InvalidETag` for anything but ETags and `*`."""
    return Precondition(
        # By RFC 9110 a weak ETag never satisfies If-Match.
        match=None if if_match is None else _versions("If-Match", if_match, weak=False),
        none_match=frozenset() if if_none_match is None else _versions("If-None-Match", if_none_match, weak=True),
    )


def _versions(header: str, value: str, *, weak: bool) -> frozenset[int] | None:
    if value.strip() == "*":
        return None
    if not _TAGS.match(value):
        raise InvalidETag(header)
    return frozenset(int(version) for mark, version in _VERSION.findall(value) if weak or not mark)


def require_match(version: int, asked: Precondition) -> None:
    """Raises `ObjectChanged` or `ObjectExists` unless an object of this version (0: none yet) may be changed."""
    if asked.match is not None and version not in asked.match:
        raise ObjectChanged
    if version > 0 if asked.none_match is None else version in asked.none_match:
        raise ObjectExists
