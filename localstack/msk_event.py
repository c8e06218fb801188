"""The event that Lambda hands to a function for records read from Kafka."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from typing import Any, Protocol


class Record(Protocol):
    """What is needed of a consumed Kafka record."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    timestamp_type: int
    key: bytes | None
    value: bytes | None
    headers: Iterable[tuple[str, bytes]]


def msk_event(records: Iterable[Record], source_arn: str | None, bootstrap_servers: str) -> dict[str, Any]:
    """Records grouped by "topic-partition", in the order given; without an ARN, as from a Kafka that is not MSK."""
    grouped: dict[str, list[dict[str, Any]]] = {}
    for record in records:
        grouped.setdefault(f"{record.topic}-{record.partition}", []).append(_entry(record))
    source = (
        {"eventSource": "aws:kafka", "eventSourceArn": source_arn}
        if source_arn
        else {"eventSource": "SelfManagedKafka"}
    )
    return {**source, "bootstrapServers": bootstrap_servers, "records": grouped}


def _entry(record: Record) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "topic": record.topic,
        "partition": record.partition,
        "offset": record.offset,
        "timestamp": record.timestamp,
        "timestampType": "LOG_APPEND_TIME" if record.timestamp_type == 1 else "CREATE_TIME",
        "headers": [{name: [_signed(byte) for byte in value]} for name, value in record.headers],
    }
    # Lambda leaves out what is null: the key of a record without one, the value of a tombstone.
    if record.key is not None:
        entry["key"] = base64.b64encode(record.key).decode()
    if record.value is not None:
        entry["value"] = base64.b64encode(record.value).decode()
    return entry


def _signed(byte: int) -> int:
    """Lambda's Kafka poller is written in Java, whose bytes go from -128 to 127."""
    return byte - 256 if byte > 127 else byte
