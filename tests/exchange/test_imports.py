"""Imports: files are uploaded, read and reported on; nothing changes in the course."""

import base64
import json
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.conftest import DeadLetters, Outbox, stored
from tests.exchange.conftest import Exchange, question

FILMS = "Films cannot be taken."
HINTS = "Hints were left out."
NOTES = [
    {"where": "Bank", "what": "Is it?", "outcome": "taken"},
    {"where": "Bank", "what": "A film", "outcome": "left out", "reasons": [{"text": FILMS, "template": FILMS}]},
    {"where": "Bank", "what": "A song", "outcome": "changed", "reasons": [{"text": HINTS, "template": HINTS}]},
]
BANK = {"title": "Loops", "questions": [question()], "notes": NOTES}


def test_a_form_takes_one_file_of_200_mb_at_most(exchange: Exchange) -> None:
    new = exchange.begin("bank.gift")
    assert (new["state"], new["fileName"], new["createdByName"]) == ("waiting", "bank.gift", exchange.teacher.name)
    fields = new["upload"]["fields"]
    assert fields["key"] == f"uploads/imports/{new['id']}/upload"
    conditions = json.loads(base64.b64decode(fields["policy"]))["conditions"]
    assert ["content-length-range", 1, 200 * 1024 * 1024] in conditions


def test_a_file_is_read_and_every_item_of_it_reported(exchange: Exchange, bucket: Any) -> None:
    import_id = exchange.uploaded(bucket, BANK)
    reading = exchange.read(import_id)
    assert (reading.status, reading.json["state"]) == (202, "reading")
    assert reading.json["progress"] == {"done": 0, "total": None}
    exchange.settle()
    shown = exchange.shown(import_id)
    assert (shown["state"], shown["title"], shown["reason"]) == ("ready", "Loops", None)
    assert shown["progress"] == {"done": 1, "total": 1}
    assert shown["contents"] == {"modules": 0, "lessons": 0, "files": 0, "questions": 1, "exams": 0}
    assert shown["outcomes"] == {"taken": 1, "changed": 1, "leftOut": 1}
    report = exchange.report(import_id)
    assert [line["what"] for line in report] == ["A film", "A song", "Is it?"]
    assert report[0] == {
        "where": "Bank",
        "what": "A film",
        "outcome": "leftOut",
        "reason": FILMS,
        "reasons": [{"code": None, "numbers": {}, "texts": {}, "text": FILMS}],
        "target": None,
    }
    assert report[1]["reasons"] == [{"code": "hints-lost", "numbers": {}, "texts": {}, "text": HINTS}]
    assert [line["what"] for line in exchange.report(import_id, outcome="changed")] == ["A song"]


def test_reading_writes_parts_and_used_files_and_nothing_of_the_course(
    exchange: Exchange, bucket: Any, outbox: Outbox
) -> None:
    package = {
        "modules": [
            {
                "title": "Week 1",
                "lessons": [
                    {"title": "Slides", "file": "a/slides.pdf"},
                    {"title": "Page", "text": "![A map](image:map%201.png) ![A film](image:film.gif)"},
                ],
            }
        ],
        "questions": [question(questionText="![A tree](image:tree.png) ![A clip](image:clip.gif)")],
        "files": ["a/slides.pdf", "map 1.png", "film.gif", "tree.png", "clip.gif", "unused.png"],
    }
    import_id = exchange.ready(bucket, package)
    [first, second] = [_part(bucket, import_id, number) for number in (0, 1)]
    lesson, page = first["modules"][0]["lessons"]
    assert bucket.Object(lesson["file"]["key"]).get()["Body"].read() == b"a/slides.pdf"
    assert lesson["file"]["name"] == "a/slides.pdf"
    assert page["text"] == "![A map](image:map%201.png) A film"
    [(name, image)] = page["images"].items()
    assert (name, bucket.Object(image["key"]).get()["Body"].read()) == ("map 1.png", b"map 1.png")
    assert second["questions"][0]["questionText"] == "![A tree](image:tree.png) A clip"
    assert bucket.Object(second["questions"][0]["images"]["tree.png"]["key"]).get()["Body"].read() == b"tree.png"
    assert [line["what"] for line in exchange.report(import_id)] == ["film.gif", "clip.gif"]
    keys = {item.key for item in bucket.objects.filter(Prefix="imports/")}
    assert len(keys) == 5
    assert exchange.shown(import_id)["contents"]["files"] == 3
    assert {type(event).__name__ for event in outbox.all()} == {"ImportReadRequested"}


def test_files_that_lessons_cannot_have_are_reported(exchange: Exchange, bucket: Any) -> None:
    lessons = [{"title": "Setup", "file": "setup.exe"}, {"title": "Gone", "file": "gone.pdf"}]
    package = {"modules": [{"title": "Week 1", "lessons": lessons}], "files": ["setup.exe"]}
    import_id = exchange.ready(bucket, package)
    report = exchange.report(import_id)
    assert [(line["what"], line["outcome"]) for line in report] == [("setup.exe", "leftOut"), ("gone.pdf", "leftOut")]
    assert "of this type" in report[0]["reason"]
    assert "missing" in report[1]["reason"]


