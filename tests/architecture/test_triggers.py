"""What wakes the functions: Kafka topics, the one stream, queues."""

import json
from importlib import import_module

import pytest

from lms.consumer import KafkaConsumer
from lms.events.catalogue import TOPICS
from operations.source import ROOT
from tests.architecture.deployed import FUNCTIONS, KAFKA_MAPPINGS, package
from tests.template import TEMPLATE, resources

every_mapping = pytest.mark.parametrize("mapping", KAFKA_MAPPINGS)
# Whatever of a failing batch is not the consumer's own decision: AWS refuses or ignores these for Kafka on demand.
LEFT_TO_CODE = {
    "BisectBatchOnFunctionError",
    "DestinationConfig",
    "FilterCriteria",
    "MaximumBatchingWindowInSeconds",
    "MaximumRecordAgeInSeconds",
    "MaximumRetryAttempts",
    "TumblingWindowInSeconds",
}


def _consumer(mapping: str) -> str:
    function: str = KAFKA_MAPPINGS[mapping]["FunctionName"]["Ref"]
    return function


def _handler(function: str) -> KafkaConsumer:
    module, _, name = FUNCTIONS[function]["Handler"].rpartition(".")
    consumer = getattr(import_module(module), name)
    assert isinstance(consumer, KafkaConsumer)
    return consumer


@every_mapping
def test_a_mapping_reads_one_known_topic_from_its_beginning(mapping: str) -> None:
    properties = KAFKA_MAPPINGS[mapping]
    (topic,) = properties["Topics"]
    assert topic in TOPICS
    assert properties["StartingPosition"] == "TRIM_HORIZON"


@every_mapping
def test_a_mappings_group_is_named_after_its_service_on_any_kafka(mapping: str) -> None:
    group = {"ConsumerGroupId": f"lms-{package(_consumer(mapping)).replace('_', '-')}"}
    properties, nothing = KAFKA_MAPPINGS[mapping], {"Ref": "AWS::NoValue"}
    assert properties["AmazonManagedKafkaEventSourceConfig"] == {"Fn::If": ["UsesMsk", group, nothing]}
    assert properties["SelfManagedKafkaEventSourceConfig"] == {"Fn::If": ["UsesMsk", nothing, group]}


@every_mapping
def test_what_becomes_of_a_failing_batch_is_left_to_code(mapping: str) -> None:
    assert not LEFT_TO_CODE & set(KAFKA_MAPPINGS[mapping])


def test_a_service_reads_each_topic_once() -> None:
    read = [(package(_consumer(mapping)), *KAFKA_MAPPINGS[mapping]["Topics"]) for mapping in KAFKA_MAPPINGS]
    assert len(set(read)) == len(read)


@pytest.mark.parametrize(
    "function", [name for name, f in FUNCTIONS.items() if f["Handler"].endswith(".consumer.handler")]
)
def test_a_consumer_is_woken_for_the_topics_of_the_events_it_handles(function: str) -> None:
    handled = {event.topic for event in _handler(function)._handlers}
    woken = {
        topic
        for mapping in KAFKA_MAPPINGS
        if _consumer(mapping) == function
        for topic in KAFKA_MAPPINGS[mapping]["Topics"]
    }
    assert handled == woken


def test_every_package_with_a_consumer_has_it_deployed() -> None:
    written = {path.parent.name for path in (ROOT / "functions").glob("*/consumer.py")}
    assert {package(_consumer(mapping)) for mapping in KAFKA_MAPPINGS} == written


def test_the_outbox_has_the_only_stream_and_its_relay_the_only_mapping() -> None:
    streams = {name for name, table in resources("AWS::DynamoDB::Table").items() if "StreamSpecification" in table}
    mappings = [
        (name, event["Properties"])
        for name, function in FUNCTIONS.items()
        for event in function.get("Events", {}).values()
        if event["Type"] in ("DynamoDB", "Kinesis")
    ]
    ((function, mapping),) = mappings
    assert streams == {"OutboxTable"}
    assert function == "OutboxRelayFunction"
    assert mapping["Stream"] == {"Fn::GetAtt": "OutboxTable.StreamArn"}
    assert mapping["StartingPosition"] == "TRIM_HORIZON"
    (pattern,) = mapping["FilterCriteria"]["Filters"]
    assert json.loads(pattern["Pattern"]) == {"eventName": ["INSERT"]}


def test_a_message_stays_hidden_for_six_times_as_long_as_its_function_may_run() -> None:
    queues = resources("AWS::SQS::Queue")
    for function in FUNCTIONS.values():
        for event in function.get("Events", {}).values():
            if event["Type"] == "SQS":
                queue = event["Properties"]["Queue"]["Fn::GetAtt"].partition(".")[0]
                timeout = function.get("Timeout", TEMPLATE["Globals"]["Function"]["Timeout"])
                assert queues[queue]["VisibilityTimeout"] >= 6 * timeout
                assert event["Properties"]["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
