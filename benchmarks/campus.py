"""The institute of `university.py`: what its office does with a course presentation, and what that costs.

Every write is a use case of the service that owns it, called by an administrator; every event is carried from the
Outbox to its consumers before the next step needs it.
"""

import json
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID, uuid4

import boto3
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

import auth.consumer
import instructor.consumer
import student.consumer
from auth import kong
from auth.schemas import NewUser
from auth.service import registration
from benchmarks.courier import Courier
from benchmarks.ledger import Ledger
from benchmarks.oulad import Assessment, Card, Presentation
from exam.schemas.exams import NewExam
from exam.schemas.results import NewResult
from exam.service import exams, results
from lms.callers import Caller
from lms.clock import now
from lms.idempotency import IdempotentAnswer
from lms.pages import PageRequest, Position
from lms.settings import setting
from program.schemas import NewCourse, NewProgram
from program.service import bulk, courses, programs
from student.service import report_cards
from student.service.access import access_to

_T = TypeVar("_T")
_MOST_ENROLLED_AT_ONCE = 500
_REGISTRAR = Caller(id=uuid4(), role="admin", username="registrar", issuer="")
_WITHOUT_KEY = IdempotentAnswer(None)
_CONSUMERS = {
    "lms.user": (auth.consumer.handler, student.consumer.handler, instructor.consumer.handler),
    "lms.catalog": (student.consumer.handler, instructor.consumer.handler),
    "lms.enrollment": (instructor.consumer.handler,),
    "lms.exam": (student.consumer.handler,),
}


@dataclass
class _Gateway:
    """Kong's Admin API as far as provisioning asks it: everybody is new, nothing is refused."""

    credentials: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def call(self, method: str, path: str, body: dict[str, str] | None = None, **_: Any) -> dict[str, Any]:
        owner = path.split("/")[2]
        own = self.credentials.setdefault(owner, [])
        if method == "PUT":
            return {"id": owner}
        if method == "POST":
            own.append({"id": str(uuid4()), "key": str(uuid4()), "created_at": int(time.time()), **(body or {})})
            return own[-1]
        return {"data": own}


class Campus:
    """An institute with one program, and nobody in it yet."""

    def __init__(self, ledger: Ledger, pool: Executor) -> None:
        kong._call = _Gateway().call  # the gateway itself is not measured here
        _put_signing_key()
        self._ledger = ledger
        self._pool = pool
        self._courier = Courier(_CONSUMERS, pool)
        self._program = programs.create(NewProgram(title="Open University"), _WITHOUT_KEY, now()).id
        self._courses: dict[tuple[str, str], UUID] = {}
        self._people: dict[str, UUID] = {}

    def load(self, presentation: Presentation) -> None:
        """Sets up the course and its exams, invites who is new, enrols all, records every result."""
        title = presentation.title
        course = NewCourse(title=title, quarter=presentation.name)
        course_id = courses.create(self._program, course, _WITHOUT_KEY, now()).id
        self._courses[presentation.module, presentation.name] = course_id
        exam_ids = {
            assessment.id: exams.create(_paper(course_id, assessment), _REGISTRAR, _WITHOUT_KEY, now()).id
            for assessment in presentation.assessments
        }
        newcomers = [number for number in presentation.students if number not in self._people]
        self._each("people invited", title, newcomers, self._invite)
        self._deliver(title)
        self._enroll(title, course_id, [_address(number) for number in presentation.students])
        self._deliver(title)

        def record(result: tuple[str, str, str]) -> None:
            assessment, number, score = result
            body = {"examId": exam_ids[assessment], "studentId": self._people[number], "score": float(score)}
            results.record(NewResult.model_validate(body), _REGISTRAR, _WITHOUT_KEY, now())

        self._each("results recorded", title, presentation.results, record)
        self._deliver(title)

    def grades(self, presentation: Presentation | None = None) -> dict[Card, str | None]:
        """What the report cards of everybody show, or of one presentation's students: percentage and letter."""
        found: dict[Card, str | None] = {}
        names = {course_id: name for name, course_id in self._courses.items()}

        def read(number: str) -> None:
            page = report_cards.list_cards(access_to(self._people[number], _REGISTRAR), _whole())
            for card in page.items:
                percentage = card.metadata.grade_percentage
                found[*names[card.course_id], number] = None if percentage is None else f"{percentage:.2f} {card.grade}"

        title = presentation.title if presentation else "everybody"
        self._each("report cards read", title, presentation.students if presentation else list(self._people), read)
        return found

    def _invite(self, number: str) -> None:
        person = NewUser(username=f"ou-{number}", email=_address(number), is_type="student", name=f"Student {number}")
        self._people[number] = registration.invite(person, None, _WITHOUT_KEY, now()).user_id

    def _enroll(self, title: str, course_id: UUID, addresses: Sequence[str]) -> None:
        starts = range(0, len(addresses), _MOST_ENROLLED_AT_ONCE)
        lists = [addresses[start : start + _MOST_ENROLLED_AT_ONCE] for start in starts]

        def enroll(given: Sequence[str]) -> int:
            refused = [row for row in bulk.enroll(course_id, given, None, now()) if row.outcome != "enrolled"]
            if refused:
                raise RuntimeError(f"{title}: not enrolled: {refused[:3]}")
            return len(given)

        self._ledger.run("students enrolled", title, self._pool.map(enroll, lists), len(addresses))

    def _deliver(self, title: str) -> None:
        self._ledger.run("events consumed", title, self._courier.deliver())

    def _each(self, kind: str, title: str, things: Sequence[_T], call: Callable[[_T], object]) -> None:
        def one(thing: _T) -> int:
            call(thing)
            return 1

        self._ledger.run(kind, title, self._pool.map(one, things), len(things))


def _paper(course_id: UUID, assessment: Assessment) -> NewExam:
    return NewExam.model_validate(
        {
            "courseId": course_id,
            "title": f"{assessment.kind} {assessment.id}",
            "duration": 60,
            "examDate": assessment.day.isoformat(),
            "weight": float(assessment.weight),
            "paper": True,
            "published": True,
        }
    )


def _address(number: str) -> str:
    return f"ou-{number}@example.ac.uk"


def _whole() -> PageRequest:
    return PageRequest(100, lambda: Position(0, None), lambda _: "more")


def _put_signing_key() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    secret = json.dumps({"current": "key-1", "keys": {"key-1": pem}})
    boto3.client("secretsmanager").create_secret(Name=setting("SIGNING_KEYS_SECRET"), SecretString=secret)
