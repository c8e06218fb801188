"""What a change costs with all that its events cause: its requests, the relay, every consumer, and the mail.

    PYTHONPATH=functions:layers/shared .venv/bin/python -m benchmarks.events     (`make bench` does)

A new student enrols, has done a lesson, then sits an exam of ten questions, ROUNDS (7) times after one that warms. The
functions run one after the other in this process, as their triggers would call them: the relay once for the events of a
request, each consumer of a topic once for an event of it, delivery for what is queued. What is printed is the CPU time
of this process and the calls of DynamoDB; the emulator and the mail server are processes of their own, Kafka is left
out.
"""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from statistics import median
from typing import TYPE_CHECKING, Any
from uuid import UUID

import boto3

from benchmarks.emulated import emulated, free_port
from benchmarks.figures import table
from tests.architecture.deployed import KAFKA_MAPPINGS, handler

if TYPE_CHECKING:
    from tests.outbox_relay.world import Record
    from tests.people import Person

ROUNDS = int(os.environ.get("ROUNDS", "7"))
QUESTIONS = 10


@dataclass(frozen=True)
class Invocation:
    """A function that was called; `event` is the type of what it was called for, `in_vain` that it skipped it."""

    function: str
    event: str
    in_vain: bool
    calls: int
    seconds: float


def main() -> None:
    with emulated(), mail_server():
        school = TriggeredSchool()
        changes = {
            "enrol": school.enroll,
            "a lesson done": school.finish_lesson,
            f"a quiz of {QUESTIONS} questions": school.sit,
        }
        rounds: dict[str, list[list[Invocation]]] = {name: [] for name in changes}
        for number in range(ROUNDS + 1):
            student = school.newcomer()
            for name, change in changes.items():
                invocations = school.invocations_of(change, student)
                if number:
                    rounds[name].append(invocations)
    for title, part in (("function", "function"), ("for", "event")):
        rows = [row for name, found in rounds.items() for row in _rows(name, part, found)]
        print(table(["a change", title, "invocations", "in vain", "calls", "CPU ms"], rows), end="\n\n")


def _rows(change: str, part: str, rounds: list[list[Invocation]]) -> Iterator[list[object]]:
    """What each function, or what is done for each type of event, costs in the median round; and all together."""
    names = list(dict.fromkeys(getattr(one, part) for found in rounds for one in found))
    for name in names:
        yield _row(change, name, [[one for one in found if getattr(one, part) == name] for found in rounds])
    yield _row(change, "together", rounds)


def _row(change: str, name: str, rounds: list[list[Invocation]]) -> list[object]:
    seconds = median(sum(one.seconds for one in found) for found in rounds)
    numbers = [(len(found), sum(one.in_vain for one in found), sum(one.calls for one in found)) for found in rounds]
    return [change, name, *(f"{median(column):.0f}" for column in zip(*numbers, strict=True)), f"{seconds * 1000:.1f}"]


