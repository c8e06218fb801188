"""Exams in a real browser while everything fails at random moments: nothing that the page called saved is lost.

    make exams EXAMS=20

has many of them; the tests of every day have few. The faults: the line is down, the tab is killed, a token is refused
before its time, the computer's clock is hours wrong, the gateway is killed, a second device answers too.
"""

import json
import os
import random
import re
import signal
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from localstack.process import PidFile
from tests.stack.clients import Person, demo_person
from tests.stack.conftest import StackUnderTest
from tests.stack.taught import Course
from tests.stack.visit import Keyboard, Visit, barriers_of, words

pytestmark = pytest.mark.stack

EXAMS = int(os.environ.get("EXAMS", "2"))
ACTS = 30
_MINUTES_59 = re.compile(r"(59|60):\d\d|1:00:00")
_CHOICES = [{"id": name, "text": f"Answer {name}"} for name in "abcd"]
_PLANETS = [{"id": name, "text": name.capitalize()} for name in ("mars", "earth", "venus")]
_MATCHED = [{"id": "red", "text": "Red"}, {"id": "blue", "text": "Blue"}]
QUESTIONS: tuple[dict[str, Any], ...] = (
    {"questionText": "Which?", "kind": "single", "choices": _CHOICES, "correctAnswer": "a"},
    {"questionText": "Which ones?", "kind": "multiple", "choices": _CHOICES, "correctAnswer": ["a", "b"]},
    {"questionText": "Is it?", "kind": "truefalse", "correctAnswer": True},
    {"questionText": "How many?", "kind": "numeric", "correctAnswer": {"value": 4, "tolerance": 0}},
    {"questionText": "Why?", "kind": "text"},
    {"questionText": "کیوں؟", "kind": "text"},
    {"questionText": "Who?", "kind": "short", "correctAnswer": {"accepted": [{"text": "Ada"}]}},
    {
        "questionText": "Which is **which**?",
        "kind": "matching",
        "prompts": _MATCHED,
        "choices": _PLANETS,
        "correctAnswer": {"red": "mars", "blue": "earth"},
    },
    {"questionText": "Inwards?", "kind": "ordering", "choices": _PLANETS, "correctAnswer": ["mars", "earth", "venus"]},
)
_WRITTEN = ("numeric", "text", "short")
# What each question shows, and where it says that this answer is.
_SHOWN = """() => [...document.querySelectorAll(".question")].map((question) => {
  const state = question.querySelector(".answer-state").className.split("answer-").at(-1);
  const boxes = [...question.querySelectorAll(".choice input")];
  const picked = boxes.flatMap((box, at) => box.checked ? [at] : []);
  const typed = question.querySelector("textarea, .number-answer input, .short-answer");
  const matched = [...question.querySelectorAll("select")].map((list) => list.value && list.selectedOptions[0].text);
  // What is shown first is no answer yet.
  const entries = state === "none" ? [] : [...question.querySelectorAll(".ordered-content")];
  const ordered = entries.map((entry) => entry.textContent);
  const placed = matched.length ? matched : ordered;
  return { state, answer: typed ? typed.value : placed.length ? placed : picked };
})"""


class Exam:
    """A published exam with all kinds of questions, which the demo student may sit."""

    def __init__(self, stack: StackUnderTest, **terms: Any) -> None:
        self.course = Course(stack, "An exam with faults")
        self.student = demo_person(stack, "student")
        Course.done(self.student, "POST", f"/courses/{self.course.id}/enrollments")
        body = {
            "courseId": self.course.id,
            "title": "Exam with faults",
            "duration": 60,
            "examDate": datetime.now(UTC).isoformat(),
            **terms,
        }
        self.id: str = Course.done(self.course.teacher, "POST", "/exams", body)["id"]
        for question in QUESTIONS:
            Course.done(self.course.teacher, "POST", f"/exams/{self.id}/questions", question)
        Course.done(self.course.teacher, "PUT", f"/exams/{self.id}", {"published": True})

    def attempts(self) -> list[dict[str, Any]]:
        listed: list[dict[str, Any]] = Course.done(self.student, "GET", f"/exams/{self.id}/attempts")["items"]
        return listed

    def saved(self) -> list[Any]:
        """What the server has, question by question, as the page would show it."""
        attempt = Course.done(self.student, "GET", f"/attempts/{self.attempts()[0]['id']}")
        return [_as_shown(question, attempt["answers"].get(question["id"])) for question in attempt["questions"]]


