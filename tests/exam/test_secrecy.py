"""Before its release nothing that a student can see depends on what is right."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from lms.events.exams import ResultRecorded
from tests.clients import Answer
from tests.conftest import Outbox
from tests.exam.conftest import ALL_KINDS, SINGLE, ExamService
from tests.people import Person

RIGHT = ["a", ["mcp", "a2a", "http"], True, 0.3, "Because", "Ada King Lovelace", {"1": "Newton", "2": "Watt"}]
WRONG = ["b", ["gpu"], False, 7, "No idea", "Babbage", {"1": "Volt", "2": "Newton"}]
RIGHT.append(["Bit", "Byte", "Page", "Disk"])
WRONG.append(["Disk", "Bit", "Byte", "Page"])
KEYED = [question for question in ALL_KINDS if question["kind"] != "text"]
SECRETS = [question["explanation"] for question in ALL_KINDS]
# Ids, and the digests in ETags: of bodies that differ in ids alone they differ too.
_ID = re.compile(r'[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?<=["-])[0-9a-f]{16}(?=\\")')


class Diary:
    """All that one student gets to see, with ids in the order in which they appear instead of themselves."""

    def __init__(self) -> None:
        self.pages: list[Any] = []
        self._names: dict[str, str] = {}

    def keep(self, answer: Answer) -> Answer:
        body = json.loads(answer.text) if answer.text else None
        if isinstance(body, dict):
            body = _in_one_order({k: v for k, v in body.items() if k not in ("answers", "request_id")})
        headers = {k: v for k, v in answer.headers.items() if k not in ("x-request-id", "content-length")}
        page = json.dumps([answer.status, headers, body])
        for secret in (
            *SECRETS,
            "correctAnswer",
            "accepted",
            "Ada *",
            "fullCredit",
            "full_credit",
            '"marks',
        ):
            assert secret not in answer.text, (secret, answer)
        self.pages.append(_ID.sub(lambda found: self._names.setdefault(found[0], f"id {len(self._names)}"), page))
        return answer


def _in_one_order(body: Any) -> Any:
    """A body with the choices of each question by their text: an attempt may have an order of its own for them."""
    for question in body.get("questions", ()) or body.get("items", ()):
        if "choices" in question:
            question["choices"].sort(key=lambda choice: choice["text"])
    return body


def _with_ids(attempt: Any, index: int, answer: Any) -> Any:
    """An answer that names choices by their text, with the ids that they have in an attempt."""
    ids = {choice["text"]: choice["id"] for choice in attempt["questions"][index]["choices"]}
    if isinstance(answer, dict):
        return {prompt: ids[text] for prompt, text in answer.items()}
    return [ids[text] for text in answer] if attempt["questions"][index]["kind"] == "ordering" else answer


def _look_around(exam: ExamService, diary: Diary, exam_id: str, attempt: Any, student: Person, other: Person) -> None:
    """Every request that a student may send about an exam, an attempt and its result."""
    token = student.token
    for method, path, body in (
        ("GET", f"/exams/{exam.course}", None),
        ("GET", f"/courses/{exam.course}/exams", None),
        ("GET", f"/exams/{exam_id}/questions", None),
        ("GET", f"/exams/{exam_id}/attempts", None),
        ("GET", f"/exams/{exam_id}/attempts?status=pending", None),
        ("GET", f"/exams/{exam_id}/attempts?status=graded", None),
        ("GET", f"/exams/{exam_id}/results", None),
        ("GET", f"/attempts/{attempt['id']}", None),
        ("GET", f"/results/{exam_id}/{student.id}", None),
        ("GET", f"/results/{exam_id}/{other.id}", None),
        ("PUT", f"/attempts/{attempt['id']}/answers", {}),
        ("POST", f"/attempts/{attempt['id']}/submit", None),
        ("PUT", f"/attempts/{attempt['id']}/marks", {"marks": {}}),
        ("POST", f"/exams/{exam_id}/attempts", None),
        ("POST", f"/exams/{exam_id}/regrade", {}),
        ("POST", f"/exams/{exam_id}/release", None),
        ("POST", "/results", {"examId": exam_id, "studentId": str(student.id), "score": 100}),
    ):
        bare, _, status = path.partition("?status=")
        query = {"status": status} if status else None
        diary.keep(exam.http(method, bare, body, token=token, query=query))


@pytest.mark.parametrize("release", ["onClose", "manual"])
def test_right_and_wrong_answers_look_the_same_until_the_release(
    exam: ExamService, outbox: Outbox, release: str
) -> None:
    published = exam.publish(*ALL_KINDS, release=release, attemptsAllowed=2)
    exam_id = published["id"]
    question_ids = [question["id"] for question in exam.questions(exam_id)]
    late = exam.new_student()
    exam.grant(exam_id, late, closesAt=exam.at(hours=5))
    takers: list[tuple[Person, Person, list[Any], Diary, Any]] = []
    for student, other, given in ((exam.student, exam.other, RIGHT), (exam.other, exam.student, WRONG)):
        diary = Diary()
        attempt = diary.keep(exam.start(exam_id, student)).json
        takers.append((student, other, given, diary, attempt))

    def each(step: Callable[[Person, Person, list[Any], Diary, Any], Any]) -> None:
        for taker in takers:
            step(*taker)

    def look(student: Person, other: Person, _: Any, diary: Diary, attempt: Any) -> None:
        _look_around(exam, diary, exam_id, attempt, student, other)

    def save(student: Person, _other: Person, given: list[Any], diary: Diary, attempt: Any) -> None:
        for index, (question_id, answer) in enumerate(zip(question_ids, given, strict=True)):
            diary.keep(exam.save(attempt, {question_id: _with_ids(attempt, index, answer)}, student))

    each(save)
    each(lambda student, _o, _g, diary, attempt: diary.keep(exam.submit(attempt, student)))
    each(look)
    # What teachers do meanwhile goes well for one and badly for the other.
    each(lambda _s, _o, given, _d, attempt: exam.mark(attempt, {question_ids[4]: 4 if given is RIGHT else 0}))
    each(look)
    exam.mark(takers[0][4], {question_ids[3]: 1}, reason="Only one of them is marked again")
    exam.regrade(exam_id, question_ids[0], "a")
    exam.regrade(exam_id, question_ids[2], "full_credit")
    exam.tick()
    each(look)
    # The exam has closed for these two, while another student still answers.
    exam.started(exam_id, late)
    if release == "manual":
        assert exam.release(exam_id, closeNow=True).json["releasedAt"] is None
    exam.pass_(minutes=59 if release == "manual" else 61)
    each(look)
    each(lambda student, *_: exam.enroll(student, "dropped"))
    each(look)
    assert exam.score(exam_id, exam.student) != exam.score(exam_id, exam.other)

    assert takers[0][3].pages == takers[1][3].pages
    assert outbox.of(ResultRecorded) == []
    assert all(secret not in event.model_dump_json() for event in outbox.all() for secret in SECRETS)


def test_a_running_attempt_shows_neither_weights_nor_the_ids_and_the_order_of_choices_that_tell_the_key(
    exam: ExamService,
) -> None:
    weighted = {**SINGLE, "choices": [{**SINGLE["choices"][0], "weight": 100}, {**SINGLE["choices"][1], "weight": 5}]}
    published = exam.publish(weighted, *ALL_KINDS)
    students = (exam.student, exam.other)
    attempts = [exam.started(published["id"], student) for student in students]
    shown = [choice for attempt in attempts for asked in attempt["questions"] for choice in asked["choices"]]
    assert {*map(tuple, shown)} == {("id", "text")}
    orders = set()
    for student, attempt in zip(students, attempts, strict=True):
        ids = {asked["kind"]: [choice["id"] for choice in asked["choices"]] for asked in attempt["questions"]}
        assert not {*ids["matching"], *ids["ordering"]} & {"1", "2", "3", "4"}
        orders.add((*ids["matching"], *ids["ordering"]))
        assert exam.show(attempt, student).json["questions"] == attempt["questions"]
    assert len(orders) == 2
    # What one attempt calls a choice means nothing in another.
    ordering = next(asked["id"] for asked in attempts[0]["questions"] if asked["kind"] == "ordering")
    other_ids = [choice["id"] for choice in attempts[1]["questions"][-1]["choices"]]
    assert exam.save(attempts[0], {ordering: other_ids}).status == 422
    assert exam.save(attempts[0], {ordering: ["1", "2", "3", "4"]}).status == 422


def test_a_score_that_is_released_on_submit_comes_without_keys(exam: ExamService) -> None:
    published = exam.publish(*KEYED, release="onSubmit")
    diary = Diary()
    attempt = diary.keep(exam.start(published["id"])).json
    submitted = diary.keep(exam.submit(attempt)).json
    assert submitted["score"] == 0
    for path in (f"/attempts/{attempt['id']}", f"/exams/{published['id']}/attempts"):
        diary.keep(exam.http.get(path, token=exam.student.token))
    assert exam.http.get(f"/exams/{published['id']}/questions", token=exam.student.token).status == 403
    result = exam.result(published["id"])
    assert result.json["answers"] is None
    assert not any(secret in result.text for secret in SECRETS)


def test_no_key_is_shown_to_anybody_while_one_student_still_has_time(exam: ExamService) -> None:
    published = exam.publish(*KEYED, release="manual")
    exam.grant(published["id"], closesAt=exam.at(hours=5), extraAttempts=1)
    exam.sit(published, {})
    exam.sit(published, {}, exam.other)
    exam.clock.advance(hours=2)
    path = f"/exams/{published['id']}/questions"
    second = exam.started(published["id"])
    for fields in ({}, {"closeNow": True}):
        exam.release(published["id"], **fields)
        exam.tick()
        assert exam.http.get(path, token=exam.other.token).status == 403
        assert "correctAnswer" not in exam.http.get(path, token=exam.student.token).text
        assert exam.result(published["id"], exam.other).status == 404
    assert exam.submit(second).json["score"] is None
    assert exam.http.get(path, token=exam.student.token).status == 403
    exam.pass_(minutes=1)
    for student in (exam.student, exam.other):
        assert "correctAnswer" in exam.http.get(path, token=student.token).text
        assert exam.result(published["id"], student).json["status"] == "failed"


def test_who_made_no_attempt_never_sees_a_key(exam: ExamService) -> None:
    published = exam.publish()
    exam.pass_(hours=2)
    assert exam.result(published["id"]).json["status"] == "missed"
    assert exam.http.get(f"/exams/{published['id']}/questions", token=exam.student.token).status == 403
