"""Poll Kafka for the event source mappings that the emulator stores but does not serve, and invoke their functions.

    python -m localstack.msk_trigger

As on AWS: at least once, in order within a partition, a failed batch again and again until it is taken. SIGTERM lets
what is on its way arrive before the process ends.
"""

from __future__ import annotations

import gc
import json
import logging
import os
import queue
import signal
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError, UnknownTopicOrPartitionError
from kafka.structs import OffsetAndMetadata

from localstack import emulator
from localstack.deployed import Deployed, KafkaMapping
from localstack.msk_event import msk_event
from localstack.settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

FIRST_PAUSE_SECONDS = 0.1
# Far below Lambda's own minutes: whoever waits here is a developer.
LONGEST_PAUSE_SECONDS = 2.0
POLL_MILLISECONDS = 1000
# How long the broker holds a question back. It looks for records less often the longer it may, so a topic at rest is
# asked seldom, and one where something happens often: 0.13 s until a record is taken, 0.03 s while there are more.
IDLE_WAIT_MILLISECONDS = 500
BUSY_WAIT_MILLISECONDS = 100
BUSY_SECONDS = 5
MOST_WAITING = 10_000
DRAIN_SECONDS = 15

log = logging.getLogger("msk_trigger")

Invoke = Callable[[str, dict[str, Any]], None]


class FunctionFailed(RuntimeError):
    """The function raised or timed out; the message is its error."""


class Reader(threading.Thread):
    """Reads every topic once and hands what it finds to all who follow the topic.

    A reader for each mapping would ask the broker forty times a second, at rest, for the same records.
    """

    def __init__(self, bootstrap_servers: str, topics: Collection[str], stopping: threading.Event) -> None:
        super().__init__(name="reader", daemon=True)
        self._bootstrap_servers = bootstrap_servers
        self._topics = topics
        self._stopping = stopping
        self._lock = threading.Lock()
        self._followers: dict[str, list[Poller]] = {topic: [] for topic in topics}
        self._next: dict[TopicPartition, int] = {}
        self._reading = threading.Event()
        self.ended = threading.Event()
        """Nothing more will be handed over."""

    def follow(self, topic: str, follower: Poller) -> dict[TopicPartition, int] | None:
        """From now on hands over what is read; answers where that begins, None when it is not known yet."""
        if not self._reading.wait(1):
            return None
        with self._lock:
            if follower not in self._followers[topic]:
                self._followers[topic].append(follower)
            return {partition: offset for partition, offset in self._next.items() if partition.topic == topic}

    def leave(self, topic: str, follower: Poller) -> None:
        """Hands over no more."""
        with self._lock:
            self._followers[topic] = [other for other in self._followers[topic] if other is not follower]

    def run(self) -> None:
        try:
            _until_done(self.name, self._read, self._stopping)
        finally:
            self.ended.set()

    def _read(self) -> None:
        patient, quick = (self._consumer(wait) for wait in (IDLE_WAIT_MILLISECONDS, BUSY_WAIT_MILLISECONDS))
        try:
            busy_until, last = 0.0, None
            while True:
                consumer = quick if time.monotonic() < busy_until else patient
                if consumer is not last:
                    self._seek(consumer)
                    last = consumer
                batches = consumer.poll(timeout_ms=POLL_MILLISECONDS)
                if batches:
                    busy_until = time.monotonic() + BUSY_SECONDS
                    self._hand_over(batches)
                elif self._stopping.is_set():
                    return
        finally:
            patient.close(autocommit=False)
            quick.close(autocommit=False)

    def _consumer(self, wait: int) -> KafkaConsumer:
        consumer = _consumer(self._bootstrap_servers, None, fetch_max_wait_ms=wait, auto_offset_reset="latest")
        consumer.assign([partition for topic in self._topics for partition in _partitions(consumer, topic)])
        return consumer

    def _seek(self, consumer: KafkaConsumer) -> None:
        for partition in consumer.assignment():
            if partition in self._next:
                consumer.seek(partition, self._next[partition])
            else:
                # Too low at times, which is no harm: followers know what they have.
                self._next[partition] = consumer.position(partition)
        self._reading.set()

    def _hand_over(self, batches: dict[TopicPartition, list[Any]]) -> None:
        with self._lock:
            for partition, records in batches.items():
                self._next[partition] = records[-1].offset + 1
                for follower in self._followers[partition.topic]:
                    follower.take(records)


