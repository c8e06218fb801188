"""Secrets in events."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jose import jwe
from jose.utils import base64url_decode, base64url_encode

from lms import event_secrets


@given(plain=st.text(min_size=1, max_size=100))
def test_what_was_encrypted_is_decrypted(plain: str) -> None:
    assert event_secrets.decrypt_secret(event_secrets.encrypt_secret(plain)) == plain


def test_the_same_secret_never_looks_the_same() -> None:
    assert event_secrets.encrypt_secret("123456") != event_secrets.encrypt_secret("123456")
    assert "123456" not in event_secrets.encrypt_secret("123456")


def test_a_sealed_secret_is_a_jwe_that_names_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    token = event_secrets.encrypt_secret("123456")
    assert jwe.get_unverified_header(token) == {"alg": "dir", "enc": "A256GCM"}
    assert token.count(".") == 4


def test_another_key_decrypts_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    token = event_secrets.encrypt_secret("123456")
    monkeypatch.setattr(event_secrets, "_key", lambda: b"x" * 32)
    with pytest.raises(event_secrets.UndecryptableSecret):
        event_secrets.decrypt_secret(token)


@given(part=st.sampled_from([2, 3, 4]), place=st.integers(0, 2), bit=st.integers(0, 7))
def test_a_changed_secret_is_refused(part: int, place: int, bit: int) -> None:
    parts = event_secrets.encrypt_secret("123456").split(".")
    raw = bytearray(base64url_decode(parts[part].encode()))
    raw[place] ^= 1 << bit
    parts[part] = base64url_encode(raw).decode()
    with pytest.raises(event_secrets.UndecryptableSecret):
        event_secrets.decrypt_secret(".".join(parts))


@pytest.mark.parametrize("token", ["", "x", "a.b.c.d.e", "....", "é.é.é.é.é"])
def test_what_is_no_sealed_secret_is_refused(token: str) -> None:
    with pytest.raises(event_secrets.UndecryptableSecret):
        event_secrets.decrypt_secret(token)


def test_an_event_key_of_another_algorithm_is_refused() -> None:
    token = jwe.encrypt(b"123456", b"k" * 16, algorithm="dir", encryption="A128GCM").decode()
    with pytest.raises(event_secrets.UndecryptableSecret):
        event_secrets.decrypt_secret(token)
