"""The words of every mail and SMS: no holes, and nothing that users typed is more than text."""

from datetime import UTC, datetime
from typing import get_args

import pytest

from notification.rules import letters
from notification.rules.messages import AccountKind, Kind, NoticeKind
from notification.rules.wordings import word

SETTING = letters.Setting("The Institute", "https://lms.example", datetime(2027, 3, 1, 10, tzinfo=UTC))
# What each letter about an account cannot be without; its event always has it.
NEEDED: dict[AccountKind, tuple[str, ...]] = {
    "welcome": (),
    "invitation": ("link_token",),
    "password_reset": ("code", "reset_id"),
    "verification": ("code",),
    "email_changed": (),
    "mobile_number_set": (),
    "mobile_number_confirmed": (),
    "mobile_number_dropped": (),
    "password_changed": (),
    "password_reset_by_sms": (),
    "account_disabled": (),
}
HOLES = ("None", "{", "}", "  ", " .", " ,", "()")
every_account_kind = pytest.mark.parametrize("kind", get_args(AccountKind))
every_kind = pytest.mark.parametrize("kind", [*get_args(AccountKind), *get_args(NoticeKind)])


def typed(kind: Kind, text: str) -> dict[str, str]:
    """The facts of a letter, each of them what a user typed."""
    if kind in NEEDED:
        return dict.fromkeys(("name", "roll_no", *NEEDED[kind]), text)
    names = ("course", "exam", "subject", "message", "lessons", "voucher_no", "currency", "fee", "score", "status")
    wording = word(kind, dict.fromkeys(names, text), "UTC")
    return {"name": text, "subject": wording.subject, "text": wording.text}


@every_account_kind
def test_what_a_letter_can_be_without_leaves_no_hole(kind: AccountKind) -> None:
    letter = letters.letter(kind, {name: f"the-{name}" for name in NEEDED[kind]}, SETTING)

    text = letter.text()
    for hole in HOLES:
        assert hole not in letter.subject + text
    for name in NEEDED[kind]:
        assert f"the-{name}" in text


@every_account_kind
def test_a_letter_that_lacks_what_it_is_about_is_no_letter(kind: AccountKind) -> None:
    for name in NEEDED[kind]:
        with pytest.raises(KeyError):
            letters.letter(kind, {other: "x" for other in NEEDED[kind] if other != name}, SETTING)


@every_kind
def test_what_users_typed_is_no_html(kind: Kind) -> None:
    html = letters.letter(kind, typed(kind, "<img src=x onerror='alert(1)'>\"&"), SETTING).html()

    assert "<img" not in html
    assert "onerror='" not in html
    assert "&lt;img" in html


@every_kind
def test_a_letter_says_the_same_as_text_and_as_html(kind: Kind) -> None:
    letter = letters.letter(kind, typed(kind, "what-was-typed"), SETTING)

    for part in letter.text().split("\n\n"):
        for line in part.strip().splitlines():
            assert line.rstrip(":") in letter.html()
