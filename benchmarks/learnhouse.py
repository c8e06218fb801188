"""What a learner's requests cost beside the same ones of LearnHouse, another learning platform, in turns in one run.

    PYTHONPATH=functions:layers/shared LEARNHOUSE_PID=1234 LEARNHOUSE_PASSWORD=... \\
        .venv/bin/python -m benchmarks.page learnhouse

LearnHouse runs on the same machine with PostgreSQL and Redis, its API one uvicorn process of that id at LEARNHOUSE_URL
(http://127.0.0.1:1338), set up by its `cli.py install --short` with that password for the administrator. What is
compared is the CPU time of its API's process alone with that of our functions alone: the database is another process
on both sides, and what a change of ours causes is counted, with relay, consumers and mail. Both have one course with
the largest outline of the real curriculum. Theirs reads its requests from a socket; Lambda hands them to ours.
"""

import os
import time
from collections.abc import Callable, Iterator
from statistics import median
from typing import Any
from uuid import uuid4

import httpx

from benchmarks.emulated import emulated
from benchmarks.events import QUESTIONS, TriggeredSchool, mail_server
from benchmarks.figures import table

ROUNDS = int(os.environ.get("ROUNDS", "5"))
TIMES = 5
"""In a row, in a round."""
CHOICES = 4
_ADMIN = "admin@school.dev"

Operation = Callable[[], object]


def main() -> None:
    address = os.environ.get("LEARNHOUSE_URL", "http://127.0.0.1:1338")
    process, password = int(os.environ["LEARNHOUSE_PID"]), os.environ["LEARNHOUSE_PASSWORD"]
    seconds: dict[str, list[tuple[float, float]]] = {}
    with emulated(), mail_server():
        ours, theirs = _Ours(), _LearnHouse(address, process, password)
        for number in range(ROUNDS + 1):
            one, other = ours.operations(), theirs.operations()
            for name, operations in one.items():
                pair = _cost(operations, ours.cpu_seconds), _cost(other[name], theirs.cpu_seconds)
                # The first round warms.
                if number:
                    seconds.setdefault(name, []).append(pair)
    rows = [_row(name, pairs) for name, pairs in seconds.items()]
    print(table(["a learner's request", "LearnHouse, CPU ms", "ours, CPU ms", "ratio"], rows))


def _cost(operations: list[Operation], cpu_seconds: Callable[[], float]) -> float:
    """The CPU time of one."""
    begun = cpu_seconds()
    for operation in operations:
        operation()
    return (cpu_seconds() - begun) / len(operations)


def _row(name: str, pairs: list[tuple[float, float]]) -> list[object]:
    ours, theirs = (median(column) * 1000 for column in zip(*pairs, strict=True))
    ratio = median(one / other for one, other in pairs)
    return [name, f"{theirs:.1f}", f"{ours:.1f}", f"{ratio:.2f}"]


class _Ours:
    """All functions in this process, which asks an emulator."""

    def __init__(self) -> None:
        from benchmarks.learner import signed_in
        from tests.conftest import Clock

        # First, since the school publishes all events, and nobody could take up these of the registration.
        auth, token = signed_in(Clock())
        self._school = TriggeredSchool()
        http, course = self._school.program.http, self._school.course
        auth.http._handler = self._school.measured("AuthFunction", "the request", auth.http._handler)
        reader = self._school.newcomer().token
        self._reads: dict[str, Operation] = {
            "own profile": lambda: auth.http.get("/auth/profile", token=token),
            "list of courses": lambda: http.get("/programs/list", token=reader),
            "course with its contents": lambda: http.get(f"/courses/{course}/details", token=reader),
            "login": auth.login,
        }

    def cpu_seconds(self) -> float:
        return sum(invocation.seconds for invocation in self._school.invocations)

    def operations(self) -> dict[str, list[Operation]]:
        """By name, as often as a round does each; every student is new."""
        students = [self._school.newcomer() for _ in range(TIMES)]
        changes = {
            "enrol": self._school.enroll,
            "a lesson done": self._school.finish_lesson,
            f"a quiz of {QUESTIONS} questions": self._school.sit,
        }
        reads = {name: [read] * TIMES for name, read in self._reads.items()}
        return reads | {
            name: [lambda change=change, student=student: change(student) for student in students]  # type: ignore[misc]
            for name, change in changes.items()
        }


