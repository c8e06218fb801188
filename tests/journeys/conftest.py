"""What the functions log, and the whole system with one course and its people in it."""

import logging
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest

from tests.auth.conftest import Auth, auth, kong
from tests.journeys.school import School
from tests.journeys.world import FunctionsByName, System
from tests.notification.conftest import mail_server, twilio
from tests.notification.servers import MailServer, Twilio
from tests.outbox_relay.conftest import kafka
from tests.outbox_relay.world import Kafka

__all__ = ["auth", "kafka", "kong", "mail_server", "twilio"]


@pytest.fixture
def log() -> Iterator[StringIO]:
    """Everything that the functions and the libraries in them log, as it is written."""
    from lms.log import logger

    stream = StringIO()
    own, others = logging.StreamHandler(stream), logging.StreamHandler(stream)
    own.setFormatter(logger.registered_formatter)
    # As in Lambda, whose root logger leaves to a function's own logger what is its own.
    others.addFilter(lambda record: record.name != logger.name)
    logger.addHandler(own)
    logging.getLogger().addHandler(others)
    yield stream
    logger._logger.removeHandler(own)
    logging.getLogger().removeHandler(others)


@pytest.fixture
def school(
    auth: Auth,
    kafka: Kafka,
    bucket: Any,
    mail_server: MailServer,
    twilio: Twilio,
    log: StringIO,
    monkeypatch: pytest.MonkeyPatch,
) -> School:
    from lms import credentials
    from lms.events.catalogue import TOPICS

    kafka.topics.update(TOPICS)
    monkeypatch.setattr(credentials, "_lambda", FunctionsByName)
    return School(System(kafka), mail_server, twilio, bucket)
