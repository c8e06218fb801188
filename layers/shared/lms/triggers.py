"""What a function's triggers hand over, as far as it is read here.

Powertools has classes for these, but imports those of all kinds of events with any of them: 38 modules.
"""

from collections.abc import Iterator
from typing import Any, NotRequired, TypedDict


class KafkaRecord(TypedDict):
    topic: str
    partition: int
    offset: int
    key: NotRequired[str]
    value: NotRequired[str]
    headers: NotRequired[list[dict[str, list[int]]]]


class QueueMessage(TypedDict):
    messageId: str
    receiptHandle: str
    body: str


def kafka_records(event: dict[str, Any]) -> Iterator[KafkaRecord]:
    """The records of a Kafka event, which come by topic and partition."""
    for partition in event["records"].values():
        yield from partition
