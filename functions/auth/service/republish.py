"""Telling the current state of every user again, for projections that are new or were damaged."""

from collections.abc import Iterator
from uuid import UUID

from auth.service import everybody, people
from auth.tables import User
from lms.clock import now
from lms.dynamo import retry_stale, transaction
from lms.events import Event, UserDisabled, UserErased
from lms.outbox import emit_again
from lms.republish import Row


def users(after: str | None) -> Iterator[Row]:
    """Every user (`lms.republish.Rows`)."""
    return everybody.each(_tell, after)


@retry_stale
def _tell(user_id: UUID) -> None:
    user = User.get(user_id, consistent_read=True)
    with transaction() as tx:
        tx.check(User, user.id, None, User.version == user.version)
        for event in _state(user):
            emit_again(tx, event, now())
        if user.status != "erased":
            name = people.profile_of(user).name
            people.put_card(tx, user, name, status=user.status, version=user.version)


def _state(user: User) -> Iterator[Event]:
    if user.status == "erased":
        yield UserErased(version=user.version, user_id=user.id)
        return
    if user.status == "provisioning":
        # Their registration is still to be heard, and it alone carries the profile and the invitation.
        return
    profile = people.profile_of(user)
    yield people.profile_updated(user, profile, version=user.version)
    if user.status == "disabled":
        yield UserDisabled(version=user.version, user_id=user.id)
