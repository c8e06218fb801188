"""From a file into a course and out again, through exchange, content and exam."""

import io
import json
from importlib import import_module
from typing import Any

import pytest

from tests.clients import Client, kafka_event
from tests.exchange.conftest import Exchange, question

PACKAGE = {
    "title": "Loops",
    "modules": [
        {
            "title": "Week 1",
            "lessons": [
                {"title": "Page", "text": "Hello, *world*.\n\n![A loop](image:pictures/loop%201.png)"},
                {"title": "Slides", "file": "a/slides.pdf"},
                {"title": "Elsewhere", "link": "https://example.com/loops"},
            ],
        }
    ],
    "questions": [
        question("q1", questionText="Is $x^2$ even?", category="Loops/While", title="Squares"),
        question(
            "q2",
            kind="single",
            questionText="Which?",
            choices=[{"id": "a", "text": "This"}, {"id": "b", "text": "That"}],
            correctAnswer="b",
            tags=["easy ones"],
            difficulty="easy",
            explanation="So: ![A loop](image:pictures/loop%201.png)",
        ),
    ],
    "quizzes": [
        {
            "source": "quiz",
            "title": "Quiz",
            "questions": ["q2"],
            "points": {"q2": 2.5},
            "draws": [{"category": "Loops/While", "count": 1, "points": 2}],
            "instructions": "Take your *time*.",
            "minutes": 15,
            "attempts": 3,
            "shuffle": True,
        }
    ],
    "files": ["a/slides.pdf", "pictures/loop 1.png"],
}
SIGNATURES = {"a/slides.pdf": b"%PDF-1.7", "pictures/loop 1.png": b"\x89PNG\r\n\x1a\n"}


@pytest.fixture
def school(exchange: Exchange, bucket: Any, monkeypatch: pytest.MonkeyPatch) -> "School":
    from tests.exchange import conftest

    monkeypatch.setattr(conftest, "_opener", lambda name: lambda: io.BytesIO(SIGNATURES[name]))
    return School(exchange, bucket)


class School:
    """Exchange with the services that take what it brings."""

    def __init__(self, exchange: Exchange, bucket: Any) -> None:
        self.exchange, self.bucket = exchange, bucket
        self.token = exchange.teacher.token
        self.content = Client(import_module("content.api").handler)
        self.exam = Client(import_module("exam.api").handler)

    def settle(self) -> None:
        """Hands every event to all three services, and works the queue, until nothing is left to do."""
        while True:
            events = self.exchange.emitted()
            for service in ("exchange", "content", "exam") if events else ():
                import_module(f"{service}.consumer").handler(kafka_event(*events), None)
            if not self.exchange.work() and not events:
                return

    def brought(self, package: Any) -> Any:
        """An import that was read and applied."""
        import_id = self.exchange.uploaded(self.bucket, package)
        assert self.exchange.read(import_id).status == 202
        self.settle()
        assert self.exchange.apply(import_id).status == 202
        self.settle()
        return self.exchange.shown(import_id)

    def bank(self) -> list[Any]:
        path = f"/courses/{self.exchange.course}/questionBank"
        return self.exam.list_all(path, limit=100, token=self.token)

    def exams(self) -> list[Any]:
        """The exams of the course with everything that teachers see of them."""
        found = self.exam.list_all(f"/courses/{self.exchange.course}/exams", limit=100, token=self.token)
        shown = []
        for each in found:
            path = f"/exams/{each['id']}"
            details = self.exam.get(f"{path}/details", token=self.token).json
            lists = {
                name: self.exam.list_all(f"{path}/{name}", limit=100, token=self.token)
                for name in ("questions", "draws")
            }
            shown.append({**details, **lists})
        return shown

    def is_there(self, target: Any) -> bool:
        """Whether what a line of a report leads to is in the course."""
        services = {
            "lesson": (self.content, "/lessons/{}"),
            "question": (self.exam, "/bankQuestions/{}"),
            "exam": (self.exam, "/exams/{}/details"),
        }
        service, path = services[target["kind"]]
        return service.get(path.format(target["id"]), token=self.token).status == 200

    def modules(self) -> Any:
        path = f"/courses/{self.exchange.course}/outline"
        return self.content.get(path, token=self.token).json["modules"]


