"""Checking a name and a password, and slowing down whoever guesses."""

from datetime import datetime
from uuid import UUID

from auth import hashing
from auth.service import throttling, users
from auth.service.reserved_names import email_name, login_name
from auth.tables import User
from lms.dynamo import transaction
from lms.errors import Forbidden, Problem, Unauthorized
from lms.refusals import AccountBeingSetUp, AccountDisabled, WrongPassword

# As long as an email address may be; DynamoDB takes keys of 2 048 bytes at most.
_LONGEST_IDENTIFIER = 254


class WrongCredentials(Unauthorized):
    detail = "The username or the password is wrong."


class TeachersOnly(Forbidden):
    detail = "Only teachers can sign in here."


def check_password(identifier: str, password: str, client_ip: str, now: datetime) -> UUID:
    """The id of the user whose name and password these are; raises as `sign_in` does."""
    user, attempt, _ = authenticate(identifier, password, client_ip, now)
    require_usable(user, attempt)
    with transaction() as tx:
        attempt.undo_failure(tx)
    return user.id


def confirm_password(user: User, password: str, client_ip: str, now: datetime) -> None:
    """Raises `WrongPassword` unless it is the signed-in user's own; failures slow down as in `sign_in`."""
    attempt = throttling.begin(str(user.id), client_ip, now, signed_in=True)
    ok, _ = hashing.check_password(password, user.password)
    if not ok:
        raise WrongPassword
    with transaction() as tx:
        attempt.undo_failure(tx)


def authenticate(
    identifier: str, password: str, client_ip: str, now: datetime
) -> tuple[User, throttling.Attempt, str | None]:
    """The user, the attempt, and the hash to store instead of theirs if its parameters are outdated.

    Raises `WrongCredentials` and `TooManyAttempts`.
    """
    identifier = identifier.strip()
    name = email_name(identifier) if "@" in identifier else login_name(identifier)
    user = users.find_by_name(name) if len(identifier) <= _LONGEST_IDENTIFIER else None
    attempt = throttling.begin(str(user.id) if user else name, client_ip, now)
    ok, replacement = hashing.check_password(password, user.password if user else None)
    if user is None or not ok:
        raise WrongCredentials
    return user, attempt, replacement


def require_usable(user: User, attempt: throttling.Attempt, *, teachers_only: bool = False) -> None:
    """Raises `AccountBeingSetUp`, `AccountDisabled` and `TeachersOnly`, which are no failed attempts."""
    refusal: Problem
    if user.status == "provisioning":
        refusal = AccountBeingSetUp()
    elif user.status != "active":
        refusal = AccountDisabled()
    elif teachers_only and user.role != "teacher":
        refusal = TeachersOnly()
    else:
        return
    with transaction() as tx:
        attempt.undo_failure(tx)
    raise refusal
