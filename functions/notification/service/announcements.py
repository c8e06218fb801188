"""Messages that teachers and administrators write, from their event on."""

from datetime import datetime

from lms.dynamo import transaction
from lms.events import MessageRequested
from notification.messages import KINDS
from notification.rules.identities import source_of
from notification.service import broadcasts
from notification.service.courses import course_title


def plan(event: MessageRequested, now: datetime, *, is_news: bool) -> None:
    """Plans a message that somebody asked for, at its time."""
    due_at = max(event.send_at, now) if event.send_at else now
    if due_at <= now and not is_news:
        return
    message = KINDS[event.kind].model_validate(
        {
            "subject": event.subject_line,
            "message": event.message,
            "course_id": event.course_id,
            "course": course_title(event.course_id) if event.course_id else None,
        }
    )
    with transaction() as tx:
        planned = broadcasts.plan(
            tx,
            message,
            source_of(event),
            due_at,
            course_id=event.course_id,
            recipients=event.recipient_ids,
            channels=event.channels,
        )
    if due_at <= now:
        broadcasts.launch(planned)
