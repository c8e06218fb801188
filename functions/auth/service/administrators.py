"""One active administrator always remains, whoever ends whose access at the same moment."""

from datetime import datetime, timedelta
from uuid import UUID

from auth.service import users
from auth.tables import AdminClaim, User
from lms.dynamo import Transaction, transaction
from lms.errors import Conflict

# Longer than a request can take, so that a claim never lapses under its request.
_CLAIMED = timedelta(seconds=60)


class LastAdmin(Conflict):
    code = "last-admin"
    detail = "At least one active administrator has to remain, and you no longer are one."


def is_active(user: User) -> bool:
    """Whether a user is an administrator who could sign in now; one who never used their invitation could not."""
    return user.role == "admin" and user.status == "active" and user.password is not None


def any_active() -> bool:
    """Whether there is an active administrator."""
    listed = User.directory_index.query(users.directory("admin", "active"))
    found = (users.find(line.id) for line in listed)
    return any(user is not None and is_active(user) for user in found)


def claim(user: User, admin_id: UUID, now: datetime) -> AdminClaim | None:
    """Lets `admin_id` end an administrator's access; None for other users, whose access ends without a claim.

    An administrator can claim another only while active and not claimed themselves. So when two claim each other, the
    second is refused before the gateway changes anything. Raises `LastAdmin`.
    """
    if user.role != "admin" or user.status != "active":
        return None
    mine = AdminClaim(user_id=user.id, admin_id=admin_id, until=now + _CLAIMED)
    is_free = AdminClaim.user_id.does_not_exist() | (AdminClaim.until <= now)
    with transaction() as tx:
        tx.check(User, admin_id, None, (User.status == "active") & (User.role == "admin"), refuse=LastAdmin())
        tx.check(AdminClaim, admin_id, None, is_free, refuse=LastAdmin())
        tx.put(mine)
    return mine


def end_claim(claim: AdminClaim | None, tx: Transaction) -> None:
    """Ends a claim in the transaction that it was made for."""
    if claim is not None:
        tx.delete(claim, (AdminClaim.admin_id == claim.admin_id) & (AdminClaim.until == claim.until))
