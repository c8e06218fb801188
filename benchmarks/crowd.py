"""Sends a class of 10 000 a message, on a DynamoDB and queues that answer as AWS's do, through the functions' handlers.

    PYTHONPATH=functions:layers/shared .venv/bin/python -m benchmarks.crowd [students]      (`make crowd` does)

Shows how long the sender waits, what a slice of 500 takes, and that each student gets the message once by each channel,
although the function dies within one slice and after another. Fails when a slice takes longer than Lambda lets the
function work, or anybody is left out or gets it twice.
"""

import sys
import time
from collections import Counter
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import boto3

from benchmarks.emulated import emulated
from lms.settings import setting
from tests.template import resources

if TYPE_CHECKING:
    from benchmarks.audience import Audience
    from benchmarks.meter import Meter

_LIMIT = resources("AWS::Serverless::Function")["NotificationFanoutFunction"]["Timeout"]
_NO_CONTEXT: Any = None


class _Killed(BaseException):
    """The function's process ends, as by a time-out; nothing in it may catch that."""


def main() -> None:
    students = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with emulated():
        from benchmarks.audience import Audience
        from benchmarks.meter import Meter

        audience, meter = Audience(students), Meter()
        _ask(audience, meter)
        slices = _fan_out(meter)
        _check(audience)
    print(f"{len(slices)} slices in {sum(slices):.0f} s; the slowest took {max(slices):.1f} s of {_LIMIT}")
    if max(slices) > _LIMIT:
        raise SystemExit("Lambda would have ended it.")


def _ask(audience: "Audience", meter: "Meter") -> None:
    with meter.running() as cost:
        began = time.monotonic()
        accepted = audience.ask()
        seconds = time.monotonic() - began
    print(f"a message to {accepted} accepted in {seconds * 1000:.0f} ms by {len(cost.calls)} calls")
    with meter.running() as cost:
        began = time.monotonic()
        audience.consume()
        seconds = time.monotonic() - began
    print(f"its event consumed in {seconds * 1000:.0f} ms by {len(cost.calls)} calls")


def _fan_out(meter: "Meter") -> list[float]:
    """Works the queue until it is empty; the seconds of each slice that came to its end."""
    from notification import fanout
    from notification.service import notifications

    sqs, url = boto3.client("sqs"), setting("FANOUT_QUEUE_URL")
    put, slices, deaths = notifications._put, list[float](), {1: "within a slice", 2: "after a slice"}

    def dies_within(rows: Any) -> None:
        put(rows)
        raise _Killed

    while received := sqs.receive_message(QueueUrl=url, AttributeNames=["All"]).get("Messages"):
        [entry] = received
        dies = deaths.pop(len(slices), None)
        event = {"Records": [{"messageId": entry["MessageId"], "body": entry["Body"], "eventSource": "aws:sqs"}]}
        with (
            meter.running() as cost,
            patch.object(notifications, "_put", dies_within if dies == "within a slice" else put),
        ):
            began = time.monotonic()
            try:
                answer = fanout.handler(event, _NO_CONTEXT)
            except _Killed:
                answer = None
            seconds = time.monotonic() - began
        if dies or answer != {"batchItemFailures": []}:
            print(f"the function dies {dies}" if dies else "the emulator was too slow for a slice")
            # The entry is not deleted: it comes again, here at once, on AWS when its time-out is over.
            sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=entry["ReceiptHandle"], VisibilityTimeout=0)
            continue
        sqs.delete_message(QueueUrl=url, ReceiptHandle=entry["ReceiptHandle"])
        slices.append(seconds)
        calls = ", ".join(f"{number} {name}" for name, number in Counter(cost.calls).most_common())
        print(f"slice {len(slices)}: {seconds:.2f} s, {calls}")
    assert not deaths
    return slices


def _check(audience: "Audience") -> None:
    reached = audience.reached()
    wrong = {channel: who for channel, who in reached.items() if who != audience.students}
    if wrong or set(reached) != {"in_app", "email"}:
        raise SystemExit(f"reached: { {channel: len(who) for channel, who in reached.items()} }")
    queued = audience.queued_mails()
    if queued.keys() != reached["email"]:
        raise SystemExit(f"{len(queued)} mails are queued")
    again = sum(queued.values()) - len(queued)
    print(f"each of {len(audience.students)} reached once in the application, with one mail ({again} entries repeated)")


if __name__ == "__main__":
    main()
