"""Outbox items to Kafka records (CloudEvents 1.0, binary mode), and the meaning of Kafka's errors."""

import time
from collections.abc import Iterable, Sequence
from datetime import UTC
from functools import lru_cache

from kafka import KafkaAdminClient, KafkaProducer
from kafka.errors import (
    InvalidRecordError,
    InvalidTopicError,
    KafkaError,
    KafkaTimeoutError,
    MessageSizeTooLargeError,
    RecordListTooLargeError,
    UnknownTopicOrPartitionError,
)
from kafka.producer.future import FutureRecordMetadata

from lms.outbox import OutboxItem
from outbox_relay.kafka_access import kafka_access

_CONNECT_MS = 5_000
_RECONNECT_MS = 500
_TOPIC_MS = 3_000
_TOPICS_SECONDS = 6
_REQUEST_MS = 5_000
_DELIVERY_MS = 10_000
# The producer resolves every record within _DELIVERY_MS; a second more, for its thread to be late.
_ANSWER_SECONDS = _DELIVERY_MS / 1000 + 1
LONGEST_SECONDS = 35.0
"""No call of `publish` takes longer: connecting, asking for topics in vain, and the delivery of the rest."""

# Only errors of the record itself. All others may pass: even a missing right can be given by an operator.
_NEVER = (InvalidRecordError, InvalidTopicError, MessageSizeTooLargeError, RecordListTooLargeError, ValueError)


class Unsendable(Exception):
    """Kafka will never take this event; the message says why."""


def publish(items: Sequence[OutboxItem]) -> list[Exception | None]:
    """Sends items of different subjects at once, and waits for every answer.

    For each item: None once all replicas have it, `Unsendable`, or the fault after which it may be tried again.
    """
    try:
        producer = _producer()
    except KafkaError as error:
        return [error] * len(items)
    refused = _refused_topics(producer, dict.fromkeys(item.topic for item in items))
    sent = [refused.get(item.topic) or _send(producer, item) for item in items]
    deadline = time.monotonic() + _ANSWER_SECONDS
    outcomes = [_outcome(answer, deadline) for answer in sent]
    if any(outcome is not None and not isinstance(outcome, Unsendable) for outcome in outcomes):
        # Its pauses have grown, and what it still holds must not come later: the next call makes a new one.
        _producer.cache_clear()
        _close(producer)
    return outcomes


@lru_cache(maxsize=1)
def _producer() -> KafkaProducer:
    return KafkaProducer(
        **kafka_access(),
        client_id="outbox-relay",
        acks="all",
        # A killed broker may know a sequence number and not its record; the client takes "duplicate" for done.
        enable_idempotence=False,
        allow_auto_create_topics=False,
        bootstrap_timeout_ms=_CONNECT_MS,
        reconnect_backoff_max_ms=_RECONNECT_MS,
        max_block_ms=_TOPIC_MS,
        request_timeout_ms=_REQUEST_MS,
        delivery_timeout_ms=_DELIVERY_MS,
    )


def _close(producer: KafkaProducer) -> None:
    try:
        producer.close(timeout=0)
    except KafkaTimeoutError:
        # Its thread still holds a record; it ends with the record's delivery time-out.
        return


def _refused_topics(producer: KafkaProducer, topics: Iterable[str]) -> dict[str, Exception]:
    """Why a record of some topic cannot be sent. Known topics cost nothing; a `send` would wait for each record."""
    refused: dict[str, Exception] = {}
    deadline = time.monotonic() + _TOPICS_SECONDS
    for topic in topics:
        if time.monotonic() > deadline:
            refused[topic] = KafkaTimeoutError(f"no time left to ask for {topic}")
            continue
        try:
            producer.partitions_for(topic)
        except KafkaTimeoutError as error:
            refused[topic] = Unsendable(f"there is no topic {topic}") if _is_missing(topic) else error
        except (KafkaError, ValueError) as error:
            refused[topic] = _classified(error)
    return refused


def _is_missing(topic: str) -> bool:
    """The producer waits for a missing topic as it waits for a missing broker; the cluster itself knows which it is."""
    try:
        admin = KafkaAdminClient(**kafka_access(), bootstrap_timeout_ms=_TOPIC_MS, request_timeout_ms=_TOPIC_MS)
        try:
            answer = admin.describe_topics([topic])
        finally:
            admin.close()
    except KafkaError:
        return False
    return any(found["error_code"] == UnknownTopicOrPartitionError.errno for found in answer)


def _send(producer: KafkaProducer, item: OutboxItem) -> FutureRecordMetadata | Exception:
    try:
        return producer.send(item.topic, key=item.subject.encode(), value=item.data.encode(), headers=_headers(item))
    except KafkaError as error:
        return _classified(error)


def _headers(item: OutboxItem) -> list[tuple[str, bytes]]:
    attributes = {
        "ce_specversion": "1.0",
        "ce_id": str(item.event_id),
        "ce_type": item.type,
        "ce_source": item.source,
        "ce_time": item.created_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "ce_subject": item.subject,
        "content-type": "application/json",
        # CloudEvents knows no empty attributes.
        **({"ce_requestid": item.request_id} if item.request_id else {}),
        **({"ce_republished": "true"} if item.is_republished else {}),
    }
    return [(name, value.encode()) for name, value in attributes.items()]


def _outcome(answer: FutureRecordMetadata | Exception, deadline: float) -> Exception | None:
    if isinstance(answer, Exception):
        return answer
    try:
        answer.get(timeout=max(0.0, deadline - time.monotonic()))
    except KafkaError as error:
        return _classified(error)
    return None


def _classified(error: Exception) -> Exception:
    return Unsendable(str(error)) if isinstance(error, _NEVER) else error
