"""What was given up is seen without its content, and processed once it can be."""

import io
import json
import time
from collections.abc import Iterator
from functools import cache
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from moto import mock_aws

from lms.events.users import UserPasswordChanged
from operations import dead_letters
from operations.dead_letters import DeadLetters
from tests.clients import kafka_event
from tests.template import REGION

EVENT = kafka_event(UserPasswordChanged(version=3, user_id="018f4e2a-7c1e-7d3b-9a54-2f6f1c0d9e11"))
(RECORD,) = EVENT["records"]["lms.user-0"]
LETTER = {
    "service": "notification",
    "reason": "LookupError: no contact",
    **{name: RECORD[name] for name in ("topic", "partition", "offset", "key", "headers", "value")},
}


class Functions:
    """Lambda, as far as it is called; `failing` functions raise."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, Any]] = []
        self.failing = False

    def invoke(self, *, FunctionName: str, Payload: str) -> dict[str, Any]:
        self.calls.append((FunctionName, json.loads(Payload)))
        return {"Payload": io.BytesIO(), **({"FunctionError": "Unhandled"} if self.failing else {})}


class Queues:
    """SQS on moto, which does not tell of a dead letter what queue it comes from."""

    def __init__(self, sqs: Any) -> None:
        self._sqs = sqs

    def __getattr__(self, call: str) -> Any:
        return getattr(self._sqs, call)

    def receive_message(self, **asked: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self._sqs.receive_message(**asked)
        for message in answer.get("Messages", []):
            if "service" not in json.loads(message["Body"]):
                arn = f"arn:aws:sqs:{REGION}:123456789012:lms-delivery"
                message["Attributes"]["DeadLetterQueueSourceArn"] = arn
        return answer


class Stack:
    """CloudFormation's list of a stack's resources."""

    def __init__(self, made: dict[str, str]) -> None:
        self._made = made

    def get_paginator(self, _: str) -> "Stack":
        return self

    def paginate(self, **_: Any) -> Iterator[dict[str, Any]]:
        yield {
            "StackResourceSummaries": [
                {"LogicalResourceId": logical_id, "PhysicalResourceId": physical_id}
                for logical_id, physical_id in self._made.items()
            ]
        }


@cache
def _sqs() -> Any:
    # Making a client takes longer than a test.
    return boto3.client("sqs", region_name=REGION)


class World:
    def __init__(self) -> None:
        self.sqs = _sqs()
        self.dead = self.sqs.create_queue(QueueName="lms-dead")["QueueUrl"]
        self.delivery = self.sqs.create_queue(QueueName="lms-delivery")["QueueUrl"]
        self.functions = Functions()
        made = {"DeadLetterQueue": self.dead, "NotificationConsumerFunction": "lms-Notification-1"}
        self.letters = DeadLetters(Stack(made), Queues(self.sqs), self.functions, "lms")

    def bury(self, letter: dict[str, Any]) -> None:
        self.sqs.send_message(QueueUrl=self.dead, MessageBody=json.dumps(letter))

    def held(self, queue: str) -> int:
        name = "ApproximateNumberOfMessages"
        attributes = self.sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=[name])["Attributes"]
        return int(attributes[name])


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setattr(dead_letters, "_WAIT_SECONDS", 0)
    with mock_aws():
        yield World()


def test_letters_are_counted_by_their_kind_and_stay(world: World) -> None:
    for letter in (LETTER, LETTER, {**LETTER, "reason": "Poison: no CloudEvents headers"}):
        world.bury(letter)
    assert world.letters.summaries() == {
        "notification lms.user: LookupError: no contact": 2,
        "notification lms.user: Poison: no CloudEvents headers": 1,
    }
    assert world.held(world.dead) == 3


def test_a_letter_goes_back_through_the_consumer_that_gave_it_up(world: World) -> None:
    world.bury(LETTER)
    assert world.letters.redrive() == {"processed": 1}
    ((function, event),) = world.functions.calls
    assert function == "lms-Notification-1"
    (sent,) = event["records"]["lms.user-0"]
    assert sent.items() <= RECORD.items()
    assert world.held(world.dead) == 0


def test_what_fails_again_or_is_too_large_stays(world: World) -> None:
    world.functions.failing = True
    world.bury(LETTER)
    world.bury({**LETTER, "value": None})
    assert world.letters.redrive() == {
        "NotificationConsumerFunction failed: try again later": 1,
        "too large to be kept: have its owner republish": 1,
    }
    assert world.held(world.dead) == 2


def test_a_letter_that_comes_of_the_redrive_itself_waits_for_the_next(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.bury(LETTER)
    before = time.time_ns() - 10_000_000_000
    monkeypatch.setattr(dead_letters, "time", SimpleNamespace(time_ns=lambda: before))
    assert world.letters.redrive() == {"came while this went on": 1}
    assert world.functions.calls == []


def test_a_message_that_its_queue_gave_up_goes_back_into_it(world: World) -> None:
    world.bury({"id": "1"})
    assert world.letters.summaries() == {"lms-delivery: received too often": 1}
    assert world.letters.redrive() == {"processed": 1}
    assert (world.held(world.dead), world.held(world.delivery)) == (0, 1)
