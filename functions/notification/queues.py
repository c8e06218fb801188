"""The queues of deliveries and of broadcasts."""

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from lms.aws import client
from lms.errors import Unavailable

_TOGETHER = 10


class QueueFull(Unavailable):
    detail = "The queue did not take every message."


def sqs() -> Any:
    return client("sqs")


def send_all(queue_url: str, bodies: Sequence[Mapping[str, str | None]], *, delay: timedelta = timedelta()) -> None:
    """Puts entries into a queue, ten a call, to be seen after a delay; raises `QueueFull` unless it took them all."""
    for begin in range(0, len(bodies), _TOGETHER):
        entries = [
            {"Id": str(position), "MessageBody": json.dumps(body), "DelaySeconds": int(delay.total_seconds())}
            for position, body in enumerate(bodies[begin : begin + _TOGETHER])
        ]
        if sqs().send_message_batch(QueueUrl=queue_url, Entries=entries).get("Failed"):
            raise QueueFull
