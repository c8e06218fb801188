"""What was read becomes part of the course: part after part, each once, going on after a crash."""

import json
from typing import Any
from uuid import UUID

from lms.events.exchange import ImportPartApplied, ImportPartRequested, ItemLeftOut
from tests.exchange.conftest import Exchange, question

QUIZ = {"source": "quiz", "title": "Quiz", "questions": ["q1"]}
COURSE = {
    "modules": [{"title": "Week 1", "lessons": [{"title": "Page", "text": "Hello"}]}],
    "questions": [question()],
    "quizzes": [QUIZ],
}


def requested(exchange: Exchange) -> list[ImportPartRequested]:
    return [event for event in exchange.emitted() if isinstance(event, ImportPartRequested)]


def answer(event: ImportPartRequested, added: int = 1, *left_out: str) -> ImportPartApplied:
    reason = "The question bank has fewer than 3 questions of this tag."
    items = tuple(ItemLeftOut(what=what, reason=reason, code="few-of-tag", numbers={"count": 3}) for what in left_out)
    return ImportPartApplied(version=1, import_id=event.import_id, part=event.part, added=added, left_out=items)


def test_parts_are_asked_for_one_after_the_other_exams_last(exchange: Exchange, bucket: Any) -> None:
    import_id = exchange.ready(bucket, COURSE)
    applying = exchange.apply(import_id)
    assert (applying.status, applying.json["state"]) == (202, "applying")
    assert applying.json["progress"] == {"done": 0, "total": 4}
    kinds = []
    while asked := requested(exchange):
        [event] = asked
        kinds.append(event.kind)
        assert (event.course_id, event.actor_id) == (exchange.course, exchange.teacher.id)
        assert bucket.Object(event.key).get()["Body"].read()
        exchange.consume(answer(event, 2 if event.kind == "outline" else 1))
    assert kinds == ["outline", "bank", "exams"]
    shown = exchange.shown(import_id)
    assert (shown["state"], shown["progress"]) == ("applied", {"done": 4, "total": 4})
    assert shown["applied"] == [
        {"kind": "outline", "added": 2, "leftOut": 0},
        {"kind": "bank", "added": 1, "leftOut": 0},
        {"kind": "exams", "added": 1, "leftOut": 0},
    ]


def test_what_a_course_cannot_take_is_added_to_the_report(exchange: Exchange, bucket: Any) -> None:
    import_id = exchange.ready(bucket, COURSE)
    exchange.apply(import_id, "outline")
    [event] = requested(exchange)
    exchange.consume(answer(event, 1, "Page"))
    assert exchange.report(import_id, outcome="leftOut") == [
        {
            "where": "outline",
            "what": "Page",
            "outcome": "leftOut",
            "reason": "The question bank has fewer than 3 questions of this tag.",
            "reasons": [
                {
                    "code": "few-of-tag",
                    "numbers": {"count": 3},
                    "texts": {},
                    "text": "The question bank has fewer than 3 questions of this tag.",
                }
            ],
            "target": None,
        }
    ]
    shown = exchange.shown(import_id)
    assert shown["outcomes"]["leftOut"] == 1
    assert shown["applied"] == [{"kind": "outline", "added": 1, "leftOut": 1}]


def test_answers_that_come_again_or_late_change_nothing(exchange: Exchange, bucket: Any) -> None:
    import_id = exchange.ready(bucket, COURSE)
    exchange.apply(import_id)
    [first] = requested(exchange)
    exchange.consume(answer(first), answer(first))
    [second] = requested(exchange)
    exchange.consume(answer(first, 7))
    assert requested(exchange) == []
    exchange.consume(answer(second))
    [third] = requested(exchange)
    exchange.consume(answer(third), answer(third, 9), answer(first))
    assert [each["added"] for each in exchange.shown(import_id)["applied"]] == [1, 1, 1]


def test_applying_again_changes_nothing_and_other_kinds_may_follow(exchange: Exchange, bucket: Any) -> None:
    import_id = exchange.ready(bucket, COURSE)
    assert exchange.apply(import_id, "bank").status == 202
    assert exchange.apply(import_id, "bank").json["state"] == "applying"
    assert exchange.apply(import_id, "outline").problem == (409, "still-applied")
    [event] = requested(exchange)
    exchange.consume(answer(event))
    assert exchange.apply(import_id, "bank").json["state"] == "applied"
    assert requested(exchange) == []
    exchange.apply(import_id)
    [event] = requested(exchange)
    assert event.kind == "outline"


def test_a_part_without_an_answer_is_asked_for_again(exchange: Exchange, bucket: Any) -> None:
    import_id = exchange.ready(bucket, COURSE)
    exchange.apply(import_id)
    [first] = requested(exchange)
    exchange.clock.advance(minutes=1)
    exchange.apply(import_id)
    assert requested(exchange) == []
    exchange.clock.advance(minutes=2)
    exchange.apply(import_id)
    [again] = requested(exchange)
    assert (again.part, again.key, again.version > first.version) == (first.part, first.key, True)


def test_an_import_without_anything_to_apply_is_applied_at_once(exchange: Exchange, bucket: Any) -> None:
    import_id = exchange.ready(bucket, {})
    assert exchange.apply(import_id).json["state"] == "applied"
    assert requested(exchange) == []


