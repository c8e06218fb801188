"""250 students of a class of 1 000 start, save and submit one exam within a minute, through the gateway of a stack.

    PYTHONPATH=functions:layers/shared .venv/bin/python -m benchmarks.rush      (`make rush` does, beside `make up`)

Fails when anybody is refused, when an answer or a result is lost, or when an attempt is graded other than once. Tells
what each step took, from asking to the answer, and how long after a submission the report card shows it: first of all
who submit together, then of one student after the other. Everything runs on this one machine, clients included, and
each call that a function is busy with is a process; so the times say more of the machine than of the system.
"""

import asyncio
import os
import random
import statistics
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx

from benchmarks.seating import CHOICES, Seating, Student, become_auth, seat
from localstack.settings import Settings

STUDENTS, ALONE, CLASS = 250, 10, 1_000
# When a student comes, saves, saves the rest, and submits, in seconds from the opening; each somewhere within.
ARRIVE, FIRST, REST, SUBMIT = (0, 10), (10, 25), (25, 40), (40, 55)
_CARD_SECONDS = 600
_LOOK_SECONDS = 2
_PATIENCE_SECONDS = 300


class Refused(RuntimeError):
    """An answer that no student should get."""


@dataclass
class Run:
    """What each step took, in seconds, and when each submission was asked for."""

    seating: Seating
    took: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    submitted: dict[UUID, datetime] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)

    def answers(self, student: Student) -> dict[str, str]:
        """The same for the same student, another one's for another."""
        chance = random.Random(student.id.int)
        return {question: chance.choice(CHOICES) for question in self.seating.questions}

    def score(self, student: Student) -> float:
        """In percent, as the key has it."""
        right = sum(answer == CHOICES[0] for answer in self.answers(student).values())
        return 100 * right / len(self.seating.questions)


def main() -> None:
    settings = Settings.from_environment(os.environ)
    become_auth(settings)
    run = Run(seat(settings, STUDENTS + ALONE, CLASS))
    asyncio.run(_measure(settings, run))


async def _measure(settings: Settings, run: Run) -> None:
    students, alone = run.seating.students[:STUDENTS], run.seating.students[STUDENTS:]
    limits = httpx.Limits(max_connections=STUDENTS)
    async with httpx.AsyncClient(
        base_url=settings.gateway_url, timeout=_PATIENCE_SECONDS, limits=limits, trust_env=False
    ) as client:
        began = time.monotonic()
        await asyncio.gather(*(_sit(client, run, student, began) for student in students))
        seconds = time.monotonic() - began
        cards = await _cards(client, run, students)
        _print(run, seconds, _delays(run, cards), f"{STUDENTS} together")
        run.took.clear()
        for student in alone:
            await _sit(client, run, student, None)
        cards |= (lonely := await _cards(client, run, alone))
        _print(run, None, _delays(run, lonely), "one after the other")
        results = await _results(client, run)
    _compare(run, cards, results)


async def _sit(client: httpx.AsyncClient, run: Run, student: Student, began: float | None) -> None:
    """A whole attempt; `began` is when the exam opened for those who keep to the times of the rush."""

    async def call(step: str, within: tuple[int, int], method: str, path: str, body: Any = None) -> Any:
        if began is not None:
            await asyncio.sleep(max(0, began + random.uniform(*within) - time.monotonic()))
        asked = time.monotonic()
        answer = await client.request(method, path, json=body, headers={"Authorization": f"Bearer {student.token}"})
        run.took[step].append(time.monotonic() - asked)
        if answer.status_code not in (200, 201):
            raise Refused(f"{step}: {answer.status_code} {answer.text[:200]}")
        return answer.json()

    answers = list(run.answers(student).items())
    half = len(answers) // 2
    try:
        attempt = await call("start", ARRIVE, "POST", f"/exams/{run.seating.exam}/attempts")
        path = f"/attempts/{attempt['id']}"
        await call("save", FIRST, "PUT", f"{path}/answers", dict(answers[:half]))
        await call("save", REST, "PUT", f"{path}/answers", dict(answers[half:]))
        summary = await call("submit", SUBMIT, "POST", f"{path}/submit")
        run.submitted[student.id] = datetime.fromisoformat(summary["submittedAt"])
    except (Refused, httpx.TransportError) as refusal:
        run.refused.append(f"{student.id} {refusal!r}")


