"""Whether what every request needs can be reached, and whether events are published in time."""

from datetime import datetime, timedelta

from botocore.exceptions import BotoCoreError
from pynamodb.exceptions import PynamoDBException

from lms.due import SHARDS, DueIndex
from lms.log import logger
from lms.outbox import OutboxItem
from lms.tokens import read_jwks
from portal.schemas import Health, Parts

# Anonymous callers, however many, cost the reads of one answer in this time.
_KEPT = timedelta(seconds=5)
# The sweep publishes within a minute what is due.
_DELAYED = timedelta(minutes=2)


class Checkup:
    """Checks the system at most once in 5 seconds."""

    def __init__(self) -> None:
        self._last: Health | None = None

    def at(self, now: datetime) -> Health:
        if self._last is None or now - self._last.checked_at >= _KEPT:
            self._last = _check(now)
        return self._last

    def forget(self) -> None:
        self._last = None


checkup = Checkup()


def _check(now: datetime) -> Health:
    try:
        # What every signed-in request reads first.
        read_jwks()
        late = _is_late(now - _DELAYED)
    except (PynamoDBException, BotoCoreError) as error:
        logger.warning("tables cannot be reached", extra={"error": type(error).__name__})
        parts = Parts(api="ok", tables="unreachable", events="unknown")
        return Health(status="down", parts=parts, checked_at=now)
    parts = Parts(api="ok", tables="ok", events="delayed" if late else "ok")
    return Health(status="impaired" if late else "ok", parts=parts, checked_at=now)


def _is_late(since: datetime) -> bool:
    """Whether any event has been due for so long."""
    return any(True for shard in SHARDS for _ in OutboxItem.due_index.query(shard, DueIndex.due_at < since, limit=1))
