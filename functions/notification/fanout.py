"""The fan-out queue: notices to classes, told slice by slice, each slice an entry that queues the next."""

import json
from typing import Any

from aws_lambda_powertools.utilities.data_classes import SQSEvent, SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from lms.clock import now
from lms.log import logger
from notification.service import broadcasts


def handler(event: dict[str, Any], _: LambdaContext) -> dict[str, list[dict[str, str]]]:
    """Tells the slices of a batch of entries `{"id", "status", "after"}`; answers Lambda's partial batch response."""
    records = list(SQSEvent(event).records)
    again = [record for record in records if not _tells(record)]
    logger.info("batch", extra={"entries": len(records), "again": len(again)})
    return {"batchItemFailures": [{"itemIdentifier": record.message_id} for record in again]}


def _tells(record: SQSRecord) -> bool:
    try:
        broadcasts.fan_out(json.loads(record.body), now())
    except Exception as error:  # noqa: BLE001 (one entry's fault must not bring its neighbours again)
        logger.exception("not told", extra={"sqs_id": record.message_id, "fault": type(error).__name__})
        return False
    return True
