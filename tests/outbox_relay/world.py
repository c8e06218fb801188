"""A Kafka cluster to publish to, events to publish, and the two triggers of the relay."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from kafka.errors import KafkaTimeoutError
from kafka.producer.future import FutureProduceResult, FutureRecordMetadata

from lms.dynamo import transaction
from lms.events import Event
from lms.events.users import UserSessionsRevoked
from lms.outbox import OutboxItem, emit
from outbox_relay import relay, sweep


@dataclass
class Record:
    topic: str
    key: str
    value: bytes
    headers: dict[str, str]


@dataclass
class Kafka:
    """A cluster as the relay sees it: what it took, and what it refuses."""

    topics: set[str] = field(default_factory=lambda: {"lms.user"})
    silent: bool = False
    refusals: dict[str, Exception] = field(default_factory=dict)
    refusals_once: dict[str, Exception] = field(default_factory=dict)
    records: list[Record] = field(default_factory=list)
    producers: list[dict[str, Any]] = field(default_factory=list)
    before_answer: Callable[[str], None] = lambda key: None

    def producer(self, **config: Any) -> "Producer":
        self.producers.append(config)
        return Producer(self)

    def admin(self, **config: Any) -> "Admin":
        if self.silent:
            raise KafkaTimeoutError("Unable to bootstrap")
        return Admin(self)

    @property
    def ids(self) -> list[UUID]:
        return [UUID(record.headers["ce_id"]) for record in self.records]


class Producer:
    def __init__(self, kafka: Kafka) -> None:
        self._kafka = kafka
        self._closed = False

    def partitions_for(self, topic: str) -> set[int]:
        if self._kafka.silent or topic not in self._kafka.topics:
            raise KafkaTimeoutError("Failed to update metadata after 3.0 secs.")
        return {0}

    def send(self, topic: str, value: bytes, key: bytes, headers: list[tuple[str, bytes]]) -> FutureRecordMetadata:
        assert not self._closed
        answer = FutureRecordMetadata(FutureProduceResult((topic, 0)), 0, 0, None, len(key), len(value), 0)
        self._kafka.before_answer(key.decode())
        refusals = self._kafka.refusals
        if error := self._kafka.refusals_once.pop(key.decode(), None) or refusals.get(key.decode()):
            return answer.failure(error)
        texts = {name: text.decode() for name, text in headers}
        self._kafka.records.append(Record(topic, key.decode(), value, texts))
        return answer.success(None)

    def close(self, timeout: float) -> None:
        self._closed = True


class Admin:
    def __init__(self, kafka: Kafka) -> None:
        self._kafka = kafka

    def describe_topics(self, topics: list[str]) -> list[dict[str, Any]]:
        return [{"name": topic, "error_code": 0 if topic in self._kafka.topics else 3} for topic in topics]

    def close(self) -> None: ...


def emitted(event: Event, now: datetime) -> OutboxItem:
    """Commits an event and answers its Outbox item."""
    with transaction() as tx:
        emit(tx, event, now)
    return OutboxItem.get(event.subject, f"{event.version:012d}.0")


def pending(user_id: UUID, version: int, now: datetime) -> OutboxItem:
    return emitted(UserSessionsRevoked(user_id=user_id, version=version), now)


def record(item: OutboxItem) -> dict[str, Any]:
    return {
        "eventName": "INSERT",
        "dynamodb": {"Keys": {"subject": {"S": item.subject}, "sequence": {"S": item.sequence}}},
    }


def wake(*items: OutboxItem, seconds: float = 60) -> None:
    relay.handler({"Records": [record(item) for item in items]}, context(seconds))


def sweep_now(seconds: float = 55) -> None:
    sweep.handler({}, context(seconds))


def context(seconds: float) -> Any:
    return SimpleNamespace(get_remaining_time_in_millis=lambda: seconds * 1000)
