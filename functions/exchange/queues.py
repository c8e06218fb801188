"""The queue of what takes long: reading files, writing files, removing them."""

import json
from typing import Literal
from uuid import UUID

from lms.aws import client
from lms.settings import setting

Task = Literal["read", "write", "forget"]


def send(task: Task, identity: UUID) -> None:
    """Queues a task; sent twice, it is done once, since the row of what it is about says whether it is."""
    body = json.dumps({"task": task, "id": str(identity)})
    client("sqs").send_message(QueueUrl=setting("EXCHANGE_QUEUE_URL"), MessageBody=body)


def postpone(receipt_handle: str, seconds: int) -> None:
    """Lets an entry come again after so many seconds."""
    client("sqs").change_message_visibility(
        QueueUrl=setting("EXCHANGE_QUEUE_URL"), ReceiptHandle=receipt_handle, VisibilityTimeout=seconds
    )
