"""What CloudFormation is answered when it asks for Kafka's topics."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from kafka.errors import KafkaConnectionError

from lms.events.catalogue import TOPICS
from outbox_relay import topics


class CloudFormation(HTTPServer):
    """Asks, and takes the answer at the address it gave."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.answers: list[dict[str, Any]] = []
        self.content_types: list[str | None] = []

    def ask(self, kind: str, **more: Any) -> dict[str, Any]:
        request = {
            "RequestType": kind,
            "ResponseURL": f"http://127.0.0.1:{self.server_port}/answer?signature=x",
            "StackId": "arn:aws:cloudformation:eu-central-1:123456789012:stack/lms/1",
            "RequestId": "one",
            "LogicalResourceId": "KafkaTopics",
            "ResourceProperties": {"RetentionDays": "7"},
            **more,
        }
        answering = threading.Thread(target=self.handle_request)
        answering.start()
        topics.handler(request, None)
        answering.join()
        return self.answers[-1]


class _Answers(BaseHTTPRequestHandler):
    server: CloudFormation

    def do_PUT(self) -> None:
        self.server.answers.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.server.content_types.append(self.headers["Content-Type"])
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


class Cluster:
    def __init__(self, **_: Any) -> None:
        self.closed = False

    def list_topics(self) -> list[str]:
        return list(HELD)

    def create_topics(self, wanted: dict[str, Any]) -> None:
        HELD.update({name: topic["configs"] for name, topic in wanted.items()})

    def alter_configs(self, wanted: list[Any], *, raise_on_unknown: bool, incremental: bool) -> dict[str, Any]:
        assert (incremental, raise_on_unknown) == (True, False)
        HELD.update({resource.name: resource.configs for resource in wanted if resource.name not in REFUSED})
        return {"topic": {one.name: "POLICY_VIOLATION" if one.name in REFUSED else "OK" for one in wanted}}

    def close(self) -> None:
        self.closed = True


HELD: dict[str, dict[str, str]] = {}
REFUSED: set[str] = set()
WEEK = {"retention.ms": "604800000"}


@pytest.fixture
def cloudformation(monkeypatch: pytest.MonkeyPatch) -> Iterator[CloudFormation]:
    HELD.clear()
    REFUSED.clear()
    monkeypatch.setattr(topics, "KafkaAdminClient", Cluster)
    with CloudFormation() as asking:
        yield asking


def test_a_new_stack_gets_the_catalogues_topics(cloudformation: CloudFormation) -> None:
    assert cloudformation.ask("Create") == {
        "Status": "SUCCESS",
        "Reason": "The catalogue's topics exist.",
        "PhysicalResourceId": "topics",
        "StackId": "arn:aws:cloudformation:eu-central-1:123456789012:stack/lms/1",
        "RequestId": "one",
        "LogicalResourceId": "KafkaTopics",
    }
    assert dict.fromkeys(TOPICS, WEEK) == HELD
    # The address is signed for none.
    assert cloudformation.content_types == [""]


def test_a_changed_stack_gets_what_is_missing_and_stays_the_same_resource(cloudformation: CloudFormation) -> None:
    HELD.update({topic: {} for topic in TOPICS[1:]}, others={})
    answer = cloudformation.ask("Update", PhysicalResourceId="topics")
    assert (answer["Status"], answer["PhysicalResourceId"]) == ("SUCCESS", "topics")
    assert {**dict.fromkeys(TOPICS, WEEK), "others": {}} == HELD


def test_topics_that_are_there_get_the_retention_of_the_stack(cloudformation: CloudFormation) -> None:
    HELD.update(dict.fromkeys(TOPICS, WEEK))
    cloudformation.ask("Update", PhysicalResourceId="topics", ResourceProperties={"RetentionDays": "30"})
    assert {topic: {"retention.ms": "2592000000"} for topic in TOPICS} == HELD


def test_a_retention_that_the_cluster_refuses_is_a_failure(cloudformation: CloudFormation) -> None:
    HELD.update({topic: {} for topic in TOPICS})
    REFUSED.add(TOPICS[0])
    answer = cloudformation.ask("Update", PhysicalResourceId="topics")
    assert answer["Status"] == "FAILED"
    assert TOPICS[0] in answer["Reason"]


def test_a_stack_that_goes_leaves_its_topics_even_where_no_broker_answers(
    cloudformation: CloudFormation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(topics, "KafkaAdminClient", _unreachable)
    assert cloudformation.ask("Delete", PhysicalResourceId="topics")["Status"] == "SUCCESS"


def test_a_failure_is_answered_with_its_reason(cloudformation: CloudFormation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(topics, "KafkaAdminClient", _unreachable)
    answer = cloudformation.ask("Create")
    assert answer["Status"] == "FAILED"
    assert answer["Reason"].startswith("KafkaConnectionError: ")
    assert answer["Reason"].endswith("b-1.lms:9098")


def _unreachable(**_: Any) -> None:
    raise KafkaConnectionError("b-1.lms:9098")
