"""A class of any size with its teacher, what reaches it, and what stands in the queue for its mails."""

import json
from collections import Counter, defaultdict
from typing import Any
from uuid import UUID, uuid4

import boto3

from lms import roster
from lms.dynamo import transaction
from lms.events.messages import MessageRequested
from lms.outbox import OutboxItem
from lms.roster.memberships import EnrollmentRow
from lms.roster.users import UserRow
from lms.settings import setting
from notification import api, consumer
from notification.tables import Notification
from tests.clients import Client, kafka_event
from tests.people import publish_key, sign_in

_NO_CONTEXT: Any = None


class Audience:
    def __init__(self, size: int) -> None:
        publish_key()
        self._http = Client(api.handler)
        self._sqs = boto3.client("sqs")
        self._teacher, self._course = sign_in("teacher"), uuid4()
        self.students = {str(uuid4()) for _ in range(size)}
        with transaction() as tx:
            roster.put_course(tx, self._course, title="AI-101", program_id=uuid4(), requires_payment=False, version=1)
            roster.put_assignment(tx, self._teacher.id, self._course, version=1)
        with UserRow.batch_write() as cards, EnrollmentRow.batch_write() as enrollments:
            for student in self.students:
                cards.save(_card(student))
                enrollments.save(_enrollment(student, self._course))

    def ask(self) -> int:
        """The teacher writes to the class: how many it was accepted for."""
        body = {"course_id": str(self._course), "message": "The room is changed: 3.14.", "type": "announcement"}
        answer = self._http.post("/notifications/send", body, token=self._teacher.token)
        assert answer.status == 202, answer
        accepted: int = answer.json["accepted"]
        return accepted

    def consume(self) -> None:
        for item in OutboxItem.scan():
            if item.type == MessageRequested.type:
                consumer.handler(kafka_event(MessageRequested.model_validate_json(item.data)), _NO_CONTEXT)

    def reached(self) -> dict[str, set[str]]:
        """Whom each channel reached. Fails when it reached somebody twice."""
        found: dict[str, set[str]] = defaultdict(set)
        for row in Notification.scan():
            assert str(row.recipient_id) not in found[row.channel], "reached twice"
            found[row.channel].add(str(row.recipient_id))
        return found

    def queued_mails(self) -> Counter[str]:
        """How many entries the delivery queue has for each student's mail."""
        recipients = {str(row.id): str(row.recipient_id) for row in Notification.scan() if row.channel == "email"}
        queued: Counter[str] = Counter()
        url = setting("DELIVERY_QUEUE_URL")
        while received := self._sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            queued.update(recipients[json.loads(message["Body"])["id"]] for message in received)
            self._sqs.delete_message_batch(
                QueueUrl=url,
                Entries=[{"Id": str(n), "ReceiptHandle": one["ReceiptHandle"]} for n, one in enumerate(received)],
            )
        return queued


def _card(student: str) -> UserRow:
    email = f"{student}@example.com"
    return UserRow(UUID(student), role="student", status="active", name="A student", email=email, version=1)


def _enrollment(student: str, course: UUID) -> EnrollmentRow:
    return EnrollmentRow(
        UUID(student),
        course,
        person_id=UUID(student),
        membership=f"{course}#student#active",
        status="active",
        version=1,
    )
