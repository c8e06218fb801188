import base64
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from lms.consumer import Envelope, KafkaConsumer
from lms.errors import Unavailable
from lms.events import Event
from lms.events.users import Person, UserDisabled, UserEnabled, UserRegistered
from lms.log import logger, request_id
from tests.clients import kafka_event
from tests.conftest import DeadLetters

ADA = UUID("018f4e2a-7c1e-7d3b-9a54-2f6f1c0d9e11")
NO_CONTEXT: Any = None


def registered(version: int = 1) -> UserRegistered:
    person = Person(username="ada", email="ada@example.org", name="Ada Lovelace")
    return UserRegistered(user_id=ADA, version=version, role="student", roll_no="7Q2M5K9XTA", person=person)


class Seen:
    """Handlers that remember what they were given, and raise what a test wants."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.envelopes: list[Envelope] = []
        self.request_ids: list[str] = []
        self.faults: list[Exception] = []
        self.consumer = KafkaConsumer({UserRegistered: self._handle, UserDisabled: self._handle})

    def _handle(self, event: Event, envelope: Envelope) -> None:
        if self.faults:
            raise self.faults.pop(0)
        self.events.append(event)
        self.envelopes.append(envelope)
        self.request_ids.append(request_id.get())

    def __call__(self, batch: dict[str, Any]) -> None:
        self.consumer(batch, NO_CONTEXT)


@pytest.fixture
def seen(aws: None) -> Seen:
    return Seen()


def altered(batch: dict[str, Any], change: Callable[[dict[str, Any]], None], offset: int = 0) -> dict[str, Any]:
    change(batch["records"]["lms.user-0"][offset])
    return batch


def test_an_event_reaches_the_handler_of_its_class_with_where_it_was_read(seen: Seen) -> None:
    batch = kafka_event(registered(), UserDisabled(user_id=ADA, version=2))

    seen(batch)

    assert seen.events == [registered(), UserDisabled(user_id=ADA, version=2)]
    second = seen.envelopes[1]
    assert (second.topic, second.partition, second.offset) == ("lms.user", 0, 1)
    assert second.event_id != seen.envelopes[0].event_id


def test_the_request_id_of_an_event_is_at_hand_while_it_is_handled_and_no_longer(seen: Seen) -> None:
    seen(kafka_event(registered()))

    assert seen.request_ids == ["request-of-the-test"]
    assert request_id.get() == ""


def test_what_a_service_does_not_handle_is_skipped(seen: Seen, dead_letters: DeadLetters) -> None:
    def from_the_future(record: dict[str, Any]) -> None:
        record["headers"][1] = {"ce_type": list(b"lms.user.cloned.v1")}

    batch = kafka_event(UserEnabled(user_id=ADA, version=2), registered(3), registered(4))

    seen(altered(batch, from_the_future, offset=1))

    assert seen.events == [registered(4)]
    assert dead_letters.all() == []


def test_header_bytes_above_127_are_read_though_lambda_hands_them_over_as_negative_numbers(seen: Seen) -> None:
    def sign(record: dict[str, Any]) -> None:
        signed = [byte - 256 if byte > 127 else byte for byte in "req-ä".encode()]
        record["headers"] = [*record["headers"][:-1], {"ce_requestid": signed}]

    seen(altered(kafka_event(registered()), sign))

    assert seen.request_ids == ["req-ä"]


def test_an_event_may_have_fields_of_a_newer_producer(seen: Seen) -> None:
    def extend(record: dict[str, Any]) -> None:
        value = base64.b64decode(record["value"]).decode()
        record["value"] = base64.b64encode(value.replace("{", '{"shoe_size":38,', 1).encode()).decode()

    seen(altered(kafka_event(registered()), extend))

    assert seen.events == [registered()]


@pytest.mark.parametrize(
    "fault",
    [
        Unavailable(),
        ClientError({"Error": {"Code": "ThrottlingException"}}, "PutItem"),
        EndpointConnectionError(endpoint_url="https://dynamodb"),
        ConnectionResetError(),
        TimeoutError(),
    ],
)
def test_a_passing_fault_brings_the_batch_again(seen: Seen, dead_letters: DeadLetters, fault: Exception) -> None:
    batch = kafka_event(registered(1), registered(2))
    seen.faults = [fault]

    with pytest.raises(type(fault)):
        seen(batch)
    assert seen.events == []
    assert request_id.get() == ""

    seen(batch)
    assert seen.events == [registered(1), registered(2)]
    assert dead_letters.all() == []


def test_a_lasting_fault_is_buried_with_its_reason_and_the_partition_moves_on(
    seen: Seen, dead_letters: DeadLetters
) -> None:
    batch = kafka_event(registered(1), registered(2))
    seen.faults = [LookupError("no such course")]

    seen(batch)

    assert seen.events == [registered(2)]
    (letter,) = dead_letters.all()
    assert (letter["service"], letter["reason"]) == ("tests", "LookupError: no such course")
    assert (letter["topic"], letter["partition"], letter["offset"]) == ("lms.user", 0, 0)
    record = batch["records"]["lms.user-0"][0]
    assert all(letter[part] == record[part] for part in ("key", "headers", "value"))


def _without_headers(record: dict[str, Any]) -> None:
    record["headers"] = []


def _without_a_valid_id(record: dict[str, Any]) -> None:
    record["headers"][0] = {"ce_id": list(b"42")}


def _without_value(record: dict[str, Any]) -> None:
    del record["value"]


def _with_garbage(record: dict[str, Any]) -> None:
    record["value"] = "bm90IGpzb24="


def _with_another_type_of_field(record: dict[str, Any]) -> None:
    value = base64.b64decode(record["value"]).decode().replace('"version":1', '"version":"one"')
    record["value"] = base64.b64encode(value.encode()).decode()


@pytest.mark.parametrize(
    "spoil", [_without_headers, _without_a_valid_id, _without_value, _with_garbage, _with_another_type_of_field]
)
def test_poison_is_buried_and_the_partition_moves_on(
    seen: Seen, dead_letters: DeadLetters, spoil: Callable[[dict[str, Any]], None]
) -> None:
    seen(altered(kafka_event(registered(1), registered(2)), spoil))

    assert seen.events == [registered(2)]
    assert len(dead_letters.all()) == 1


def test_a_record_too_large_for_the_dead_letter_queue_is_buried_without_its_value(
    seen: Seen, dead_letters: DeadLetters
) -> None:
    def grow(record: dict[str, Any]) -> None:
        record["value"] = base64.b64encode(b"x" * 300_000).decode()

    seen(altered(kafka_event(registered()), grow))

    (letter,) = dead_letters.all()
    assert letter["value"] is None
    assert letter["offset"] == 0


def test_poison_that_cannot_be_buried_is_not_lost(seen: Seen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEAD_LETTER_QUEUE_URL", "https://sqs.eu-central-1.amazonaws.com/123456789012/Gone")

    with pytest.raises(ClientError):
        seen(altered(kafka_event(registered()), _with_garbage))


def test_logs_name_what_was_read_but_never_its_content(
    seen: Seen, dead_letters: DeadLetters, caplog: pytest.LogCaptureFixture
) -> None:
    seen(altered(kafka_event(registered(1), registered(2)), _with_another_type_of_field))

    lines = [logger.registered_formatter.format(line) for line in caplog.records if line.name == "tests"]
    logged = "\n".join(lines)
    assert '"topic":"lms.user"' in logged
    assert "version: int_parsing" in logged
    for content in ("one", "ada@example.org", "Lovelace"):
        assert f"'{content}'" not in logged
        assert f'"{content}"' not in logged
