"""The whole system in one process: every function of the template on moto, Kafka and Kong in memory, mail and SMS by
servers of the test's own."""

import base64
import io
import json
from collections.abc import Callable
from importlib import import_module
from typing import Any

from kafka.errors import MessageSizeTooLargeError

from lms.outbox import OutboxItem
from tests.architecture.deployed import FUNCTIONS, KAFKA_MAPPINGS
from tests.clients import Client
from tests.conftest import aws_client
from tests.notification.world import deliver, record
from tests.outbox_relay.world import Kafka, context, wake
from tests.template import ENVIRONMENT

_SERVICES = (
    "auth",
    "student",
    "program",
    "instructor",
    "notification",
    "progress",
    "content",
    "exam",
    "exchange",
    "payment",
    "institute",
)
_QUEUES: dict[str, Callable[[dict[str, Any]], Any]] = {
    "FANOUT_QUEUE_URL": lambda event: _handler("NotificationFanoutFunction")(event, None),
    "DELIVERY_QUEUE_URL": deliver,
    "EXCHANGE_QUEUE_URL": lambda event: _handler("ExchangeWorkerFunction")(event, context(900)),
}
CLIENT_IP = "203.0.113.77"


def _handler(function: str) -> Any:
    module, _, name = FUNCTIONS[function]["Handler"].rpartition(".")
    return getattr(import_module(module), name)


class System:
    """Requests go to the function that the path belongs to; `process_events` does all that follows."""

    def __init__(self, kafka: Kafka) -> None:
        self._kafka = kafka
        self._delivered = 0
        self._sqs = aws_client("sqs")
        self._clients = {service: Client(import_module(f"{service}.api").handler) for service in _SERVICES}
        for client in self._clients.values():
            client.headers["x-real-ip"] = CLIENT_IP

    def client(self, service: str) -> Client:
        """The door of a service."""
        return self._clients[service]

    def process_events(self) -> None:
        """Publishes what is pending, hands it to every consumer, and works the queues, until nothing is left to do."""
        while self._publish() or self._consume() or any(map(self._work, _QUEUES)):
            pass

    def tick(self) -> None:
        for function in FUNCTIONS:
            if FUNCTIONS[function]["Handler"].endswith(".tick.handler"):
                _handler(function)({}, context(55))
        self.process_events()

    def refuse(self, user_id: str) -> None:
        """Kafka takes no event of a user: they are parked."""
        self._kafka.refusals[f"user#{user_id}"] = MessageSizeTooLargeError()

    def take_again(self, user_id: str) -> None:
        del self._kafka.refusals[f"user#{user_id}"]

    def consume(self, event: dict[str, Any]) -> None:
        """Hands an MSK event to every consumer of its topic."""
        topics = {str(key).rpartition("-")[0] for key in event["records"]}
        for mapping in KAFKA_MAPPINGS.values():
            if topics & set(mapping["Topics"]):
                _handler(mapping["FunctionName"]["Ref"])(event, None)

    def _publish(self) -> bool:
        pending = [item for item in OutboxItem.scan() if item.is_pending]
        if pending:
            wake(*pending)
        return bool(pending)

    def _consume(self) -> bool:
        fresh = self._kafka.records[self._delivered :]
        self._delivered += len(fresh)
        for published in fresh:
            self.consume(_msk(published))
        return bool(fresh)

    def _work(self, queue: str) -> bool:
        url = ENVIRONMENT[queue]
        answer = self._sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, AttributeNames=["All"])
        messages = answer.get("Messages", [])
        event = {"Records": [record(message) for message in messages]}
        if messages:
            done = _QUEUES[queue](event)
            again = {failure["itemIdentifier"] for failure in done["batchItemFailures"]}
            assert not again, done
        for message in messages:
            self._sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return bool(messages)


def _msk(published: Any) -> dict[str, Any]:
    return {
        "eventSource": "aws:kafka",
        "eventSourceArn": "arn:aws:kafka:eu-central-1:123456789012:cluster/lms/00000000-0000-0000-0000-000000000000-1",
        "bootstrapServers": "127.0.0.1:9092",
        "records": {
            f"{published.topic}-0": [
                {
                    "topic": published.topic,
                    "partition": 0,
                    "offset": 0,
                    "timestamp": 1700000000000,
                    "timestampType": "CREATE_TIME",
                    "key": base64.b64encode(published.key.encode()).decode(),
                    "value": base64.b64encode(published.value).decode(),
                    "headers": [{name: list(text.encode())} for name, text in published.headers.items()],
                }
            ]
        },
    }


class FunctionsByName:
    """Lambda, as far as functions invoke one another."""

    def invoke(self, *, FunctionName: str, Payload: str) -> dict[str, Any]:
        question = json.loads(Payload)
        # The services share one environment here; on AWS, payment is told another function than student.
        function = "AuthCheckFunction" if question["action"] == "check" else FunctionName
        answer = _handler(function)(question, None)
        return {"Payload": io.BytesIO(json.dumps(answer, default=str).encode())}
