"""A course with its teacher and students, what auth and the others publish of them, and what notification does."""

import json
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from typing import Any, cast
from uuid import UUID, uuid4

from lms import roster
from lms.dynamo import transaction
from lms.event_secrets import encrypt_secret
from lms.events import content, enrollments, exams, messages, payments, users
from notification import api, consumer, delivery, fanout, tick
from notification.queues import sqs
from notification.tables import Notification
from tests.clients import Answer, Client, kafka_event
from tests.conftest import Clock, aws_client
from tests.people import Person, sign_in

RESET = UUID("6f9f2d0e-30ad-4b5e-9d7b-0f4f8f4f1d11")
CODE = "402117"
LINK_TOKEN = "6f9f2d0e30ad4b5e9d7b0f4f8f4f1d11.q3V9o0kYw"
NO_CONTEXT: Any = None


class Minute:
    """A Lambda context with time enough."""

    def get_remaining_time_in_millis(self) -> int:
        return 50_000


def deliver(event: dict[str, Any]) -> Any:
    """Calls the function in a thread, so that its event loop and that of an API function do not meet."""
    with ThreadPoolExecutor(1) as worker:
        return worker.submit(delivery.handler, event, cast(Any, None)).result()


class Queue:
    """A queue, and Lambda's work at it."""

    def __init__(self, variable: str, handler: Callable[[dict[str, Any]], Any]) -> None:
        self._client, self._url, self._handler = aws_client("sqs"), os.environ[variable], handler

    def put(self, body: str) -> None:
        self._client.send_message(QueueUrl=self._url, MessageBody=body)

    def entries(self) -> list[Any]:
        answer = self._client.receive_message(QueueUrl=self._url, MaxNumberOfMessages=10, AttributeNames=["All"])
        return list(answer.get("Messages", []))

    def bodies(self) -> list[Any]:
        return [json.loads(entry["Body"]) for entry in self.entries()]

    def work(self, *, again: bool = True) -> tuple[int, list[Any]]:
        """Hands ten entries at most to the function; how many there were, and which it wants again."""
        entries = self.entries()
        if not entries:
            return 0, []
        answer = self._handler({"Records": [record(entry) for entry in entries]})
        failed = {failure["itemIdentifier"] for failure in answer["batchItemFailures"]}
        for entry in entries:
            of = {"QueueUrl": self._url, "ReceiptHandle": entry["ReceiptHandle"]}
            if entry["MessageId"] not in failed:
                self._client.delete_message(**of)
            elif again:
                self._client.change_message_visibility(**of, VisibilityTimeout=0)
        return len(entries), [entry for entry in entries if entry["MessageId"] in failed]


def record(message: Any) -> dict[str, Any]:
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message["Attributes"],
        "messageAttributes": {},
        "md5OfBody": message["MD5OfBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:eu-central-1:123456789012:DeliveryQueue",
        "awsRegion": "eu-central-1",
    }


