"""Conditional updates: an object's `version` is its ETag, `If-Match` is checked against it."""

import re

from lms.errors import Invalid, PreconditionFailed

_TAG = re.compile(r'"(\d{1,12})"\Z')


def etag(version: int) -> str:
    return f'"{version}"'


def version_of(if_match: str | None) -> int | None:
    """The version that an `If-Match` names, None for no header and for `*`; raises `Invalid` for anything else."""
    if if_match is None or if_match.strip() == "*":
        return None
    tag = _TAG.match(if_match.strip())
    if tag is None:
        raise Invalid(["header", "If-Match"], 'An ETag as a GET gave it is expected, such as "3".', "etag")
    return int(tag.group(1))


def require_match(version: int, if_match: int | None) -> None:
    """Raises `PreconditionFailed` when the caller named a version and the object has another one by now."""
    if if_match is not None and if_match != version:
        raise PreconditionFailed("The object has changed since you read it.")