def test_a_deleted_import_is_not_gone_on_with(exchange: Exchange, bucket: Any) -> None:
    import_id = exchange.ready(bucket, COURSE)
    exchange.apply(import_id)
    [event] = requested(exchange)
    assert exchange.http.delete(f"/imports/{import_id}", token=exchange.teacher.token).status == 204
    exchange.consume(answer(event))
    assert requested(exchange) == []


def test_a_long_text_becomes_several_lessons_and_a_long_module_several_parts() -> None:
    from exchange.items import Lesson, Module, Package
    from exchange.service.parts import parts_of

    paragraph = "word " * 2_000
    long = Lesson(title="Long", text="\n\n".join([paragraph] * 12))
    many = Module(title="Many", lessons=tuple(Lesson(title=f"Lesson {number}") for number in range(45)))
    package = Package(modules=(Module(title="One", lessons=(long,)), many))
    parts = [json.loads(part.dump()) for part in parts_of(package, UUID(int=1), {})]
    modules = [module for part in parts for module in part["modules"]]
    assert [(module["title"], module["continues"], len(module["lessons"])) for module in modules] == [
        ("One", False, 3),
        ("Many", False, 20),
        ("Many", True, 20),
        ("Many", True, 5),
    ]
    texts = [lesson["text"] for lesson in modules[0]["lessons"]]
    assert "\n\n".join(texts).split() == long.text.split()
    assert all(len(text) <= 50_000 for text in texts)
    ids = [lesson["id"] for module in modules for lesson in module["lessons"]]
    assert len(set(ids)) == len(ids)


def test_a_line_leads_to_what_it_became_once_that_is_applied(exchange: Exchange, bucket: Any) -> None:
    notes = [
        {"where": "Week 1", "what": "Page", "outcome": "taken"},
        {"where": "Bank", "what": "Is it?", "outcome": "taken", "question": "q1"},
        {"where": "Week 1", "what": "Quiz", "outcome": "taken", "quiz": "quiz"},
        {"where": "Week 1", "what": "Page", "outcome": "taken"},
        {"where": "Bank", "what": "Loops", "outcome": "taken"},
    ]
    twice = [{"title": "Page", "text": "word " * 20_000}, {"title": "Page", "text": "Another"}]
    modules = [{"title": "Week 1", "lessons": twice}]
    import_id = exchange.ready(bucket, {**COURSE, "modules": modules, "notes": notes})
    assert [line["target"] for line in exchange.report(import_id)] == [None] * 5
    exchange.apply(import_id, "outline")
    asked = requested(exchange)
    assert [line["target"] for line in exchange.report(import_id)] == [None] * 5
    exchange.consume(*map(answer, asked))
    targets = [line["target"] for line in exchange.report(import_id)]
    assert [target and target["kind"] for target in targets] == ["lesson", None, None, "lesson", None]
    [first] = asked
    part = json.loads(bucket.Object(first.key).get()["Body"].read())
    ids = [lesson["id"] for lesson in part["modules"][0]["lessons"]]
    # The first page became several lessons.
    assert [targets[0]["id"], targets[3]["id"]] == [ids[0], ids[-1]]
    exchange.apply(import_id, "bank", "exams")
    while asked := requested(exchange):
        exchange.consume(*map(answer, asked))
    kinds = [line["target"] and line["target"]["kind"] for line in exchange.report(import_id)]
    assert kinds == ["lesson", "question", "exam", "lesson", None]


def test_a_file_that_was_applied_before_says_so(exchange: Exchange, bucket: Any) -> None:
    first = exchange.ready(bucket, COURSE)
    exchange.clock.advance(minutes=1)
    second = exchange.ready(bucket, COURSE)
    assert exchange.shown(second)["appliedBefore"] is None
    exchange.apply(first, "outline")
    while asked := requested(exchange):
        exchange.consume(*map(answer, asked))
    exchange.clock.advance(minutes=1)
    third = exchange.ready(bucket, COURSE)
    assert exchange.shown(third)["appliedBefore"] == first
    other_file = exchange.ready(bucket, {**COURSE, "title": "Another"})
    assert exchange.shown(other_file)["appliedBefore"] is None
    other_course = exchange.add_course()
    exchange.assign(exchange.teacher, other_course)
    assert exchange.shown(exchange.ready(bucket, COURSE, course=other_course))["appliedBefore"] is None


def test_two_who_apply_at_once_ask_for_each_part_once(exchange: Exchange, bucket: Any) -> None:
    import_id = exchange.ready(bucket, COURSE)
    states = [exchange.apply(import_id).json["state"] for _ in range(2)]
    assert states == ["applying", "applying"]
    [event] = requested(exchange)
    assert event.kind == "outline"


def test_of_a_course_that_is_deleted_meanwhile_nothing_is_asked_for(exchange: Exchange, bucket: Any) -> None:
    import_id = exchange.ready(bucket, COURSE)
    exchange.apply(import_id)
    [event] = requested(exchange)
    exchange.delete_course(exchange.course)
    exchange.consume(answer(event))
    assert exchange.http.get(f"/imports/{import_id}", token=exchange.admin.token).status == 404
