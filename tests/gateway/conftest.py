from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.gateway.echo import EchoHandler, EchoServer
from tests.gateway.running import RunningGateway, document, route, running
from tests.gateway.tokens import Keys


@pytest.fixture(scope="module")
def keys() -> Keys:
    return Keys()


@pytest.fixture
def echo() -> Iterator[EchoServer]:
    with EchoServer(("127.0.0.1", 0), EchoHandler) as server:
        yield server


@pytest.fixture
def gateway(tmp_path: Path, echo: EchoServer) -> Iterator[RunningGateway]:
    """With one open route, `/r`, to `echo`."""
    with running(tmp_path, document(echo.port, route())) as gateway:
        yield gateway
