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


def _not_you(advice: str) -> str:
    return f"If this was not you, {advice}: somebody else may be using your account."


def _closing(setting: Setting) -> str:
    return f"With kind regards, {setting.institute}"


def _notice(facts: Mapping[str, str], setting: Setting) -> Letter:
    stop = (Link(setting.unsubscribe_url, "No more mails of this kind"),) if setting.unsubscribe_url else ()
    return Letter(facts["subject"], (_greeting(facts), facts["text"], _closing(setting), *stop))


def _welcome(facts: Mapping[str, str], setting: Setting) -> Letter:
    roll_no = f" or your roll number {facts['roll_no']}" if "roll_no" in facts else ""
    return Letter(
        f"Welcome to {setting.institute}",
        (
            "Hello,",
            f"Welcome to {setting.institute}. Your account is ready.",
            f"You can sign in with your username, your e-mail address{roll_no}.",
            "If you did not register, somebody entered your address by mistake. You do not need to do anything.",
            _closing(setting),
        ),
    )


def _invitation(facts: Mapping[str, str], setting: Setting) -> Letter:
    return Letter(
        f"Your account at {setting.institute}",
        (
            "Hello,",
            f"An account at {setting.institute} was created for you. To use it, choose a password with the link below, "
            f"and sign in with this e-mail address. {setting.until()}".rstrip(),
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
            f"We received a request to reset the password of your account at {setting.institute}. "
            f"Your code is below. {setting.until()}".rstrip(),
            Code(facts["code"]),
            f"The code works together with the reset id {facts['reset_id']}.",
            *by_link,
            "If you did not ask for it, ignore this mail. Your password stays as it is.",
            _closing(setting),
        ),
    )


def _verification(facts: Mapping[str, str], setting: Setting) -> Letter:
    return Letter(
        "Your code to confirm your address",
        (
            "Hello,",
            f"Use the code below to confirm that this address belongs to your account at {setting.institute}. "
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
            f"Your account at {setting.institute} now has another e-mail address. Mail no longer goes to this one.",
            _not_you("contact us at once"),
            _closing(setting),
        ),
    )


def _mobile_number_set(facts: Mapping[str, str], setting: Setting) -> Letter:
    return Letter(
        "A mobile number was set in your account",
        (
            _greeting(facts),
            f"A new mobile number was set in your account at {setting.institute}. It is not confirmed yet.",
            _not_you("change your password at once and contact us"),
            _closing(setting),
        ),
    )


def _mobile_number_confirmed(facts: Mapping[str, str], setting: Setting) -> Letter:
    return Letter(
        "Your mobile number was confirmed",
        (
            _greeting(facts),
            f"The mobile number of your account at {setting.institute} was confirmed with a code that was sent to it.",
            _not_you("change your password at idempotent, remove the number and contact us"),
            _closing(setting),
        ),
    )


def _mobile_number_dropped(facts: Mapping[str, str], setting: Setting) -> Letter:
    return Letter(
        "Your mobile number was removed",
        (
            _greeting(facts),
            f"The mobile number was removed from your account at {setting.institute}. Codes no longer go to it.",
            "A password reset by mail also removes a number that was confirmed before this e-mail address. "
            "You can set it again.",
            _not_you("change your password at once and contact us"),
            _closing(setting),
        ),
    )


def _password_changed(facts: Mapping[str, str], setting: Setting) -> Letter:
    return Letter(
        "Your password was changed",
        (
            _greeting(facts),
            f"The password of your account at {setting.institute} was changed, and every session was ended.",
            _not_you("reset your password at once and contact us"),
            _closing(setting),
        ),
    )


def _password_reset_by_sms(facts: Mapping[str, str], setting: Setting) -> Letter:
    return Letter(
        "Your password was reset by SMS",
        (
            _greeting(facts),
            f"The password of your account at {setting.institute} was reset with a code that was sent by SMS to your "
            "mobile number, and every session was ended.",
            _not_you("reset your password by e-mail at idempotent, remove the mobile number and contact us"),
            _closing(setting),
        ),
    )


def _account_disabled(facts: Mapping[str, str], setting: Setting) -> Letter:
    return Letter(
        "Your account was disabled",
        (
            _greeting(facts),
            f"Your account at {setting.institute} was disabled. You can no longer sign in.",
            "If you think that this is a mistake, contact us.",
            _closing(setting),
        ),
    )


_LETTERS: dict[Kind, Callable[[Mapping[str, str], Setting], Letter]] = {
    "welcome": _welcome,
    "invitation": _invitation,
    "password_reset": _password_reset,
    "verification": _verification,
    "email_changed": _email_changed,
    "mobile_number_set": _mobile_number_set,
    "mobile_number_confirmed": _mobile_number_confirmed,
    "mobile_number_dropped": _mobile_number_dropped,
    "password_changed": _password_changed,
    "password_reset_by_sms": _password_reset_by_sms,
    "account_disabled": _account_disabled,
}