@pytest.mark.parametrize("body", [b"\x00\x01\x02", b"PK\x03\x04 and no more", b"\x1f\x8bnothing", b"<?xml", b"%PDF"])
def test_a_file_that_cannot_be_read_fails_with_a_reason(exchange: Exchange, bucket: Any, body: bytes) -> None:
    import_id = exchange.ready(bucket, body)
    shown = exchange.shown(import_id)
    assert shown["state"] == "failed"
    assert shown["reason"].endswith(".")
    assert exchange.apply(import_id).problem == (409, "not-read-yet")


def test_a_file_that_failed_may_be_uploaded_and_read_again(exchange: Exchange, bucket: Any) -> None:
    new = exchange.begin()
    exchange.upload(bucket, new, b"PK\x03\x04")
    exchange.read(new["id"])
    exchange.settle()
    exchange.upload(bucket, new, json.dumps({"package": BANK}).encode())
    assert exchange.read(new["id"]).json["reason"] is None
    exchange.settle()
    assert exchange.shown(new["id"])["state"] == "ready"
    assert exchange.read(new["id"]).problem == (409, "already-read")


def test_a_file_has_to_be_uploaded_first(exchange: Exchange, bucket: Any) -> None:
    assert exchange.read(exchange.begin()["id"]).problem == (409, "nothing-uploaded")


def test_one_file_of_a_course_is_read_at_a_time(exchange: Exchange, bucket: Any) -> None:
    first, second = exchange.uploaded(bucket, BANK), exchange.uploaded(bucket, BANK)
    other_course = exchange.add_course()
    exchange.assign(exchange.teacher, other_course)
    elsewhere = exchange.uploaded(bucket, BANK, course=other_course)
    assert [exchange.read(each).status for each in (first, first, elsewhere)] == [202, 202, 202]
    assert exchange.read(second).problem == (409, "another-is-read")
    exchange.settle()
    assert exchange.read(second).status == 202


def test_a_reader_that_is_lost_holds_up_the_course_for_two_hours_at_most(exchange: Exchange, bucket: Any) -> None:
    first, second = exchange.uploaded(bucket, BANK), exchange.uploaded(bucket, BANK)
    exchange.read(first)
    exchange.clock.advance(hours=2, seconds=1)
    assert exchange.read(second).status == 202


def test_reading_goes_on_after_a_crash_in_the_middle(exchange: Exchange, bucket: Any) -> None:
    import_id = exchange.uploaded(bucket, BANK)
    exchange.read(import_id)

    class Killed(BaseException):
        """What no code catches, as the end of the process."""

    def crash() -> None:
        raise Killed

    exchange.format.meanwhile = crash
    exchange.consume(*exchange.emitted())
    with pytest.raises(Killed):
        exchange.work()
    exchange.format.meanwhile = lambda: None
    assert exchange.shown(import_id)["state"] == "reading"
    exchange.clock.advance(seconds=931)
    _redeliver(exchange, import_id)
    assert exchange.shown(import_id)["state"] == "ready"
    assert len(exchange.report(import_id)) == 3


def test_a_file_that_ends_its_reader_again_and_again_fails(exchange: Exchange, bucket: Any) -> None:
    import_id = exchange.uploaded(bucket, BANK)
    exchange.read(import_id)

    def crash() -> None:
        raise KeyboardInterrupt

    exchange.format.meanwhile = crash
    for _ in range(3):
        with pytest.raises(KeyboardInterrupt):
            _redeliver(exchange, import_id)
        exchange.clock.advance(seconds=931)
    _redeliver(exchange, import_id)
    shown = exchange.shown(import_id)
    assert (shown["state"], "more time or memory" in shown["reason"]) == ("failed", True)


def test_a_second_entry_of_the_queue_does_not_read_while_the_first_does(exchange: Exchange, bucket: Any) -> None:
    import_id = exchange.uploaded(bucket, BANK)
    exchange.read(import_id)
    read: list[int] = []

    def again() -> None:
        read.append(1)
        _redeliver(exchange, import_id)

    exchange.format.meanwhile = again
    exchange.settle()
    assert (read, exchange.shown(import_id)["state"]) == ([1], "ready")
    _redeliver(exchange, import_id)
    assert read == [1]


def test_an_import_that_is_deleted_while_it_is_read_stays_deleted(exchange: Exchange, bucket: Any) -> None:
    import_id = exchange.uploaded(bucket, BANK)
    exchange.read(import_id)

    def delete() -> None:
        assert exchange.http.delete(f"/imports/{import_id}", token=exchange.teacher.token).status == 204

    exchange.format.meanwhile = delete
    exchange.settle()
    assert exchange.http.get(f"/imports/{import_id}", token=exchange.teacher.token).status == 404


def test_a_fault_of_a_reader_fails_the_file_and_not_the_queue(exchange: Exchange, bucket: Any) -> None:
    def fault() -> None:
        raise ZeroDivisionError

    exchange.format.meanwhile = fault
    import_id = exchange.ready(bucket, BANK)
    assert exchange.shown(import_id)["state"] == "failed"


