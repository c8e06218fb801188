from collections.abc import Iterator

import pytest

from notification.channels import mail, sms
from tests.conftest import Clock
from tests.notification.servers import MailServer, Twilio
from tests.notification.world import School
from tests.people import publish_key


@pytest.fixture
def school(aws: None, clock: Clock) -> School:
    publish_key()
    return School(clock)


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