class Poller(threading.Thread):
    """Serves one mapping until `stopping` is set and its topic has nothing more to read.

    It reads for itself until it has caught up with the reader, and again whenever it has fallen far behind.
    """

    def __init__(
        self, mapping: KafkaMapping, bootstrap_servers: str, invoke: Invoke, reader: Reader, stopping: threading.Event
    ) -> None:
        super().__init__(name=f"{mapping.topic}->{mapping.function}", daemon=True)
        self._mapping = mapping
        self._bootstrap_servers = bootstrap_servers
        self._invoke = invoke
        self._reader = reader
        self._stopping = stopping
        self._waiting: queue.Queue[Any] = queue.Queue(MOST_WAITING)
        self._overflown = threading.Event()

    def take(self, records: Sequence[Any]) -> None:
        """Called by the reader, which waits for nobody. After one too many none is taken, or there would be a gap."""
        if self._overflown.is_set():
            return
        try:
            for record in records:
                self._waiting.put_nowait(record)
        except queue.Full:
            self._overflown.set()

    def run(self) -> None:
        _until_done(self.name, self._consume, self._stopping)

    def _consume(self) -> None:
        # Assigned by hand: nobody shares the group, and joining one costs seconds.
        consumer = _consumer(self._bootstrap_servers, self._mapping.group, auto_offset_reset="earliest")
        try:
            consumer.assign(_partitions(consumer, self._mapping.topic))
            done = {partition: consumer.position(partition) for partition in consumer.assignment()}
            log.info("%s: reading %d partitions", self.name, len(done))
            while self._catch_up(consumer, done) and self._follow(consumer, done):
                pass
        finally:
            self._reader.leave(self._mapping.topic, self)
            consumer.close(autocommit=False)

    def _catch_up(self, consumer: KafkaConsumer, done: dict[TopicPartition, int]) -> bool:
        """Reads until what comes next is handed over by the reader; False when the process is to end before."""
        self._forget_waiting()
        for partition, offset in done.items():
            consumer.seek(partition, offset)
        begins = None
        while begins is None or any(done[partition] < offset for partition, offset in begins.items()):
            begins = begins or self._reader.follow(self._mapping.topic, self)
            batches = consumer.poll(timeout_ms=POLL_MILLISECONDS, max_records=self._mapping.batch_size)
            if batches and not self._deliver(consumer, batches, done):
                return False
            if not batches and self._stopping.is_set():
                return False
        return True

    def _follow(self, consumer: KafkaConsumer, done: dict[TopicPartition, int]) -> bool:
        """Delivers what the reader hands over; True when that became too much, False when the process is to end."""
        while not self._overflown.is_set():
            batches = self._next_batches(done)
            if batches and not self._deliver(consumer, batches, done):
                return False
            if not batches and self._reader.ended.is_set() and self._waiting.empty():
                return False
        return True

    def _next_batches(self, done: dict[TopicPartition, int]) -> dict[TopicPartition, list[Any]]:
        batches: dict[TopicPartition, list[Any]] = defaultdict(list)
        count, wait = 0, POLL_MILLISECONDS / 1000
        while count < self._mapping.batch_size:
            try:
                record = self._waiting.get(timeout=wait) if wait else self._waiting.get_nowait()
            except queue.Empty:
                break
            wait = 0.0
            partition = TopicPartition(record.topic, record.partition)
            if record.offset >= done[partition]:
                batches[partition].append(record)
                count += 1
        return batches

    def _forget_waiting(self) -> None:
        self._reader.leave(self._mapping.topic, self)
        self._overflown.clear()
        with suppress(queue.Empty):
            while True:
                self._waiting.get_nowait()

    def _deliver(
        self, consumer: KafkaConsumer, batches: dict[TopicPartition, list[Any]], done: dict[TopicPartition, int]
    ) -> bool:
        """Until the function takes the batch, and notes that; False when the process is to end before it does."""
        records = [record for batch in batches.values() for record in batch]
        event = msk_event(records, self._mapping.source_arn, self._bootstrap_servers)
        pause = FIRST_PAUSE_SECONDS
        while True:
            try:
                self._invoke(self._mapping.function, event)
                break
            except (FunctionFailed, BotoCoreError, ClientError) as error:
                log.warning("%s: %d records come again in %.1f s: %s", self.name, len(records), pause, error)
            if self._stopping.wait(pause):
                return False
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)
        log.info("%s: %d records", self.name, len(records))
        read = {partition: records[-1].offset + 1 for partition, records in batches.items()}
        consumer.commit({partition: OffsetAndMetadata(offset, "", -1) for partition, offset in read.items()})
        done.update(read)
        return True


