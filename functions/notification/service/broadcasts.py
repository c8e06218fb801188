"""Notices at their time, to many: stored with what they follow from, launched when due, told slice by slice."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from pynamodb.exceptions import DoesNotExist, UpdateError

from lms import roster
from lms.dynamo import Transaction
from lms.faults import condition_failed
from lms.log import logger, request_id
from lms.settings import setting
from notification.rules.messages import KEPT, Channel, NoticeKind
from notification.service import messages
from notification.service.telling import Notice, NotTold, tell
from notification.tables import DUE_SHARDS, Broadcast, BroadcastDueIndex, Occasion

# A batch is five entries, so up to 2 500 people in the function's 120 seconds; `benchmarks/crowd.py` measures a slice.
SLICE = 500


@dataclass(frozen=True)
class Condition:
    """An occasion, and the state in which it must still be when its reminder is due."""

    occasion: str
    state: str


def plan(
    tx: Transaction,
    notice: Notice,
    due_at: datetime,
    *,
    course_id: UUID | None = None,
    recipients: Sequence[UUID] | None = None,
    only_while: Condition | None = None,
) -> UUID:
    """Adds a notice to the transaction that makes it due: to `recipients`, or to the students of the course.

    Planned once more, it is due again; who was told already is not told twice.
    """
    tx.put(
        Broadcast(
            id=notice.id,
            kind=notice.kind,
            course_id=course_id,
            recipients=[str(recipient) for recipient in recipients] if recipients else None,
            recipient=recipients[0] if recipients and len(recipients) == 1 else None,
            facts=dict(notice.facts),
            channels=list(notice.channels),
            occasion=only_while.occasion if only_while else None,
            occasion_state=only_while.state if only_while else None,
            valid_until=notice.valid_until,
            due_shard=notice.id.int % DUE_SHARDS,
            due_at=due_at,
            request_id=request_id.get(),
            expires_at=due_at + KEPT,
        )
    )
    return notice.id


def launch(broadcast_id: UUID) -> None:
    """Hands a broadcast to the fan-out. Should that fail, it stays due, and the next tick does it."""
    messages.send_all(setting("FANOUT_QUEUE_URL"), [{"id": str(broadcast_id)}])
    try:
        Broadcast(broadcast_id).update([Broadcast.due_shard.remove()], Broadcast.id.exists())
    except UpdateError as error:
        # It was told meanwhile, and is gone.
        if not condition_failed(error):
            raise


def erase_all(recipient_id: UUID) -> None:
    """Deletes what is planned for one person alone."""
    for row in Broadcast.recipient_index.query(recipient_id):
        Broadcast(row.id).delete()


def due(shard: int, now: datetime) -> Iterable[UUID]:
    """The broadcasts of one shard whose time has come."""
    return (row.id for row in Broadcast.due_index.query(shard, BroadcastDueIndex.due_at <= now))


def fan_out(entry: Mapping[str, Any], now: datetime) -> None:
    """Tells the next slice of a class, and queues where to go on; repeated, it tells nobody twice.

    The entry names the broadcast and the last student told (`status`, `after`), or one `recipient`; without, it begins.
    """
    broadcast = _find(UUID(entry["id"]))
    if broadcast is None or not _still_holds(broadcast):
        return
    token = request_id.set(broadcast.request_id)
    try:
        _tell_slice(broadcast, entry, now)
    finally:
        request_id.reset(token)


def _tell_slice(broadcast: Broadcast, entry: Mapping[str, Any], now: datetime) -> None:
    notice = Notice(
        broadcast.id,
        cast(NoticeKind, broadcast.kind),
        cast(dict[str, str], broadcast.facts),
        tuple(cast(list[Channel], broadcast.channels)),
        broadcast.valid_until,
    )
    if recipient := entry.get("recipient"):
        tell(notice, [UUID(recipient)], now)
        return
    if broadcast.recipients is not None:
        # Should one of them not be told, the entry comes again: who was told is not told twice.
        tell(notice, [UUID(recipient) for recipient in broadcast.recipients], now)
        # What was written to single people is with them now, and goes with them.
        broadcast.delete()
        return
    status = cast(roster.EnrollmentStatus, entry.get("status", roster.ENROLLED[0]))
    after = UUID(entry["after"]) if entry.get("after") else None
    page = roster.students_after(broadcast.course_id, status, after, SLICE)
    _notify_page(notice, page, now)
    logger.info("slice", extra={"broadcast_id": str(broadcast.id), "kind": broadcast.kind, "people": len(page)})
    onward = _onward(status, page)
    if onward is not None:
        messages.send_all(setting("FANOUT_QUEUE_URL"), [{"id": str(broadcast.id), **onward}])


def _notify_page(notice: Notice, recipients: Sequence[UUID], now: datetime) -> None:
    """Tells people; whoever cannot be told gets an entry of their own, which comes again and is buried by itself."""
    try:
        tell(notice, recipients, now)
    except NotTold as fault:
        alone = [{"id": str(notice.id), "recipient": str(recipient)} for recipient in fault.recipients]
        messages.send_all(setting("FANOUT_QUEUE_URL"), alone)


def _onward(status: roster.EnrollmentStatus, page: Sequence[UUID]) -> dict[str, str | None] | None:
    if len(page) == SLICE:
        return {"status": status, "after": str(page[-1])}
    # Active ones first: who completes the course meanwhile is met among the completed.
    following = roster.ENROLLED[roster.ENROLLED.index(status) + 1 :]
    return {"status": following[0], "after": None} if following else None


def _find(broadcast_id: UUID) -> Broadcast | None:
    try:
        return Broadcast.get(broadcast_id, consistent_read=True)
    except DoesNotExist:
        logger.warning("no such broadcast", extra={"broadcast_id": str(broadcast_id)})
        return None


def _still_holds(broadcast: Broadcast) -> bool:
    if broadcast.occasion is None:
        return True
    try:
        return bool(Occasion.get(broadcast.occasion, consistent_read=True).state == broadcast.occasion_state)
    except DoesNotExist:
        return False
