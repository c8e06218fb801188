from collections.abc import Callable, Iterator
from typing import Any

import pytest

from lms import clock as clock_module
from lms import due
from lms.events import Event
from notification import api, consumer, delivery, fanout
from notification.channels import mail, sms
from tests.clients import kafka_event
from tests.conftest import Clock
from tests.notification.school import School
from tests.notification.world import MailServer, Queue, Twilio
from tests.people import publish_key


@pytest.fixture(autouse=True)
def time_stands_still(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    for entry in (consumer, delivery, fanout, due):
        monkeypatch.setattr(entry, "now", clock)


@pytest.fixture
def school(aws: None, clock: Clock) -> Iterator[School]:
    publish_key()
    api.app.dependency_overrides[clock_module.now] = clock
    yield School(clock)
    api.app.dependency_overrides.clear()


@pytest.fixture
def queue(aws: None) -> Queue:
    return Queue()


@pytest.fixture
def mail_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[MailServer]:
    server = MailServer()
    with server.running() as port:
        monkeypatch.setenv("SMTP_PORT", str(port))
        mail.mail_server.cache_clear()
        yield server
    mail.mail_server.cache_clear()


@pytest.fixture
def twilio(monkeypatch: pytest.MonkeyPatch) -> Iterator[Twilio]:
    service = Twilio()
    with service.running() as url:
        monkeypatch.setenv("TWILIO_URL", url)
        sms.sms_account.cache_clear()
        yield service
    sms.sms_account.cache_clear()


@pytest.fixture
def consume(aws: None, clock: Clock) -> Callable[..., None]:
    """Hands events to the consumer in one batch."""

    def consume(*events: Event) -> None:
        context: Any = None
        consumer.handler(kafka_event(*events, emitted_at=clock.now), context)

    return consume
