"""Carries events from the Outbox to their consumers: the stream says which items are new, they are read back, and each
consumer of their topic gets them as Lambda's MSK trigger hands records over.

Kafka itself is left out: what arrives is what the relay would have sent, in the order of the stream, once.
"""

import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any
from zlib import crc32

import boto3

from lms.dynamo import read_together
from lms.outbox import OutboxItem
from localstack.msk_event import msk_event
from outbox_relay import publisher

# The most that DynamoDB gives of a stream, and the most that it reads, at once.
_STREAMED, _READ = 1000, 100
_PARTITIONS = 4

Consumer = Callable[[dict[str, Any], Any], None]


@dataclass
class KafkaRecord:
    """A Kafka record as the relay makes it of an item."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Iterable[tuple[str, bytes]]
    timestamp: int = 0
    timestamp_type: int = 0


class Courier:
    """Delivers what was emitted since it was asked last: all partitions at once, each in its order."""

    def __init__(self, consumers: Mapping[str, Sequence[Consumer]], pool: Executor) -> None:
        self._consumers = consumers
        self._pool = pool
        self._streams = boto3.client("dynamodbstreams")
        self._shards = self._open()
        self.delivered = 0

    def _open(self) -> list[str]:
        [stream] = self._streams.list_streams(TableName=os.environ["OUTBOX_TABLE"])["Streams"]
        arn = stream["StreamArn"]
        shards = self._streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
        return [
            self._streams.get_shard_iterator(StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON")[
                "ShardIterator"
            ]
            for shard in shards
        ]

    def deliver(self) -> Iterator[int]:
        """The number of events of each batch, once every consumer has taken it; ends when nothing is new."""
        while batch := list(self._new()):
            records = [self._record(self.delivered + index, item) for index, item in enumerate(batch)]
            taken = [
                self._pool.submit(consumer, event, None)
                for topic, event in _events(records)
                for consumer in self._consumers.get(topic, ())
            ]
            for one in taken:
                one.result()
            self.delivered += len(batch)
            yield len(batch)

    def _new(self) -> Iterator[OutboxItem]:
        for index, shard in enumerate(self._shards):
            answer = self._streams.get_records(ShardIterator=shard, Limit=_STREAMED)
            self._shards[index] = answer["NextShardIterator"]
            inserted = [record["dynamodb"]["Keys"] for record in answer["Records"] if record["eventName"] == "INSERT"]
            keys = [(OutboxItem, key["subject"]["S"], key["sequence"]["S"]) for key in inserted]
            for some in self._pool.map(read_together, (keys[at : at + _READ] for at in range(0, len(keys), _READ))):
                yield from some

    @staticmethod
    def _record(offset: int, item: OutboxItem) -> KafkaRecord:
        key = item.subject.encode()
        return KafkaRecord(
            topic=item.topic,
            partition=crc32(key) % _PARTITIONS,
            offset=offset,
            key=key,
            value=item.data.encode(),
            headers=publisher._headers(item),
        )


def _events(records: Sequence[KafkaRecord]) -> list[tuple[str, dict[str, Any]]]:
    """One for each partition of each topic."""
    found: dict[tuple[str, int], list[KafkaRecord]] = defaultdict(list)
    for record in records:
        found[record.topic, record.partition].append(record)
    return [(topic, msk_event(some, None, "")) for (topic, _), some in found.items()]
