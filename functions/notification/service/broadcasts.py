"""Messages to many, or for later: stored in the transaction of what they follow from, launched when they are due."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from pynamodb.exceptions import UpdateError

from lms.due import shard_of
from lms.dynamo import Transaction
from lms.faults import condition_failed
from lms.log import request_id
from lms.messages import Channel
from lms.settings import setting
from notification.messages.message import Message
from notification.queues import send_all
from notification.rules.identities import source_id
from notification.rules.preferences import CHANNELS
from notification.rules.schedules import KEPT
from notification.tables import Broadcast


@dataclass(frozen=True)
class Condition:
    """A subject, and the state in which it must still be when the broadcast is due."""

    subject: str
    state: str


def plan(
    tx: Transaction,
    message: Message | type[Message],
    source: str,
    due_at: datetime,
    *,
    course_id: UUID | None = None,
    recipients: Sequence[UUID] | None = None,
    channels: Sequence[Channel] = CHANNELS,
    only_while: Condition | None = None,
) -> UUID:
    """Adds a message to the transaction that makes it due: to `recipients`, or to the students of the course.

    Planned once more by the same source, it is due again; whoever has it does not get it twice. The class of a message
    alone plans one whose facts come when it goes out.
    """
    broadcast_id = source_id(source)
    facts: dict[str, Any] | None = None
    if isinstance(message, Message):
        facts = message.model_dump(mode="json")
    tx.put(
        Broadcast(
            id=broadcast_id,
            kind=message.kind,
            course_id=course_id,
            recipients=[str(recipient) for recipient in recipients] if recipients else None,
            recipient=recipients[0] if recipients and len(recipients) == 1 else None,
            facts=facts,
            channels=list(channels),
            subject=only_while.subject if only_while else None,
            subject_state=only_while.state if only_while else None,
            due_shard=shard_of(broadcast_id),
            due_at=due_at,
            request_id=request_id.get(),
            expires_at=due_at + KEPT,
        )
    )
    return broadcast_id


def launch(broadcast_id: UUID) -> None:
    """Hands a broadcast to the fan-out. Should that fail, it stays due, and the next tick does it."""
    send_all(setting("FANOUT_QUEUE_URL"), [{"id": str(broadcast_id)}])
    try:
        Broadcast(broadcast_id).update([Broadcast.due_shard.remove()], Broadcast.id.exists())
    except UpdateError as error:
        # It went out meanwhile, and is gone.
        if not condition_failed(error):
            raise


def erase_all(recipient_id: UUID) -> None:
    """Deletes what is planned for one person alone."""
    for row in Broadcast.recipient_index.query(recipient_id):
        Broadcast(row.id).delete()
