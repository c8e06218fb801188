"""Portal on moto."""

from collections.abc import Iterator

import pytest

from tests.clients import Client
from tests.conftest import Clock


@pytest.fixture
def portal(aws: None, clock: Clock) -> Iterator[Client]:
    from lms import clock as clock_module
    from portal import api
    from portal.health import checkup

    checkup.forget()
    api.app.dependency_overrides[clock_module.now] = clock
    yield Client(api.handler)
    api.app.dependency_overrides.clear()
