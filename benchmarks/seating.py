"""A class for `rush.py` on a running stack: its students signed in, its course taught, its exam published.

Students are invited and provisioned as any others; only their tokens are signed here, as auth signs them, for hashing
250 passwords would keep two cores busy for as long as the exam. The rest of the class are memberships without accounts.
"""

import os
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx

from localstack import emulator
from localstack.demo.api import Api
from localstack.demo.people import ADMIN, TEACHER
from localstack.deployed import Deployed
from localstack.settings import Settings

QUESTIONS, CHOICES = 10, ("a", "b", "c", "d")
_GOOD = frozenset({200, 201})
_AT_ONCE = 4
_ENROLLED_AT_ONCE = 50
_WRITTEN_AT_ONCE = 40


@dataclass
class Student:
    id: UUID
    token: str = field(repr=False)


@dataclass(frozen=True)
class Seating:
    """The exam, whose key is choice `a` everywhere, and who sits it; `teacher` is a token."""

    exam: str
    course: str
    questions: Sequence[str]
    teacher: str
    students: Sequence[Student]


def become_auth(settings: Settings) -> None:
    """Gives this process the environment of auth's consumer on the running stack; import its modules afterwards."""
    client = emulator.session().client("lambda", endpoint_url=settings.emulator_url)
    name = Deployed(settings).physical("AuthConsumerFunction")
    given = client.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
    os.environ.update(
        given,
        AWS_ENDPOINT_URL=settings.emulator_url,
        AWS_ACCESS_KEY_ID="test",
        AWS_SECRET_ACCESS_KEY="test",
        AWS_REGION=emulator.REGION,
        AWS_DEFAULT_REGION=emulator.REGION,
        POWERTOOLS_LOG_LEVEL="ERROR",
    )


def seat(settings: Settings, students: int, whole_class: int) -> Seating:
    """So many students who sit an exam that is open from now on, within a class of so many."""
    with httpx.Client(base_url=settings.gateway_url, timeout=120, trust_env=False) as client:
        api = Api(settings, client)
        admin, teacher = api.token(ADMIN), api.token(TEACHER)
        run = uuid4().hex[:8]
        emails = [f"rush-{run}-{number}@example.com" for number in range(students)]
        print(f"inviting {students} students", flush=True)
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            invited = list(pool.map(lambda email: _invite(api, admin, email), emails))
        signed_in = [Student(user_id, _token(user_id)) for user_id in invited]
        course = _course(api, admin, teacher, f"Rush {run}")
        for begin in range(0, students, _ENROLLED_AT_ONCE):
            body = {"students": emails[begin : begin + _ENROLLED_AT_ONCE]}
            _done(api, admin, "POST", f"/courses/{course}/enrollments/bulk", body)
        _fill(UUID(course), whole_class - students)
        exam, questions = _exam(api, teacher, course)
        print(f"a class of {whole_class} is seated", flush=True)
        return Seating(exam, course, questions, teacher, signed_in)


def _done(api: Api, token: str, method: str, path: str, body: Any = None) -> Any:
    return api.call(method, path, body, token=token, good=_GOOD).json()


def _invite(api: Api, admin: str, email: str) -> UUID:
    body = {"username": email.partition("@")[0], "email": email, "is_type": "student", "name": "Rush Student"}
    return UUID(_done(api, admin, "POST", "/auth/users", body)["user_id"])


def _token(user_id: UUID) -> str:
    """As soon as the gateway knows them."""
    from auth.service import users
    from auth.signing import access_token

    while users.get(user_id).status == "provisioning":
        time.sleep(0.2)
    return access_token(users.get(user_id), datetime.now(UTC))


def _course(api: Api, admin: str, teacher: str, title: str) -> str:
    program = _done(api, admin, "POST", "/programs/create", {"title": title})["id"]
    course: str = _done(api, admin, "POST", f"/programs/{program}/courses/create", {"title": title})["id"]
    teacher_id = _done(api, teacher, "GET", "/auth/profile")["id"]
    _done(api, admin, "PUT", f"/instructors/{teacher_id}/courses/{course}")
    return course


def _fill(course: UUID, seats: int) -> None:
    """The others in the class, in the Roster as program writes them."""
    from lms import roster
    from lms.dynamo import transaction

    for begin in range(0, seats, _WRITTEN_AT_ONCE):
        with transaction() as tx:
            for _ in range(begin, min(begin + _WRITTEN_AT_ONCE, seats)):
                roster.put_enrollment(tx, uuid4(), course, "active", version=1)


def _exam(api: Api, teacher: str, course: str) -> tuple[str, list[str]]:
    now = datetime.now(UTC)
    body = {
        "courseId": course,
        "title": "Rush",
        "duration": 60,
        "examDate": (now - timedelta(minutes=1)).isoformat(),
        "closesAt": (now + timedelta(days=30)).isoformat(),
        "release": "onSubmit",
    }
    exam: str = _done(api, teacher, "POST", "/exams", body)["id"]
    question = {
        "questionText": "Which one?",
        "kind": "single",
        "choices": [{"id": choice, "text": choice.upper()} for choice in CHOICES],
        "correctAnswer": CHOICES[0],
    }
    path = f"/exams/{exam}/questions"
    questions = [_done(api, teacher, "POST", path, question)["id"] for _ in range(QUESTIONS)]
    _done(api, teacher, "PUT", f"/exams/{exam}", {"published": True})
    return exam, questions
