"""Exam on moto: a course with its teacher and students, and short ways to exams, attempts and results."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.at_once import meanwhile, whole_calls
from tests.clients import Answer, Context
from tests.conftest import Calls, Clock
from tests.people import Person, sign_in
from tests.world import World

__all__ = ["Calls", "meanwhile", "whole_calls"]  # The tick works in threads.

SINGLE = {
    "questionText": "Which of them plans?",
    "kind": "single",
    "choices": [{"id": "a", "text": "The agent"}, {"id": "b", "text": "The tool"}],
    "correctAnswer": "a",
    "points": 2,
    "explanation": "Tools only act.",
}
MULTIPLE = {
    "questionText": "Which are protocols?",
    "kind": "multiple",
    "choices": [{"id": name, "text": name.upper()} for name in ("mcp", "a2a", "gpu", "http")],
    "correctAnswer": ["mcp", "a2a", "http"],
    "points": 3,
    "explanation": "A GPU is hardware.",
}
TRUEFALSE = {
    "questionText": "Tokens expire.",
    "kind": "truefalse",
    "correctAnswer": True,
    "explanation": "A claim tells when.",
}
NUMERIC = {
    "questionText": "How much is 0.1 + 0.2?",
    "kind": "numeric",
    "correctAnswer": {"value": 0.3, "tolerance": 0.01},
    "points": 1.5,
    "explanation": "Binary fractions are rough.",
}
TEXT = {"questionText": "Why?", "kind": "text", "points": 4, "explanation": "It is a matter of style."}
SHORT = {
    "questionText": "Who wrote *Notes on the Analytical Engine*?",
    "kind": "short",
    "correctAnswer": {
        "accepted": [{"text": "Ada * Lovelace", "credit": 100}, {"text": "*Lovelace", "credit": 50}],
        "caseSensitive": False,
    },
    "points": 2,
    "explanation": "She was a countess.",
}
MATCHING = {
    "questionText": "Which unit belongs to what?",
    "kind": "matching",
    "prompts": [{"id": "1", "text": "Force"}, {"id": "2", "text": "Power"}],
    "choices": [{"id": name, "text": text} for name, text in (("1", "Newton"), ("2", "Watt"), ("3", "Volt"))],
    "correctAnswer": {"1": "1", "2": "2"},
    "points": 2,
    "explanation": "Volt is one of tension.",
}
ORDERING = {
    "questionText": "From the smallest to the largest?",
    "kind": "ordering",
    "choices": [{"id": str(index), "text": text} for index, text in enumerate(("Bit", "Byte", "Page", "Disk"), 1)],
    "correctAnswer": ["1", "2", "3", "4"],
    "points": 4,
    "explanation": "A page has 4 096 bytes.",
}
ALL_KINDS = [SINGLE, MULTIPLE, TRUEFALSE, NUMERIC, TEXT, SHORT, MATCHING, ORDERING]

OWN_LISTS = ("/student/exams", "/instructors/{instructorId}/marking")
"""What callers ask about themselves, so that no exam and no course is in the path."""


@pytest.fixture
def exam(aws: None, whole_calls: None, clock: Clock) -> "ExamService":
    return ExamService(clock)


class ExamService(World):
    """The exam service, a course, its teacher, two students, and an administrator."""

    service = "exam"

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.other = sign_in("student")
        self.course = self.add_course()
        self.assign(self.teacher, self.course)
        self.enroll(self.student)
        self.enroll(self.other)

    def enroll(self, student: Person, status: Any = "active") -> Person:
        self.add_student(student, self.course, status)
        return student

    def new_student(self) -> Person:
        return self.enroll(sign_in("student"))

    def at(self, **delta: float) -> str:
        """A time from now on, as clients write it."""
        return (self.clock() + timedelta(**delta)).isoformat()

    def draft(self, **fields: Any) -> Any:
        """An exam of an hour that opens now, not published."""
        body = {"courseId": str(self.course), "title": "Final", "duration": 60, "examDate": self.at(), **fields}
        answer = self.http.post("/exams", body, token=self.teacher.token)
        assert answer.status == 201, answer
        return answer.json

    def add(self, exam_id: str, question: Any) -> Any:
        answer = self.http.post(f"/exams/{exam_id}/questions", question, token=self.teacher.token)
        assert answer.status == 201, answer
        return answer.json

    def change(self, exam_id: str, **fields: Any) -> Answer:
        return self.http.put(f"/exams/{exam_id}", fields, token=self.teacher.token)

    def publish(self, *questions: Any, **fields: Any) -> Any:
        """A published exam with questions (one single choice unless others are given)."""
        exam = self.draft(**fields)
        for question in questions or (SINGLE,):
            self.add(exam["id"], question)
        answer = self.change(exam["id"], published=True)
        assert answer.status == 200, answer
        return answer.json

    def paper(self, **fields: Any) -> Any:
        return self.draft(paper=True, published=True, **fields)

    def questions(self, exam_id: str, as_: Person | None = None) -> Any:
        answer = self.http.get(f"/exams/{exam_id}/questions", token=(as_ or self.teacher).token, query={"limit": "100"})
        assert answer.status == 200, answer
        return answer.json["items"]

    def start(self, exam_id: str, student: Person | None = None, **kwargs: Any) -> Answer:
        return self.http.post(f"/exams/{exam_id}/attempts", token=(student or self.student).token, **kwargs)

    def started(self, exam_id: str, student: Person | None = None) -> Any:
        answer = self.start(exam_id, student)
        assert answer.status == 201, answer
        return answer.json

    def save(self, attempt: Any, answers: Any, student: Person | None = None, **kwargs: Any) -> Answer:
        path = f"/attempts/{attempt['id']}/answers"
        return self.http.put(path, answers, token=(student or self.student).token, **kwargs)

    def submit(self, attempt: Any, student: Person | None = None) -> Answer:
        return self.http.post(f"/attempts/{attempt['id']}/submit", token=(student or self.student).token)

    def sit(self, exam: Any, answers: Any = None, student: Person | None = None) -> Any:
        """A whole attempt: `answers` by the index of the question as it was set; None: the single choice's key."""
        attempt = self.started(exam["id"], student)
        ids = [question["id"] for question in self.questions(exam["id"])]
        given = {ids[index]: value for index, value in ({0: "a"} if answers is None else answers).items()}
        assert self.save(attempt, given, student).status == 200
        answer = self.submit(attempt, student)
        assert answer.status == 200, answer
        return answer.json

    def show(self, attempt: Any, as_: Person | None = None) -> Answer:
        return self.http.get(f"/attempts/{attempt['id']}", token=(as_ or self.student).token)

    def mark(self, attempt: Any, marks: Any, **fields: Any) -> Answer:
        path = f"/attempts/{attempt['id']}/marks"
        return self.http.put(path, {"marks": marks, **fields}, token=self.teacher.token)

    def result(self, exam_id: str, student: Person | None = None, as_: Person | None = None) -> Answer:
        """A student's result, as that student sees it unless somebody else looks."""
        student = student or self.student
        return self.http.get(f"/results/{exam_id}/{student.id}", token=(as_ or student).token)

    def score(self, exam_id: str, student: Person | None = None) -> tuple[str, float | None]:
        """Status and score, as the teacher sees them."""
        answer = self.result(exam_id, student, as_=self.teacher)
        assert answer.status == 200, answer
        return answer.json["status"], answer.json["score"]

    def record(self, exam_id: str, score: float, student: Person | None = None, **fields: Any) -> Answer:
        body = {"examId": exam_id, "studentId": str((student or self.student).id), "score": score, **fields}
        return self.http.post("/results", body, token=self.teacher.token)

    def grant(self, exam_id: str, student: Person | None = None, **fields: Any) -> Answer:
        path = f"/exams/{exam_id}/accommodations/{(student or self.student).id}"
        return self.http.put(path, fields, token=self.teacher.token)

    def regrade(self, exam_id: str, question_id: str, key: Any, reason: str = "The key was wrong") -> Answer:
        body = {"questionId": question_id, "correctAnswer": key, "reason": reason}
        return self.http.post(f"/exams/{exam_id}/regrade", body, token=self.teacher.token)

    def release(self, exam_id: str, **fields: Any) -> Answer:
        return self.http.post(f"/exams/{exam_id}/release", fields or None, token=self.teacher.token)

    def results(self, exam_id: str, **query: str) -> Any:
        answer = self.http.get(f"/exams/{exam_id}/results", token=self.teacher.token, query=query)
        assert answer.status == 200, answer
        return answer.json

    def tick(self, context: Any = None) -> None:
        from exam import tick
        from exam.service import question_sets

        # It works beside the API, and has read nothing of what that has.
        question_sets._read.cache_clear()
        tick.handler({}, context or Context())

    def pass_(self, **delta: float) -> None:
        """Lets time pass, and the tick come."""
        self.clock.advance(**delta)
        self.tick()


def stored_standings() -> list[Any]:
    from exam.tables import StoredStanding

    return list(StoredStanding.scan(StoredStanding.attempts.exists()))


def scheduled_sweeps() -> list[Any]:
    from exam.tables import Sweep

    return list(Sweep.scan(Sweep.run_id.exists()))


def moment(text: str) -> datetime:
    """A time as it was answered."""
    assert text.endswith("Z")
    return datetime.fromisoformat(text.replace("Z", "+00:00"))
