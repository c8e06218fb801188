"""Authenticated encryption by a key of 32 bytes (AES-256-GCM), and its text for links."""

import base64
import binascii
import os
from hashlib import sha256

# `cryptography` is imported where it is used: consumers and operators' functions seldom have a secret.

_NONCE_BYTES = 12


class Undecryptable(ValueError):
    """This was not encrypted by this key and for this purpose."""


def key_of(secret: bytes) -> bytes:
    """A key from a secret of any length."""
    return sha256(secret).digest()


def encrypt(key: bytes, plain: bytes, bound_to: bytes = b"") -> bytes:
    """Encrypts, so that it can be decrypted only together with what it is bound to."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, bound_to)


def decrypt(key: bytes, encrypted: bytes, bound_to: bytes = b"") -> bytes:
    """What `encrypt` was given; raises `Undecryptable`."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        return AESGCM(key).decrypt(encrypted[:_NONCE_BYTES], encrypted[_NONCE_BYTES:], bound_to)
    except (InvalidTag, ValueError) as error:
        raise Undecryptable from error


def to_text(encrypted: bytes) -> str:
    """Letters that a link or a query takes as they are."""
    return base64.urlsafe_b64encode(encrypted).decode().rstrip("=")


def from_text(text: str) -> bytes:
    """What `to_text` was given; raises `Undecryptable` for any other spelling of it."""
    try:
        encrypted = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError) as error:
        raise Undecryptable from error
    if to_text(encrypted) != text:
        # Python's decoder skips foreign characters and spare bits.
        raise Undecryptable
    return encrypted
