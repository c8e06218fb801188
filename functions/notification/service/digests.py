"""New material: a class hears of it at most once an hour, whatever was published in between.

A digest is a broadcast that is planned when the first lesson comes, and whose facts are collected until it goes out.
"""

from datetime import datetime
from uuid import UUID

from lms.dynamo import retry_stale, transaction
from lms.events.content import MaterialPublished
from notification.messages.courses import NewMaterial
from notification.messages.message import Titles
from notification.rules import schedules
from notification.service import broadcasts
from notification.service.courses import course_title
from notification.tables import Broadcast, Digest

# As many as a message names.
_TITLES = 10


@retry_stale
def collect(event: MaterialPublished, now: datetime) -> None:
    """Adds lessons to the next digest of their course, once, in whatever order their events come."""
    digest = _load(event.course_id)
    if schedules.is_counted(event.version, digest.seen):
        return
    digest.seen = schedules.remember(event.version, digest.seen)
    digest.lessons += event.count
    digest.titles = [*digest.titles, *event.lessons][:_TITLES]
    with transaction() as tx:
        if digest.broadcast_id is None or schedules.is_overdue(digest.due_at, now):
            source = f"material {event.course_id} {digest.version or 0}"
            digest.due_at = schedules.digest_due_at(digest.last_sent_at, now)
            digest.broadcast_id = broadcasts.plan(tx, NewMaterial, source, digest.due_at, course_id=event.course_id)
        tx.put(digest)


@retry_stale
def close(broadcast: Broadcast, now: datetime) -> None:
    """Gives a digest that goes out its facts, once, and begins to collect anew.

    It gets none if another took its place: it was in the dead-letter queue, and the lessons went out without it.
    """
    broadcast.refresh(consistent_read=True)
    digest = _load(broadcast.course_id)
    if digest.broadcast_id != broadcast.id:
        return
    message = NewMaterial(
        course_id=broadcast.course_id,
        course=course_title(broadcast.course_id),
        lessons=Titles(first=tuple(digest.titles), count=int(digest.lessons)),
    )
    broadcast.facts = message.model_dump(mode="json")
    digest.lessons, digest.titles, digest.broadcast_id, digest.last_sent_at = 0, [], None, now
    with transaction() as tx:
        tx.update(broadcast, [Broadcast.facts.set(broadcast.facts)], Broadcast.facts.does_not_exist())
        tx.put(digest)


def _load(course_id: UUID) -> Digest:
    return Digest.find(course_id) or Digest(course=course_id, seen=[], titles=[])
