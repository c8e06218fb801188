from collections.abc import Iterator

import pytest

from lms import clock as clock_module
from lms import due
from notification import api, consumer, delivery, fanout
from notification.channels import mail, sms
from tests.conftest import Clock
from tests.notification.servers import MailServer, Twilio
from tests.notification.world import School
from tests.people import publish_key


@pytest.fixture
def school(aws: None, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[School]:
    publish_key()
    for entry in (consumer, delivery, fanout, due):
        monkeypatch.setattr(entry, "now", clock)
    api.app.dependency_overrides[clock_module.now] = clock
    yield School(clock)
    api.app.dependency_overrides.clear()


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
