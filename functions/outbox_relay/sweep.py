"""What the stream's wake-up calls missed: records that expired, a stream that was skipped, a relay that was down."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from lms.clock import now
from lms.outbox import PENDING_SHARDS, OutboxItem, PendingIndex, shards
from outbox_relay import publisher
from outbox_relay.service import Tally, oldest, publish

OVERDUE = timedelta(minutes=2)
_PAGE = 100


def handler(_: dict[str, Any], context: LambdaContext) -> None:
    """Publishes what has been pending for two minutes; what time does not allow is left to the next minute."""

    def seconds_left() -> float:
        return context.get_remaining_time_in_millis() / 1000

    tally, at = Tally(), now()
    for keys in _overdue(at - OVERDUE):
        if seconds_left() < publisher.LONGEST_SECONDS:
            break
        publish(oldest(keys), tally, at, seconds_left)
    tally.report()


def _overdue(before: datetime) -> Iterator[list[tuple[str, str]]]:
    # In no fixed order: what is stuck in one shard must not take the others' time every minute.
    for shard in random.sample(shards(), PENDING_SHARDS):
        found = OutboxItem.pending_index.query(shard, PendingIndex.created_at < before, page_size=_PAGE)
        while page := [(item.subject, item.sequence) for item in islice(found, _PAGE)]:
            yield page
