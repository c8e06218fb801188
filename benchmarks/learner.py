"""The requests that `warm.py` measures: a student in a course with the largest outline of the real curriculum."""

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

import boto3

from tests.auth.conftest import Auth, Kong
from tests.clients import Answer, Client
from tests.conftest import Clock
from tests.content.conftest import CURRICULUM, Content
from tests.exam.conftest import SINGLE, ExamService
from tests.people import _PEM, sign_in
from tests.program.conftest import Program
from tests.student.conftest import School
from tests.world import World

LOGIN = "login"
QUESTIONS = 10


class Learner:
    """`requests` can be sent again and again; each time, another lesson is done."""

    def __init__(self) -> None:
        clock, self._hello = Clock(), _hello()
        self._auth, self._token = signed_in(clock)
        self._program, self._content, self._exam = Program(clock), Content(clock), ExamService(clock)
        self._cards, self._progress = School(clock), _Progress(clock)
        self._student = sign_in("student")
        self._course = UUID(self._program.new_course())
        self._program.enroll(str(self._course), self._student)
        self._content.course = self._exam.course = self._cards.course = self._course
        self._content.assign(self._content.teacher, self._course)
        self._exam.assign(self._exam.teacher, self._course)
        self._content.put_outline(CURRICULUM["courses"][0]["modules"])
        self._modules = self._content.modules()
        self._lessons = iter(
            [lesson["id"] for module in self._modules for lesson in self._content.lessons(module["id"])]
        )
        exam = self._exam.publish(*[SINGLE] * QUESTIONS)
        self._attempt = self._exam.started(exam["id"], self._student)
        self._answers = {question["id"]: "a" for question in self._exam.questions(exam["id"])}
        about = {"student_id": self._student.id}
        self._cards.consume(self._cards.progress(60, **about), self._cards.result("83", **about))

    @property
    def clients(self) -> list[Client]:
        """The doors that the requests go through."""
        worlds = (self._auth, self._program, self._content, self._exam, self._cards, self._progress)
        return [self._hello, *(world.http for world in worlds)]

    @property
    def requests(self) -> dict[str, Callable[[], Answer]]:
        """By the names that the page gives them."""
        course, attempt = self._course, f"/attempts/{self._attempt['id']}"
        progress = f"/progress/{self._student.id}/{course}/lessons"
        return {
            "hello world": lambda: self._hello.get("/hello"),
            "own profile": lambda: self._auth.http.get("/auth/profile", token=self._token),
            "program list": lambda: self._get(self._program, "/programs/list"),
            "course details with contents": lambda: self._get(self._program, f"/courses/{course}/details"),
            "modules": lambda: self._get(self._content, f"/courses/{course}/modules"),
            "lessons": lambda: self._get(self._content, f"/modules/{self._modules[0]['id']}/lessons"),
            "lesson done": lambda: self._put(self._progress, f"{progress}/{next(self._lessons)}"),
            "save answers": lambda: self._put(self._exam, f"{attempt}/answers", self._answers),
            "show attempt": lambda: self._get(self._exam, attempt),
            "report cards": lambda: self._get(self._cards, "/student/reportCards"),
            "course history": lambda: self._get(self._cards, "/student/courseHistory"),
            LOGIN: self._auth.login,
        }

    def _get(self, world: World, path: str) -> Answer:
        return world.http.get(path, token=self._student.token)

    def _put(self, world: World, path: str, body: Any = None) -> Answer:
        return world.http.put(path, body, token=self._student.token)


class _Progress(World):
    service = "progress"


def _hello() -> Client:
    from lms.http import LambdaHandler, create_app
    from lms.security import Public

    app = create_app("hello")

    @app.get("/hello", dependencies=[Public])
    def hello() -> dict[str, str]:
        return {"hello": "world"}

    return Client(LambdaHandler(app), documented=False)


def signed_in(clock: Clock) -> tuple[Auth, str]:
    """Auth with a gateway in memory, and somebody who has registered there: an access token."""
    from auth import kong

    gateway = Kong()
    kong._call = gateway.call
    # The key that signs for everybody else here.
    secret = {"current": "key-1", "keys": {"key-1": _PEM}}
    boto3.client("secretsmanager").create_secret(Name="lms/signing-keys", SecretString=json.dumps(secret))
    auth = Auth(clock, gateway)
    auth.register()
    auth.process_events()
    answer = auth.login()
    if answer.status != 200:
        raise RuntimeError(f"nobody can sign in: {answer}")
    return auth, answer.json["access_token"]
