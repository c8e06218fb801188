"""Events that are told as they come: changes of accounts, memberships, and messages that people asked for."""

from datetime import datetime
from uuid import UUID

from lms.dynamo import transaction
from lms.events import Event, MessageRequested, UserEvent
from notification.rules import messages as rules
from notification.rules.messages import AccountKind, NoticeKind, notice_id, origin
from notification.service import broadcasts, contacts, messages
from notification.service.occasions import course_facts
from notification.service.telling import Notice, tell


def account_changed(event: UserEvent, kind: AccountKind, now: datetime) -> None:
    """Tells the owner of an account, whatever they wish to hear."""
    for person in contacts.find([event.user_id]):
        messages.announce(rules.on_account_change(event, event.user_id, kind, person.name, person.email), now)


def membership_began(event: Event, kind: NoticeKind, person_id: UUID, course_id: UUID, now: datetime) -> None:
    """Tells somebody that a course is theirs to learn or to teach."""
    tell(Notice(notice_id(origin(event)), kind, course_facts(course_id)), [person_id], now)


def message_requested(event: MessageRequested, now: datetime, *, is_news: bool) -> None:
    """Plans a message that somebody asked for, at its time."""
    due_at = max(event.send_at, now) if event.send_at else now
    if due_at <= now and not is_news:
        return
    facts = {"message": event.message, **course_facts(event.course_id)}
    if event.subject_line:
        facts["subject"] = event.subject_line
    notice = Notice(notice_id(origin(event)), event.kind, facts, event.channels)
    with transaction() as tx:
        broadcasts.plan(tx, notice, due_at, course_id=event.course_id, recipients=event.recipient_ids)
    if due_at <= now:
        broadcasts.launch(notice.id)
