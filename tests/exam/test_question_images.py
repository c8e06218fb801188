"""Images in questions: POST /courses/{courseId}/questionImages, `image:<id>` in texts, links in what shows them."""

from copy import deepcopy
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest

from tests.clients import Answer
from tests.exam.conftest import MATCHING, SINGLE, TEXT, ExamService
from tests.exam.test_copies import copied, listed

PNG = b"\x89PNG\r\n\x1a\n"
BEGINNINGS = {"image/png": PNG, "image/jpeg": b"\xff\xd8\xff\xe0", "image/webp": b"RIFF\0\0\0\0WEBP"}
MOST_BYTES = 5 * 1024 * 1024


def upload_form(exam: ExamService, content_type: str = "image/png", course: Any = None) -> Answer:
    path = f"/courses/{course or exam.course}/questionImages"
    return exam.http.post(path, {"contentType": content_type}, token=exam.teacher.token)


def upload(exam: ExamService, bucket: Any, content_type: str = "image/png", body: bytes | None = None) -> str:
    """The id of an image that was sent by its form."""
    form = upload_form(exam, content_type).json
    send(bucket, form, BEGINNINGS[content_type] if body is None else body)
    return str(form["id"])


def send(bucket: Any, form: Any, body: bytes) -> None:
    """What storage makes of a form that was sent."""
    fields = form["upload"]["fields"]
    bucket.put_object(Key=fields["key"], Body=body, ContentType=fields["Content-Type"])


def shows(image_id: str, text: str = "Look:") -> str:
    return f"{text} ![a loop](image:{image_id})"


def post(exam: ExamService, exam_id: str, question: Any) -> Answer:
    return exam.http.post(f"/exams/{exam_id}/questions", question, token=exam.teacher.token)


def bank(exam: ExamService, question: Any) -> Answer:
    return exam.http.post(f"/courses/{exam.course}/questionBank", question, token=exam.teacher.token)


def add_to_draft(exam: ExamService, question: Any) -> Answer:
    return post(exam, exam.draft()["id"], question)


def seconds_of(url: str) -> int:
    return int(parse_qs(urlsplit(url).query)["X-Amz-Expires"][0])


def test_a_form_admits_one_type_and_5_mb_for_an_hour(exam: ExamService, bucket: Any) -> None:
    answer = upload_form(exam, "image/webp")
    assert answer.status == 200
    form = answer.json
    assert form["id"].endswith(".webp")
    assert form["expiresIn"] == 3600
    fields = form["upload"]["fields"]
    assert fields["key"] == f"uploads/question-images/{exam.course}/{form['id']}"
    assert fields["Content-Type"] == "image/webp"


@pytest.mark.parametrize("content_type", ["image/svg+xml", "image/gif", "application/pdf"])
def test_there_is_no_form_for_other_types(exam: ExamService, bucket: Any, content_type: str) -> None:
    answer = upload_form(exam, content_type)
    assert (answer.status, answer.json["errors"][0]["loc"]) == (422, ["body", "contentType"])


@pytest.mark.parametrize("content_type", list(BEGINNINGS))
def test_a_question_shows_the_images_that_it_names(exam: ExamService, bucket: Any, content_type: str) -> None:
    image, other = upload(exam, bucket, content_type), upload(exam, bucket)
    answer = bank(exam, {**TEXT, "questionText": shows(image), "explanation": shows(other)})
    assert answer.status == 201, answer
    images = answer.json["images"]
    assert {name: each["contentType"] for name, each in images.items()} == {image: content_type, other: "image/png"}
    assert f"/question-images/{exam.course}/{image}?" in images[image]["url"]
    stored = bucket.Object(f"question-images/{exam.course}/{image}").get()
    assert (stored["ContentType"], stored["Body"].read()) == (content_type, BEGINNINGS[content_type])


