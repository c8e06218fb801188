"""Republishing the current state of every user, for projections that are new or were damaged."""

from datetime import datetime
from uuid import UUID

from auth.service import everybody, people
from auth.tables import User
from lms.dynamo import retry_stale, transaction
from lms.events import UserErased, UserEvent
from lms.outbox import emit_again


@retry_stale
def _republish(user_id: UUID, now: datetime) -> None:
    user = User.get(user_id, consistent_read=True)
    with transaction() as tx:
        tx.check(User, user.id, None, User.version == user.version)
        event = _state(user)
        if event is not None:
            emit_again(tx, event, now)
        if user.status != "erased":
            profile = people.profile_of(user)
            people.put_card(tx, user, profile.name, status=user.status, version=user.version)
            people.publish_profile(tx, profile, version=user.version)


def _state(user: User) -> UserEvent | None:
    """One event, for two would come at one version, and in either order."""
    if user.status == "erased":
        return UserErased(version=user.version, user_id=user.id)
    if user.status == "provisioning":
        # Their registration is still to be heard, and it alone carries the profile and the invitation.
        return None
    return people.profile_updated(user, people.profile_of(user), version=user.version)


USERS = everybody.each(_republish)
