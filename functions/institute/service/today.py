"""What happened today, in numbers; and what could not be processed, as the dead-letter queue has it."""

import json
from collections import Counter
from datetime import datetime
from typing import Any

from institute.schemas import DeadLetterReason, DeadLetters, Today
from institute.service import day_counts
from lms.aws import client
from lms.settings import setting

# SQS hands out ten letters at a time; more reasons than these have nobody's attention at once.
_LOOKS = 5


def show(now: datetime) -> Today:
    """The numbers of today, and the dead letters of any day."""
    day = day_counts.day_of(now)
    return Today(day=day, **day_counts.read(day), dead_letters=_dead_letters())


def _dead_letters() -> DeadLetters:
    sqs, queue = client("sqs"), setting("DEAD_LETTER_QUEUE_URL")
    asked = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["ApproximateNumberOfMessages"])
    number = int(asked["Attributes"]["ApproximateNumberOfMessages"])
    letters: dict[str, Any] = {}
    for _ in range(_LOOKS if number else 0):
        before = len(letters)
        # Looked at alone: they are visible to `operations.dead_letters` all the time.
        found = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10, VisibilityTimeout=0, AttributeNames=["All"])
        letters |= {letter["MessageId"]: letter for letter in found.get("Messages", [])}
        if len(letters) == before:
            break
    reasons = Counter(_reason(letter) for letter in letters.values())
    shown = [DeadLetterReason(reason=reason, count=times) for reason, times in reasons.most_common()]
    return DeadLetters(count=max(number, len(letters)), reasons=shown)


def _reason(letter: Any) -> str:
    """The service, the topic and the reason of a dead letter; without its content."""
    source = letter.get("Attributes", {}).get("DeadLetterQueueSourceArn")
    if source is not None:
        return f"{source.rpartition(':')[2]}: received too often"
    body = json.loads(letter["Body"])
    return f"{body.get('service')} {body.get('topic')}: {body.get('reason')}"