def _as_shown(question: dict[str, Any], answer: Any) -> Any:
    if question["kind"] in _WRITTEN:
        return "" if answer is None else str(int(answer) if isinstance(answer, float) else answer)
    texts = {choice["id"]: choice["text"] for choice in question["choices"]}
    if question["kind"] == "matching":
        return [texts.get((answer or {}).get(prompt["id"]), "") for prompt in question["prompts"]]
    if question["kind"] == "ordering":
        return [texts[choice] for choice in answer or []]
    ids = [True, False] if question["kind"] == "truefalse" else [choice["id"] for choice in question["choices"]]
    given = answer if isinstance(answer, list) else [] if answer is None else [answer]
    return [ids.index(one) for one in given]


class Device:
    """A browser of the student's, with the exam open. Its clock may be wrong."""

    def __init__(self, browser: Browser, stack: StackUnderTest, exam: Exam, hours_wrong: float = 0) -> None:
        self._stack, self._exam = stack, exam
        self.context: BrowserContext = browser.new_context(base_url=stack.settings.gateway_url)
        self.context.add_init_script(
            f"const real = Date.now; Date.now = () => real() + {hours_wrong * 3_600_000};"
            "Date = new Proxy(Date, { construct: (of, given) => new of(...(given.length ? given : [Date.now()])) });"
        )
        self.faults: list[str] = []
        self.page = self.tab()
        self.page.goto("/app/sign-in")
        self._sign_in()
        self.page.wait_for_url("**/app")
        self.page.goto(f"/app/exams/{exam.id}/sit")

    def tab(self) -> Page:
        page = self.context.new_page()
        page.set_default_timeout(60_000)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        return page

    def begin(self) -> None:
        self.page.get_by_role("button", name="Begin the exam").click()
        self.page.wait_for_selector(".question")

    def reopen(self) -> None:
        """The tab is killed, and the exam opened in another."""
        self.page.close()
        self.page = self.tab()
        self.page.goto(f"/app/exams/{self._exam.id}/sit")
        self.ready()

    def ready(self) -> None:
        """The exam is there. A refresh whose answer got lost ends the sign-in; then one signs in again and goes on."""
        self.page.wait_for_selector(".question, .form")
        if self.page.locator(".question").count() == 0:
            self._sign_in()
            self.page.wait_for_selector(".question")

    def _sign_in(self) -> None:
        self.page.get_by_role("button", name="Student").click()

    def answer(self, at: int, value: Any) -> None:
        self.ready()
        question = self.page.locator(".question").nth(at)
        kind = QUESTIONS[at]["kind"]
        if kind in _WRITTEN:
            question.locator("textarea, input").fill(value)
        elif kind == "matching":
            for index, choice in enumerate(value):
                question.locator("select").nth(index).select_option(label=choice)
        elif kind == "ordering":
            self._order(question, value)
        elif kind == "multiple":
            for index in range(4):
                question.locator(".choice input").nth(index).set_checked(index in value)
        else:
            question.locator(".choice input").nth(value[0]).check()
        # Kept, or sent already: whatever happens from here on, it is not lost.
        expect(question.locator(".answer-kept, .answer-saved, .answer-conflict").first).to_be_visible()

    @staticmethod
    def _order(question: Locator, value: list[str]) -> None:
        entries = question.locator(".ordered-content")
        for index, name in enumerate(value):
            while (now := entries.all_text_contents().index(name)) > index:
                question.get_by_role("button", name=f"Move up: {name}").click()
                expect(entries.nth(now - 1)).to_have_text(name)
        if (keep := question.get_by_role("button", name="This order is my answer")).is_visible():
            keep.click()

    def choose(self, at: int, *, own: bool) -> None:
        """Of two devices' answers."""
        question = self.page.locator(".question").nth(at)
        question.get_by_role("button", name="Use mine" if own else "Keep the other answer").click()

    def shown(self) -> list[dict[str, Any]]:
        self.ready()
        found: list[dict[str, Any]] = self.page.evaluate(_SHOWN)
        return found

    def refuse_one_token(self) -> None:
        """The next call of the API is refused, as with a token that was ended."""
        body = json.dumps({"message": "Unauthorized"})
        self.context.route(
            "**/attempts/**",
            lambda route: route.fulfill(status=401, content_type="application/json", body=body),
            times=1,
        )

    def wait_until_saved(self) -> None:
        expect(self.page.locator(".exam-saved")).to_have_text("All answers saved.", timeout=90_000)


