"""The link in a mail that ends mails of its kind: whose it is and which, encrypted and authenticated."""

import base64
import binascii
import os
from functools import lru_cache
from hashlib import sha256
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from lms.errors import Invalid
from lms.settings import secret
from notification.rules.wishes import GROUPS, Group

_NONCE_BYTES = 12
_UUID_BYTES = 16


@lru_cache(maxsize=1)
def _cipher() -> AESGCM:
    # A key of its own: nothing else that the secret encrypts passes for a link.
    return AESGCM(sha256(b"unsubscribe " + secret("EVENT_KEY")).digest())


def seal(user_id: UUID, group: Group) -> str:
    """The token of a link; short, because a header of a mail has to hold it in one line."""
    nonce = os.urandom(_NONCE_BYTES)
    raw = nonce + _cipher().encrypt(nonce, user_id.bytes + group.encode(), None)
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def unseal(token: str) -> tuple[UUID, Group]:
    """Whose mails of which group a token ends; raises `Invalid` for anything that `seal` did not make."""
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        plain = _cipher().decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], None)
    except (binascii.Error, InvalidTag, ValueError) as error:
        raise Invalid(["query", "token"], "This link is not complete.", "token") from error
    group = plain[_UUID_BYTES:].decode()
    assert group in GROUPS
    return UUID(bytes=plain[:_UUID_BYTES]), group
