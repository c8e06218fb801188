"""See what could not be processed, and have it processed once its cause is mended.

    python -m operations.dead_letters [--stack lms] [--endpoint-url URL] (list | redrive)

With the usual AWS credentials; the stack on one machine, which needs none, is `--endpoint-url http://127.0.0.1:4566`.
Contents are never shown, for they are of people. A letter of a consumer goes back through the function that gave it up,
a message of a queue into its queue. Nothing is lost when a redrive is broken off, and what comes twice does no harm.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_sqs import SQSClient

# As long as one letter of a batch may take to be processed.
_HIDDEN_SECONDS = 900
# Without waiting SQS asks some of its servers alone, and may answer that there is nothing.
_WAIT_SECONDS = 1


@dataclass(frozen=True)
class DeadLetter:
    """A message of the dead-letter queue; `source` is the queue that it comes from, None for a consumer's letter."""

    body: dict[str, Any]
    receipt: str
    sent_ms: int
    source: str | None

    @property
    def summary(self) -> str:
        """The service, the topic and the reason; without the content."""
        if self.source is not None:
            return f"{self.source.rpartition(':')[2]}: received too often"
        return f"{self.body.get('service')} {self.body.get('topic')}: {self.body.get('reason')}"


class DeadLetters:
    """The dead-letter queue of a deployed stack, and the functions of the stack."""

    def __init__(self, cloudformation: CloudFormationClient, sqs: SQSClient, functions: LambdaClient, stack: str):
        self._cloudformation, self._sqs, self._functions, self._stack = cloudformation, sqs, functions, stack
        self._queue = self._physical("DeadLetterQueue")

    def _physical(self, logical_id: str) -> str:
        pages = self._cloudformation.get_paginator("list_stack_resources").paginate(StackName=self._stack)
        made = (one for page in pages for one in page["StackResourceSummaries"])
        return next(one.get("PhysicalResourceId", "") for one in made if one["LogicalResourceId"] == logical_id)

    def summaries(self) -> Counter[str]:
        """How many there are of each kind."""
        found = list(self._received())
        self._show_again(found)
        return Counter(letter.summary for letter in found)

    def redrive(self) -> Counter[str]:
        """Has each letter processed that is there now; how many were, and what became of the others."""
        outcomes: Counter[str] = Counter()
        left = []
        started_ms = time.time_ns() // 1_000_000
        for letter in self._received():
            # What fails again is buried anew.
            fault = "came while this went on" if letter.sent_ms > started_ms else self._send_back(letter)
            if fault is None:
                self._sqs.delete_message(QueueUrl=self._queue, ReceiptHandle=letter.receipt)
            else:
                left.append(letter)
            outcomes[fault or "processed"] += 1
        self._show_again(left)
        return outcomes

    def _received(self) -> Iterator[DeadLetter]:
        seen: set[str] = set()
        while messages := self._sqs.receive_message(
            QueueUrl=self._queue,
            MaxNumberOfMessages=10,
            VisibilityTimeout=_HIDDEN_SECONDS,
            WaitTimeSeconds=_WAIT_SECONDS,
            MessageSystemAttributeNames=["All"],
        ).get("Messages", []):
            for message in messages:
                attributes = message["Attributes"]
                if message["MessageId"] in seen:
                    return
                seen.add(message["MessageId"])
                yield DeadLetter(
                    json.loads(message["Body"]),
                    message["ReceiptHandle"],
                    int(attributes["SentTimestamp"]),
                    attributes.get("DeadLetterQueueSourceArn"),
                )

    def _show_again(self, letters: list[DeadLetter]) -> None:
        """At the end alone: what is shown again is received again."""
        for letter in letters:
            self._sqs.change_message_visibility(QueueUrl=self._queue, ReceiptHandle=letter.receipt, VisibilityTimeout=0)

    def _send_back(self, letter: DeadLetter) -> str | None:
        """Why not; None when it was."""
        if letter.source is not None:
            queue = self._sqs.get_queue_url(QueueName=letter.source.rpartition(":")[2])["QueueUrl"]
            self._sqs.send_message(QueueUrl=queue, MessageBody=json.dumps(letter.body))
            return None
        if letter.body.get("value") is None:
            return "too large to be kept: have its owner republish"
        service = "".join(word.title() for word in letter.body["service"].split("_"))
        answer = self._functions.invoke(
            FunctionName=self._physical(f"{service}ConsumerFunction"), Payload=json.dumps(_event(letter.body))
        )
        return f"{service}ConsumerFunction failed: try again later" if answer.get("FunctionError") else None


def _event(letter: dict[str, Any]) -> dict[str, Any]:
    record = {name: letter[name] for name in ("topic", "partition", "offset", "key", "headers", "value")}
    return {"eventSource": "aws:kafka", "records": {f"{letter['topic']}-{letter['partition']}": [record]}}


def _session(endpoint_url: str | None) -> boto3.Session:
    """For an emulator, credentials that no AWS account knows."""
    if endpoint_url is None:
        return boto3.Session()
    return boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name="us-east-1")


def main() -> int:
    """1 while letters are left."""
    parser = argparse.ArgumentParser(
        prog="python -m operations.dead_letters",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--stack", default="lms", help="the stack's name")
    parser.add_argument("--endpoint-url", help="an emulator's address; AWS itself without it")
    parser.add_argument("action", choices=["list", "redrive"])
    options = parser.parse_args()
    # A call that takes longer than the client waits would be made a second time.
    patient = Config(read_timeout=_HIDDEN_SECONDS, retries={"max_attempts": 0})
    session, url = _session(options.endpoint_url), options.endpoint_url
    letters = DeadLetters(
        session.client("cloudformation", endpoint_url=url),
        session.client("sqs", endpoint_url=url),
        session.client("lambda", endpoint_url=url, config=patient),
        options.stack,
    )
    found = letters.summaries() if options.action == "list" else letters.redrive()
    for what, count in found.most_common():
        print(f"{count:6} {what}")
    if not found:
        print("there are none")
    return 1 if set(found) - {"processed"} else 0


if __name__ == "__main__":
    sys.exit(main())