class Run:
    """One exam with faults. `expected` is what the student answered last, on whatever device."""

    def __init__(self, browser: Browser, stack: StackUnderTest, exam: Exam, seed: int) -> None:
        self.random = random.Random(seed)
        self._browser, self._stack, self._exam = browser, stack, exam
        self.device = Device(browser, stack, exam, hours_wrong=self.random.choice([-7.5, 0, 3, 48]))
        self.expected: list[Any] = [_as_shown(question, None) for question in map(_with_choices, QUESTIONS)]
        self.is_offline = False
        self.answered_elsewhere: set[int] = set()

    def go(self) -> None:
        self.device.begin()
        acts: list[Callable[[], None]] = [self.line, self.kill_tab, self.device.refuse_one_token, self.second_device]
        gateway_dies_at = self.random.randrange(ACTS)
        for step in range(ACTS):
            if step == gateway_dies_at:
                self.kill_gateway()
            self.answer() if self.random.random() < 0.7 else self.random.choice(acts)()
            self.device.page.wait_for_timeout(self.random.choice([0, 50, 400, 1500]))
            if not self.is_offline:
                self.check_promises()
        self.set_offline(False)
        self.device.ready()
        self.wait_until_complete()
        assert [one["answer"] for one in self.device.shown()] == self.expected
        assert self._exam.saved() == self.expected
        self.submit()

    def wait_until_complete(self) -> None:
        """Until everything is saved and has come back: of answers that both devices gave, the later one is chosen."""
        saved = self.device.page.locator(".exam-saved").get_by_text("All answers saved.")
        for _ in range(100):
            shown = self.device.shown()
            for at, one in enumerate(shown):
                if one["state"] == "conflict":
                    self.device.choose(at, own=at not in self.answered_elsewhere)
            if saved.is_visible() and [one["answer"] for one in shown] == self.expected:
                break
            self.device.page.wait_for_timeout(500)
        self.device.wait_until_saved()

    def answer(self) -> None:
        at = self.random.randrange(len(QUESTIONS))
        value = self.value(at)
        self.device.answer(at, value)
        self.expected[at] = value
        self.answered_elsewhere.discard(at)

    def value(self, at: int) -> Any:
        match QUESTIONS[at]["kind"]:
            case "single":
                return [self.random.randrange(4)]
            case "multiple":
                return sorted(self.random.sample(range(4), self.random.randint(1, 3)))
            case "truefalse":
                return [self.random.randrange(2)]
            case "numeric":
                return str(self.random.randrange(1000))
            case "matching":
                return [self.random.choice(_PLANETS)["text"] for _ in _MATCHED]
            case "ordering":
                return [planet["text"] for planet in self.random.sample(_PLANETS, len(_PLANETS))]
            case _:
                return f"Because of {self.random.randrange(10**6)}."

    def line(self) -> None:
        self.set_offline(not self.is_offline)

    def set_offline(self, offline: bool) -> None:
        self.is_offline = offline
        self.device.context.set_offline(offline)

    def kill_tab(self) -> None:
        self.device.reopen()

    def kill_gateway(self) -> None:
        """Its process; the supervisor starts another."""
        pid = PidFile(self._stack.settings.run / "gateway.pid").pid()
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        with httpx.Client(base_url=self._stack.settings.gateway_url, trust_env=False) as client:
            for _ in range(600):
                try:
                    if client.get("/health").status_code == 200:
                        return
                except httpx.TransportError:
                    self.device.page.wait_for_timeout(100)

    def second_device(self) -> None:
        """Answers a question that does not wait on the first, and is put away."""
        other = Device(self._browser, self._stack, self._exam)
        other.page.wait_for_selector(".question")
        at_rest = [at for at, one in enumerate(self.device.shown()) if one["state"] in ("none", "saved")]
        if at_rest:
            at = self.random.choice(at_rest)
            value = self.value(at)
            other.answer(at, value)
            other.wait_until_saved()
            self.expected[at] = value
            self.answered_elsewhere.add(at)
        assert other.faults == []
        other.context.close()

    def check_promises(self) -> None:
        """Whatever the page calls saved, before and after the server is asked, the server has."""
        before, saved, after = self.device.shown(), self._exam.saved(), self.device.shown()
        for at, (first, there, second) in enumerate(zip(before, saved, after, strict=True)):
            if first["state"] == "saved" and first == second:
                # Unless the other device's answer has not arrived here yet.
                assert there in (first["answer"], self.expected[at])

    def submit(self) -> None:
        page = self.device.page
        page.get_by_role("button", name="Submit").first.click()
        page.get_by_role("dialog").get_by_role("button", name="Submit").click()
        expect(page.get_by_text("Submitted at")).to_be_visible()
        assert self.device.faults == []
        [attempt] = self._exam.attempts()
        assert attempt["status"] == "submitted"
        assert self._exam.saved() == self.expected


