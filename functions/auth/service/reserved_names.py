"""Names that only one user may have: usernames and roll numbers, email addresses, confirmed mobile numbers."""

from uuid import UUID

from auth.tables import Profile, ReservedName, User
from lms.dynamo import Transaction
from lms.errors import Conflict
from lms.texts import address_key

FIRST_ADMIN = "first-admin"
"""Held by the administrator who was invited first."""


class UsernameTaken(Conflict):
    code = "username-taken"
    detail = "This username is taken."


class EmailTaken(Conflict):
    code = "email-taken"
    detail = "This email address is taken."


class RollNumberTaken(Conflict):
    code = "roll-number-taken"
    detail = "This roll number is taken."


class MobileNumberTaken(Conflict):
    code = "mobile-number-taken"
    detail = "Another account has confirmed this number."


def login_name(name: str) -> str:
    """The reserved name of a username or roll number."""
    return f"login#{name.casefold()}"


def email_name(email: str) -> str:
    return f"email#{address_key(email)}"


def mobile_name(number: str) -> str:
    return f"mobile#{number}"


def holder(name: str) -> UUID | None:
    """Who holds a name, None when nobody does."""
    reserved = ReservedName.find(name)
    return reserved.user_id if reserved else None


def require_free(name: str, user: User, refuse: Conflict) -> None:
    """Raises `refuse` when another user holds a name. The transaction decides; this refuses before anything is done."""
    if holder(name) not in (None, user.id):
        raise refuse


def reserve(tx: Transaction, name: str, user: User, refuse: Conflict | None = None, *, again: bool = False) -> None:
    """Gives a free name to a user; with `again` also a name that they hold already."""
    free = ReservedName.name.does_not_exist()
    if again:
        free |= ReservedName.user_id == user.id
    tx.put(ReservedName(name=name, user_id=user.id), free, refuse=refuse)


def release(tx: Transaction, name: str) -> None:
    tx.delete(ReservedName(name=name))


def names_of(user: User, profile: Profile) -> list[str]:
    """All names that a user holds."""
    names = [login_name(user.username), email_name(user.email)]
    if user.roll_no:
        names.append(login_name(user.roll_no))
    if user.mobile_verified and profile.mobile_number:
        names.append(mobile_name(profile.mobile_number))
    # A student's username may be their roll number.
    return list(dict.fromkeys(names))
