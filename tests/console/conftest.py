"""Console, which needs no tables."""

import pytest

from tests.clients import Client


@pytest.fixture
def console() -> Client:
    from console import api

    return Client(api.handler, documented=False)