@pytest.mark.parametrize(
    "loc", [["questionText"], ["explanation"], ["choices", 0, "text"], ["prompts", 1, "text"]], ids=str
)
def test_an_image_in_any_text_must_have_been_uploaded(exam: ExamService, bucket: Any, loc: list[Any]) -> None:
    def question(image_id: str) -> Any:
        body: Any = deepcopy(MATCHING)
        holder = body
        for step in loc[:-1]:
            holder = holder[step]
        holder[loc[-1]] = shows(image_id)
        return body

    image = upload(exam, bucket)
    for call in (bank, add_to_draft):
        for missing in (f"{uuid4()}.png", "loop.png", "../x"):
            answer = call(exam, question(missing))
            assert (answer.status, answer.json["errors"][0]["loc"]) == (422, ["body", *loc]), answer
            assert answer.json["errors"][0]["type"] == "image_missing"
        shown = call(exam, question(image))
        assert (shown.status, list(shown.json["images"])) == (201, [image]), shown


@pytest.mark.parametrize("body", [b"<svg onload='alert(1)'/>", b"\xff\xd8\xff\xe0", b"PNG", PNG + b"\0" * MOST_BYTES])
def test_what_is_no_image_of_its_type_is_refused(exam: ExamService, bucket: Any, body: bytes) -> None:
    image = upload(exam, bucket, body=body)
    answer = bank(exam, {**TEXT, "questionText": shows(image)})
    assert (answer.status, answer.json["errors"][0]["type"]) == (422, "image_kind")
    assert [each.key for each in bucket.objects.filter(Prefix="question-images/")] == []


@pytest.mark.parametrize("words", ["", "a *loop*", r"the array a\[0\]", "حلقہ"])
def test_an_image_may_have_any_words(exam: ExamService, bucket: Any, words: str) -> None:
    image = upload(exam, bucket)
    answer = bank(exam, {**TEXT, "questionText": f"Look: ![{words}](image:{image})"})
    assert (answer.status, list(answer.json["images"])) == (201, [image])


def test_images_of_another_course_are_not_found(exam: ExamService, bucket: Any) -> None:
    other = exam.add_course()
    exam.assign(exam.teacher, other)
    form = upload_form(exam, course=other).json
    send(bucket, form, PNG)
    assert bank(exam, {**TEXT, "questionText": shows(form["id"])}).status == 422


def test_a_question_shows_twenty_images_at_most(exam: ExamService, bucket: Any) -> None:
    images = [upload(exam, bucket) for _ in range(21)]
    assert bank(exam, {**TEXT, "questionText": " ".join(map(shows, images[:20]))}).status == 201
    answer = bank(exam, {**TEXT, "questionText": " ".join(map(shows, images))})
    assert (answer.status, answer.json["errors"][0]["type"]) == (422, "too_many_images")


def test_an_accepted_image_stays_whatever_is_uploaded_later(exam: ExamService, bucket: Any) -> None:
    form = upload_form(exam).json
    send(bucket, form, PNG + b"first")
    question = bank(exam, {**TEXT, "questionText": shows(form["id"])}).json
    send(bucket, form, PNG + b"second")
    again = bank(exam, {**TEXT, "questionText": shows(form["id"])})
    assert again.status == 201
    # Uploads expire after a day.
    bucket.Object(form["upload"]["fields"]["key"]).delete()
    path = f"/bankQuestions/{question['id']}"
    changed = exam.http.put(path, {"explanation": shows(form["id"])}, token=exam.teacher.token)
    assert (changed.status, list(changed.json["images"])) == (200, [form["id"]])
    stored = bucket.Object(f"question-images/{exam.course}/{form['id']}").get()
    assert stored["Body"].read() == PNG + b"first"


def test_a_changed_question_shows_what_its_texts_name_now(exam: ExamService, bucket: Any) -> None:
    first, second = upload(exam, bucket), upload(exam, bucket)
    question = post(exam, exam.draft()["id"], {**TEXT, "questionText": shows(first)}).json
    path = f"/questions/{question['id']}"
    changed = exam.http.put(path, {"questionText": shows(second)}, token=exam.teacher.token)
    assert (changed.status, list(changed.json["images"])) == (200, [second])
    refused = exam.http.put(path, {"explanation": shows(f"{uuid4()}.png")}, token=exam.teacher.token)
    assert refused.status == 422


