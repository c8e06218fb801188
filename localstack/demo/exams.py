"""The exams of the demo teacher's course: over with results, to be marked, open, to come, and on paper."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from localstack.demo.api import Api

_OK, _CREATED, _CONFLICT = frozenset({200}), frozenset({201}), frozenset({409})


@dataclass(frozen=True)
class Question:
    """A question with an answer that earns all its points, and one that earns none."""

    body: dict[str, Any]
    right: Any
    wrong: Any


@dataclass(frozen=True)
class Exam:
    """`answers` is a row for each student who sits it, from the demo student on: 1 right, 0 wrong, - nothing.

    A row that ends in `?` is still being written. `marks` are those of the text question, for the first who sat it.
    """

    title: str
    opens_in: timedelta
    closes_in: timedelta
    questions: tuple[Question, ...] = ()
    settings: dict[str, Any] = field(default_factory=dict)
    answers: tuple[str, ...] = ()
    marks: tuple[int, ...] = ()
    paper_scores: tuple[int, ...] = ()
    released: bool = False


def _choice(text: str, *choices: str, right: int, explanation: str = "") -> Question:
    """A question with one right choice; the wrong answer is the next one."""
    ids = "abcd"
    listed = [{"id": ids[index], "text": choice} for index, choice in enumerate(choices)]
    body = {"kind": "single", "questionText": text, "choices": listed, "correctAnswer": ids[right]}
    return Question({**body, "explanation": explanation}, ids[right], ids[(right + 1) % len(choices)])


def _truth(text: str, *, right: bool) -> Question:
    return Question({"kind": "truefalse", "questionText": text, "correctAnswer": right}, right, not right)


_TOOLS = (
    _choice(
        "What does an agent do with the result of a tool?",
        "It shows it to the user as it is",
        "It reads it and decides what to do next",
        "It stores it and stops",
        right=1,
        explanation="The loop goes on until the model answers without calling a tool.",
    ),
    Question(
        {
            "kind": "multiple",
            "questionText": "Which of these belong into a tool's description?",
            "choices": [
                {"id": "a", "text": "What it does"},
                {"id": "b", "text": "Which arguments it takes"},
                {"id": "c", "text": "The name of its programmer"},
            ],
            "correctAnswer": ["a", "b"],
            "points": 2,
        },
        ["a", "b"],
        ["c"],
    ),
    _truth("A handoff passes the conversation on to another agent.", right=True),
    Question(
        {
            "kind": "numeric",
            "questionText": "An agent may take at most 10 turns. It has taken 7. How many are left?",
            "correctAnswer": {"value": 3, "tolerance": 0},
        },
        3,
        7,
    ),
    _choice(
        "ٹوکن کیا ہے؟",
        "لفظ یا اس کا ایک حصہ",
        "ایک خفیہ لفظ",
        "ایک ایجنٹ کا نام",
        right=0,
        explanation="A token is a word or a part of one.",
    ),
)
_MEMORY = (
    _truth("An agent remembers earlier conversations without being given them.", right=False),
    _choice("Where does the state of a conversation belong?", "In the model", "In a session store", right=1),
    Question(
        {
            "kind": "text",
            "questionText": "Describe an agent that you would build for your own school, and how it would fail.",
            "points": 5,
        },
        "It answers questions about the timetable. It fails when a lesson moves and nobody says so.",
        "I do not know yet.",
    ),
)
_PATTERNS = (
    _choice("Which pattern lets one agent check another one's work?", "Evaluator", "Router", "Chain", right=0),
    _truth("Guardrails run before and after an agent.", right=True),
    _choice("What is a router for?", "To retry", "To choose the agent that answers", "To count tokens", right=1),
    Question(
        {"kind": "text", "questionText": "Name a task for which you would not use an agent, and why.", "points": 3},
        "Adding two numbers: a line of code is faster and always right.",
        "None.",
    ),
)

EXAMS = (
    Exam(
        "Quiz 1: Tools and handoffs",
        opens_in=-timedelta(days=3),
        closes_in=timedelta(hours=6),
        questions=_TOOLS,
        settings={"duration": 30, "release": "manual", "weight": 1},
        answers=("11011", "11111", "11110", "01000", "11101", "10010"),
        released=True,
    ),
    Exam(
        "Essay: Memory and state",
        opens_in=-timedelta(days=1),
        closes_in=timedelta(days=2),
        questions=_MEMORY,
        settings={"duration": 60, "release": "manual", "weight": 2},
        answers=("111", "101", "010", "111"),
        marks=(4,),
    ),
    Exam(
        "Quiz 2: Design patterns",
        opens_in=-timedelta(minutes=10),
        closes_in=timedelta(days=14),
        questions=_PATTERNS,
        settings={
            "duration": 90,
            "instructions": "You may use your notes. Answer in English or Urdu.\n\n- Four questions\n- One attempt",
        },
        answers=("", "1111", "1-0?", "1011"),
    ),
    Exam(
        "Final exam",
        opens_in=timedelta(days=10),
        closes_in=timedelta(days=11),
        questions=_TOOLS[:2],
        settings={"duration": 120, "weight": 4},
    ),
    Exam(
        "Midterm on paper",
        opens_in=-timedelta(days=10),
        closes_in=-timedelta(days=9),
        settings={"duration": 90, "paper": True, "weight": 3},
        paper_scores=(78, 92, 85, 64, 41, 97, 58, 73),
    ),
)
MOST_STUDENTS = max(len(exam.answers) for exam in EXAMS)


def publish(api: Api, teacher: str, exam: Exam, course: str, now: datetime) -> str:
    """Creates an exam with its questions and publishes it; its id."""
    body = {
        "courseId": course,
        "title": exam.title,
        "examDate": (now + exam.opens_in).isoformat(),
        "closesAt": (now + exam.closes_in).isoformat(),
        **exam.settings,
    }
    exam_id = str(api.call("POST", "/exams", body, token=teacher, good=_CREATED).json()["id"])
    for question in exam.questions:
        api.call("POST", f"/exams/{exam_id}/questions", question.body, token=teacher, good=_CREATED)
    api.call("PUT", f"/exams/{exam_id}", {"published": True}, token=teacher, good=_OK)
    return exam_id


def sit(api: Api, tokens: dict[str, str], exam: Exam, exam_id: str) -> None:
    """Has students answer as the exam says."""
    for token, row in zip(tokens.values(), exam.answers, strict=False):
        if row:
            _answer(api, token, exam, exam_id, row)


def _answer(api: Api, token: str, exam: Exam, exam_id: str, row: str) -> None:
    started = api.call("POST", f"/exams/{exam_id}/attempts", token=token, good=_CREATED | _OK | _CONFLICT)
    if started.status_code == 409:
        return  # submitted already
    attempt = started.json()
    ids = {question["questionText"]: question["id"] for question in attempt["questions"]}
    answers = {
        ids[question.body["questionText"]]: question.right if sign == "1" else question.wrong
        for question, sign in zip(exam.questions, row, strict=False)
        if sign in "01"
    }
    api.call("PUT", f"/attempts/{attempt['id']}/answers", answers, token=token, good=_OK)
    if not row.endswith("?"):
        api.call("POST", f"/attempts/{attempt['id']}/submit", token=token, good=_OK)


def mark(api: Api, teacher: str, exam: Exam, exam_id: str) -> None:
    """Marks the text question of the first attempts that wait."""
    if not exam.marks:
        return
    path = f"/exams/{exam_id}"
    questions = api.call("GET", f"{path}/questions", token=teacher, good=_OK).json()["items"]
    [text] = [question["id"] for question in questions if question["kind"] == "text"]
    waiting = api.call("GET", f"{path}/attempts?status=pending", token=teacher, good=_OK).json()["items"]
    left = exam.marks[len(exam.answers) - len(waiting) :]
    for attempt, points in zip(waiting, left, strict=False):
        api.call("PUT", f"/attempts/{attempt['id']}/marks", {"marks": {text: points}}, token=teacher, good=_OK)


def record(api: Api, teacher: str, exam: Exam, exam_id: str, students: list[str]) -> None:
    """Records the scores of an exam on paper."""
    if not exam.paper_scores:
        return
    recorded = api.call("GET", f"/exams/{exam_id}/results", token=teacher, good=_OK).json()["items"]
    done = {result["studentId"] for result in recorded}
    for student, score in zip(students, exam.paper_scores, strict=False):
        if student not in done:
            body = {"examId": exam_id, "studentId": student, "score": score}
            api.call("POST", "/results", body, token=teacher, good=_CREATED)