class School:
    """`pauses` has the visibility time-outs that deliveries asked for."""

    def __init__(self, clock: Clock) -> None:
        self.http, self.clock = Client(api.handler), clock
        self.admin, self.teacher, self.student = sign_in("admin"), sign_in("teacher"), sign_in("student")
        self.course, self.exam = uuid4(), uuid4()
        with transaction() as tx:
            roster.put_course(tx, self.course, title="Agents", program_id=uuid4(), requires_payment=False, version=1)
            roster.put_assignment(tx, self.teacher.id, self.course, version=1)
        self.enroll(self.student)
        self.deliveries = Queue("DELIVERY_QUEUE_URL", deliver)
        self.broadcasts = Queue("FANOUT_QUEUE_URL", lambda event: fanout.handler(event, NO_CONTEXT))
        self.pauses: list[int] = []
        sqs().meta.events.register(
            "provide-client-params.sqs.ChangeMessageVisibility",
            lambda params, **_: self.pauses.append(params["VisibilityTimeout"]),
        )

    # What happens.

    def enroll(self, student: Person, status: Any = "active") -> Person:
        with transaction() as tx:
            roster.put_enrollment(tx, student.id, self.course, status, version=1)
        return student

    def consume(self, *published: Any, ago: timedelta = timedelta(0), republished: bool = False) -> None:
        """The events in one batch, published some time ago."""
        batch = kafka_event(*published, emitted_at=self.clock.now - ago, republished=republished)
        consumer.handler(batch, NO_CONTEXT)

    def process(self, *published: Any, **how: Any) -> None:
        """The events, and all that follows from them at once."""
        self.consume(*published, **how)
        self.fan_out()

    def fan_out(self) -> int:
        """Works the fan-out queue until it is empty; how many entries that took."""
        entries = 0
        while (done := self.broadcasts.work())[0]:
            assert done[1] == []
            entries += done[0]
        return entries

    def deliver(self) -> int:
        """Hands the delivery queue to its function at once; how many entries should come again."""
        return len(self.deliveries.work()[1])

    def tick(self) -> None:
        tick.handler({}, cast(Any, Minute()))

    def pass_time(self, **delta: float) -> None:
        """Time passes, and the tick comes."""
        self.clock.advance(**delta)
        self.tick()
        self.fan_out()

    # What people do and see.

    def path(self, what: str, person: Person | None = None) -> str:
        return f"/notifications/{(person or self.student).id}/{what}"

    def inbox(self, person: Person | None = None, **query: str) -> Any:
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

    def kinds(self, person: Person | None = None, channel: str = "in_app") -> list[str]:
        """What somebody got by a channel, in the order of the alphabet."""
        person = person or self.student
        return sorted(row.type for row in rows() if row.recipient_id == person.id and row.channel == channel)

    def listed(self, kind: str, person: Person | None = None) -> Any:
        """The only notification of a kind in somebody's list."""
        (found,) = [item for item in self.inbox(person) if item["type"] == kind]
        return found

    def row_of(self, kind: str, person: Person | None = None, channel: str = "in_app") -> Notification:
        wanted = ((person or self.student).id, kind, channel)
        (found,) = [row for row in rows() if (row.recipient_id, row.type, row.channel) == wanted]
        return found

    # What auth publishes of the student.

    def registered(self, **changes: Any) -> users.UserRegistered:
        return users.UserRegistered(**{**self._user(1), **changes})

    def profile(
        self, version: int = 5, *, email: str = "new@example.org", mobile_number: str = "+923001234567", **changes: Any
    ) -> users.UserProfileUpdated:
        person = users.Person(username="ada", email=email, name="Ada Lovelace", mobile_number=mobile_number)
        facts = {"person": person, "email_verified": False, "mobile_verified": False}
        return users.UserProfileUpdated(**{**self._user(version), **facts, **changes})

    def named(self, name: str) -> users.UserProfileUpdated:
        """What is written to the confirmed address of a student of this name."""
        person = users.Person(username="ada", email="ada@example.org", name=name)
        return self.profile(person=person, email_verified=True, mobile_change="set")

    def addressed(self, email: str) -> users.UserRegistered:
        return self.registered(person=users.Person(username="ada", email=email, name="Ada Lovelace"))

    def reset_requested(self, **changes: Any) -> users.UserPasswordResetRequested:
        facts = {**self._code(), "link_token": encrypt_secret(LINK_TOKEN)}
        return users.UserPasswordResetRequested(**{**facts, **changes})

    def invited_again(self) -> users.UserInvited:
        return users.UserInvited(**self._code(), link_token=encrypt_secret(LINK_TOKEN))

    def verification_requested(self, **changes: Any) -> users.UserVerificationRequested:
        return users.UserVerificationRequested(**{**self._code(), **changes})

    def _user(self, version: int) -> dict[str, Any]:
        person = users.Person(username="ada", email="ada@example.org", name="Ada Lovelace")
        who = {"user_id": self.student.id, "role": "student", "roll_no": "7Q2M5K9XTA", "person": person}
        return {"version": version, **who}

    def _code(self) -> dict[str, Any]:
        return {
            "user_id": self.student.id,
            "version": 4,
            "reset_id": RESET,
            "channel": "email",
            "destination": "ada@example.org",
            "code": encrypt_secret(CODE),
            "expires_at": self.clock.now + timedelta(minutes=15),
        }

    # What the other services publish.

    def enrolled(self, version: int = 1, **changes: Any) -> enrollments.StudentEnrolled:
        facts = {"course_id": self.course, "student_id": self.student.id}
        return enrollments.StudentEnrolled(**{"version": version, **facts, **changes})

    def scheduled(self, version: int = 1, **changes: Any) -> exams.ExamScheduled:
        return exams.ExamScheduled(**self._exam(version, **changes))

    def changed(self, version: int, **changes: Any) -> exams.ExamChanged:
        return exams.ExamChanged(**self._exam(version, **changes))

    def _exam(self, version: int, *, opens_in: timedelta = timedelta(days=3), **changes: Any) -> dict[str, Any]:
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

    def cancelled(self, version: int, *, withdrawn: bool = False) -> exams.ExamCancelled:
        return exams.ExamCancelled(version=version, exam_id=self.exam, course_id=self.course, withdrawn=withdrawn)

    def published(self, version: int, *titles: str) -> content.MaterialPublished:
        return content.MaterialPublished(version=version, course_id=self.course, count=len(titles), lessons=titles)

    def result(self, version: int = 1, **changes: Any) -> exams.ResultRecorded:
        facts: dict[str, Any] = {
            "version": version,
            "exam_id": self.exam,
            "course_id": self.course,
            "student_id": self.student.id,
            "score": Decimal("85.00"),
            "status": "passed",
            "weight": Decimal(1),
        }
        return exams.ResultRecorded(**{**facts, **changes})

    def reopened(self, version: int = 1) -> exams.AttemptReopened:
        return exams.AttemptReopened(
            version=version,
            attempt_id=UUID(int=7),
            exam_id=self.exam,
            course_id=self.course,
            student_id=self.student.id,
            until=self.clock.now + timedelta(minutes=15),
        )

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

    def issued(self) -> payments.VoucherIssued:
        return payments.VoucherIssued(**self._voucher(1))

    def voucher_cancelled(self) -> payments.VoucherCancelled:
        return payments.VoucherCancelled(**self._voucher(2))

    def paid(self) -> payments.PaymentConfirmed:
        return payments.PaymentConfirmed(**self._voucher(2), paid_at=self.clock.now)

    def requested(self, **changes: Any) -> messages.MessageRequested:
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
        return messages.MessageRequested(**{**facts, **changes})


def rows() -> list[Notification]:
    return list(Notification.scan())


def row() -> Notification:
    (only,) = rows()
    return only
