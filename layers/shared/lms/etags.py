"""Conditional updates: an object's `version` is its ETag, `If-Match` is checked against it."""

import re
from typing import Annotated

from fastapi import Depends, Header, Response

from lms.errors import Invalid, PreconditionFailed

_TAG = re.compile(r'"(\d{1,12})"\Z')


def set_etag(response: Response, version: int) -> None:
    response.headers["ETag"] = f'"{version}"'


def _if_match(
    if_match: Annotated[
        str | None, Header(description='The `ETag` that the object must still have, such as `"3"`; else 412.')
    ] = None,
) -> int | None:
    if if_match is None or if_match.strip() == "*":
        return None
    tag = _TAG.match(if_match.strip())
    if tag is None:
        raise Invalid(["header", "If-Match"], 'An ETag as a GET gave it is expected, such as "3".', "etag")
    return int(tag.group(1))


IfMatch = Annotated[int | None, Depends(_if_match)]


def require_match(version: int, if_match: int | None) -> None:
    """Raises `PreconditionFailed` when the caller named a version and the object has another one by now."""
    if if_match is not None and if_match != version:
        raise PreconditionFailed("The object has changed since you read it.")
