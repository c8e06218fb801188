"""Cursors: positions in a list, encrypted, and of use to their own list and caller alone."""

import base64
import binascii
import json
import os
from collections.abc import Mapping, Sequence
from functools import lru_cache
from hashlib import sha256
from typing import Any, Literal

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from lms.errors import InvalidField
from lms.settings import secret

_NONCE_BYTES = 12


class InvalidCursor(InvalidField):
    part: Literal["query"] = "query"
    field = ("cursor",)
    code = "cursor"
    detail = "This cursor does not belong to this list."


@lru_cache(maxsize=1)
def _cipher() -> AESGCM:
    return AESGCM(sha256(secret("CURSOR_KEY")).digest())


def encode_cursor(place: Sequence[Any], scope: Mapping[str, object]) -> str:
    """A cursor for a place, which JSON can hold: encrypted, and bound to its `scope` (route, filters, caller)."""
    nonce = os.urandom(_NONCE_BYTES)
    plain = json.dumps(place, default=str).encode()
    return _text(nonce + _cipher().encrypt(nonce, plain, _bound(scope)))


def decode_cursor(cursor: str, scope: Mapping[str, object]) -> Any:
    """The place of a cursor; raises `InvalidCursor` for one that is damaged or was made for another list or caller."""
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        if _text(raw) != cursor:
            # Python's decoder skips foreign characters and spare bits.
            raise ValueError("not the spelling that was given out")
        return json.loads(_cipher().decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], _bound(scope)))
    except (binascii.Error, InvalidTag, ValueError) as error:
        raise InvalidCursor from error


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _bound(scope: Mapping[str, object]) -> bytes:
    return json.dumps(scope, sort_keys=True, default=str).encode()
