"""The queue of what takes long: files to read, to write and to forget, one at a time."""

import json
from typing import Any
from uuid import UUID

from aws_lambda_powertools.utilities.typing import LambdaContext

from exchange import queues
from exchange.formats import FORMATS, WRITERS
from exchange.service import forgetting, reading, writing
from lms.clock import now
from lms.log import logger
from lms.triggers import QueueMessage

_AGAIN_AFTER_SECONDS = 30
_SURELY_OVER_SECONDS = 15


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, list[dict[str, str]]]:
    """Does a batch of tasks, `{"task": ..., "id": ...}`; answers Lambda's partial batch response."""
    again = [record for record in event["Records"] if not _is_done(record, context)]
    return {"batchItemFailures": [{"itemIdentifier": record["messageId"]} for record in again]}


def _is_done(record: QueueMessage, context: LambdaContext) -> bool:
    # Should this worker die, another goes on as soon as it is surely dead; the queue's own time is longer.
    seconds = context.get_remaining_time_in_millis() // 1000 + _SURELY_OVER_SECONDS
    queues.postpone(record["receiptHandle"], seconds)
    try:
        _do(json.loads(record["body"]), context)
    except Exception as error:  # noqa: BLE001 (whatever it is, the entry comes again, and is buried at last)
        logger.exception("not done", extra={"sqs_id": record["messageId"], "fault": type(error).__name__})
        # Else it would come when the time of a whole run is over.
        queues.postpone(record["receiptHandle"], _AGAIN_AFTER_SECONDS)
        return False
    return True


def _do(task: dict[str, str], context: LambdaContext) -> None:
    identity = UUID(task["id"])
    match task["task"]:
        case "read":
            reading.run(identity, FORMATS, now, lambda: context.get_remaining_time_in_millis() / 1000)
        case "write":
            writing.run(identity, WRITERS, now)
        case "forget":
            forgetting.forget(identity)
        case unknown:
            raise ValueError(f"There is no such task: {unknown}")
