"""Messages to many, or for later: stored in the transaction of what they follow from, launched when they are due."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from lms.due import shard_of
from lms.dynamo import Transaction
from lms.log import request_id
from lms.messages import Audience, Channel
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


@dataclass(frozen=True)
class Written:
    """That a person wrote a message: who, when, for when, and to how many people."""

    sender_id: UUID
    created_at: datetime
    send_at: datetime | None
    people: int | None


def plan(
    tx: Transaction,
    message: Message | type[Message],
    source: str,
    due_at: datetime,
    *,
    course_id: UUID | None = None,
    audience: Audience | None = None,
    recipients: Sequence[UUID] | None = None,
    channels: Sequence[Channel] = CHANNELS,
    only_while: Condition | None = None,
    written: Written | None = None,
) -> UUID:
    """Adds a message to the transaction that makes it due: to `recipients`, the course's students, or an audience.

    Planned once more by the same source, it is due again; whoever has it does not get it twice. The class of a message
    alone plans one whose facts come when it goes out. What a person wrote is planned once: a second time is `Stale`.
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
            audience=audience,
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
            sender=written.sender_id if written else None,
            created_at=written.created_at if written else None,
            send_at=written.send_at if written else None,
            people=written.people if written else None,
        ),
        Broadcast.id.does_not_exist() if written else None,
    )
    return broadcast_id


def begin(broadcast: Broadcast, now: datetime) -> bool:
    """Notes that a broadcast goes out; whether it may: one that a person took back does not."""
    if broadcast.sender is None or broadcast.sent_at is not None:
        return not broadcast.taken_back
    return broadcast.update_if(Broadcast.sender.exists(), [Broadcast.sent_at.set(now)])


def launch(broadcast_id: UUID) -> None:
    """Hands a broadcast to the fan-out. Should that fail, it stays due, and the next tick does it."""
    send_all(setting("FANOUT_QUEUE_URL"), [{"id": str(broadcast_id)}])
    # It may have gone out meanwhile, and be gone.
    Broadcast(broadcast_id).update_if(Broadcast.id.exists(), [Broadcast.due_shard.remove()])


def erase_all(person_id: UUID) -> None:
    """Deletes what is for one person alone, and what they wrote stays in no list."""
    for row in Broadcast.recipient_index.query(person_id):
        Broadcast(row.id).delete()
    for row in Broadcast.sender_index.query(person_id):
        Broadcast(row.id).update_if(Broadcast.id.exists(), [Broadcast.sender.remove()])
