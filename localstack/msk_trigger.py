"""Poll Kafka for the event source mappings that the emulator stores but does not serve, and invoke their functions.

    python -m localstack.msk_trigger

As on AWS: at least once, in order within a partition, a failed batch again and again until it is taken. SIGTERM lets
what is on its way arrive before the process ends.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable
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
DRAIN_SECONDS = 15

log = logging.getLogger("msk_trigger")

Invoke = Callable[[str, dict[str, Any]], None]


class FunctionFailed(RuntimeError):
    """The function raised or timed out; the message is its error."""


class Poller(threading.Thread):
    """Serves one mapping until `stopping` is set and its topic has nothing more to read."""

    def __init__(
        self, mapping: KafkaMapping, bootstrap_servers: str, invoke: Invoke, stopping: threading.Event
    ) -> None:
        super().__init__(name=f"{mapping.topic}->{mapping.function}", daemon=True)
        self._mapping = mapping
        self._bootstrap_servers = bootstrap_servers
        self._invoke = invoke
        self._stopping = stopping

    def run(self) -> None:
        pause = FIRST_PAUSE_SECONDS
        while True:
            try:
                self._consume()
                return
            except KafkaError as error:
                log.warning("%s: %s: %s", self.name, type(error).__name__, error)
                if self._stopping.wait(pause):
                    return
                pause = min(2 * pause, LONGEST_PAUSE_SECONDS)

    def _consume(self) -> None:
        consumer = KafkaConsumer(
            bootstrap_servers=self._bootstrap_servers,
            group_id=self._mapping.group,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            reconnect_backoff_max_ms=int(LONGEST_PAUSE_SECONDS * 1000),
        )
        try:
            # Assigned by hand: nobody shares the group, and joining one costs seconds.
            partitions = consumer.partitions_for_topic(self._mapping.topic)
            if not partitions:
                # A broker that has just come back may not know its topics yet.
                raise UnknownTopicOrPartitionError(self._mapping.topic)
            consumer.assign([TopicPartition(self._mapping.topic, number) for number in sorted(partitions)])
            log.info("%s: reading %d partitions", self.name, len(partitions))
            while True:
                batches = consumer.poll(timeout_ms=POLL_MILLISECONDS, max_records=self._mapping.batch_size)
                if not batches and self._stopping.is_set():
                    return
                if batches and not self._deliver(batches):
                    return
                if batches:
                    consumer.commit(
                        {
                            partition: OffsetAndMetadata(records[-1].offset + 1, "", -1)
                            for partition, records in batches.items()
                        }
                    )
        finally:
            consumer.close(autocommit=False)

    def _deliver(self, batches: dict[Any, list[Any]]) -> bool:
        """Until the function takes the batch; False when the process is to end before it does."""
        records = [record for batch in batches.values() for record in batch]
        event = msk_event(records, self._mapping.source_arn, self._bootstrap_servers)
        pause = FIRST_PAUSE_SECONDS
        while True:
            try:
                self._invoke(self._mapping.function, event)
                log.info("%s: %d records", self.name, len(records))
                return True
            except (FunctionFailed, BotoCoreError, ClientError) as error:
                log.warning("%s: %d records come again in %.1f s: %s", self.name, len(records), pause, error)
            if self._stopping.wait(pause):
                return False
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)


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
    pollers = [Poller(mapping, settings.bootstrap_servers, invoker(client), stopping) for mapping in mappings]
    for poller in pollers:
        poller.start()
    settings.trigger_serving.write_text(str(os.getpid()))
    while not stopping.wait(1):
        pass
    for poller in pollers:
        poller.join(DRAIN_SECONDS)
    return 0


if __name__ == "__main__":
    sys.exit(main())
