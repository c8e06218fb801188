"""Parts of imports: questions become part of the bank and quizzes drafts of exams, each once."""

import json
from typing import Any
from uuid import uuid4

import pytest

from lms.events.exchange import CourseExportRequested, ImportPartApplied, ImportPartRequested
from tests.conftest import Outbox
from tests.exam.conftest import ExamService

IMPORT = uuid4()


@pytest.fixture
def school(exam: ExamService) -> ExamService:
    return exam


def question(text: str = "Is it?", **fields: Any) -> Any:
    body = {"kind": "truefalse", "questionText": text, "choices": [], "prompts": [], "correctAnswer": True}
    rest = {"partialCredit": True, "points": 1.0, "explanation": "", "tags": ["loops"], "difficulty": None, "title": ""}
    rest["images"] = {}
    return {"id": str(uuid4()), **body, **rest, **fields}


def a_quiz(*questions: str, **fields: Any) -> Any:
    body = {"instructions": "Think.", "draws": [], "minutes": None, "attempts": 2, "shuffle": True}
    return {"id": str(uuid4()), "title": "Quiz", "questions": list(questions), **body, **fields}


def requested(school: ExamService, bucket: Any, kind: Any, items: list[Any], part: int = 0) -> ImportPartRequested:
    key = f"imports/{IMPORT}/parts/{part:05d}.json"
    name = "questions" if kind == "bank" else "exams"
    bucket.put_object(Key=key, Body=json.dumps({name: items}))
    return ImportPartRequested(
        version=part + 4,
        import_id=IMPORT,
        course_id=school.course,
        part=part,
        kind=kind,
        key=key,
        actor_id=school.teacher.id,
    )


def answers(outbox: Outbox) -> list[Any]:
    return [(event.part, event.added, [one.what for one in event.left_out]) for event in outbox.of(ImportPartApplied)]


def in_bank(school: ExamService, **query: str) -> list[Any]:
    return school.http.list_all(
        f"/courses/{school.course}/questionBank", limit=100, token=school.teacher.token, **query
    )


def test_questions_come_into_the_bank_once_with_their_tags(school: ExamService, bucket: Any, outbox: Outbox) -> None:
    items = [question(f"Question {number}?", title=f"Q{number}") for number in range(60)]
    bad = question("Bad?", kind="single")
    event = requested(school, bucket, "bank", [*items, bad])
    school.consume(event)
    assert len(in_bank(school, tag="loops")) == 60
    assert answers(outbox) == [(0, 60, ["Bad?"])]
    [first, *_] = in_bank(school)
    assert school.http.delete(f"/bankQuestions/{first['id']}", token=school.teacher.token).status == 204
    school.consume(event)
    assert len(in_bank(school)) == 59
    assert answers(outbox) == [(0, 60, ["Bad?"])]


def test_images_come_with_their_questions_and_words_remain_of_what_is_none(
    school: ExamService, bucket: Any, outbox: Outbox
) -> None:
    files = {
        "a/tree 1.png": b"\x89PNG\r\n\x1a\n",
        "photo.png": b"\xff\xd8\xff\xe0",
        "fake.png": b"<svg/>",
        "large.png": b"",
    }
    files["large.png"] = b"\x89PNG\r\n\x1a\n" + b"\0" * 5 * 1024 * 1024
    images = {}
    for number, (name, body) in enumerate(files.items()):
        images[name] = {"key": f"imports/{IMPORT}/files/{number}", "name": name, "size": len(body)}
        bucket.put_object(Key=images[name]["key"], Body=body, ContentType="image/png")
    text = (
        "![A tree](image:a/tree%201.png) ![A photo](image:photo.png) ![fake](image:fake.png) ![large](image:large.png)"
    )
    first, second = question(text, images=images), question("Plain", explanation="![Again](image:photo.png)")
    event = requested(school, bucket, "bank", [first, {**second, "images": {"photo.png": images["photo.png"]}}])
    school.consume(event)
    again, shown = sorted(in_bank(school), key=lambda each: len(each["questionText"]))
    tree, photo = shown["images"]
    assert shown["questionText"] == f"![A tree](image:{tree}) ![A photo](image:{photo}) fake large"
    assert (tree[-4:], photo[-4:], list(again["images"])) == (".png", ".jpg", [photo])
    assert [each["contentType"] for each in shown["images"].values()] == ["image/png", "image/jpeg"]
    stored = {each.key: each.get()["Body"].read() for each in bucket.objects.filter(Prefix="question-images/")}
    folder = f"question-images/{school.course}"
    assert stored == {f"{folder}/{tree}": files["a/tree 1.png"], f"{folder}/{photo}": files["photo.png"]}
    assert answers(outbox) == [(0, 2, ["fake.png", "large.png"])]
    school.consume(event)
    assert len(in_bank(school)) == 2


