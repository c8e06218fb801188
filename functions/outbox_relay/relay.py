"""The Outbox's stream: a wake-up call. What is pending is read from the table, so a repeated record does no harm."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from lms.clock import now
from outbox_relay.service import Tally, oldest, publish


def handler(event: dict[str, Any], context: LambdaContext) -> None:
    """Publishes what is pending for the subjects of a batch of stream records (keys alone)."""
    tally = Tally()
    woken = oldest(_keys(record) for record in event["Records"])
    publish(woken, tally, now(), lambda: context.get_remaining_time_in_millis() / 1000)
    tally.report()


def _keys(record: dict[str, Any]) -> tuple[str, str]:
    keys = record["dynamodb"]["Keys"]
    return keys["subject"]["S"], keys["sequence"]["S"]
