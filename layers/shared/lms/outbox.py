"""The Outbox: an event is written in the transaction of the change it tells, and published from there by the relay."""

import json
from datetime import datetime
from uuid import uuid4
from zlib import crc32

from pynamodb.attributes import NumberAttribute, TTLAttribute, UnicodeAttribute, UTCDateTimeAttribute
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection

from lms.dynamo import Table, Transaction, UUIDAttribute, table_name
from lms.events import Event
from lms.ids import uuid7
from lms.log import request_id
from lms.settings import setting

PENDING_SHARDS = 8
_FIRST, _SECOND = "0", "1"


class PendingIndex(GlobalSecondaryIndex["OutboxItem"]):  # type: ignore[no-untyped-call]  # PynamoDB leaves it untyped
    """Sparse: only what is not published yet is in it."""

    class Meta:
        index_name = "pending"
        projection = KeysOnlyProjection()

    pending = NumberAttribute(hash_key=True)
    created_at = UTCDateTimeAttribute(range_key=True)


class OutboxItem(Table):
    """An event to publish. `subject` is the Kafka key and CloudEvents subject; `sequence` orders its events.

    Once it is published, `data` is gone: it may tell of a person, and Kafka has it.
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
    pending = NumberAttribute(null=True)
    published_at = UTCDateTimeAttribute(null=True)
    parked_reason = UnicodeAttribute(null=True)
    expires_at = TTLAttribute(null=True)
    pending_index = PendingIndex()

    @property
    def is_republished(self) -> bool:
        """Whether it tells an old fact again."""
        return self.sequence.rpartition(".")[2] not in (_FIRST, _SECOND)


def emit(tx: Transaction, event: Event, now: datetime, *, second: bool = False) -> None:
    """Adds an event to the transaction that makes it true. Its `version` is the one that the entity gets by it.

    `second`: a change that two types of events describe; both have its version, and this one comes after the other.
    """
    tx.put(_item(event, now, _SECOND if second else _FIRST), OutboxItem.subject.does_not_exist())


def emit_again(tx: Transaction, event: Event, now: datetime) -> None:
    """Adds an event that was already told, at its old version, for projections that lack it (`republish`)."""
    tx.put(_item(event, now, uuid4().hex))


def forget(subject: str, but: type[Event]) -> None:
    """Deletes all events of an erased entity, published, pending or parked, but for those that tell of its end."""
    for item in OutboxItem.query(subject, consistent_read=True):
        if item.type != but.type:
            item.delete()


def _item(event: Event, now: datetime, counter: str) -> OutboxItem:
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
        pending=crc32(subject.encode()) % PENDING_SHARDS,
    )


def shards() -> range:
    """The partitions of the pending index."""
    return range(PENDING_SHARDS)