class TriggeredSchool:
    """A course with a teacher, an outline and an exam, and all functions as their triggers call them."""

    def __init__(self) -> None:
        from benchmarks.meter import Meter
        from lms.events.catalogue import TOPICS
        from outbox_relay import publisher
        from tests.conftest import Clock
        from tests.content.conftest import CURRICULUM, Content
        from tests.exam.conftest import SINGLE, ExamService
        from tests.outbox_relay.world import Kafka
        from tests.people import publish_key
        from tests.program.conftest import Program
        from tests.world import World

        class Progress(World):
            service = "progress"

        clock = Clock()
        publish_key()
        self._kafka = Kafka(topics=set(TOPICS))
        publisher.KafkaProducer = self._kafka.producer  # type: ignore[misc, assignment]
        self._sqs, self._queue = boto3.client("sqs"), os.environ["DELIVERY_QUEUE_URL"]
        self.invocations: list[Invocation] = []
        self._meter = Meter()
        self.program, content, exam = Program(clock), Content(clock), ExamService(clock)
        self.course = self.program.new_course()
        content.course = UUID(self.course)
        content.assign(content.teacher, content.course)
        content.put_outline(CURRICULUM["courses"][0]["modules"])
        self._lesson = content.lessons(content.modules()[0]["id"])[0]["id"]
        exam.course = self.course
        exam.assign(exam.teacher, self.course)
        self._exam = exam.publish(*[SINGLE] * QUESTIONS, release="onSubmit")["id"]
        self._answers = {question["id"]: "a" for question in exam.questions(self._exam)}
        self._doors = {
            "ProgramFunction": self.program.http,
            "ProgressFunction": Progress(clock).http,
            "ExamFunction": exam.http,
        }
        for function, door in self._doors.items():
            door._handler = self.measured(function, "the request", door._handler)
        self._settle()

    def newcomer(self) -> "Person":
        """A student whom every service knows."""
        from lms.clock import now
        from lms.dynamo import transaction
        from lms.events import users
        from lms.outbox import emit
        from tests.people import sign_in

        student = sign_in("student")
        person = users.Person(username=student.name, email=student.email, name=student.name)
        facts: dict[str, Any] = {"user_id": student.id, "role": "student", "roll_no": student.roll_no, "person": person}
        with transaction() as tx:
            emit(tx, users.UserProvisioned(version=1, email_verified=True, **facts), now())
        self._settle()
        return student

    def enroll(self, student: "Person") -> None:
        self._ask("ProgramFunction", "POST", f"/courses/{self.course}/enrollments", {}, student)

    def finish_lesson(self, student: "Person") -> None:
        path = f"/progress/{student.id}/{self.course}/lessons/{self._lesson}"
        self._ask("ProgressFunction", "PUT", path, None, student)

    def sit(self, student: "Person") -> None:
        attempt = self._ask("ExamFunction", "POST", f"/exams/{self._exam}/attempts", None, student)
        path = f"/attempts/{attempt['id']}"
        self._ask("ExamFunction", "PUT", f"{path}/answers", self._answers, student)
        self._ask("ExamFunction", "GET", path, None, student)
        self._ask("ExamFunction", "POST", f"{path}/submit", None, student)

    def invocations_of(self, change: Callable[["Person"], None], student: "Person") -> list[Invocation]:
        """All that a student's change brings about, its requests included."""
        before = len(self.invocations)
        change(student)
        return self.invocations[before:]

    def _ask(self, function: str, method: str, path: str, body: Any, student: "Person") -> Any:
        answer = self._doors[function](method, path, body, token=student.token)
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path}: {answer}")
        self._settle()
        return answer.json

    def _settle(self) -> None:
        """Runs what the changes so far bring about, and what that brings about, to the end."""
        while self._publish() or self._deliver():
            pass

    def _publish(self) -> bool:
        from lms.outbox import OutboxItem
        from tests.outbox_relay.world import context, record

        pending = [item for item in OutboxItem.scan() if item.is_pending]
        if pending:
            self._call("OutboxRelayFunction", "publishing", {"Records": list(map(record, pending))}, context(60))
        published, self._kafka.records[:] = list(self._kafka.records), []
        for published_record in published:
            self._consume(published_record)
        return bool(pending)

    def _consume(self, record: "Record") -> None:
        from benchmarks.courier import KafkaRecord
        from localstack.msk_event import msk_event

        headers = [(name, value.encode()) for name, value in record.headers.items()]
        event = msk_event([KafkaRecord(record.topic, 0, 0, record.key.encode(), record.value, headers)], None, "")
        for mapping in KAFKA_MAPPINGS.values():
            if record.topic in mapping["Topics"]:
                self._call(mapping["FunctionName"]["Ref"], record.headers["ce_type"], event, None)

    def _deliver(self) -> bool:
        from tests.outbox_relay.world import context

        messages = self._sqs.receive_message(QueueUrl=self._queue, MaxNumberOfMessages=10).get("Messages", [])
        if messages:
            entries = [
                {"messageId": message["MessageId"], "receiptHandle": message["ReceiptHandle"], "body": message["Body"]}
                for message in messages
            ]
            answer = self._call("NotificationDeliveryFunction", "mail", {"Records": entries}, context(60))
            # Delivery has closed this thread's loop, which the next request asks for: on AWS it is another process's.
            asyncio.set_event_loop(asyncio.new_event_loop())
            if answer["batchItemFailures"]:
                raise RuntimeError(f"not delivered: {answer}")
        for message in messages:
            self._sqs.delete_message(QueueUrl=self._queue, ReceiptHandle=message["ReceiptHandle"])
        return bool(messages)

    def _call(self, function: str, cause: str, event: dict[str, Any], context: Any) -> Any:
        module, _, name = handler(function).rpartition(".")
        return self.measured(function, cause, getattr(import_module(module), name))(event, context)

    def measured(self, function: str, cause: str, call: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
        """A handler whose invocations are counted."""
        types = getattr(call, "types", None)

        def run(event: dict[str, Any], context: Any) -> Any:
            with self._meter.running() as cost:
                begun = time.process_time()
                answer = call(event, context)
                seconds = time.process_time() - begun
            in_vain = types is not None and cause not in types
            self.invocations.append(Invocation(function, cause, in_vain, len(cost.calls), seconds))
            return answer

        return run


@contextmanager
def mail_server() -> Iterator[None]:
    """Takes every mail, and forgets it."""
    port = free_port()
    os.environ["SMTP_PORT"] = str(port)
    command = [sys.executable, "-m", "aiosmtpd", "-n", "-l", f"127.0.0.1:{port}", "-c", "aiosmtpd.handlers.Sink"]
    server = subprocess.Popen(command)
    try:
        yield
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main()
