"""Reasons in the audit trail, which may name people: encrypted by a key that goes when the person is erased."""

import os

from lms.encryption import Undecryptable, decrypt, encrypt


def new_key() -> bytes:
    return os.urandom(32)


def encrypt_reason(key: bytes, reason: str) -> bytes:
    return encrypt(key, reason.encode())


def decrypt_reason(key: bytes, encrypted: bytes) -> str | None:
    """The reason; None by a key that is not its own, as after a restored back-up."""
    try:
        return decrypt(key, encrypted).decode()
    except Undecryptable:
        return None
