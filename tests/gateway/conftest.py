from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.gateway.echo import EchoHandler, EchoServer
from tests.gateway.running import RunningGateway


@pytest.fixture
def echo() -> Iterator[EchoServer]:
    with EchoServer(("127.0.0.1", 0), EchoHandler) as server:
        yield server


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[RunningGateway]:
    with RunningGateway(tmp_path / "data.sqlite") as running:
        yield running
