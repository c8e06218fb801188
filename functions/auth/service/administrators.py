"""One active administrator always remains, whoever ends whose access at the same moment."""

from datetime import datetime, timedelta
from uuid import UUID

from auth.service import people
from auth.tables import Guard, User
from lms.dynamo import Transaction, transaction
from lms.errors import Conflict

# Longer than a request can take, so that a claim never lapses under its request.
_CLAIMED = timedelta(seconds=60)


def is_active(user: User) -> bool:
    """Whether a user is an administrator who could sign in now; one who never used their invitation could not."""
    return user.is_type == "admin" and user.status == "active" and user.password is not None


def any_active() -> bool:
    """Whether there is an active administrator."""
    listed = User.directory_index.query(people.directory("admin", "active"))
    users = (people.find(line.id) for line in listed)
    return any(user is not None and is_active(user) for user in users)


def claim(user: User, admin_id: UUID, now: datetime) -> Guard | None:
    """Lets `admin_id` end an administrator's access; None for anybody else's, which needs no claim.

    Who claims must be active and claimed by nobody, so of two who claim one another the second is refused, before the
    gateway is told of anything. Raises `Conflict` for them.
    """
    if user.is_type != "admin" or user.status != "active":
        return None
    mine = Guard(name=_claim_on(user.id), user_id=admin_id, until=now + _CLAIMED)
    refusal = Conflict("An active administrator has to remain, and you are no longer one.", code="last-admin")
    is_free = Guard.name.does_not_exist() | (Guard.until <= now)
    with transaction() as tx:
        tx.check(User, admin_id, None, (User.status == "active") & (User.is_type == "admin"), refuse=refusal)
        tx.check(Guard, _claim_on(admin_id), None, is_free, refuse=refusal)
        tx.put(mine)
    return mine


def use(claimed: Guard | None, tx: Transaction) -> None:
    """Ends a claim in the transaction that it was made for."""
    if claimed is not None:
        tx.delete(claimed, (Guard.user_id == claimed.user_id) & (Guard.until == claimed.until))


def _claim_on(user_id: UUID) -> str:
    return f"claim#{user_id}"