async def _cards(client: httpx.AsyncClient, run: Run, students: Sequence[Student]) -> dict[UUID, Mapping[str, Any]]:
    """The report cards that show the exam, once those of all who submitted do or patience ends."""
    missing, found = [student for student in students if student.id in run.submitted], {}
    deadline = time.monotonic() + _CARD_SECONDS
    while missing and time.monotonic() < deadline:
        # What a card says of its own time does not depend on when it is looked at; looking takes time from the rest.
        await asyncio.sleep(_LOOK_SECONDS)
        for student in list(missing):
            card = await _card(client, student)
            if card["metadata"]["results"]:
                found[student.id] = card
                missing.remove(student)
    return found


async def _card(client: httpx.AsyncClient, student: Student) -> Mapping[str, Any]:
    headers = {"Authorization": f"Bearer {student.token}"}
    answer = await client.get("/student/reportCards", headers=headers)
    card: Mapping[str, Any] = answer.raise_for_status().json()["items"][0]
    return card


async def _results(client: httpx.AsyncClient, run: Run) -> dict[UUID, float]:
    """What the teacher sees of each student, after a look at how many results were counted."""
    found: dict[UUID, float] = {}
    query: dict[str, Any] = {"limit": 100}
    while True:
        headers = {"Authorization": f"Bearer {run.seating.teacher}"}
        answer = await client.get(f"/exams/{run.seating.exam}/results", params=query, headers=headers)
        page = answer.raise_for_status().json()
        found |= {UUID(item["studentId"]): item["score"] for item in page["items"]}
        if page["next"] is None:
            if page["summary"]["count"] != len(found):
                raise SystemExit(f"{page['summary']['count']} gradings were counted for {len(found)} results")
            return found
        query["cursor"] = page["next"]


def _delays(run: Run, cards: Mapping[UUID, Mapping[str, Any]]) -> Iterator[float]:
    """From a submission to the moment at which its report card was written, in seconds."""
    for student_id, card in cards.items():
        delay: timedelta = datetime.fromisoformat(card["updated_at"]) - run.submitted[student_id]
        yield delay.total_seconds()


def _print(run: Run, seconds: float | None, delays: Iterator[float], who: str) -> None:
    calls = sum(map(len, run.took.values()))
    rate = f", {calls} calls in {seconds:.1f} s: {calls / seconds:.1f} a second" if seconds else ""
    print(f"\n{who}{rate}\n{'':14} {'count':>6} {'p50':>8} {'p95':>8} {'longest':>8}")
    for step, took in {**run.took, "to the card": list(delays)}.items():
        if took:
            p95 = statistics.quantiles(took, n=20, method="inclusive")[-1]
            print(f"{step:14} {len(took):6} {statistics.median(took):7.2f}s {p95:7.2f}s {max(took):7.2f}s", flush=True)


def _compare(run: Run, cards: Mapping[UUID, Mapping[str, Any]], results: Mapping[UUID, float]) -> None:
    print(f"refused: {len(run.refused)}", *run.refused[:10], sep="\n")
    expected = {student.id: run.score(student) for student in run.seating.students}
    shown = {student_id: card["metadata"]["grade_percentage"] for student_id, card in cards.items()}
    for what, found in (("results", results), ("report cards", shown)):
        wrong = [student_id for student_id, score in expected.items() if found.get(student_id) != score]
        print(f"{what}: {len(expected) - len(wrong)} of {len(expected)} as the key has it")
        if wrong or run.refused:
            raise SystemExit("somebody was refused, or something is lost or wrong")


if __name__ == "__main__":
    main()
