"""A course with its teacher and students, and short ways to what notification does for them."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import boto3

from lms import roster
from lms.dynamo import transaction
from lms.events import (
    ExamCancelled,
    ExamChanged,
    ExamScheduled,
    MaterialPublished,
    MessageRequested,
    PaymentConfirmed,
    ResultRecorded,
    VoucherIssued,
)
from notification import api, consumer, fanout, tick
from notification.tables import Notification
from tests.clients import Answer, Client, kafka_event
from tests.conftest import Clock
from tests.notification.world import record
from tests.people import Person, sign_in
from tests.template import ENVIRONMENT


class Minute:
    """A Lambda context with time enough."""

    def get_remaining_time_in_millis(self) -> int:
        return 50_000


class School:
    def __init__(self, clock: Clock) -> None:
        self.http = Client(api.handler)
        self.clock = clock
        self.admin, self.teacher, self.student = sign_in("admin"), sign_in("teacher"), sign_in("student")
        self.course, self.exam = uuid4(), uuid4()
        with transaction() as tx:
            roster.put_course(tx, self.course, title="Agents", program_id=uuid4(), requires_payment=False, version=1)
            roster.put_assignment(tx, self.teacher.id, self.course, version=1)
        self.enroll(self.student)
        self._sqs = boto3.client("sqs")

    def enroll(self, student: Person, status: Any = "active") -> Person:
        with transaction() as tx:
            roster.put_enrollment(tx, student.id, self.course, status, version=1)
        return student

    def consume(self, *events: Any, ago: timedelta = timedelta(0), republished: bool = False) -> None:
        """The events, told `ago`."""
        context: Any = None
        for event in events:
            consumer.handler(kafka_event(event, emitted_at=self.clock.now - ago, republished=republished), context)

    def tick(self) -> None:
        context: Any = Minute()
        tick.handler({}, context)

    def fan_out(self) -> int:
        """Works the fan-out queue until it is empty; how many slices that took."""
        slices = 0
        while messages := self._receive():
            context: Any = None
            answer = fanout.handler({"Records": [record(message) for message in messages]}, context)
            assert answer == {"batchItemFailures": []}
            slices += len(messages)
            for message in messages:
                self._sqs.delete_message(
                    QueueUrl=ENVIRONMENT["FANOUT_QUEUE_URL"], ReceiptHandle=message["ReceiptHandle"]
                )
        return slices

    def fan_out_entries(self) -> list[Any]:
        return self._receive()

    def _receive(self) -> list[Any]:
        answer = self._sqs.receive_message(
            QueueUrl=ENVIRONMENT["FANOUT_QUEUE_URL"], MaxNumberOfMessages=10, AttributeNames=["All"]
        )
        return list(answer.get("Messages", []))

    def settle(self, *events: Any, **told: Any) -> None:
        """The events, and all that follows from them at once."""
        self.consume(*events, **told)
        self.fan_out()

    def pass_time(self, **delta: float) -> None:
        """Time passes, and the tick comes."""
        self.clock.advance(**delta)
        self.tick()
        self.fan_out()

    def told(self, person: Person | None = None, channel: str = "in_app") -> list[str]:
        """The kinds of what somebody was told by a channel, in the order of the alphabet."""
        person = person or self.student
        return sorted(
            row.type for row in Notification.scan() if row.recipient_id == person.id and row.channel == channel
        )

    def row_of(self, kind: str, person: Person | None = None, channel: str = "in_app") -> Notification:
        person = person or self.student
        (row,) = [
            row
            for row in Notification.scan()
            if (row.recipient_id, row.type, row.channel) == (person.id, kind, channel)
        ]
        return row

    def path(self, what: str, person: Person | None = None) -> str:
        return f"/notifications/{(person or self.student).id}/{what}"

    def list(self, person: Person | None = None, **query: str) -> Any:
        person = person or self.student
        answer = self.http.get(self.path("list", person), token=person.token, query=query)
        assert answer.status == 200, answer
        return answer.json["items"]

    def prefer(self, person: Person | None = None, **fields: Any) -> Answer:
        person = person or self.student
        answer = self.http.put(self.path("preferences", person), fields, token=person.token)
        assert answer.status == 200, answer
        return answer

    def send(self, sender: Person, **fields: Any) -> Answer:
        body = {"message": "Hello class", "type": "announcement", **fields}
        return self.http.post("/notifications/send", body, token=sender.token)

    def scheduled(self, version: int = 1, *, opens_in: timedelta = timedelta(days=3), **changes: Any) -> ExamScheduled:
        return ExamScheduled(**self._exam(version, opens_in, changes))

    def changed(self, version: int, *, opens_in: timedelta = timedelta(days=3), **changes: Any) -> ExamChanged:
        return ExamChanged(**self._exam(version, opens_in, changes))

    def _exam(self, version: int, opens_in: timedelta, changes: dict[str, Any]) -> dict[str, Any]:
        opens_at = self.clock.now + opens_in
        facts = {
            "version": version,
            "exam_id": self.exam,
            "course_id": self.course,
            "title": "Midterm",
            "opens_at": opens_at,
            "closes_at": opens_at + timedelta(hours=2),
            "duration": 60,
            "weight": Decimal(1),
            "pass_mark": Decimal(50),
            "paper": False,
        }
        return {**facts, **changes}

    def cancelled(self, version: int, *, withdrawn: bool = False) -> ExamCancelled:
        return ExamCancelled(version=version, exam_id=self.exam, course_id=self.course, withdrawn=withdrawn)

    def published(self, version: int, *titles: str) -> MaterialPublished:
        return MaterialPublished(version=version, course_id=self.course, count=len(titles), lessons=titles)

    def result(self, version: int = 1, **changes: Any) -> ResultRecorded:
        facts: dict[str, Any] = {
            "version": version,
            "exam_id": self.exam,
            "course_id": self.course,
            "student_id": self.student.id,
            "score": Decimal("85.00"),
            "status": "passed",
            "weight": Decimal(1),
        }
        return ResultRecorded(**{**facts, **changes})

    def _voucher(self, version: int) -> dict[str, Any]:
        return {
            "version": version,
            "voucher_no": "1133UUD",
            "student_id": self.student.id,
            "course_id": self.course,
            "quarter": "Q4",
            "fee": Decimal(5000),
            "currency": "PKR",
            "due_date": (self.clock.now + timedelta(days=10)).date(),
        }

    def issued(self) -> VoucherIssued:
        return VoucherIssued(**self._voucher(1))

    def paid(self) -> PaymentConfirmed:
        return PaymentConfirmed(**self._voucher(2), paid_at=self.clock.now)

    def requested(self, **changes: Any) -> MessageRequested:
        facts: dict[str, Any] = {
            "version": 1,
            "message_id": uuid4(),
            "sender_id": self.teacher.id,
            "course_id": self.course,
            "recipient_ids": (),
            "kind": "announcement",
            "subject_line": None,
            "message": "Hello class",
            "channels": ("in_app", "email"),
            "send_at": None,
        }
        return MessageRequested(**{**facts, **changes})
