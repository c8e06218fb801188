"""Students on the whole stack: how many requests a second, how long each takes, and how soon an event has its effect.

    PYTHONPATH=functions:layers/shared .venv/bin/python -m benchmarks.load     (`make bench` does)

It starts a stack of its own and stops it. First one thing after the other: EVENTS (30) people register, each until the
account can be used, and sit an exam, each until the report card shows it. Then 1, 8 and 32 clients for LOAD_SECONDS
(10) each: every client is a student who browses, enrols, learns, sits an exam and leaves the course, and begins anew.
At last the list of programs through the gateway and from the emulator directly, in turn. Clients and stack share the
machine. Fails when anything is refused.
"""

import asyncio
import json
import os
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import cycle
from statistics import median
from typing import Any
from uuid import UUID

import httpx

from benchmarks.figures import percentile, table
from benchmarks.own_stack import own_stack
from benchmarks.seating import become_auth
from localstack import emulator
from localstack.deployed import Deployed
from operations.bootstrap import CONFIG_SECRET
from operations.kong.generate import GATEWAY_HEADER
from tests.stack.clients import Person
from tests.stack.conftest import StackUnderTest
from tests.stack.taught import Course
from tests.stack.test_learning import QUESTION

LOAD_SECONDS = float(os.environ.get("LOAD_SECONDS", "10"))
EVENTS = int(os.environ.get("EVENTS", "30"))
CLIENTS = (1, 8, 32)
EXAMS, QUESTIONS = 5, 10
_LOOK_SECONDS = 0.02
_PATIENCE_SECONDS = 60
_DIRECT_TIMES = 100


@dataclass
class School:
    """An open course, exams of ten questions that each may sit 20 times, and students with tokens and accounts."""

    stack: StackUnderTest
    course: Course
    module: str
    lessons: list[str]
    exams: list[tuple[str, list[str]]]
    students: list[tuple[str, Person]] = field(default_factory=list)


@dataclass
class Load:
    """What each request of so many clients took, by the step that it belongs to, in seconds."""

    clients: int
    seconds: float = 0
    took: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    refused: list[str] = field(default_factory=list)


def main() -> None:
    with own_stack() as stack:
        become_auth(stack.settings)
        school = _open_school(stack)
        accounts = [_register(school, number) for number in range(max(EVENTS, *CLIENTS))][:EVENTS]
        cards = [_sit(school, person) for _, person in school.students[:EVENTS]]
        loads = [asyncio.run(_play(school, clients)) for clients in CLIENTS]
        shares = [asyncio.run(_shares(stack, clients)) for clients in (1, 8)]
    effects = [("registration to a usable account", accounts), ("submission to the report card", cards)]
    print(table(["from event to effect", "count", "p50 ms", "p95 ms"], [[n, len(s), *_figures(s)] for n, s in effects]))
    print()
    print(table(["clients", "step", "requests", "a second", "p50 ms", "p95 ms", "errors"], list(_rows(loads))))
    print()
    columns = ["list of programs, clients", "gateway p50 ms", "emulator alone p50 ms", "the gateway's share"]
    print(table(columns, shares))
    if refused := [words for load in loads for words in load.refused]:
        raise SystemExit("\n".join(["something was refused:", *refused[:20]]))


def _open_school(stack: StackUnderTest) -> School:
    course = Course(stack, "Load")
    lessons = [{"title": f"Lesson {number}"} for number in range(10)]
    outline = {"modules": [{"title": "Load", "lessons": lessons}]}
    [module] = course.done(course.teacher, "PUT", f"/courses/{course.id}/outline", outline)["modules"]
    exams = [_open_exam(course) for _ in range(EXAMS)]
    return School(stack, course, module["id"], [lesson["id"] for lesson in module["lessons"]], exams)


def _open_exam(course: Course) -> tuple[str, list[str]]:
    now = datetime.now(UTC)
    body = {
        "courseId": course.id,
        "title": "Final",
        "duration": 60,
        "examDate": (now - timedelta(minutes=1)).isoformat(),
        "closesAt": (now + timedelta(hours=2)).isoformat(),
        "release": "onSubmit",
        "attemptsAllowed": 20,
    }
    exam = course.done(course.teacher, "POST", "/exams", body)["id"]
    path = f"/exams/{exam}/questions"
    questions = [course.done(course.teacher, "POST", path, QUESTION)["id"] for _ in range(QUESTIONS)]
    course.done(course.teacher, "PUT", f"/exams/{exam}", {"published": True})
    return exam, questions


def _register(school: School, number: int) -> float:
    """Seconds from the answer to a registration until the account can be used. The student is signed in then."""
    from auth.service import users

    person = Person(school.stack, f"load-{number}")
    user_id = UUID(school.course.done(person, "POST", "/auth/register", _registration(person))["user_id"])
    answered = time.perf_counter()
    # Asked of the table: a login costs the time that is measured.
    _until(lambda: users.get(user_id).status != "provisioning")
    seconds = time.perf_counter() - answered
    school.students.append((str(user_id), person.login()))
    return seconds


def _registration(person: Person) -> dict[str, str]:
    return {"username": person.name, "password": person.password, "email": person.email}


