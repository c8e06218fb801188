"""Reasons in the audit trail, which may name people: encrypted by a key that goes when the person is erased."""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE_BYTES = 12
_KEY_BITS = 256


def new_key() -> bytes:
    return AESGCM.generate_key(_KEY_BITS)


def encrypt_reason(key: bytes, reason: str) -> bytes:
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, reason.encode(), None)


def decrypt_reason(key: bytes, encrypted: bytes) -> str | None:
    """The reason; None by a key that is not its own, as after a restored back-up."""
    try:
        return AESGCM(key).decrypt(encrypted[:_NONCE_BYTES], encrypted[_NONCE_BYTES:], None).decode()
    except InvalidTag:
        return None