def _until_done(name: str, work: Callable[[], None], stopping: threading.Event) -> None:
    """Again and again while the broker is away."""
    pause = FIRST_PAUSE_SECONDS
    while True:
        try:
            work()
            return
        except KafkaError as error:
            log.warning("%s: %s: %s", name, type(error).__name__, error)
            if stopping.wait(pause):
                return
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)


def _consumer(bootstrap_servers: str, group: str | None, **options: Any) -> KafkaConsumer:
    return KafkaConsumer(
        bootstrap_servers=bootstrap_servers,
        group_id=group,
        enable_auto_commit=False,
        reconnect_backoff_max_ms=int(LONGEST_PAUSE_SECONDS * 1000),
        **options,
    )


def _partitions(consumer: KafkaConsumer, topic: str) -> list[TopicPartition]:
    partitions = consumer.partitions_for_topic(topic)
    if not partitions:
        # A broker that has just come back may not know its topics yet.
        raise UnknownTopicOrPartitionError(topic)
    return [TopicPartition(topic, number) for number in sorted(partitions)]


def invoker(client: LambdaClient) -> Invoke:
    """A synchronous call that raises FunctionFailed when the function does."""

    def invoke(function: str, event: dict[str, Any]) -> None:
        answer = client.invoke(FunctionName=function, Payload=json.dumps(event).encode())
        payload = answer["Payload"].read()
        if answer.get("FunctionError"):
            raise FunctionFailed(payload.decode(errors="replace")[:500])

    return invoke


def main() -> int:
    """Serve every mapping until SIGTERM."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", stream=sys.stdout)
    logging.getLogger("kafka").setLevel(logging.ERROR)
    settings = Settings.from_environment(os.environ)
    mappings = Deployed(settings).kafka_mappings()
    client = emulator.session().client(
        "lambda",
        endpoint_url=settings.emulator_url,
        # The poller itself tries again; a function may run for its whole time-out.
        config=Config(retries={"total_max_attempts": 1}, read_timeout=900, max_pool_connections=len(mappings) + 1),
    )
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    reader = Reader(settings.bootstrap_servers, {mapping.topic for mapping in mappings}, stopping)
    pollers = [Poller(mapping, settings.bootstrap_servers, invoker(client), reader, stopping) for mapping in mappings]
    for thread in (reader, *pollers):
        thread.start()
    # The clients that read what is deployed are cycles, which Python would look for much later.
    gc.collect()
    settings.trigger_serving.write_text(str(os.getpid()))
    while not stopping.wait(1):
        pass
    for poller in pollers:
        poller.join(DRAIN_SECONDS)
    return 0


if __name__ == "__main__":
    sys.exit(main())
