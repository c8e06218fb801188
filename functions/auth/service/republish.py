"""Republishing the current state of every user, for projections that are new or were damaged."""

from datetime import datetime
from uuid import UUID

from auth.service import all_users, publishing, search, users
from auth.tables import User
from lms.dynamo import retry_stale, transaction
from lms.events.users import UserErased, UserEvent
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
            profile = users.profile_of(user)
            publishing.put_card(tx, user, profile, status=user.status, version=user.version)
            search.replace(tx, user, frozenset(), search.words_of(user, profile))
            publishing.put_profile(tx, user, profile, version=user.version)


def _state(user: User) -> UserEvent | None:
    """One event only: two would have the same version and could arrive in either order."""
    if user.status == "erased":
        return UserErased(version=user.version, user_id=user.id)
    if not users.is_provisioned(user):
        # Its registration is still to be consumed, and only that event has the profile and the invitation.
        return None
    return publishing.profile_updated(user, users.profile_of(user), version=user.version)


USERS = all_users.each(_republish)