def _with_choices(question: dict[str, Any]) -> dict[str, Any]:
    return {"choices": [], **question}


@pytest.fixture
def exam(school: StackUnderTest) -> Exam:
    return Exam(school)


@pytest.mark.parametrize("seed", range(EXAMS))
def test_no_answer_is_lost_whatever_fails(seed: int, browser: Browser, school: StackUnderTest, exam: Exam) -> None:
    run = Run(browser, school, exam, seed)
    try:
        run.go()
    finally:
        run.device.context.close()


@pytest.fixture
def device(browser: Browser, school: StackUnderTest, exam: Exam) -> Iterator[Device]:
    device = Device(browser, school, exam)
    device.begin()
    yield device
    device.context.close()
    assert device.faults == []


def _student_id(exam: Exam) -> str:
    return str(exam.attempts()[0]["studentId"])


def _more_time(exam: Exam, teacher: Person, **terms: Any) -> None:
    Course.done(teacher, "PUT", f"/exams/{exam.id}/accommodations/{_student_id(exam)}", terms)


def test_extra_time_is_shown_within_ten_seconds(device: Device, exam: Exam) -> None:
    expect(device.page.get_by_role("timer")).to_have_text(_MINUTES_59)
    _more_time(exam, exam.course.teacher, extraMinutes=30)
    expect(device.page.get_by_text("You have more time")).to_be_visible(timeout=10_000)


def test_submitting_says_how_many_questions_have_no_answer(device: Device) -> None:
    device.answer(0, [1])
    device.page.get_by_role("button", name="Submit").first.click()
    expect(device.page.get_by_role("dialog").get_by_text("8 questions have no answer.")).to_be_visible()


