"""The rules of accounts: values in, decisions out."""

import re
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Network, ip_address
from typing import Literal

from lms.errors import Conflict, InvalidField
from lms.profile_fields import normalized
from lms.texts import uniqueness_key

Status = Literal["invited", "provisioning", "active", "disabled", "erased"]

Purpose = Literal["reset", "invitation", "verify_email", "verify_mobile"]
"""What a code or link is good for."""

ACCESS_LIFETIME = timedelta(minutes=15)
REFRESH_LIFETIME = timedelta(days=30)
FAMILY_LIFETIME = timedelta(days=90)
REPEAT_GRACE = timedelta(seconds=10)

CODE_LIFETIME = timedelta(minutes=15)
INVITATION_LIFETIME = timedelta(days=7)
CODE_TRIES = 5
CODES_AN_HOUR, CODES_A_DAY = 3, 10
WRONG_CODES_A_DAY = 10
# A code asked for twice in a row: the first mail may arrive last, and its code must still count.
CODE_OVERLAP = timedelta(minutes=2)

# Each sends a mail, perhaps to a stranger whose address somebody entered.
CONTACT_CHANGES_A_DAY = 10

SHORTEST_PASSWORD, LONGEST_PASSWORD = 8, 128
FREE_FAILURES = 5
FAILURES_AN_HOUR = 100
LONGEST_DELAY = timedelta(minutes=15)
KNOWN_ADDRESS_LIFETIME = timedelta(days=30)

# Crockford's base 32: no I, L, O, U to misread. 10 characters are 50 random bits.
_ROLL_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_ROLL_LENGTH = 10
# Names that a reader would take for the institute's own, without the signs that a username may have.
_RESERVED_NAMES = frozenset(
    [
        "admin",
        "administrator",
        "help",
        "info",
        "instructor",
        "noreply",
        "operator",
        "postmaster",
        "root",
        "security",
        "staff",
        "student",
        "support",
        "system",
        "teacher",
        "webmaster",
    ]
)


# More than a name needs, and few enough for one transaction; DynamoDB's keys have 1 024 bytes.
_SEARCH_WORDS, _SEARCH_LETTERS = 20, 64


class WeakPassword(InvalidField):
    """The new password is too easy to guess."""

    field = ("new_password",)
    code = "weak_password"


class PasswordLength(WeakPassword):
    detail = f"The password must have {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters."


class PasswordIsName(WeakPassword):
    detail = "The password must not be the username or the email address."


class CommonPassword(WeakPassword):
    detail = "This password is too common. Choose another one."


class UsernameReserved(Conflict):
    code = "username-reserved"
    detail = "This username is reserved. Choose another one."


@lru_cache(maxsize=1)
def _common_passwords() -> frozenset[str]:
    # Imported here because only requests that set a password need these thirty thousand words.
    from zxcvbn.frequency_lists import FREQUENCY_LISTS

    return frozenset(word for word in FREQUENCY_LISTS["passwords"] if len(word) >= SHORTEST_PASSWORD)


def new_roll_no() -> str:
    """A student's roll number: short, and not to be guessed from another."""
    return "".join(secrets.choice(_ROLL_ALPHABET) for _ in range(_ROLL_LENGTH))


def require_not_reserved(username: str) -> None:
    """Raises `UsernameReserved` for a username that only administrators may give: `admin`, `Ad.Min` and the like."""
    if is_reserved(username):
        raise UsernameReserved


def username_from(email: str) -> str:
    """A username that an address suggests; at least three letters that a username may have."""
    letters = re.sub(r"[^a-z0-9._-]", "-", email.partition("@")[0].casefold())
    return letters[:50].ljust(3, "0")


def is_reserved(username: str) -> bool:
    return re.sub(r"[._-]", "", username).casefold() in _RESERVED_NAMES


def search_words(text: str) -> list[str]:
    """The words of a name or of a search, as they are compared; further ones than the first 20 do not count."""
    words = (word[:_SEARCH_LETTERS] for word in uniqueness_key(text).split())
    return list(dict.fromkeys(words))[:_SEARCH_WORDS]


