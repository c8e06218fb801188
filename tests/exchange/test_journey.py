"""From a file into a course and out again, through exchange, content and exam."""

import io
import json
from importlib import import_module
from typing import Any, BinaryIO

import pytest

from exchange.items import Package
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
            "draws": [{"category": "Loops/While", "count": 1}],
            "minutes": 15,
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


def test_what_is_exported_and_imported_again_is_equal(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    from exchange import worker

    school.brought(PACKAGE)
    first = school.bank()
    monkeypatch.setattr(worker, "WRITERS", {"commonCartridge": _write})
    path = f"/courses/{school.exchange.course}/exports"
    asked = school.exchange.http.post(path, {"format": "commonCartridge"}, token=school.token)
    school.settle()
    export = school.exchange.http.get(asked.headers["location"], token=school.token).json
    assert export["state"] == "complete"
    written = json.loads(school.bucket.Object(f"course-exports/{export['id']}/file").get()["Body"].read())

    school.exchange.course = school.exchange.add_course()
    school.exchange.assign(school.exchange.teacher, school.exchange.course)
    SIGNATURES.update({name: SIGNATURES["a/slides.pdf"] for name in written["package"]["files"] if "pdf" in name})
    SIGNATURES.update(
        {name: SIGNATURES["pictures/loop 1.png"] for name in written["package"]["files"] if "png" in name}
    )
    school.brought(written["package"])
    assert _own(school.bank()) == _own(first)
    assert [len(each["images"]) for each in _own(first)] == [0, 1]
    [week] = school.modules()
    assert [lesson["title"] for lesson in week["lessons"]] == ["Page", "Slides", "Elsewhere"]
    page = school.content.get(f"/lessons/{week['lessons'][0]['id']}", token=school.token).json
    assert len(page["images"]) == 1


def _write(package: Package, target: BinaryIO) -> None:
    """As the format of these tests reads it."""
    held = {
        "title": package.title,
        "modules": [module.model_dump(mode="json") for module in package.modules],
        "questions": [each.model_dump(mode="json") for each in package.questions],
        "files": [file.name for file in package.files],
    }
    target.write(json.dumps({"package": held}).encode())


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
