"""New material, told to a class at most once an hour, whatever was published in between."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from pynamodb.exceptions import DoesNotExist

from lms.dynamo import retry_stale, transaction
from lms.events import MaterialPublished
from notification.rules import schedules
from notification.rules.messages import notice_id
from notification.service import broadcasts
from notification.service.occasions import course_facts
from notification.service.telling import Notice
from notification.tables import DUE_SHARDS, Digest, DigestDueIndex

# As many as a notice names.
_TITLES = 10


@retry_stale
def collect(event: MaterialPublished, now: datetime) -> None:
    """Adds lessons to the next digest of their course, once, in whatever order they are told."""
    digest = _load(event.course_id)
    if schedules.is_counted(event.version, digest.seen):
        return
    digest.seen = schedules.remember(event.version, digest.seen)
    digest.lessons += event.count
    digest.titles = [*digest.titles, *event.lessons][:_TITLES]
    if digest.due_shard is None:
        digest.due_shard = event.course_id.int % DUE_SHARDS
        digest.due_at = schedules.digest_due_at(digest.last_told_at, now)
    with transaction() as tx:
        tx.put(digest)


def due(shard: int, now: datetime) -> Iterable[UUID]:
    """The courses of one shard whose digest is due."""
    return (row.course_id for row in Digest.due_index.query(shard, DigestDueIndex.due_at <= now))


def tell(course_id: UUID, now: datetime) -> None:
    """Tells a class what is new, and begins to collect anew."""
    planned = _plan(course_id, now)
    if planned is not None:
        broadcasts.launch(planned)


@retry_stale
def _plan(course_id: UUID, now: datetime) -> UUID | None:
    digest = _load(course_id)
    if digest.due_shard is None or digest.due_at > now:
        return None
    # Line breaks separate titles; one within a title would pass for two.
    titles = "\n".join(" ".join(title.split()) for title in digest.titles)
    facts = {"lessons": titles, "count": str(int(digest.lessons)), **course_facts(course_id)}
    notice = Notice(notice_id(f"material {course_id} {digest.version}"), "new_material", facts)
    digest.lessons, digest.titles = 0, []
    digest.due_shard = digest.due_at = None
    digest.last_told_at = now
    with transaction() as tx:
        tx.put(digest)
        return broadcasts.plan(tx, notice, now, course_id=course_id)


def _load(course_id: UUID) -> Digest:
    try:
        return Digest.get(course_id, consistent_read=True)
    except DoesNotExist:
        return Digest(course_id=course_id, seen=[], titles=[])