def test_the_images_of_an_explanation_are_shown_with_it(exam: ExamService, bucket: Any) -> None:
    asked, choice, explained = (upload(exam, bucket) for _ in range(3))
    choices = [{"id": "a", "text": shows(choice)}, {"id": "b", "text": "The tool"}]
    question = {**SINGLE, "questionText": shows(asked), "choices": choices, "explanation": shows(explained)}
    published = exam.publish(question)
    attempt = exam.started(published["id"])
    [shown] = attempt["questions"]
    assert set(shown["images"]) == {asked, choice}
    [listed] = exam.questions(published["id"], exam.student)
    assert set(listed["images"]) == {asked, choice}
    [taught] = exam.questions(published["id"])
    assert set(taught["images"]) == {asked, choice, explained}
    exam.save(attempt, {shown["id"]: "a"})
    exam.submit(attempt)
    exam.pass_(hours=2)
    [reviewed] = exam.result(published["id"]).json["answers"]
    assert set(reviewed["images"]) == {asked, choice, explained}


@pytest.mark.parametrize(("minutes", "seconds"), [(1, 300), (180, 180 * 60), (14 * 24 * 60, 7 * 24 * 60 * 60)])
def test_the_links_of_an_attempt_last_until_it_ends(exam: ExamService, bucket: Any, minutes: int, seconds: int) -> None:
    published = exam.publish({**TEXT, "questionText": shows(upload(exam, bucket))}, duration=minutes)
    [question] = exam.started(published["id"])["questions"]
    [image] = question["images"].values()
    assert seconds_of(image["url"]) == seconds


def test_a_copy_in_an_exam_shows_the_same_images(exam: ExamService, bucket: Any) -> None:
    image = upload(exam, bucket)
    banked = bank(exam, {**TEXT, "questionText": shows(image)}).json
    draft = exam.draft()
    path = f"/exams/{draft['id']}/questions/fromBank"
    assert exam.http.post(path, {"questionIds": [banked["id"]]}, token=exam.teacher.token).status == 201
    removed = exam.http.delete(f"/bankQuestions/{banked['id']}", token=exam.teacher.token)
    assert removed.status == 204
    [copied] = exam.questions(draft["id"])
    assert list(copied["images"]) == [image]
    assert f"/question-images/{exam.course}/{image}?" in copied["images"][image]["url"]


def test_a_copy_of_the_course_shows_the_same_images(exam: ExamService, bucket: Any) -> None:
    image = upload(exam, bucket)
    question = {**TEXT, "questionText": shows(image)}
    assert bank(exam, question).status == 201
    exam.publish(question)
    event = copied(exam)
    exam.consume(event)
    [copied_exam] = listed(exam, event.course_id)
    banked = exam.http.list_all(f"/courses/{event.course_id}/questionBank", limit=10, token=exam.teacher.token)
    for [shown] in (exam.questions(str(copied_exam["id"])), banked):
        assert f"/question-images/{exam.course}/{image}?" in shown["images"][image]["url"]
    path = f"/bankQuestions/{banked[0]['id']}"
    assert exam.http.put(path, {"explanation": shows(image)}, token=exam.teacher.token).status == 200


def test_an_exam_has_room_for_the_links_of_its_images(exam: ExamService, bucket: Any) -> None:
    texts = " ".join(shows(upload(exam, bucket)) for _ in range(20))
    draft = exam.draft()
    answers = [post(exam, draft["id"], {**TEXT, "questionText": texts}) for _ in range(6)]
    assert [each.status for each in answers][:4] == [201] * 4
    assert (answers[-1].status, answers[-1].json["errors"][0]["type"]) == (422, "questions_too_long")
