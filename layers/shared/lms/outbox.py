"""The Outbox: an event is written in the transaction of the change that it reports; the relay publishes it."""

import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

from pynamodb.attributes import NumberAttribute, TTLAttribute, UnicodeAttribute, UTCDateTimeAttribute

from lms.due import DueIndex, shard_of
from lms.dynamo import Table, Transaction, UUIDAttribute, table_name
from lms.ids import uuid7
from lms.log import request_id
from lms.settings import setting

if TYPE_CHECKING:
    # The relay publishes what is written, and brings no models.
    from lms.events import Event

SWEPT_AFTER = timedelta(minutes=2)
"""What the relay has not published by then, its sweep publishes."""
_FIRST, _SECOND = "0", "1"


class OutboxItem(Table):
    """An event to publish. `subject` is the Kafka key and CloudEvents subject; `sequence` orders its events.

    Once it is published, `data` is gone: it may name a person, and Kafka has it.
    """

    class Meta:
        table_name = table_name("outbox")
        region = setting("AWS_REGION")

    subject = UnicodeAttribute(hash_key=True)
    sequence = UnicodeAttribute(range_key=True)
    event_id = UUIDAttribute()
    type = UnicodeAttribute()
    topic = UnicodeAttribute()
    source = UnicodeAttribute()
    data = UnicodeAttribute(null=True)
    request_id = UnicodeAttribute()
    created_at = UTCDateTimeAttribute()
    due_shard = NumberAttribute(null=True)
    due_at = UTCDateTimeAttribute(null=True)
    published_at = UTCDateTimeAttribute(null=True)
    parked_reason = UnicodeAttribute(null=True)
    expires_at = TTLAttribute(null=True)
    due_index = DueIndex["OutboxItem"]()

    @property
    def is_pending(self) -> bool:
        """Whether it is neither published nor parked."""
        return self.due_shard is not None

    @property
    def is_republished(self) -> bool:
        """Whether it is an old fact, emitted again."""
        return self.sequence.rpartition(".")[2] not in (_FIRST, _SECOND)


def emit(tx: Transaction, event: "Event", now: datetime, *, second: bool = False) -> None:
    """Adds an event to the transaction that makes it true. Its `version` is the one that the entity gets by it.

    `second`: a change that two types of events describe; both have its version, and this one comes after the other.
    """
    tx.put(_item(event, now, _SECOND if second else _FIRST), OutboxItem.subject.does_not_exist())


def emit_again(tx: Transaction, event: "Event", now: datetime) -> None:
    """Adds an event that was already emitted, at its old version, for projections that lack it (`republish`)."""
    tx.put(_item(event, now, uuid4().hex))


def forget(subject: str, but: "type[Event]") -> None:
    """Deletes all events of an erased entity, published, pending or parked, but for those of its end."""
    for item in OutboxItem.query(subject, consistent_read=True):
        if item.type != but.type:
            item.delete()


def _item(event: "Event", now: datetime, counter: str) -> OutboxItem:
    subject = event.subject
    return OutboxItem(
        subject=subject,
        sequence=f"{event.version:012d}.{counter}",
        event_id=uuid7(),
        type=event.type,
        topic=event.topic,
        source=f"/lms/{setting('POWERTOOLS_SERVICE_NAME')}",
        data=json.dumps(event.model_dump(mode="json"), separators=(",", ":")),
        request_id=request_id.get(),
        created_at=now,
        due_shard=shard_of(subject),
        due_at=now + SWEPT_AFTER,
    )
