"""Exchange on moto: a course with its teacher, files that are uploaded, and a queue that tests work."""

import json
from collections.abc import Callable
from typing import Any, BinaryIO
from uuid import UUID

import pytest

from exchange.items import Module, Note, Package, PackageFile, Question, Quiz
from exchange.packages import Opened
from lms.events.catalogue import CATALOGUE
from lms.outbox import OutboxItem
from tests.clients import Answer, Context
from tests.conftest import Clock, aws_client
from tests.notification.world import record
from tests.people import Person, sign_in
from tests.template import ENVIRONMENT
from tests.world import World


@pytest.fixture
def exchange(aws: None, clock: Clock) -> "Exchange":
    return Exchange(clock)


class PlainFormat:
    """A format for tests: the JSON of a package, of which each file holds its own name."""

    def __init__(self) -> None:
        self.meanwhile: Callable[[], None] = lambda: None
        """Happens while a file is read."""

    def detect(self, opened: Opened) -> bool:
        return opened.is_bare and opened.read(opened.name).startswith(b'{"package"')

    def read(self, opened: Opened) -> Package:
        self.meanwhile()
        held = json.loads(opened.read(opened.name))["package"]
        return Package(
            title=held.get("title", ""),
            modules=tuple(Module.model_validate(each) for each in held.get("modules", ())),
            questions=tuple(Question.model_validate(each) for each in held.get("questions", ())),
            quizzes=tuple(Quiz.model_validate(each) for each in held.get("quizzes", ())),
            files=tuple(PackageFile(name, "", _opener(name)) for name in held.get("files", ())),
            notes=tuple(Note.model_validate(each) for each in held.get("notes", ())),
        )


def _opener(name: str) -> Callable[[], BinaryIO]:
    import io

    return lambda: io.BytesIO(name.encode())


class Exchange(World):
    """The exchange service, and a course with the teacher."""

    service = "exchange"

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.course = self.add_course()
        self.assign(self.teacher, self.course)
        self.other_teacher = sign_in("teacher")
        self.format = PlainFormat()
        self.context = Context(900_000)
        self._delivered: set[UUID] = set()

    def begin(self, file_name: str = "bank.xml", course: UUID | None = None) -> Any:
        path = f"/courses/{course or self.course}/imports"
        answer = self.http.post(path, {"fileName": file_name}, token=self.teacher.token)
        assert answer.status == 201, answer
        return answer.json

    def upload(self, bucket: Any, new: Any, body: bytes) -> None:
        bucket.put_object(Key=new["upload"]["fields"]["key"], Body=body)

    def uploaded(self, bucket: Any, package: Any, **begin: Any) -> str:
        """The id of an import whose file is uploaded: bytes, or the package of a `PlainFormat`."""
        new = self.begin(**begin)
        body = package if isinstance(package, bytes) else json.dumps({"package": package}).encode()
        self.upload(bucket, new, body)
        return str(new["id"])

    def read(self, import_id: str) -> Answer:
        return self.http.post(f"/imports/{import_id}/read", token=self.teacher.token)

    def ready(self, bucket: Any, package: Any, **begin: Any) -> str:
        """The id of an import that was read."""
        import_id = self.uploaded(bucket, package, **begin)
        assert self.read(import_id).status == 202
        self.settle()
        return import_id

    def apply(self, import_id: str, *kinds: str) -> Answer:
        body = {"include": list(kinds)} if kinds else {}
        return self.http.post(f"/imports/{import_id}/apply", body, token=self.teacher.token)

    def shown(self, import_id: str, as_: Person | None = None) -> Any:
        answer = self.http.get(f"/imports/{import_id}", token=(as_ or self.teacher).token)
        assert answer.status == 200, answer
        return answer.json

    def report(self, import_id: str, **query: str) -> list[Any]:
        return self.http.list_all(f"/imports/{import_id}/items", limit=100, token=self.teacher.token, **query)

    def emitted(self) -> list[Any]:
        """The events that are new in the Outbox."""
        items = sorted(OutboxItem.scan(), key=lambda item: str(item.event_id))
        fresh = [item for item in items if item.event_id not in self._delivered]
        self._delivered |= {item.event_id for item in fresh}
        return [CATALOGUE[item.type].model_validate_json(item.data) for item in fresh]

    def settle(self) -> None:
        """Hands exchange its own events, and works the queue until it is empty."""
        while True:
            events = self.emitted()
            if events:
                self.consume(*events)
            if not self.work() and not events:
                return

    def work(self, *, fails: bool = False) -> bool:
        """Lets the worker do one entry of the queue; whether there was one. One that `fails` stays."""
        from exchange import worker

        url = ENVIRONMENT["EXCHANGE_QUEUE_URL"]
        answer = aws_client("sqs").receive_message(QueueUrl=url, AttributeNames=["All"])
        for message in answer.get("Messages", []):
            worker.FORMATS = (("gift", self.format), *_real_formats())
            done = worker.handler({"Records": [record(message)]}, self.context)
            assert bool(done["batchItemFailures"]) == fails
            if not fails:
                aws_client("sqs").delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            return True
        return False


def _real_formats() -> Any:
    from exchange.formats import FORMATS

    return FORMATS


def question(source: str = "q1", **fields: Any) -> Any:
    body = {"source": source, "kind": "truefalse", "questionText": "Is it?", "correctAnswer": True}
    return {**body, **fields}
