"""Kafka records to calls: the one consumer loop of every service.

Record by record. A passing fault raises, and Lambda hands the batch over again; anything else goes to the dead-letter
queue with its reason, and the partition moves on. So handlers see duplicates and late events: versions decide.
"""

import base64
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from aws_lambda_powertools.utilities.typing import LambdaContext
from pydantic import ValidationError

from lms.aws import client
from lms.events import Event
from lms.faults import is_transient
from lms.log import logger, request_id
from lms.settings import setting
from lms.triggers import KafkaRecord, kafka_records

_E = TypeVar("_E", bound=Event)
_MAX_VALUE_BYTES = 180_000
_REQUIRED = {"ce_id", "ce_time", "ce_type"}


@dataclass(frozen=True)
class Envelope:
    """What travels beside an event: its id (the same for every delivery), when it was emitted, and where it was read.

    `republished`: an owner emits an old fact again (`lms.outbox.emit_again`); `emitted_at` is when it did.
    """

    event_id: UUID
    request_id: str
    emitted_at: datetime
    republished: bool
    topic: str
    partition: int
    offset: int


Handler = Callable[[Any, Envelope], None]


class Poison(Exception):
    """A record that no retry can make good."""


class KafkaConsumer:
    """A Lambda handler for MSK events: each event goes to the handler of its class; unknown types are skipped."""

    def __init__(self, handlers: Mapping[type[Event], Handler]) -> None:
        self._handlers = dict(handlers)
        self.types = {event.type: event for event in handlers}
        """The events that it does not skip."""

    def __call__(self, event: dict[str, Any], _: LambdaContext) -> None:
        counts = {"done": 0, "skipped": 0, "dead": 0}
        for record in kafka_records(event):
            counts[self._take(record)] += 1
        logger.info("batch", extra=counts)

    def _take(self, record: KafkaRecord) -> str:
        where = {"topic": record["topic"], "partition": record["partition"], "offset": record["offset"]}
        try:
            headers = _headers(record)
            event = self._parse(record, headers)
            if event is None:
                return "skipped"
            envelope = Envelope(
                event_id=UUID(headers["ce_id"]),
                request_id=headers.get("ce_requestid", ""),
                emitted_at=datetime.fromisoformat(headers["ce_time"]),
                republished=headers.get("ce_republished") == "true",
                topic=record["topic"],
                partition=record["partition"],
                offset=record["offset"],
            )
            token = request_id.set(envelope.request_id)
            try:
                self._handlers[type(event)](event, envelope)
            finally:
                request_id.reset(token)
        except Exception as error:
            # Whatever a record brings about must not hold up those behind it for ever.
            if is_transient(error):
                logger.warning("passing fault, the batch comes again", extra={**where, "error": type(error).__name__})
                raise
            logger.exception("dead letter", extra=where)
            _bury(record, error)
            return "dead"
        return "done"

    def _parse(self, record: KafkaRecord, headers: Mapping[str, str]) -> Event | None:
        if not headers.keys() >= _REQUIRED:
            raise Poison("no CloudEvents headers")
        event_type = self.types.get(headers["ce_type"])
        if event_type is None:
            return None
        try:
            return event_type.model_validate_json(base64.b64decode(record["value"]))
        except ValidationError as error:
            faults = [".".join(map(str, fault["loc"])) + ": " + fault["type"] for fault in error.errors()]
            raise Poison(f"not a {event_type.type}: {', '.join(faults)}") from error


def _headers(record: KafkaRecord) -> dict[str, str]:
    return dict(_decoded(record.get("headers") or []))


def _decoded(headers: list[dict[str, list[int]]]) -> Iterator[tuple[str, str]]:
    for header in headers:
        for name, value in header.items():
            # Lambda hands header values over as signed bytes.
            yield name, bytes(byte & 0xFF for byte in value).decode("utf-8", "replace")


def _bury(record: KafkaRecord, error: Exception) -> None:
    letter = {
        "service": setting("POWERTOOLS_SERVICE_NAME"),
        "reason": f"{type(error).__name__}: {error}"[:1000],
        "topic": record["topic"],
        "partition": record["partition"],
        "offset": record["offset"],
        "key": record.get("key"),
        "headers": record.get("headers"),
        "value": record.get("value") if len(record.get("value") or "") < _MAX_VALUE_BYTES else None,
    }
    client("sqs").send_message(QueueUrl=setting("DEAD_LETTER_QUEUE_URL"), MessageBody=json.dumps(letter))
