"""Cursors: positions in a list, encrypted, and of use to their own list and caller alone."""

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Literal

from lms.encryption import Undecryptable, decrypt, encrypt, from_text, key_of, to_text
from lms.errors import InvalidField
from lms.settings import secret


class InvalidCursor(InvalidField):
    part: Literal["query"] = "query"
    field = ("cursor",)
    code = "cursor"
    detail = "This cursor does not belong to this list."


@lru_cache(maxsize=1)
def _key() -> bytes:
    return key_of(secret("CURSOR_KEY"))


def encode_cursor(position: Sequence[Any], scope: Mapping[str, object]) -> str:
    """A cursor for a position, which JSON can hold: encrypted, and bound to its `scope` (route, filters, caller)."""
    return to_text(encrypt(_key(), json.dumps(position, default=str).encode(), _bound(scope)))


def decode_cursor(cursor: str, scope: Mapping[str, object]) -> Any:
    """The position of a cursor; raises `InvalidCursor` for a damaged one, or one of another list or caller."""
    try:
        return json.loads(decrypt(_key(), from_text(cursor), _bound(scope)))
    except Undecryptable as error:
        raise InvalidCursor from error


def _bound(scope: Mapping[str, object]) -> bytes:
    return json.dumps(scope, sort_keys=True, default=str).encode()
