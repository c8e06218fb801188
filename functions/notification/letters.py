"""The words of each message: one source for plain text and HTML, so that both say the same."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import get_args

from notification.rules.messages import Kind, NoticeKind


@dataclass(frozen=True)
class Code:
    """A code, on a line of its own."""

    digits: str


@dataclass(frozen=True)
class Link:
    """A link, on a line of its own."""

    url: str
    label: str


@dataclass(frozen=True)
class Letter:
    """A subject and paragraphs. What users typed may be in any of them; `html` escapes all."""

    subject: str
    paragraphs: tuple[str | Code | Link, ...]

    def text(self) -> str:
        return "\n\n".join(_plain(part) for part in self.paragraphs) + "\n"

    def html(self) -> str:
        head = f'<head><meta charset="utf-8"><title>{escape(self.subject)}</title></head>'
        body = "\n".join(_html(part) for part in self.paragraphs)
        style = "font-family: sans-serif; line-height: 1.5; max-width: 36em; margin: 2em auto"
        return f'<!doctype html>\n<html lang="en">\n{head}\n<body style="{style}">\n{body}\n</body>\n</html>\n'


@dataclass(frozen=True)
class Setting:
    """What letters say besides their facts: who writes, where the links lead, until when the content counts."""

    institute: str
    public_url: str
    valid_until: datetime | None
    unsubscribe_url: str | None = None

    def password_link(self, facts: Mapping[str, str], label: str) -> Link:
        # After the #: a browser sends it to no server, so the token is in no access log and no Referer.
        return Link(f"{self.public_url}/auth/reset-password#token={facts['link_token']}", label)

    def until(self) -> str:
        return f"It is valid until {self.valid_until:%H:%M UTC on %d %B %Y}." if self.valid_until else ""


_SMS_LENGTH = 480
_NOTICES = frozenset(get_args(NoticeKind))


def letter(kind: Kind, facts: Mapping[str, str], setting: Setting) -> Letter:
    """The mail of a message; `facts` with its secrets in clear."""
    return (_notice if kind in _NOTICES else _LETTERS[kind])(facts, setting)


def short(kind: Kind, facts: Mapping[str, str], setting: Setting) -> str:
    """The SMS of a message: a code, or a notice as far as three SMS hold it."""
    if kind in _NOTICES:
        return f"{setting.institute}: {facts['text']}"[:_SMS_LENGTH]
    purpose = "reset your password" if kind == "password_reset" else "confirm your number"
    return f"{facts['code']} is your {setting.institute} code to {purpose}. {setting.until()} Give it to nobody."


def _plain(part: str | Code | Link) -> str:
    match part:
        case Code(digits):
            return digits
        case Link(url, label):
            return f"{label}:\n{url}"
        case _:
            return part


def _html(part: str | Code | Link) -> str:
    match part:
        case Code(digits):
            return f'<p style="font-size: 2em; letter-spacing: 0.2em"><strong>{escape(digits)}</strong></p>'
        case Link(url, label):
            return f'<p><a href="{escape(url)}">{escape(label)}</a></p>'
        case _:
            return f"<p>{'<br>'.join(map(escape, part.splitlines()))}</p>"


def _greeting(facts: Mapping[str, str]) -> str:
    # A line break in a name could pass for lines of ours.
    name = " ".join(facts.get("name", "").split())
    return f"Dear {name}," if name else "Hello,"


def _closing(setting: Setting) -> str:
    return f"With kind regards, {setting.institute}"


def _notice(facts: Mapping[str, str], setting: Setting) -> Letter:
    stop = (Link(setting.unsubscribe_url, "No more mails of this kind"),) if setting.unsubscribe_url else ()
    return Letter(facts["subject"], (_greeting(facts), facts["text"], _closing(setting), *stop))


def _welcome(facts: Mapping[str, str], setting: Setting) -> Letter:
    sign_in = f"You sign in with the username {facts['username']}, your e-mail address"
    sign_in += f" or your roll number {facts['roll_no']}." if "roll_no" in facts else "."
    return Letter(
        f"Welcome to {setting.institute}",
        (
            _greeting(facts),
            f"Welcome to {setting.institute}. Your account is ready.",
            sign_in,
            "If you did not register, somebody mistyped their address; you need not do anything.",
            _closing(setting),
        ),
    )


def _invitation(facts: Mapping[str, str], setting: Setting) -> Letter:
    return Letter(
        f"Your account at {setting.institute}",
        (
            _greeting(facts),
            f"An account at {setting.institute} was made for you, with the username {facts['username']}. "
            f"To use it, choose a password with the link below. {setting.until()}".rstrip(),
            setting.password_link(facts, "Choose a password"),
            _closing(setting),
        ),
    )


def _password_reset(facts: Mapping[str, str], setting: Setting) -> Letter:
    by_link = (setting.password_link(facts, "Or choose a new password here"),) if "link_token" in facts else ()
    return Letter(
        "Your code to reset your password",
        (
            "Hello,",
            f"Somebody, we hope you, asked to reset the password of your account at {setting.institute}. "
            f"Your code is below. {setting.until()}".rstrip(),
            Code(facts["code"]),
            f"It counts together with the reset id {facts['reset_id']}.",
            *by_link,
            "If it was not you, ignore this mail; your password stays as it is.",
            _closing(setting),
        ),
    )


def _verification(facts: Mapping[str, str], setting: Setting) -> Letter:
    return Letter(
        "Your code to confirm your address",
        (
            "Hello,",
            f"With the code below you confirm that this address belongs to your account at {setting.institute}. "
            f"{setting.until()}".rstrip(),
            Code(facts["code"]),
            "If you did not ask for it, ignore this mail.",
            _closing(setting),
        ),
    )


def _email_changed(facts: Mapping[str, str], setting: Setting) -> Letter:
    return Letter(
        "Your e-mail address was changed",
        (
            _greeting(facts),
            f"Your account {facts['username']} at {setting.institute} now has another e-mail address. "
            "Mail no longer goes to this one.",
            "If it was not you who changed it, tell us at once: somebody else may hold your account.",
            _closing(setting),
        ),
    )


def _password_changed(facts: Mapping[str, str], setting: Setting) -> Letter:
    return Letter(
        "Your password was changed",
        (
            _greeting(facts),
            f"The password of your account at {setting.institute} was changed, and every session was ended.",
            "If it was not you, reset your password at once and tell us: somebody else may hold your account.",
            _closing(setting),
        ),
    )


def _account_disabled(facts: Mapping[str, str], setting: Setting) -> Letter:
    return Letter(
        "Your account was disabled",
        (
            _greeting(facts),
            f"Your account at {setting.institute} was disabled; you can no longer sign in.",
            "If you think that this is a mistake, ask us.",
            _closing(setting),
        ),
    )


_LETTERS: dict[Kind, Callable[[Mapping[str, str], Setting], Letter]] = {
    "welcome": _welcome,
    "invitation": _invitation,
    "password_reset": _password_reset,
    "verification": _verification,
    "email_changed": _email_changed,
    "password_changed": _password_changed,
    "account_disabled": _account_disabled,
}
