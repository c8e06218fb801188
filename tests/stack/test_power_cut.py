"""Power cuts under load: everything is killed at once, and nothing that was answered is lost or done twice.

    make power-cuts CUTS=20

has many of them; the tests of every day have few.
"""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from localstack.process import PidFile
from operations.source import ROOT
from tests.stack.clients import NO_TLS, Person, eventually
from tests.stack.conftest import StackUnderTest
from tests.stack.taught import Course
from tests.stack.test_learning import QUESTION

pytestmark = pytest.mark.stack

CUTS = int(os.environ.get("POWER_CUTS", "2"))
CLIENTS = 4
# What a later start logs, in the order of its log; and for how long something goes on behind each line, in seconds.
LINES = {"[": 0.3, "emulator serves": 0.5, "building and deploying": 1.0, "deployed": 1.0, "gateway serves": 2.0}
# A message that had not reached its queue when the power went comes with the next minute's tick; who had a mail in hand
# holds it for 90 seconds.
PATIENCE_SECONDS = 400


class Session:
    """The supervisor of one stack, and all that it starts; nothing else is ever signalled."""

    def __init__(self, stack: StackUnderTest) -> None:
        self._stack = stack
        self._log = stack.settings.logs / "power-cuts.log"
        self._log.parent.mkdir(parents=True, exist_ok=True)
        with self._log.open("ab") as out:
            self._begin = out.tell()
            self._process = subprocess.Popen(
                [sys.executable, "-m", "localstack", "run"],
                cwd=ROOT,
                env=stack.environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.pid = self._process.pid

    @property
    def output(self) -> str:
        return self._log.read_bytes()[self._begin :].decode()

    def until(self, words: str, seconds: float = 240) -> None:
        def is_logged() -> bool | None:
            assert self._process.poll() is None or words in self.output, self.output
            return True if words in self.output else None

        eventually(is_logged, seconds)

    def ask_to_stop(self) -> None:
        self._process.terminate()

    def cut(self) -> None:
        """SIGKILL to every process of every group; they are stopped first, so that none outlives another."""
        groups = self._groups()
        for number in (signal.SIGSTOP, signal.SIGKILL):
            for group in groups:
                _signal(group, number)
            groups |= self._groups()
        for group in groups:
            _signal(group, signal.SIGKILL)
        self._process.wait()
        files = [PidFile(file) for file in self._stack.settings.run.glob("*.pid")]
        eventually(lambda: None if any(file.pid() for file in files) else True)

    def _groups(self) -> set[int]:
        """Of the supervisor and its descendants: each part leads a group of its own."""
        parents: dict[int, list[tuple[int, int]]] = {}
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = stat.read_text().rpartition(")")[2].split()
            except OSError:
                continue
            parents.setdefault(int(fields[1]), []).append((int(stat.parent.name), int(fields[2])))
        found, look = {self.pid}, [self.pid]
        while look:
            for pid, group in parents.get(look.pop(), ()):
                found.add(group)
                look.append(pid)
        # A group of this test's own process would be a mistake of this test.
        assert os.getpgrp() not in found
        return found


def _signal(group: int, number: int) -> None:
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return


class Exam(Course):
    """An open exam of one question."""

    def __init__(self, stack: StackUnderTest) -> None:
        super().__init__(stack, "Cut off")
        now = datetime.now(UTC)
        times = {"examDate": now - timedelta(minutes=1), "closesAt": now + timedelta(hours=6)}
        terms = {"courseId": self.id, "title": "Final", "duration": 300, "release": "onSubmit"}
        body = {**terms, **{name: moment.isoformat() for name, moment in times.items()}}
        self.exam_id = self.done(self.teacher, "POST", "/exams", body)["id"]
        self.question_id = self.done(self.teacher, "POST", f"/exams/{self.exam_id}/questions", QUESTION)["id"]
        self.done(self.teacher, "PUT", f"/exams/{self.exam_id}", {"published": True})


class Student(Person):
    """Somebody who registers, enrols and sits the exam, step by step; `answered` has what was answered."""

    def __init__(self, stack: StackUnderTest, exam: Exam, name: str) -> None:
        super().__init__(stack, name)
        self._exam = exam
        self.answered: set[str] = set()
        self.id = self._attempt = ""

    def study(self) -> None:
        course, exam = self._exam.id, self._exam.exam_id
        assert self.register().status_code == 201
        self.answered.add("registered")
        self.id = self.login().done("GET", "/auth/profile")["id"]
        self.answered.add("signed in")
        self.done("POST", f"/courses/{course}/enrollments", {})
        self.answered.add("enrolled")
        self._attempt = eventually(lambda: self._start(exam))
        self.answered.add("started")
        self.done("PUT", f"/attempts/{self._attempt}/answers", self._answers)
        self.answered.add("saved")
        self.done("POST", f"/attempts/{self._attempt}/submit")
        self.answered.add("submitted")

    @property
    def _answers(self) -> dict[str, str]:
        return {self._exam.question_id: "agent"}

    def _start(self, exam: str) -> str | None:
        """Once the exam has heard of the enrolment."""
        answer = self.call("POST", f"/exams/{exam}/attempts")
        assert answer.status_code in (201, 403, 404), answer.text
        return str(answer.json()["id"]) if answer.status_code == 201 else None

    def done(self, method: str, path: str, body: Any = None) -> Any:
        return Course.done(self, method, path, body)

    def connect_again(self) -> None:
        """A gateway that was killed has closed what was open."""
        self.http.close()
        self.http = httpx.Client(base_url=self.http.base_url, timeout=120, trust_env=False, verify=NO_TLS)

    def check(self) -> None:
        """Whatever was answered is there, and each event has its effect, once."""
        self.connect_again()
        if "signed in" in self.answered:
            assert self.done("GET", "/auth/profile")["id"] == self.id
        if "registered" in self.answered:
            self.login()
        if "enrolled" in self.answered:
            again = self.call("POST", f"/courses/{self._exam.id}/enrollments", json={})
            assert (again.status_code, again.json()["type"]) == (409, "urn:lms:problem:enrolled"), again.text
            assert self._messages("enrolled") == 1
        if "saved" in self.answered:
            assert self.done("GET", f"/attempts/{self._attempt}")["answers"] == self._answers
        if "submitted" in self.answered:
            [card] = eventually(self._cards)
            assert (card["metadata"]["results"], card["grade"]) == (1, "A")
            assert self._messages("result_released") == 1

    def _messages(self, kind: str) -> int:
        """How many the person's list has, once it has one."""

        def look() -> int | None:
            listed = self.done("GET", f"/notifications/{self.id}/list?limit=100")["items"]
            return sum(message["type"] == kind for message in listed) or None

        return eventually(look, PATIENCE_SECONDS)

    def _cards(self) -> Any:
        cards = self.done("GET", "/student/reportCards")["items"]
        return cards if cards and cards[0]["metadata"]["results"] else None

    @property
    def expected_mails(self) -> int:
        return len(self.answered & {"registered", "enrolled", "submitted"})


class School:
    """The students of one stack, over all its power cuts."""

    def __init__(self, stack: StackUnderTest) -> None:
        self._stack = stack
        self.exam = Exam(stack)
        self.students: list[Student] = []

    def busy(self, cut: threading.Event) -> None:
        """One client: student after student, until the power goes."""
        while True:
            student = Student(self._stack, self.exam, f"student-{len(self.students)}-{threading.get_ident() % 9973}")
            self.students.append(student)
            try:
                student.study()
            except Exception:
                # Only a cut excuses an answer that does not come, or is none.
                if cut.is_set():
                    return
                raise

    def check(self, students: list[Student]) -> None:
        with ThreadPoolExecutor(CLIENTS) as pool:
            list(pool.map(Student.check, students))

    def check_all(self) -> None:
        """Whoever came in an earlier round, too; the tokens of then may have run out."""
        registered = [student for student in self.students if "registered" in student.answered]
        for student in registered:
            student.connect_again()
            student.login()
        self.check(registered)

    def mails(self) -> Counter[tuple[str, str]]:
        """By address and subject."""
        with httpx.Client(
            base_url=self._stack.settings.mail_url, timeout=60, trust_env=False, verify=NO_TLS
        ) as catcher:
            caught = catcher.get("/api/v1/messages", params={"limit": 1000}).json()["messages"]
        return Counter((mail["To"][0]["Address"], mail["Subject"]) for mail in caught)

    def has_all_mails(self) -> bool | None:
        received = Counter(address for address, _ in self.mails())
        missing = [one.email for one in self.students if received[one.email] < one.expected_mails]
        return None if missing else True


@pytest.fixture
def own_stack(tmp_path: Path) -> Iterator[StackUnderTest]:
    stack = StackUnderTest(tmp_path / "stack")
    yield stack
    assert stack.command("down").returncode == 0


def test_nothing_that_was_answered_is_lost_in_a_power_cut_or_a_back_up_or_done_twice(
    own_stack: StackUnderTest, tmp_path: Path
) -> None:
    luck, file = random.Random(CUTS), tmp_path / "school.tar.gz"
    session = Session(own_stack)
    session.until("] ready")
    school = School(own_stack)
    for number in range(CUTS):
        before, cut = len(school.students), threading.Event()
        with ThreadPoolExecutor(CLIENTS) as pool:
            clients = [pool.submit(school.busy, cut) for _ in range(CLIENTS)]
            eventually(lambda: any("submitted" in one.answered for one in school.students[before:]) or None)  # noqa: B023
            if number == 0:
                backed_up = [(student, set(student.answered)) for student in school.students]
                assert own_stack.command("backup", str(file)).returncode == 0
            time.sleep(luck.uniform(0, 3))
            cut.set()
            if number % 4 == 3:
                session.ask_to_stop()
                time.sleep(luck.uniform(0, 3))
            session.cut()
            for client in clients:
                client.result()
        if number % 3 == 2:
            # The power comes back, and goes again.
            session = Session(own_stack)
            line, seconds = luck.choice(list(LINES.items()))
            session.until(line)
            time.sleep(luck.uniform(0, seconds))
            session.cut()
        session = Session(own_stack)
        session.until("] ready")
        students = school.students[before:]
        school.check(students)
        print(f"cut {number}: {Counter(step for student in students for step in student.answered)}", flush=True)
    school.check_all()
    if CUTS > 3:
        eventually(school.has_all_mails, PATIENCE_SECONDS)
    assert {mail: times for mail, times in school.mails().items() if times > 1} == {}
    assert own_stack.command("restore", str(file)).returncode == 1
    session.ask_to_stop()
    session.until("all data is on disk")
    assert own_stack.command("restore", str(file)).returncode == 0
    session = Session(own_stack)
    session.until("] ready")
    later = next(one for one in reversed(school.students) if "registered" in one.answered)
    later.connect_again()
    assert later.try_login().status_code == 401
    school.students = []
    for student, answered in backed_up:
        student.answered = answered
        school.students.append(student)
    school.check_all()