def test_quizzes_become_drafts_with_their_questions_and_draws(school: ExamService, bucket: Any, outbox: Outbox) -> None:
    items = [question(f"Question {number}?") for number in range(6)]
    school.consume(requested(school, bucket, "bank", items))
    ids = [item["id"] for item in items]
    quiz = a_quiz(ids[1], ids[0], str(uuid4()), draws=[{"tag": "loops", "count": 3}, {"tag": "none", "count": 1}])
    school.consume(requested(school, bucket, "exams", [quiz], part=1))
    shown = school.http.get(f"/exams/{quiz['id']}/details", token=school.teacher.token).json
    assert (shown["title"], shown["published"], shown["questionCount"]) == ("Quiz", False, 5)
    assert (shown["duration"], shown["attemptsAllowed"], shown["shuffle"]) == (60, 2, True)
    assert answers(outbox)[1] == (1, 1, ["Quiz", "Quiz: none"])
    assert [(one.code, one.numbers) for one in outbox.of(ImportPartApplied)[1].left_out] == [
        ("some-questions", {"taken": 2, "count": 3}),
        ("few-of-tag", {"count": 1}),
    ]


def test_questions_of_a_draft_have_the_points_of_their_quiz(school: ExamService, bucket: Any) -> None:
    items = [question(f"Question {number}?", tags=["named"] if number < 2 else ["loops"]) for number in range(5)]
    school.consume(requested(school, bucket, "bank", items))
    [first, second, *_] = [item["id"] for item in items]
    draw = {"tag": "loops", "count": 2, "points": 1.5}
    quiz = a_quiz(first, second, points={second: 2.5}, draws=[draw])
    school.consume(requested(school, bucket, "exams", [quiz], part=1))
    path = f"/exams/{quiz['id']}"
    assert school.http.get(f"{path}/details", token=school.teacher.token).json["points"] == 1 + 2.5 + 2 * 1.5
    assert [each["points"] for each in in_bank(school)] == [1] * 5


def test_a_draft_that_was_deleted_does_not_come_again(school: ExamService, bucket: Any, outbox: Outbox) -> None:
    quiz = a_quiz()
    event = requested(school, bucket, "exams", [quiz])
    school.consume(event, event)
    path = f"/exams/{quiz['id']}"
    assert school.http.delete(path, token=school.teacher.token).status == 204
    school.consume(event)
    assert school.http.get(f"{path}/details", token=school.teacher.token).status == 404
    assert answers(outbox) == [(0, 1, [])]


def test_an_exam_takes_as_many_of_its_questions_as_fit(school: ExamService, bucket: Any, outbox: Outbox) -> None:
    items = [question("x" * 9_000, explanation="y" * 3_000) for _ in range(40)]
    school.consume(requested(school, bucket, "bank", items))
    quiz = a_quiz(*(item["id"] for item in items))
    school.consume(requested(school, bucket, "exams", [quiz], part=1))
    shown = school.http.get(f"/exams/{quiz['id']}/details", token=school.teacher.token).json
    assert 10 <= shown["questionCount"] < 40
    assert answers(outbox)[1] == (1, 1, ["Quiz"])


