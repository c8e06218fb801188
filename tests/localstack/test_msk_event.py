"""The event's shape, against what is documented of Lambda's and what Powertools reads."""

from dataclasses import dataclass, field

from aws_lambda_powertools.utilities.data_classes.kafka_event import KafkaEvent

from localstack.msk_event import msk_event

ARN = "arn:aws:kafka:us-east-1:123456789012:cluster/lms/00000000-0000-4000-8000-000000000000-1"


@dataclass
class Record:
    topic: str = "lms.user"
    partition: int = 0
    offset: int = 15
    timestamp: int = 1_545_084_650_987
    timestamp_type: int = 0
    key: bytes | None = b"user#1"
    value: bytes | None = b'{"a": 1}'
    headers: list[tuple[str, bytes]] = field(default_factory=lambda: [("ce_id", b"headerValue")])


def test_a_record_has_every_field_that_lambda_gives() -> None:
    assert msk_event([Record()], ARN, "b-1:9092,b-2:9092") == {
        "eventSource": "aws:kafka",
        "eventSourceArn": ARN,
        "bootstrapServers": "b-1:9092,b-2:9092",
        "records": {
            "lms.user-0": [
                {
                    "topic": "lms.user",
                    "partition": 0,
                    "offset": 15,
                    "timestamp": 1_545_084_650_987,
                    "timestampType": "CREATE_TIME",
                    "key": "dXNlciMx",
                    "value": "eyJhIjogMX0=",
                    "headers": [{"ce_id": [104, 101, 97, 100, 101, 114, 86, 97, 108, 117, 101]}],
                }
            ]
        },
    }


def test_powertools_reads_what_was_sent() -> None:
    record = next(KafkaEvent(msk_event([Record()], ARN, "b-1:9092")).records)
    assert (record.decoded_key, record.json_value) == (b"user#1", {"a": 1})
    assert record.decoded_headers["ce_id"] == b"headerValue"


def test_header_bytes_are_signed_as_javas_are() -> None:
    (entry,) = msk_event([Record(headers=[("name", "é".encode())])], ARN, "b")["records"]["lms.user-0"]
    assert entry["headers"] == [{"name": [-61, -87]}]


def test_records_are_grouped_by_partition_in_their_order() -> None:
    records = [Record(partition=1, offset=3), Record(partition=0, offset=9), Record(partition=1, offset=4)]
    grouped = msk_event(records, ARN, "b")["records"]
    assert {name: [entry["offset"] for entry in batch] for name, batch in grouped.items()} == {
        "lms.user-1": [3, 4],
        "lms.user-0": [9],
    }


def test_what_is_null_is_left_out() -> None:
    (entry,) = msk_event([Record(key=None, value=None)], ARN, "b")["records"]["lms.user-0"]
    assert not {"key", "value"} & entry.keys()


def test_a_kafka_without_an_arn_is_not_called_msk() -> None:
    event = msk_event([Record()], None, "b")
    assert event["eventSource"] == "SelfManagedKafka"
    assert "eventSourceArn" not in event
