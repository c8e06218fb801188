"""Broadcasts on their way: a class gets its notifications slice by slice."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from lms import roster
from lms.log import logger, request_id
from lms.messages import Channel
from lms.settings import setting
from notification.messages import KINDS
from notification.messages.message import Message
from notification.queues import send_all
from notification.service import broadcasts, digests, notifications
from notification.service.notifications import RecipientsFailed
from notification.tables import Broadcast, Subject

# A batch is five entries, so up to 2 500 people in the function's 120 seconds; `benchmarks/crowd.py` measures a slice.
SLICE = 500


def send_slice(entry: Mapping[str, Any], now: datetime) -> None:
    """Notifies the next slice of a class, and queues where to go on; repeated, nobody gets anything twice.

    The entry names the broadcast and the last student (`status`, `after`), or one `recipient`; without, it begins.
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
    status = cast(roster.EnrollmentStatus, entry.get("status", roster.ENROLLED[0]))
    after = UUID(entry["after"]) if entry.get("after") else None
    students = roster.students_after(broadcast.course_id, status, after, SLICE)
    try:
        _notify(broadcast, message, students, now)
    except RecipientsFailed as fault:
        # Each gets an entry of their own, which comes again and is buried by itself.
        alone = [{"id": str(broadcast.id), "recipient": str(recipient)} for recipient in fault.recipients]
        send_all(setting("FANOUT_QUEUE_URL"), alone)
    logger.info("slice", extra={"broadcast_id": str(broadcast.id), "kind": broadcast.kind, "people": len(students)})
    following = _following(status, students)
    if following is not None:
        send_all(setting("FANOUT_QUEUE_URL"), [{"id": str(broadcast.id), **following}])


def _notify(broadcast: Broadcast, message: Message, recipients: Sequence[UUID], now: datetime) -> None:
    channels = cast(list[Channel], broadcast.channels)
    notifications.notify(message, broadcast.id, recipients, now, channels=channels)


def _following(status: roster.EnrollmentStatus, students: Sequence[UUID]) -> dict[str, str | None] | None:
    if len(students) == SLICE:
        return {"status": status, "after": str(students[-1])}
    # Active ones first: who completes the course meanwhile is met among the completed.
    statuses = roster.ENROLLED[roster.ENROLLED.index(status) + 1 :]
    return {"status": statuses[0], "after": None} if statuses else None
