"""The clients of AWS that functions share."""

from collections.abc import Iterator
from typing import Any

import pytest

from lms import aws, dynamo
from lms.idempotency import IdempotencyRecord


@pytest.fixture
def user_agents(aws: None) -> Iterator[list[str]]:
    """What calls of the storage and of a queue said of who calls."""
    from lms.aws import client

    seen: list[str] = []

    def note(request: Any, **_: Any) -> None:
        agent = request.headers["User-Agent"]
        seen.append(agent.decode() if isinstance(agent, bytes) else agent)

    clients = [dynamo._connection().client, client("sqs")]
    for one in clients:
        one.meta.events.register_first("before-send", note)
    yield seen
    for one in clients:
        one.meta.events.unregister("before-send", note)


def test_no_call_describes_botocore_and_the_machine_anew(user_agents: list[str]) -> None:
    IdempotencyRecord.find("one")
    aws.client("sqs").list_queues()
    assert len(user_agents) == 2
    assert all(agent.startswith("education-lms") and "otocore" not in agent for agent in user_agents)
