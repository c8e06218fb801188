"""What a person wrote: listed, and taken back while it waits for its time."""

from uuid import UUID

from lms import roster
from lms.dynamo import retry_stale, transaction
from lms.errors import Conflict, NotFound
from lms.pages import Page, PageRequest, query_page
from lms.refusals import TeacherNotFound
from notification.schemas import SentMessage
from notification.tables import Broadcast


class NoSuchMessage(NotFound):
    detail = "There is no such message."


class MessageSent(Conflict):
    code = "sent"
    detail = "The message has been sent."


def list_messages(sender_id: UUID, paging: PageRequest) -> Page[SentMessage]:
    """The messages that a person wrote, newest first; raises `TeacherNotFound`."""
    if roster.find_user(sender_id) is None:
        raise TeacherNotFound
    rows, after = query_page(Broadcast.sender_index, [sender_id], paging, scan_index_forward=False)
    return paging.page([_view(row) for row in rows], after)


@retry_stale
def take_back(sender_id: UUID, message_id: UUID) -> None:
    """Takes back a message that is not sent yet; raises `NoSuchMessage`, `MessageSent`."""
    broadcast = Broadcast.find(message_id)
    if broadcast is None or broadcast.sender != sender_id:
        raise NoSuchMessage
    if broadcast.sent_at is not None:
        raise MessageSent
    forgotten = (Broadcast.sender, Broadcast.recipient, Broadcast.recipients, Broadcast.facts, Broadcast.due_shard)
    with transaction() as tx:
        tx.update(
            broadcast,
            [Broadcast.taken_back.set(True), *(attribute.remove() for attribute in forgotten)],
            (Broadcast.sender == sender_id) & Broadcast.sent_at.does_not_exist(),
        )


def _view(row: Broadcast) -> SentMessage:
    return SentMessage(
        id=row.id,
        type=row.kind,
        course_id=row.course_id,
        course_title=row.facts["course"],
        subject=row.facts["subject"],
        message=row.facts["message"],
        channels=row.channels,
        recipients=row.people,
        status="waiting" if row.sent_at is None else "sent",
        send_at=row.send_at,
        sent_at=row.sent_at,
        created_at=row.created_at,
    )
