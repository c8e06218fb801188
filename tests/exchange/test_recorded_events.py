"""The recorded events of exchange in `events/`, each handed to its handler."""

import json
from typing import Any
from uuid import UUID

from tests.conftest import aws_client
from tests.exchange.conftest import Exchange
from tests.recorded import event
from tests.template import ENVIRONMENT

IMPORT = "018f4e2a-9012-7b7c-8d44-6e8f0a2b3c54"


def test_a_file_that_is_to_be_read_is_queued(exchange: Exchange) -> None:
    from exchange import consumer

    context: Any = None
    consumer.handler(event("exchange_import_events"), context)
    [message] = waiting()
    assert json.loads(message["Body"]) == {"task": "read", "id": IMPORT}


def test_a_task_of_the_queue_is_done(exchange: Exchange, bucket: Any) -> None:
    from exchange import queues, worker

    bucket.put_object(Key=f"imports/{IMPORT}/upload", Body=b"x")
    recorded = event("exchange_task")
    queues.send("forget", UUID(IMPORT))
    recorded["Records"][0]["receiptHandle"] = waiting()[0]["ReceiptHandle"]
    assert worker.handler(recorded, exchange.context) == {"batchItemFailures": []}
    assert list(bucket.objects.filter(Prefix=f"imports/{IMPORT}/")) == []


def waiting() -> list[Any]:
    answer = aws_client("sqs").receive_message(QueueUrl=ENVIRONMENT["EXCHANGE_QUEUE_URL"])
    return list(answer.get("Messages", []))