def found_by(username: str, email: str, roll_no: str | None, name: str) -> frozenset[str]:
    """All words that a user is found by."""
    whole = (word for text in (username, email, roll_no or "") for word in search_words(text))
    return frozenset([*whole, *search_words(name)])


def first_hit(words: Collection[str], sought: Sequence[str]) -> str | None:
    """The word by which a search finds a user: the first that begins as the longest word sought does.

    None where some word sought begins none of the user's.
    """
    if not all(any(word.startswith(part) for word in words) for part in sought):
        return None
    return min(word for word in words if word.startswith(max(sought, key=len)))


def new_code() -> str:
    """Six random digits."""
    return f"{secrets.randbelow(1_000_000):06d}"


def require_strong(password: str, username: str, email: str, *, field: str = "new_password") -> None:
    """Raises `WeakPassword` for a password that is too easily guessed; `field` is what the client called it."""
    password = normalized(password)
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise PasswordLength(field)
    plain = password.casefold()
    if plain in (username.casefold(), email.casefold()):
        raise PasswordIsName(field)
    if plain in _common_passwords():
        raise CommonPassword(field)


def network_of(client_ip: str) -> str:
    """What an address counts as: in IPv6 its /64, because one subscriber has at least that."""
    try:
        address = ip_address(client_ip)
    except ValueError:
        return client_ip
    if isinstance(address, IPv4Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(IPv6Network((int(address), 64), strict=False))


def delay_after(failures: int) -> timedelta:
    """How long sign-in from one address to one account waits after so many failures in a row."""
    if failures <= FREE_FAILURES:
        return timedelta()
    return min(timedelta(seconds=2 ** min(failures - FREE_FAILURES, 20)), LONGEST_DELAY)


@dataclass(frozen=True)
class Family:
    """A chain of refresh tokens, each replacing the one before.

    `may_replace`: the device that asks is the one that asked before, and the present token replaced no lost one.
    """

    current_hash: str
    previous_hash: str | None
    rotated_at: datetime
    expires_at: datetime
    epoch: int
    may_replace: bool = False


def judge_refresh(
    family: Family, presented_hash: str, user_epoch: int, now: datetime
) -> Literal["rotate", "repeat", "replace", "revoke", "refuse"]:
    """What happens to a refresh token that a client presents.

    `repeat`: a client that lost the answer asks again within 10 s and gets the same successor. `replace`: it asks
    later, and gets another one; the first, which nobody has used, counts as spent. `revoke`: a spent token came back,
    so somebody holds a copy.
    """
    if now >= family.expires_at or family.epoch != user_epoch:
        return "refuse"
    if secrets.compare_digest(presented_hash, family.current_hash):
        return "rotate"
    is_previous = family.previous_hash is not None and secrets.compare_digest(presented_hash, family.previous_hash)
    if is_previous and now - family.rotated_at <= REPEAT_GRACE:
        return "repeat"
    if is_previous and family.may_replace:
        return "replace"
    return "revoke"


@dataclass(frozen=True)
class SentCode:
    """A code that was sent: its id and when."""

    id: str
    sent_at: datetime


def wait_for_code(sent: Sequence[SentCode], now: datetime) -> timedelta:
    """How long it takes until another code may go out, three an hour and ten a day; zero when one may now."""
    waits = [timedelta()]
    for limit, period in ((CODES_AN_HOUR, timedelta(hours=1)), (CODES_A_DAY, timedelta(days=1))):
        recent = sorted(code.sent_at for code in sent if now - code.sent_at < period)
        if len(recent) >= limit:
            waits.append(recent[-limit] + period - now)
    return max(waits)


def remember_code(sent: Sequence[SentCode], new: SentCode) -> list[SentCode]:
    """The codes to remember once `new` was sent: those of the last day, oldest first."""
    return [code for code in sent if new.sent_at - code.sent_at < timedelta(days=1)] + [new]


def code_counts(sent: Sequence[SentCode], code_id: str) -> bool:
    """Whether a code was not replaced by a newer one: one sent within the two minutes after it replaces nothing."""
    mine = next((code for code in sent if code.id == code_id), None)
    return mine is not None and all(
        code.sent_at - mine.sent_at < CODE_OVERLAP for code in sent if code.sent_at > mine.sent_at
    )