def test_nothing_comes_into_a_deleted_course_or_of_a_deleted_import(
    school: ExamService, bucket: Any, outbox: Outbox
) -> None:
    event = requested(school, bucket, "bank", [question()])
    bucket.Object(event.key).delete()
    school.consume(event)
    event = requested(school, bucket, "bank", [question()])
    school.delete_course(school.course)
    school.consume(event)
    assert answers(outbox) == []


def test_the_bank_is_added_to_exports_of_its_course(school: ExamService, bucket: Any, outbox: Outbox) -> None:
    from lms.events.exchange import CourseExportPartAdded

    image = {"key": f"imports/{IMPORT}/files/1", "name": "a.png", "size": 8}
    bucket.put_object(Key=image["key"], Body=b"\x89PNG\r\n\x1a\n", ContentType="image/png")
    shows = question("Two?", explanation="![A](image:a.png)", images={"a.png": image})
    school.consume(requested(school, bucket, "bank", [question("One?"), shows]))
    export_id = uuid4()
    event = CourseExportRequested(
        version=1,
        export_id=export_id,
        course_id=school.course,
        parts=("outline", "bank"),
        folder=f"course-exports/{export_id}/",
    )
    school.consume(event, event)
    part = json.loads(bucket.Object(event.part_key("bank")).get()["Body"].read())
    assert sorted(each["questionText"] for each in part["questions"]) == ["One?", "Two?"]
    [file] = part["files"]
    assert f"![A](image:{file['name']})" in [each["explanation"] for each in part["questions"]]
    assert (bucket.Object(file["key"]).get()["ContentLength"], file["contentType"]) == (8, "image/png")
    assert [event.part for event in outbox.of(CourseExportPartAdded)] == ["bank"]
    school.consume(event.model_copy(update={"parts": ("outline",), "export_id": uuid4()}))
    assert len(outbox.of(CourseExportPartAdded)) == 1


def test_exams_are_added_to_exports_of_their_course(school: ExamService, bucket: Any, outbox: Outbox) -> None:
    kept, changed = question("Kept?"), question("Changed?")
    school.consume(requested(school, bucket, "bank", [kept, changed]))
    draws = [{"tag": "loops", "count": 1, "points": 2.0, "difficulty": None}]
    drawn = requested(school, bucket, "bank", [question("Drawn?", tags=["draw"])], part=1)
    quiz = a_quiz(kept["id"], changed["id"], points={kept["id"]: 4}, draws=[{**draws[0], "tag": "draw"}], minutes=20)
    school.consume(drawn, requested(school, bucket, "exams", [quiz], part=2))
    school.draft(title="Without questions")
    path = f"/bankQuestions/{changed['id']}"
    update = {"questionText": "Changed since?"}
    version = school.http.get(path, token=school.teacher.token).headers["etag"]
    assert school.http.put(path, update, token=school.teacher.token, headers={"if-match": version}).status == 200
    export_id = uuid4()
    event = CourseExportRequested(
        version=1,
        export_id=export_id,
        course_id=school.course,
        parts=("exams",),
        folder=f"course-exports/{export_id}/",
    )
    school.consume(event, event)
    part = json.loads(bucket.Object(event.part_key("exams")).get()["Body"].read())
    [own] = part["questions"]
    assert own["questionText"] == "Changed?"
    [exam] = part["exams"]
    assert exam["questions"] == [{"id": kept["id"], "points": 4.0}, {"id": own["id"], "points": 1.0}]
    assert exam["draws"] == [{"tag": "draw", "difficulty": None, "count": 1, "points": 2.0}]
    names = ("title", "instructions", "minutes", "attempts", "shuffle")
    assert [exam[name] for name in names] == ["Quiz", "Think.", 20, 2, True]