def test_a_passing_fault_brings_the_file_again(exchange: Exchange, bucket: Any) -> None:
    import_id = exchange.uploaded(bucket, BANK)
    exchange.read(import_id)

    def fault() -> None:
        raise TimeoutError

    exchange.format.meanwhile = fault
    exchange.consume(*exchange.emitted())
    assert exchange.work(fails=True)
    exchange.format.meanwhile = lambda: None
    _redeliver(exchange, import_id)
    assert exchange.shown(import_id)["state"] == "ready"


def test_a_file_that_takes_longer_than_there_is_time_fails(exchange: Exchange, bucket: Any) -> None:
    from tests.clients import Context

    def forever() -> None:
        while True:
            pass

    exchange.context = Context(61_000)
    exchange.format.meanwhile = forever
    import_id = exchange.ready(bucket, BANK)
    shown = exchange.shown(import_id)
    assert (shown["state"], "more time or memory" in shown["reason"]) == ("failed", True)


def test_an_entry_that_nobody_understands_comes_again_and_is_buried_at_last(exchange: Exchange) -> None:
    from exchange import queues

    queues.send("dance", uuid4())  # type: ignore[arg-type]
    assert exchange.work(fails=True)


def test_a_poisonous_event_is_buried(exchange: Exchange, dead_letters: DeadLetters) -> None:
    from lms.events.exchange import ImportPartApplied

    poison = {"version": 1, "import_id": uuid4(), "part": "none", "added": 1, "left_out": ()}
    with pytest.warns(UserWarning, match="serializ"):
        exchange.consume(ImportPartApplied.model_construct(**poison))
    [letter] = dead_letters.all()
    assert letter["service"] == "tests"


def test_what_is_deleted_is_forgotten_with_its_report_and_its_files(exchange: Exchange, bucket: Any) -> None:
    from exchange.tables import Import, ReportLine

    import_id = exchange.ready(bucket, {**BANK, "questions": [question()], "files": []})
    assert exchange.http.delete(f"/imports/{import_id}", token=exchange.teacher.token).status == 204
    exchange.settle()
    assert (stored(Import), stored(ReportLine)) == ([], [])
    assert [item.key for item in bucket.objects.all()] == []
    assert exchange.http.get(f"/imports/{import_id}/items", token=exchange.teacher.token).status == 404


def test_an_import_is_there_for_30_days(exchange: Exchange, bucket: Any) -> None:
    import_id = exchange.ready(bucket, BANK)
    exchange.clock.advance(days=29, hours=23)
    assert exchange.shown(import_id)["state"] == "ready"
    exchange.clock.advance(hours=2)
    assert exchange.http.get(f"/imports/{import_id}", token=exchange.teacher.token).status == 404
    answer = exchange.http.get(f"/courses/{exchange.course}/imports", token=exchange.teacher.token)
    assert answer.json["items"] == []


def test_the_imports_of_a_course_are_listed_the_latest_first(exchange: Exchange) -> None:
    ids = []
    for name in ("a.gift", "b.gift", "c.gift"):
        ids.append(exchange.begin(name)["id"])
        exchange.clock.advance(seconds=1)
    listed = exchange.http.list_all(f"/courses/{exchange.course}/imports", limit=2, token=exchange.teacher.token)
    assert [each["id"] for each in listed] == ids[::-1]


def test_nobody_but_its_teachers_and_administrators_finds_an_import(exchange: Exchange) -> None:
    import_id = exchange.begin()["id"]
    assert exchange.shown(import_id, exchange.admin)["id"] == import_id
    for path in (f"/imports/{import_id}", f"/imports/{import_id}/items", f"/imports/{uuid4()}"):
        assert exchange.http.get(path, token=exchange.other_teacher.token).status == 404
    exchange.delete_course(exchange.course)
    assert exchange.http.get(f"/imports/{import_id}", token=exchange.admin.token).status == 404


def test_a_person_gets_what_they_imported_and_erased_leaves_no_file_name(exchange: Exchange, bucket: Any) -> None:
    from lms.events.exports import ExportRequested
    from lms.events.users import UserErased

    exchange.begin("bank-of-sara-khan.gift")
    export_id = uuid4()
    exchange.consume(ExportRequested(version=1, export_id=export_id, person_id=exchange.teacher.id))
    part = bucket.Object(f"exports/{exchange.teacher.id}/{export_id}/parts/exchange.json").get()["Body"].read()
    assert b"bank-of-sara-khan.gift" in part
    exchange.consume(UserErased(version=2, user_id=exchange.teacher.id))
    from exchange.tables import Import

    assert [row.file_name for row in stored(Import)] == [""]


def _part(bucket: Any, import_id: str, number: int) -> Any:
    return json.loads(bucket.Object(f"imports/{import_id}/parts/{number:05d}.json").get()["Body"].read())


def _redeliver(exchange: Exchange, import_id: str) -> None:
    """The same entry of the queue once more."""
    from exchange import queues

    queues.send("read", UUID(import_id))
    exchange.work()
