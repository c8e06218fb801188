"""The fan-out queue: broadcasts to classes, slice by slice, each slice an entry that queues the next; and second looks
for what was being written to people while they were erased."""

import json
from typing import Any
from uuid import UUID

from aws_lambda_powertools.utilities.typing import LambdaContext

from lms.clock import now
from lms.log import logger
from lms.triggers import QueueMessage
from notification.service import erasure, fan_out


def handler(event: dict[str, Any], _: LambdaContext) -> dict[str, list[dict[str, str]]]:
    """Works on a batch of entries, `{"id", "status", "after"}` for a slice and `{"erased"}` for a second look.

    Answers Lambda's partial batch response.
    """
    records: list[QueueMessage] = event["Records"]
    again = [record for record in records if not _is_done(record)]
    logger.info("batch", extra={"entries": len(records), "again": len(again)})
    return {"batchItemFailures": [{"itemIdentifier": record["messageId"]} for record in again]}


def _is_done(record: QueueMessage) -> bool:
    entry = json.loads(record["body"])
    try:
        if "erased" in entry:
            erasure.delete_all(UUID(entry["erased"]))
        else:
            fan_out.send_slice(entry, now())
    except Exception as error:  # noqa: BLE001 (one entry's fault must not bring its neighbours again)
        logger.exception("not done", extra={"sqs_id": record["messageId"], "fault": type(error).__name__})
        return False
    return True