def _sit(school: School, person: Person) -> float:
    """Seconds from a submission until its report card was written, by the clocks of both."""
    done, (exam, questions) = school.course.done, school.exams[0]
    done(person, "POST", f"/courses/{school.course.id}/enrollments", {})
    attempt = done(person, "POST", f"/exams/{exam}/attempts")["id"]
    done(person, "PUT", f"/attempts/{attempt}/answers", dict.fromkeys(questions, "agent"))
    submitted = datetime.fromisoformat(done(person, "POST", f"/attempts/{attempt}/submit")["submittedAt"])
    card: dict[str, Any] = {}

    def is_on_card() -> bool:
        cards = done(person, "GET", "/student/reportCards")["items"]
        card.update(next((card for card in cards if card["course_id"] == school.course.id), {}))
        return bool(card) and bool(card["metadata"]["results"])

    _until(is_on_card)
    done(person, "DELETE", f"/courses/{school.course.id}/enrollments/{done(person, 'GET', '/auth/profile')['id']}")
    return (datetime.fromisoformat(card["updated_at"]) - submitted).total_seconds()


def _until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not happened():
        if time.monotonic() > deadline:
            raise RuntimeError("an event has no effect")
        time.sleep(_LOOK_SECONDS)


async def _play(school: School, clients: int) -> Load:
    """What each client sends, after a round that is not measured: it starts the processes of so many calls at once."""
    first, load = Load(clients), Load(clients)
    limits = httpx.Limits(max_connections=clients)
    async with httpx.AsyncClient(
        base_url=school.stack.settings.gateway_url, timeout=_PATIENCE_SECONDS, limits=limits, trust_env=False
    ) as http:

        async def study(load: Load, deadline: float) -> None:
            students = school.students[:clients]
            await asyncio.gather(*(_study(http, school, load, *student, deadline) for student in students))

        await study(first, 0)
        begun = time.monotonic()
        await study(load, begun + LOAD_SECONDS)
    load.seconds = time.monotonic() - begun
    load.refused += first.refused
    return load


async def _study(
    http: httpx.AsyncClient, school: School, load: Load, student_id: str, person: Person, deadline: float
) -> None:
    """Again and again until the time is over; what is begun is finished."""
    course, exams = school.course.id, cycle(school.exams)
    headers = {"Authorization": f"Bearer {person.token}"}

    async def call(step: str, method: str, path: str, body: Any = None) -> Any:
        asked = time.perf_counter()
        answer = await http.request(method, path, json=body, headers=headers)
        load.took[step].append(time.perf_counter() - asked)
        if answer.status_code >= 300:
            load.refused.append(f"{method} {path}: {answer.status_code} {answer.text[:200]}")
            return None
        return answer.json() if answer.content else None

    while True:
        for path in ("/programs/list", f"/courses/{course}/details"):
            await call("browse", "GET", path)
        await call("enrol", "POST", f"/courses/{course}/enrollments", {})
        await call("learn", "GET", f"/courses/{course}/modules")
        await call("learn", "GET", f"/modules/{school.module}/lessons")
        for lesson in school.lessons[:2]:
            await call("lesson done", "PUT", f"/progress/{student_id}/{course}/lessons/{lesson}")
        exam, questions = next(exams)
        attempt = await call("sit an exam", "POST", f"/exams/{exam}/attempts")
        if attempt is not None:
            path = f"/attempts/{attempt['id']}"
            await call("sit an exam", "PUT", f"{path}/answers", dict.fromkeys(questions, "agent"))
            await call("sit an exam", "GET", path)
            await call("sit an exam", "POST", f"{path}/submit")
        await call("look at the report card", "GET", "/student/reportCards")
        await call("leave", "DELETE", f"/courses/{course}/enrollments/{student_id}")
        if time.monotonic() > deadline or load.refused:
            return


async def _shares(stack: StackUnderTest, clients: int) -> list[object]:
    """The median times of a request through the gateway and without it, and what part of the first is the gateway's."""
    secret = emulator.session().client("secretsmanager", endpoint_url=stack.settings.emulator_url)
    config = json.loads(secret.get_secret_value(SecretId=CONFIG_SECRET)["SecretString"])
    api = f"{stack.settings.emulator_url}/_aws/execute-api/{Deployed(stack.settings).api_id}"
    headers = {GATEWAY_HEADER: config["gateway"], "X-Real-IP": "127.0.0.1"}
    took: dict[str, list[float]] = defaultdict(list)
    async with httpx.AsyncClient(timeout=_PATIENCE_SECONDS, trust_env=False) as http:

        async def ask(base: str) -> None:
            for _ in range(_DIRECT_TIMES // clients // 4):
                asked = time.perf_counter()
                answer = await http.get(f"{base}/programs/list", headers=headers)
                took[base].append(time.perf_counter() - asked)
                answer.raise_for_status()

        for _ in range(4):
            for base in (stack.settings.gateway_url, api):
                await asyncio.gather(*(ask(base) for _ in range(clients)))
    through, direct = median(took[stack.settings.gateway_url]), median(took[api])
    return [clients, f"{through * 1000:.1f}", f"{direct * 1000:.1f}", f"{(through - direct) / through:.0%}"]


def _rows(loads: Sequence[Load]) -> Iterator[list[object]]:
    for load in loads:
        everything = [seconds for took in load.took.values() for seconds in took]
        for step, took in {"everything": everything, **load.took}.items():
            rate = f"{len(took) / load.seconds:.1f}"
            errors = len(load.refused) if step == "everything" else ""
            yield [load.clients, step, len(took), rate, *_figures(took), errors]


def _figures(seconds: Sequence[float]) -> list[str]:
    return [f"{percentile(seconds, percent) * 1000:.0f}" for percent in (50, 95)]


if __name__ == "__main__":
    main()
