"""Broadcasts on their way: a class, or an audience, gets its notifications slice by slice."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from lms import roster
from lms.callers import Role
from lms.log import logger, request_id
from lms.messages import Audience, Channel
from lms.settings import setting
from notification.messages import KINDS
from notification.messages.message import Message
from notification.queues import send_all
from notification.rules.audiences import ROLES
from notification.service import broadcasts, contacts, digests, notifications
from notification.service.notifications import RecipientsFailed
from notification.tables import Broadcast, Subject

# A batch is five entries, so up to 2 500 people in the function's 120 seconds; `benchmarks/crowd.py` measures a slice.
SLICE = 500


def send_slice(entry: Mapping[str, Any], now: datetime) -> None:
    """Notifies the next slice of people, and queues where to go on; repeated, nobody gets anything twice.

    The entry names the broadcast and the last of them (`status` or role, `after`), or one `recipient`; without, it
    begins.
    """
    broadcast = Broadcast.find(UUID(entry["id"]))
    if broadcast is None:
        logger.warning("no such broadcast", extra={"broadcast_id": entry["id"]})
        return
    if not _still_holds(broadcast) or not broadcasts.begin(broadcast, now):
        return
    token = request_id.set(broadcast.request_id)
    try:
        if broadcast.facts is None:
            digests.close(broadcast, now)
        if broadcast.facts is not None:
            _send(broadcast, entry, now)
    finally:
        request_id.reset(token)


def _still_holds(broadcast: Broadcast) -> bool:
    if broadcast.subject is None:
        return True
    subject = Subject.find(broadcast.subject)
    return subject is not None and subject.state == broadcast.subject_state


def _send(broadcast: Broadcast, entry: Mapping[str, Any], now: datetime) -> None:
    message = KINDS[broadcast.kind].model_validate(broadcast.facts)
    if recipient := entry.get("recipient"):
        _notify(broadcast, message, [UUID(recipient)], now)
        return
    if broadcast.recipients is not None:
        # Should one of them fail, the entry comes again: the others do not get it twice.
        _notify(broadcast, message, [UUID(recipient) for recipient in broadcast.recipients], now)
        # What the system wrote to single people is with them now; what a person wrote is in the list of who wrote it.
        if broadcast.sender is None:
            broadcast.delete()
        return
    groups = _groups(broadcast)
    group = entry.get("status", groups[0])
    after = UUID(entry["after"]) if entry.get("after") else None
    people = _people_after(broadcast, group, after)
    try:
        _notify(broadcast, message, people, now)
    except RecipientsFailed as fault:
        # Each gets an entry of their own, which comes again and is buried by itself.
        alone = [{"id": str(broadcast.id), "recipient": str(recipient)} for recipient in fault.recipients]
        send_all(setting("FANOUT_QUEUE_URL"), alone)
    logger.info("slice", extra={"broadcast_id": str(broadcast.id), "kind": broadcast.kind, "people": len(people)})
    following = _following(groups, group, people)
    if following is not None:
        send_all(setting("FANOUT_QUEUE_URL"), [{"id": str(broadcast.id), **following}])


def _groups(broadcast: Broadcast) -> Sequence[str]:
    """The roles of its audience, or the statuses of its class: active ones first, for who completes is met later."""
    return ROLES[cast(Audience, broadcast.audience)] if broadcast.audience else roster.ENROLLED


def _people_after(broadcast: Broadcast, group: str, after: UUID | None) -> list[UUID]:
    if broadcast.audience:
        return contacts.people_after(cast(Role, group), after, SLICE)
    return roster.students_after(broadcast.course_id, cast(roster.EnrollmentStatus, group), after, SLICE)


def _notify(broadcast: Broadcast, message: Message, recipients: Sequence[UUID], now: datetime) -> None:
    channels = cast(list[Channel], broadcast.channels)
    notifications.notify(message, broadcast.id, recipients, now, channels=channels)


def _following(groups: Sequence[str], group: str, people: Sequence[UUID]) -> dict[str, str | None] | None:
    if len(people) == SLICE:
        return {"status": group, "after": str(people[-1])}
    rest = groups[groups.index(group) + 1 :]
    return {"status": rest[0], "after": None} if rest else None