def test_a_question_that_is_marked_for_review_is_found_again(device: Device) -> None:
    page, keys = device.page, Keyboard(device.page)
    device.answer(0, [1])
    for at in (0, 3):
        keys.press(page.locator(".question").nth(at).get_by_role("button", name="Mark for review"), "Space")
    device.reopen()
    page, keys = device.page, Keyboard(device.page)
    expect(page.locator(".question").nth(3).get_by_role("button", name="Mark for review", pressed=True)).to_be_visible()
    expect(page.get_by_role("link", name="Question 1, answered, marked for review")).to_be_visible()
    keys.press(page.get_by_role("button", name="Submit").first)
    asked = page.get_by_role("dialog")
    expect(asked.get_by_text("2 questions marked for review")).to_be_visible()
    keys.press(asked.get_by_role("link", name="Question 4").last)
    expect(asked).not_to_be_visible()
    expect(page.locator("#question-4")).to_be_focused()
    keys.press(page.locator("#question-4").get_by_role("button", name="Mark for review"))
    expect(page.get_by_role("link", name="Question 4, not answered", exact=True)).to_be_visible()


def test_a_running_exam_and_what_it_asks_are_for_everybody(device: Device) -> None:
    for language, name in (("en", "Submit"), ("ur", words("ur")["sit.submit"])):
        device.page.evaluate("language => localStorage.setItem('lms.language', language)", language)
        device.page.reload()
        device.page.wait_for_selector(f"html[lang={language}] .question")
        device.page.locator(".question [aria-pressed]").first.click()
        assert barriers_of(device.page) == []
        device.page.get_by_role("button", name=name).first.click()
        device.page.get_by_role("dialog").wait_for()
        assert barriers_of(device.page) == []


def test_of_two_answers_to_one_question_the_student_chooses(
    device: Device, browser: Browser, school: StackUnderTest, exam: Exam
) -> None:
    device.wait_until_saved()
    device.context.set_offline(True)
    device.answer(4, "What I wrote here.")
    other = Device(browser, school, exam)
    other.page.wait_for_selector(".question")
    other.answer(4, "What I wrote there.")
    other.wait_until_saved()
    device.context.set_offline(False)
    expect(device.page.get_by_role("alert").get_by_text("What I wrote here.")).to_be_visible()
    assert exam.saved()[4] == "What I wrote there."
    device.page.get_by_role("button", name="Use mine").click()
    device.wait_until_saved()
    assert exam.saved()[4] == "What I wrote here."
    other.context.close()


def test_answers_that_came_too_late_are_sent_when_the_teacher_reopens_the_exam(
    browser: Browser, school: StackUnderTest
) -> None:
    # Its results are not out with the end of this attempt.
    exam = Exam(school, duration=1, closesAt=(datetime.now(UTC) + timedelta(days=1)).isoformat())
    device = Device(browser, school, exam)
    device.begin()
    device.answer(0, [1])
    device.wait_until_saved()
    device.context.set_offline(True)
    device.answer(4, "Because of the line.")
    expect(device.page.get_by_text("Your time is over")).to_be_visible(timeout=90_000)

    # The tab is killed; another one says what this device keeps.
    device.page.close()
    device.context.set_offline(False)
    device.page = device.tab()
    device.page.goto("/app/exams")
    device.page.get_by_role("link", name="See them").click()
    expect(device.page.get_by_text("1 answer was kept on this device")).to_be_visible()
    expect(device.page.get_by_role("status").get_by_text("Because of the line.")).to_be_visible()
    expect(device.page.get_by_text("Tell your teacher")).to_be_visible()
    assert exam.saved()[4] == ""
    assert barriers_of(device.page) == []

    teacher = Visit(browser, school)
    teacher.sign_in("teacher")
    teacher.page.goto(f"/app/teach/exams/{exam.id}/attempts")
    teacher.page.get_by_role("button", name="Reopen").click()
    assert teacher.barriers() == []
    teacher.page.get_by_label("Reason").fill("The line was down.")
    teacher.page.get_by_role("dialog").get_by_role("button", name="Reopen").click()
    expect(teacher.page.get_by_role("row").get_by_text("Working")).to_be_visible()
    teacher.context.close()

    device.wait_until_saved()
    assert (exam.saved()[0], exam.saved()[4]) == ([1], "Because of the line.")
    device.context.close()
    assert (device.faults, teacher.complaints) == ([], [])
