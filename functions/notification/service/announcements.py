"""Messages that teachers and administrators write, from their event on."""

from datetime import datetime
from uuid import UUID

from lms.dynamo import retry_stale, transaction
from lms.events.messages import MessageRequested
from notification.messages import KINDS
from notification.rules.identities import source_id, source_of
from notification.service import broadcasts
from notification.service.broadcasts import Written
from notification.service.courses import course_title
from notification.tables import Broadcast


def plan(event: MessageRequested, now: datetime, *, is_news: bool) -> None:
    """Plans a message that somebody asked for, at its time."""
    due_at = max(event.send_at, now) if event.send_at else now
    if due_at <= now and not is_news:
        return
    planned = _plan(event, due_at, now)
    if planned is not None and due_at <= now:
        broadcasts.launch(planned)


@retry_stale
def _plan(event: MessageRequested, due_at: datetime, now: datetime) -> UUID | None:
    known = Broadcast.find(source_id(source_of(event)))
    if known is not None:
        return known.id if known.due_shard is not None else None
    message = KINDS[event.kind].model_validate(
        {
            "subject": event.subject_line,
            "message": event.message,
            "course_id": event.course_id,
            "course": course_title(event.course_id) if event.course_id else None,
        }
    )
    written = Written(event.teacher_id or event.sender_id, now, event.send_at, event.accepted)
    with transaction() as tx:
        return broadcasts.plan(
            tx,
            message,
            source_of(event),
            due_at,
            course_id=event.course_id,
            audience=event.audience,
            recipients=event.recipient_ids,
            channels=event.channels,
            written=written,
        )
