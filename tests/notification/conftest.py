from collections.abc import Callable, Iterator
from typing import Any

import pytest

from lms.events import Event
from notification import consumer, delivery, dispatch
from tests.clients import kafka_event
from tests.conftest import Clock
from tests.notification.world import MailServer, Queue, Twilio


@pytest.fixture(autouse=True)
def time_stands_still(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumer, "now", clock)
    monkeypatch.setattr(delivery, "now", clock)


@pytest.fixture
def queue(aws: None) -> Queue:
    return Queue()


@pytest.fixture
def mail_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[MailServer]:
    server = MailServer()
    with server.running() as port:
        monkeypatch.setenv("SMTP_PORT", str(port))
        dispatch._mail_server.cache_clear()
        yield server
    dispatch._mail_server.cache_clear()


@pytest.fixture
def twilio(monkeypatch: pytest.MonkeyPatch) -> Iterator[Twilio]:
    service = Twilio()
    with service.running() as url:
        monkeypatch.setenv("TWILIO_URL", url)
        dispatch._sms_account.cache_clear()
        yield service
    dispatch._sms_account.cache_clear()


@pytest.fixture
def consume(aws: None) -> Callable[..., None]:
    """Hands events to the consumer in one batch."""

    def consume(*events: Event) -> None:
        context: Any = None
        consumer.handler(kafka_event(*events), context)

    return consume
