"""Files of a course: asked for, made of what the owners of outline, bank and exams add, linked to for a day."""

import json
from typing import Any, BinaryIO
from uuid import uuid4

import pytest

from exchange.items import Package
from lms.events.exchange import CourseExportPartAdded, CourseExportRequested
from tests.clients import Answer
from tests.exchange.conftest import Exchange

QUESTION = {"id": "1", "kind": "truefalse", "questionText": "Is it?", "correctAnswer": True, "version": 3, "points": 1}


class PlainWriter:
    """Writes the JSON of titles, questions, and what is in the files."""

    def __call__(self, package: Package, target: BinaryIO) -> None:
        files = {file.name: file.open().read().decode() for file in package.files}
        modules = [[module.title, [lesson.title for lesson in module.lessons]] for module in package.modules]
        questions = [question.question_text for question in package.questions]
        quizzes = [quiz.title for quiz in package.quizzes]
        target.write(json.dumps([package.title, modules, questions, files, quizzes]).encode())


@pytest.fixture(autouse=True)
def _writers(bucket: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from exchange import worker

    monkeypatch.setattr(worker, "WRITERS", {"gift": PlainWriter(), "commonCartridge": PlainWriter()})


def asked(exchange: Exchange, wanted: str = "gift") -> tuple[Any, CourseExportRequested]:
    answer = exchange.http.post(f"/courses/{exchange.course}/exports", {"format": wanted}, token=exchange.teacher.token)
    assert answer.status == 201, answer
    [event] = exchange.emitted()
    return answer.json, event


def add(exchange: Exchange, bucket: Any, event: CourseExportRequested, part: Any, content: Any) -> None:
    bucket.put_object(Key=event.part_key(part), Body=json.dumps(content))
    exchange.consume(CourseExportPartAdded(version=1, export_id=event.export_id, part=part))


def shown(exchange: Exchange, export: Any) -> Answer:
    return exchange.http.get(f"/exports/{export['id']}", token=exchange.teacher.token)


def written(bucket: Any, export: Any) -> Any:
    return json.loads(bucket.Object(f"course-exports/{export['id']}/file").get()["Body"].read())


def test_a_bank_is_written_when_exam_has_added_it(exchange: Exchange, bucket: Any) -> None:
    export, event = asked(exchange)
    assert (export["state"], export["url"], event.parts) == ("gathering", None, ("bank",))
    add(exchange, bucket, event, "bank", {"questions": [QUESTION]})
    assert exchange.work()
    complete = shown(exchange, export).json
    assert (complete["state"], complete["fileName"]) == ("complete", "Agents.gift")
    assert f"course-exports/{export['id']}/file" in complete["url"]
    assert written(bucket, export) == ["Agents", [], ["Is it?"], {}, []]
    assert complete["size"] == len(json.dumps(written(bucket, export)))


def test_a_course_is_written_of_all_its_parts_with_its_files(exchange: Exchange, bucket: Any) -> None:
    export, event = asked(exchange, "commonCartridge")
    lesson = {"title": "Slides", "text": "", "link": None, "file": "slides.pdf"}
    file = {"key": "courses/1/slides", "name": "slides.pdf", "contentType": "application/pdf", "size": 4}
    bucket.put_object(Key="courses/1/slides", Body=b"%PDF")
    outline = {"modules": [{"title": "Week 1", "lessons": [lesson]}], "files": [file]}
    own = {**QUESTION, "id": "2", "questionText": "Only there?"}
    asked_there = {"questions": [{"id": "1", "points": 2.5}, {"id": "2", "points": 1}], "draws": []}
    exam = {"id": "3", "title": "Quiz", "instructions": "", "minutes": 15, "attempts": 1, "shuffle": False}
    add(exchange, bucket, event, "outline", outline)
    assert not exchange.work()
    add(exchange, bucket, event, "bank", {"questions": [QUESTION]})
    assert not exchange.work()
    add(exchange, bucket, event, "exams", {"exams": [{**exam, **asked_there}], "questions": [own]})
    assert exchange.work()
    assert written(bucket, export) == [
        "Agents",
        [["Week 1", ["Slides"]]],
        ["Is it?", "Only there?"],
        {"slides.pdf": "%PDF"},
        ["Quiz"],
    ]


def test_parts_and_tasks_that_come_again_change_nothing(exchange: Exchange, bucket: Any) -> None:
    export, event = asked(exchange)
    add(exchange, bucket, event, "bank", {"questions": [QUESTION]})
    add(exchange, bucket, event, "bank", {"questions": [QUESTION]})
    assert exchange.work()
    first = shown(exchange, export).json["completedAt"]
    exchange.clock.advance(minutes=5)
    assert exchange.work()
    add(exchange, bucket, event, "bank", {"questions": []})
    assert not exchange.work()
    assert shown(exchange, export).json["completedAt"] == first


def test_a_course_whose_files_are_too_large_fails_with_a_reason(exchange: Exchange, bucket: Any) -> None:
    export, event = asked(exchange, "commonCartridge")
    file = {"key": "courses/1/a", "name": "a.mp4", "contentType": "video/mp4", "size": 10**9 + 1}
    add(exchange, bucket, event, "outline", {"modules": [], "files": [file]})
    add(exchange, bucket, event, "bank", {"questions": []})
    add(exchange, bucket, event, "exams", {"exams": []})
    exchange.work()
    failed = shown(exchange, export).json
    assert (failed["state"], failed["url"]) == ("failed", None)
    assert "1 GB" in failed["reason"]


def test_a_fault_of_a_writer_fails_the_export_and_not_the_queue(exchange: Exchange, bucket: Any) -> None:
    export, event = asked(exchange)
    add(exchange, bucket, event, "bank", {"questions": [{"id": "1"}]})
    assert exchange.work()
    assert shown(exchange, export).json["state"] == "failed"


def test_an_export_is_there_for_a_day_for_those_who_teach_the_course(exchange: Exchange, bucket: Any) -> None:
    export, _ = asked(exchange)
    path = f"/exports/{export['id']}"
    assert exchange.http.get(path, token=exchange.admin.token).status == 200
    assert exchange.http.get(path, token=exchange.other_teacher.token).status == 404
    assert exchange.http.get(f"/exports/{uuid4()}", token=exchange.admin.token).status == 404
    exchange.clock.advance(hours=24)
    assert exchange.http.get(path, token=exchange.teacher.token).status == 404
    exchange.clock.advance(hours=-24)
    exchange.delete_course(exchange.course)
    assert exchange.http.get(path, token=exchange.admin.token).status == 404
