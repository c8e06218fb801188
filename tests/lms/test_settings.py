"""The environment of a function."""

import pytest

from lms.settings import SettingsError, secret, setting


def test_a_setting_is_the_value_of_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLOUR", "green")
    assert setting("COLOUR") == "green"


@pytest.mark.parametrize("value", [None, ""])
def test_a_setting_that_is_missing_or_empty_is_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, value: str | None
) -> None:
    if value is None:
        monkeypatch.delenv("COLOUR", raising=False)
    else:
        monkeypatch.setenv("COLOUR", value)
    with pytest.raises(SettingsError, match="COLOUR is not set"):
        setting("COLOUR")


def test_a_secret_has_32_characters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEY", "k" * 32)
    assert secret("KEY") == b"k" * 32


@pytest.mark.parametrize(
    "value", ["", " ", "k" * 31, f"{'k' * 32} {'o' * 31}", "{{resolve:secretsmanager:lms/config}}"]
)
def test_a_secret_that_protects_nothing_is_refused_without_showing_it(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("KEY", value)
    with pytest.raises(SettingsError) as raised:
        secret("KEY")
    assert str(raised.value) in ("KEY is not set", "KEY is no usable secret")
