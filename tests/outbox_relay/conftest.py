from collections.abc import Iterator

import pytest

from outbox_relay import publisher
from tests.outbox_relay.world import Kafka


@pytest.fixture
def kafka(aws: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Kafka]:
    cluster = Kafka()
    monkeypatch.setattr(publisher, "KafkaProducer", cluster.producer)
    monkeypatch.setattr(publisher, "KafkaAdminClient", cluster.admin)
    publisher._producer.cache_clear()
    yield cluster
    publisher._producer.cache_clear()