def test_a_file_becomes_outline_bank_and_draft(school: School) -> None:
    shown = school.brought(PACKAGE)
    assert (shown["state"], shown["reason"]) == ("applied", None)
    assert [(each["kind"], each["added"], each["leftOut"]) for each in shown["applied"]] == [
        ("outline", 4, 0),
        ("bank", 2, 0),
        ("exams", 1, 0),
    ]
    [week] = school.modules()
    page, slides, elsewhere = week["lessons"]
    assert {part["published"] for part in (week, page, slides, elsewhere)} == {False}
    assert slides["asset"]["fileName"] == "slides.pdf"
    assert elsewhere["contentUrl"] == "https://example.com/loops"
    lesson = school.content.get(f"/lessons/{page['id']}", token=school.token).json
    assert lesson["text"] == PACKAGE["modules"][0]["lessons"][0]["text"]  # type: ignore[index]
    assert list(lesson["images"]) == ["pictures/loop 1.png"]
    squares, which = sorted(school.bank(), key=lambda each: str(each["kind"]), reverse=True)
    assert (squares["title"], squares["tags"], squares["questionText"]) == (
        "Squares",
        ["Loops/While"],
        "Is $x^2$ even?",
    )
    assert (which["correctAnswer"], which["tags"], which["difficulty"]) == ("b", ["easy ones"], "easy")
    assert which["explanation"] == f"So: ![A loop](image:{next(iter(which['images']))})"
    [draft] = school.exam.get(f"/courses/{school.exchange.course}/exams", token=school.token).json["items"]
    assert (draft["title"], draft["published"], draft["duration"]) == ("Quiz", False, 15)
    details = school.exam.get(f"/exams/{draft['id']}/details", token=school.token).json
    assert details["questionCount"] == 2


def test_applying_all_again_adds_nothing(school: School) -> None:
    shown = school.brought(PACKAGE)
    before = (school.modules(), school.bank())
    assert school.exchange.apply(shown["id"]).json["state"] == "applied"
    school.settle()
    assert [len(each) for each in (school.modules(), school.bank())] == [len(each) for each in before]


def test_a_cartridge_that_is_exported_and_imported_again_is_the_same_course(school: School) -> None:
    school.brought(PACKAGE)
    first, [exam] = school.bank(), school.exams()
    of_its_own = {"kind": "truefalse", "questionText": "Only here?", "correctAnswer": False, "points": 3}
    assert school.exam.post(f"/exams/{exam['id']}/questions", of_its_own, token=school.token).status == 201
    exams = school.exams()
    path = f"/courses/{school.exchange.course}/exports"
    asked = school.exchange.http.post(path, {"format": "commonCartridge"}, token=school.token)
    school.settle()
    export = school.exchange.http.get(asked.headers["location"], token=school.token).json
    assert export["state"] == "complete"
    cartridge = school.bucket.Object(f"course-exports/{export['id']}/file").get()["Body"].read()

    school.exchange.course = school.exchange.add_course()
    school.exchange.assign(school.exchange.teacher, school.exchange.course)
    shown = school.brought(cartridge)
    assert (shown["state"], shown["format"], shown["outcomes"]["leftOut"]) == ("applied", "commonCartridge", 0)
    lines = school.exchange.report(shown["id"])
    assert {line["target"]["kind"] for line in lines} == {"lesson", "question", "exam"}
    assert all(school.is_there(line["target"]) for line in lines)
    bank = {each["questionText"]: each for each in _own(school.bank())}
    assert bank.pop("Only here?")["points"] == 3
    assert list(bank.values()) == _own(first)
    assert [len(each["images"]) for each in _own(first)] == [0, 1]
    assert _as_set(school.exams()) == _as_set(exams)
    [week] = school.modules()
    assert [lesson["title"] for lesson in week["lessons"]] == ["Page", "Slides", "Elsewhere"]
    page = school.content.get(f"/lessons/{week['lessons'][0]['id']}", token=school.token).json
    assert len(page["images"]) == 1


def _as_set(exams: list[Any]) -> list[Any]:
    """What teachers set of exams; their ids and days are those of one course."""
    asked = [
        [(each["kind"], each["points"], each["correctAnswer"]) for each in exam["questions"] if each["drawId"] is None]
        for exam in exams
    ]
    drawn = [
        [(each["tag"], each["difficulty"], each["count"], each["points"]) for each in exam["draws"]] for exam in exams
    ]
    names = ("title", "instructions", "duration", "attemptsAllowed", "shuffle", "published", "questionCount")
    return [([exam[name] for name in names], *more) for exam, *more in zip(exams, asked, drawn, strict=True)]


def _own(questions: list[Any]) -> list[Any]:
    others = {"id", "courseId", "courseTitle", "version", "createdAt", "updatedAt"}
    own = [{name: value for name, value in each.items() if name not in others} for each in map(_renumbered, questions)]
    return sorted(own, key=lambda each: str(each["questionText"]))


def _renumbered(question: Any) -> Any:
    """A question with its images counted instead: their ids are those of one import."""
    text = json.dumps({**question, "images": sorted(question["images"])})
    for number, image_id in enumerate(question["images"]):
        text = text.replace(image_id, str(number))
    return json.loads(text)
