"""Whose a name and a password are, slowed down for who guesses."""

from datetime import datetime
from uuid import UUID

from auth import hashing
from auth.service import people, throttle
from auth.tables import User
from lms.callers import Role
from lms.dynamo import transaction
from lms.errors import Conflict, Forbidden, Unauthorized

_WRONG_PAIR = "The username or the password is wrong."
# As long as an e-mail address may be; DynamoDB takes keys of 2 048 bytes at most.
_LONGEST_IDENTIFIER = 254


def check_password(identifier: str, password: str, client_ip: str, now: datetime) -> UUID:
    """The id of the user whose pair this is; raises as `sign_in` does."""
    user, attempt, _ = authenticate(identifier, password, client_ip, now)
    require_usable(user, attempt, None)
    with transaction() as tx:
        attempt.forgive(tx)
    return user.id


def confirm_password(user: User, password: str, client_ip: str, now: datetime) -> None:
    """Raises `Forbidden` unless it is the signed-in user's own password; failures slow down as in `sign_in`."""
    attempt = throttle.begin(str(user.id), client_ip, now)
    ok, _ = hashing.check_password(password, user.password)
    if not ok:
        raise Forbidden("The current password is wrong.", code="wrong-password")
    with transaction() as tx:
        attempt.forgive(tx)


def authenticate(
    identifier: str, password: str, client_ip: str, now: datetime
) -> tuple[User, throttle.Attempt, str | None]:
    identifier = identifier.strip()
    name = people.email_name(identifier) if "@" in identifier else people.login_name(identifier)
    user = people.find_by_name(name) if len(identifier) <= _LONGEST_IDENTIFIER else None
    attempt = throttle.begin(str(user.id) if user else name, client_ip, now)
    ok, replacement = hashing.check_password(password, user.password if user else None)
    if user is None or not ok:
        raise Unauthorized(_WRONG_PAIR)
    return user, attempt, replacement


def require_usable(user: User, attempt: throttle.Attempt, role: Role | None) -> None:
    refusal: Conflict | Forbidden
    if user.status == "provisioning":
        refusal = Conflict(
            "The account is being set up; try again in a moment.", code="provisioning", headers={"Retry-After": "1"}
        )
    elif user.status != "active":
        refusal = Forbidden("The account is disabled.", code="disabled")
    elif role is not None and user.is_type != role:
        refusal = Forbidden(f"This sign-in is for a {role}.")
    else:
        return
    with transaction() as tx:
        attempt.forgive(tx)
    raise refusal
