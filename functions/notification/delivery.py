"""The delivery queue: a few notifications at once; those that should come again are reported one by one."""

import asyncio
import json
import traceback
from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from aws_lambda_powertools.utilities.typing import LambdaContext
from botocore.exceptions import BotoCoreError, ClientError

from lms.clock import now
from lms.log import logger
from lms.settings import setting
from lms.triggers import QueueMessage
from notification.queues import sqs
from notification.service import deliveries

_AT_ONCE = 5


def handler(event: dict[str, Any], _: LambdaContext) -> dict[str, list[dict[str, str]]]:
    """Delivers a batch of queue entries `{"id": ...}`; answers Lambda's partial batch response."""
    records: list[QueueMessage] = event["Records"]
    outcomes = asyncio.run(_deliver_all(records))
    again = [record for record, fault in zip(records, outcomes, strict=True) if _comes_again(record, fault)]
    logger.info("batch", extra={"entries": len(records), "again": len(again)})
    return {"batchItemFailures": [{"itemIdentifier": record["messageId"]} for record in again]}


async def _deliver_all(records: Iterable[QueueMessage]) -> list[BaseException | None]:
    gate = asyncio.Semaphore(_AT_ONCE)

    async def deliver(record: QueueMessage) -> None:
        async with gate:
            await deliveries.deliver(UUID(json.loads(record["body"])["id"]), now())

    # Each fault stays with its own entry: an exception would bring the neighbours again as well.
    return await asyncio.gather(*(deliver(record) for record in records), return_exceptions=True)


def _comes_again(record: QueueMessage, fault: BaseException | None) -> bool:
    if fault is None:
        return False
    if isinstance(fault, deliveries.Postponed):
        _postpone(record, fault.pause)
        return True
    # Its type and place alone: the text of an exception may hold what the message holds.
    where = traceback.format_tb(fault.__traceback__)
    logger.error("delivery", extra={"sqs_id": record["messageId"], "fault": type(fault).__name__, "where": where})
    return True


def _postpone(record: QueueMessage, pause: timedelta) -> None:
    try:
        sqs().change_message_visibility(
            QueueUrl=setting("DELIVERY_QUEUE_URL"),
            ReceiptHandle=record["receiptHandle"],
            VisibilityTimeout=max(1, int(pause.total_seconds())),
        )
    except (BotoCoreError, ClientError) as fault:
        # It comes again all the same, after the queue's own time; the rest of the batch is not to be delivered anew.
        logger.warning("not postponed", extra={"sqs_id": record["messageId"], "fault": type(fault).__name__})
