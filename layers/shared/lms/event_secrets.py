"""Secrets that travel in events: encrypted as JWE (RFC 7516; `dir`, A256GCM), for those who hold `EVENT_KEY`."""

from functools import lru_cache
from hashlib import sha256

from lms.settings import secret

# `jose.jwe` is imported where it is used: few events and messages have a secret, and it brings all of cryptography.


class UndecryptableSecret(ValueError):
    """The text was not made by `encrypt_secret`, or not with this key."""


@lru_cache(maxsize=1)
def _key() -> bytes:
    return sha256(secret("EVENT_KEY")).digest()


def encrypt_secret(plain: str) -> str:
    """Encrypts a short secret, such as a reset code."""
    from jose import jwe

    sealed: bytes = jwe.encrypt(plain.encode(), _key(), algorithm="dir", encryption="A256GCM")
    return sealed.decode()


def decrypt_secret(token: str) -> str:
    """Decrypts what `encrypt_secret` made; raises `UndecryptableSecret` for anything else."""
    from jose import jwe
    from jose.exceptions import JWEError

    try:
        plain: bytes = jwe.decrypt(token, _key())
    except JWEError as error:
        raise UndecryptableSecret(str(error)) from error
    return plain.decode()