class _LearnHouse:
    """Its API, as its web application asks it."""

    def __init__(self, address: str, process: int, password: str) -> None:
        self._address, self._process, self._password = f"{address}/api/v1", process, password
        admin = self._signed_in(_ADMIN)
        about = {"name": "Agents", "description": "Agents", "about": "Agents", "public": "true"}
        course = _answer(admin.post("/courses/?org_id=1", data=about))
        self._course = course["course_uuid"]
        chapter, self._lesson = self._add_outline(admin, course["id"])
        _answer(admin.put(f"/courses/{self._course}", json={"published": True, "public": True}))
        self._quiz, self._task = self._add_quiz(admin, course["id"], chapter)

    def cpu_seconds(self) -> float:
        # The clock of another process's CPU time, as clock_getcpuclockid(3) makes it of the process's id.
        return time.clock_gettime((~self._process << 3) | 2)

    def operations(self) -> dict[str, list[Operation]]:
        """By name, as often as a round does each; every student is new."""
        students = [self._newcomer() for _ in range(TIMES)]
        reader = students[0]
        return {
            "own profile": [lambda: _answer(reader.get("/users/profile"))] * TIMES,
            "list of courses": [lambda: _answer(reader.get("/courses/org_slug/default/page/1/limit/20"))] * TIMES,
            "course with its contents": [lambda: _answer(reader.get(f"/courses/{self._course}/meta"))] * TIMES,
            "login": [lambda: self._signed_in(_ADMIN)] * TIMES,
            "enrol": [self._posting(student, f"/trail/add_course/{self._course}") for student in students],
            "a lesson done": [self._posting(student, f"/trail/add_activity/{self._lesson}") for student in students],
            f"a quiz of {QUESTIONS} questions": [self._sitting(student) for student in students],
        }

    def _client(self) -> httpx.Client:
        # It counts sign-ins and registrations by this address.
        address = f"10.{uuid4().bytes[0]}.{uuid4().bytes[1]}.{uuid4().bytes[2]}"
        return httpx.Client(base_url=self._address, headers={"X-Forwarded-For": address}, timeout=60)

    def _signed_in(self, email: str) -> httpx.Client:
        client = self._client()
        answer = _answer(client.post("/auth/login", data={"username": email, "password": self._password}))
        client.cookies.clear()
        client.headers["Authorization"] = f"Bearer {answer['tokens']['access_token']}"
        return client

    def _newcomer(self) -> httpx.Client:
        name = f"student-{uuid4().hex}"
        person = {"username": name, "email": f"{name}@example.org", "password": self._password}
        user = _answer(self._client().post("/users/1", json=person))
        client = self._signed_in(person["email"])
        _answer(client.post("/trail/start", json={"org_id": 1, "user_id": user["id"]}))
        return client

    def _add_outline(self, admin: httpx.Client, course: int) -> tuple[int, str]:
        """The first chapter and its first lesson."""
        from tests.content.conftest import CURRICULUM

        chapters, lessons = [], []
        for module in CURRICULUM["courses"][0]["modules"]:
            chapter = {"name": module["title"], "org_id": 1, "course_id": course}
            chapters.append(_answer(admin.post("/chapters/", json=chapter))["id"])
            for lesson in module["lessons"]:
                lessons.append(self._add_activity(admin, lesson["title"], chapters[-1], "DYNAMIC", "DYNAMIC_PAGE"))
        return chapters[0], lessons[0]["activity_uuid"]

    def _add_activity(self, admin: httpx.Client, name: str, chapter: int, kind: str, form: str) -> Any:
        activity = {
            "name": name,
            "chapter_id": chapter,
            "activity_type": f"TYPE_{kind}",
            "activity_sub_type": f"SUBTYPE_{form}",
            "published": True,
            "content": {},
        }
        return _answer(admin.post("/activities/", json=activity))

    def _add_quiz(self, admin: httpx.Client, course: int, chapter: int) -> tuple[str, Any]:
        """The address of an assignment that grades itself, and its one task."""
        activity = self._add_activity(admin, "Quiz", chapter, "ASSIGNMENT", "ASSIGNMENT_ANY")
        assignment = {
            "title": "Quiz",
            "description": "",
            "due_date": "2099-01-01",
            "published": True,
            "grading_type": "PERCENTAGE",
            "auto_grading": True,
            "org_id": 1,
            "course_id": course,
            "chapter_id": chapter,
            "activity_id": activity["id"],
        }
        address = f"/assignments/{_answer(admin.post('/assignments/', json=assignment))['assignment_uuid']}"
        questions = [
            {
                "questionUUID": f"question-{question}",
                "questionText": f"Question {question}",
                "options": [
                    {"optionUUID": option, "text": option, "assigned_right_answer": is_right, "type": "text"}
                    for option, is_right in _options(question)
                ],
            }
            for question in range(QUESTIONS)
        ]
        task = {
            "title": "Quiz",
            "description": "",
            "hint": "",
            "assignment_type": "QUIZ",
            "contents": {"questions": questions},
            "max_grade_value": 100,
        }
        return address, _answer(admin.post(f"{address}/tasks", json=task))

    @staticmethod
    def _posting(student: httpx.Client, path: str) -> Operation:
        return lambda: _answer(student.post(path))

    def _sitting(self, student: httpx.Client) -> Operation:
        answers = [
            {"questionUUID": f"question-{question}", "optionUUID": option, "answer": is_right}
            for question in range(QUESTIONS)
            for option, is_right in _options(question)
        ]
        submission = {
            "assignment_task_id": self._task["id"],
            "task_submission": {"submissions": answers},
            "grade": 0,
            "task_submission_grade_feedback": "",
            "assignment_type": "QUIZ",
        }
        path = f"{self._quiz}/tasks/{self._task['assignment_task_uuid']}/submissions"

        def sit() -> None:
            _answer(student.get(f"{self._quiz}/tasks"))
            _answer(student.put(path, json=submission))
            _answer(student.post(f"{self._quiz}/submissions"))
            graded = _answer(student.get(f"{self._quiz}/submissions/me"))
            if graded[0]["grade"] != 100:
                raise RuntimeError(f"not graded: {graded}")

        return sit


def _options(question: int) -> Iterator[tuple[str, bool]]:
    return ((f"question-{question}-{choice}", choice == 0) for choice in range(CHOICES))


def _answer(response: httpx.Response) -> Any:
    if response.is_error:
        raise RuntimeError(f"{response.request.method} {response.request.url}: {response.status_code} {response.text}")
    return response.json()


if __name__ == "__main__":
    main()
