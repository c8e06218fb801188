"""Encryption: what comes back is what was given, by the same key and for the same purpose alone."""

import pytest

from lms.encryption import Undecryptable, decrypt, encrypt, from_text, key_of, to_text

KEY, OTHER = key_of(b"one secret"), key_of(b"another")


def test_what_was_encrypted_is_decrypted_for_its_purpose_and_shows_nothing() -> None:
    encrypted = encrypt(KEY, b"amina@example.com", b"list")
    assert decrypt(KEY, encrypted, b"list") == b"amina@example.com"
    assert b"amina" not in encrypted
    assert encrypt(KEY, b"amina@example.com", b"list") != encrypted


@pytest.mark.parametrize(
    ("key", "bound_to", "change"),
    [(OTHER, b"list", 0), (KEY, b"", 0), (KEY, b"lists", 0), (KEY, b"list", 1)],
)
def test_another_key_purpose_or_text_is_refused(key: bytes, bound_to: bytes, change: int) -> None:
    encrypted = bytearray(encrypt(KEY, b"plain", b"list"))
    encrypted[-1] ^= change
    with pytest.raises(Undecryptable):
        decrypt(key, bytes(encrypted), bound_to)


@pytest.mark.parametrize("encrypted", [b"", b"short", b"x" * 12])
def test_what_is_too_short_is_refused(encrypted: bytes) -> None:
    with pytest.raises(Undecryptable):
        decrypt(KEY, encrypted)


def test_a_text_has_one_spelling() -> None:
    text = to_text(bytes(range(250, 256)) + b"x")
    assert from_text(text) == bytes(range(250, 256)) + b"x"
    assert not {"+", "/", "="} & set(text)
    for other in (f"{text}=", f"{text} ", f"{text[:-1]}{chr(ord(text[-1]) + 1)}", "x", "\u00e9"):
        with pytest.raises(Undecryptable):
            from_text(other)
