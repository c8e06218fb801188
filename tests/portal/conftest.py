"""Portal on moto."""

import pytest

from tests.clients import Client
from tests.conftest import Clock


@pytest.fixture
def portal(aws: None, clock: Clock) -> Client:
    from portal import api
    from portal.health import checkup

    checkup.forget()
    return Client(api.handler)
