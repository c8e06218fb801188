"""The link in a mail that ends mails of its kind: whose it is and which, encrypted and authenticated."""

import base64
import binascii
import os
from contextlib import suppress
from functools import lru_cache
from hashlib import sha256
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from lms.errors import InvalidField
from lms.settings import secret
from notification.rules.preferences import GROUPS, Group

_NONCE_BYTES = 12
_UUID_BYTES = 16


class BrokenLink(InvalidField):
    part = "query"
    field = ("token",)
    code = "token"
    detail = "This link is not complete. Open the link in the e-mail again."


@lru_cache(maxsize=1)
def _ciphers() -> list[AESGCM]:
    # While the key is changed there are two, the new one first; links in older mails are of the old one.
    return [AESGCM(sha256(key).digest()) for key in secret("UNSUBSCRIBE_KEY").split()]


def make_token(user_id: UUID, group: Group) -> str:
    """The token of a link; short, because a header of a mail has to hold it in one line."""
    nonce = os.urandom(_NONCE_BYTES)
    raw = nonce + _ciphers()[0].encrypt(nonce, user_id.bytes + group.encode(), None)
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def read_token(token: str) -> tuple[UUID, Group]:
    """Whose mails of which group a token ends; raises `BrokenLink` for anything that `make_token` did not make."""
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        plain = _decrypted(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:])
    except (binascii.Error, InvalidTag, ValueError) as error:
        raise BrokenLink from error
    group = plain[_UUID_BYTES:].decode()
    assert group in GROUPS
    return UUID(bytes=plain[:_UUID_BYTES]), group


def _decrypted(nonce: bytes, sealed: bytes) -> bytes:
    *newer, oldest = _ciphers()
    for cipher in newer:
        with suppress(InvalidTag):
            return cipher.decrypt(nonce, sealed, None)
    return oldest.decrypt(nonce, sealed, None)
