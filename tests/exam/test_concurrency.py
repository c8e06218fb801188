"""A whole class at work at once, devices of one student, and what comes in the middle of something else."""

from collections import Counter
from functools import partial
from typing import Any

import pytest

from lms.events.exams import ResultRecorded
from tests.at_once import Meanwhile, at_once, meanwhile
from tests.clients import Answer
from tests.conftest import Outbox
from tests.exam.conftest import ALL_KINDS, SINGLE, TRUEFALSE, Calls, ExamService
from tests.people import Person

__all__ = ["meanwhile"]

_WRITES = ("PutItem", "UpdateItem", "DeleteItem")


def written(calls: Calls) -> Counter[str]:
    """How often each item was written, or checked in a transaction."""
    items: Counter[str] = Counter()
    for operation, kwargs in calls:
        if operation in _WRITES:
            items[_item(kwargs)] += 1
        if operation == "TransactWriteItems":
            items.update(_item(write) for change in kwargs["TransactItems"] for write in change.values())
    return items


def _item(write: Any) -> str:
    keys = {"ExamsTable": ("id",), "StandingsTable": ("exam_id", "student_id"), "AttemptAnswersTable": ("id",)}
    values = write.get("Key") or write.get("Item")
    names = keys.get(write["TableName"], tuple(sorted(values)))
    return f"{write['TableName']} {[values[name] for name in names]}"


def test_a_class_that_begins_saves_and_submits_at_once_is_graded_once_each(exam: ExamService, outbox: Outbox) -> None:
    published = exam.publish(*ALL_KINDS[:4], release="onSubmit")
    ids = [question["id"] for question in exam.questions(published["id"])]
    students = [exam.new_student() for _ in range(16)]

    def sit(student: Person) -> list[int]:
        begun = exam.start(published["id"], student)
        attempt = begun.json
        given = dict(zip(ids, ("a", ["mcp"], True), strict=False))
        saves = [exam.save(attempt, {question: answer}, student) for question, answer in given.items()]
        return [
            answer.status for answer in (begun, *saves, exam.submit(attempt, student), exam.submit(attempt, student))
        ]

    assert at_once([partial(sit, student) for student in students]) == [[201, 200, 200, 200, 200, 200]] * 16
    assert exam.results(published["id"])["summary"]["count"] == 16
    events = outbox.of(ResultRecorded)
    assert Counter(event.student_id for event in events) == Counter(student.id for student in students)
    assert {str(event.score) for event in events} == {"53.33"}


def test_nothing_is_shared_but_the_first_beginning(exam: ExamService, calls: Calls) -> None:
    published = exam.publish(*ALL_KINDS[:4], release="onSubmit")
    exam.sit(published)
    students = [exam.new_student() for _ in range(30)]
    calls.clear()
    for student in students:
        exam.sit(published, student=student)
    shared = {item: number for item, number in written(calls).items() if number > 3}
    # The same score, counted on ten items.
    assert all("scores#" in item for item in shared)
    assert max(shared.values(), default=0) <= 12
    assert not [item for item in written(calls) if item.startswith("ExamsTable")]


def test_an_autosave_is_three_reads_and_one_write_of_the_students_own(exam: ExamService, calls: Calls) -> None:
    published = exam.publish(TRUEFALSE)
    attempt = exam.started(published["id"])
    question = attempt["questions"][0]["id"]
    exam.save(attempt, {question: True})
    calls.clear()
    exam.save(attempt, {question: False})
    assert [operation for operation, _ in calls] == ["GetItem", "BatchGetItem", "UpdateItem"]
    assert list(written(calls)) == [f"AttemptAnswersTable {[{'S': attempt['id']}]}"]


def test_of_many_starts_of_one_student_one_begins(exam: ExamService) -> None:
    published = exam.publish(attemptsAllowed=3)
    answers = at_once([partial(exam.start, published["id"])] * 8)
    assert sorted(answer.status for answer in answers) == [200] * 7 + [201]
    assert len({answer.json["id"] for answer in answers}) == 1


def test_a_start_while_an_attempt_runs_writes_nothing(exam: ExamService, calls: Calls) -> None:
    published = exam.publish()
    exam.started(published["id"])
    calls.clear()
    assert exam.start(published["id"]).status == 200
    assert written(calls) == Counter()


def test_of_many_submissions_one_counts(exam: ExamService, outbox: Outbox) -> None:
    published = exam.publish(release="onSubmit")
    attempt = exam.started(published["id"])
    answers = at_once([partial(exam.submit, attempt)] * 8)
    assert {answer.text for answer in answers} == {answers[0].text}
    assert len(outbox.of(ResultRecorded)) == 1
    assert exam.results(published["id"])["summary"]["count"] == 1


def test_answers_of_two_devices_are_all_saved(exam: ExamService) -> None:
    attempt = exam.started(exam.publish(*[TRUEFALSE] * 4)["id"])
    ids = [question["id"] for question in attempt["questions"]]

    def save(question: str) -> Answer:
        while True:
            answer = exam.save(attempt, {question: True})
            if answer.status != 503:
                return answer

    assert [answer.status for answer in at_once([partial(save, question) for question in ids])] == [200] * 4
    assert exam.show(attempt).json["answers"] == dict.fromkeys(ids, True)
    assert exam.show(attempt).json["version"] == 5


def test_the_tick_and_a_late_submission_grade_once(exam: ExamService, outbox: Outbox) -> None:
    published = exam.publish()
    attempt = exam.started(published["id"])
    exam.save(attempt, {attempt["questions"][0]["id"]: "a"})
    exam.clock.advance(hours=1)
    at_once([exam.tick, partial(exam.submit, attempt), partial(exam.submit, attempt)])
    exam.tick()
    mine = [event for event in outbox.of(ResultRecorded) if event.student_id == exam.student.id]
    assert [str(event.score) for event in mine] == ["100.00"]
    assert exam.results(published["id"])["summary"]["count"] == 1


def test_a_save_that_meets_the_end_of_the_attempt_changes_nothing(
    exam: ExamService, monkeypatch: pytest.MonkeyPatch
) -> None:
    from exam.tables import StoredAnswers

    attempt = exam.started(exam.publish()["id"])
    update = StoredAnswers.update

    def submit_first(self: StoredAnswers, *args: Any, **kwargs: Any) -> Any:
        monkeypatch.setattr(StoredAnswers, "update", update)
        at_once([partial(exam.submit, attempt)])
        return update(self, *args, **kwargs)

    monkeypatch.setattr(StoredAnswers, "update", submit_first)
    assert exam.save(attempt, {attempt["questions"][0]["id"]: "a"}).problem == (409, "over")
    assert exam.show(attempt).json["answers"] == {}


@pytest.mark.parametrize("reader", ["student", "teacher"])
def test_an_attempt_that_is_submitted_between_two_reads_is_shown_as_it_is_now(
    exam: ExamService, monkeypatch: pytest.MonkeyPatch, reader: str
) -> None:
    from exam.service import access

    attempt = exam.started(exam.publish()["id"])
    question = attempt["questions"][0]["id"]
    read = access.read_together

    def submit_first(keys: Any) -> Any:
        monkeypatch.setattr(access, "read_together", read)
        at_once([partial(exam.save, attempt, {question: "a"})])
        at_once([partial(exam.submit, attempt)])
        return read(keys)

    monkeypatch.setattr(access, "read_together", submit_first)
    seen = exam.show(attempt, getattr(exam, reader)).json
    assert (seen["status"], seen["answers"]) == ("submitted" if reader == "student" else "graded", {question: "a"})
    assert seen.get("marks", {question: 2}) == {question: 2}


def test_a_question_that_is_changed_while_the_first_student_begins_is_not(
    exam: ExamService, meanwhile: Meanwhile
) -> None:
    published = exam.publish(SINGLE, TRUEFALSE)
    first, _ = exam.questions(published["id"])
    begun: list[Answer] = []
    meanwhile(lambda: begun.append(exam.start(published["id"])))
    changed = exam.http.put(f"/questions/{first['id']}", {"points": 9}, token=exam.teacher.token)
    assert changed.problem == (409, "begun")
    assert begun[0].json["questions"][0]["points"] == 2
    assert exam.questions(published["id"])[0] == first


def test_who_begins_while_a_question_is_changed_gets_the_changed_one(
    exam: ExamService, monkeypatch: pytest.MonkeyPatch
) -> None:
    from exam.tables import Exam

    published = exam.publish(SINGLE, TRUEFALSE)
    first, _ = exam.questions(published["id"])
    update = Exam.update

    def change_first(self: Exam, *args: Any, **kwargs: Any) -> Any:
        monkeypatch.setattr(Exam, "update", update)
        change = partial(exam.http.put, f"/questions/{first['id']}", {"points": 9}, token=exam.teacher.token)
        assert at_once([change])[0].status == 200
        return update(self, *args, **kwargs)

    monkeypatch.setattr(Exam, "update", change_first)
    assert exam.started(published["id"])["questions"][0]["points"] == 9


def test_an_exam_is_not_deleted_while_somebody_begins(exam: ExamService, meanwhile: Meanwhile) -> None:
    published = exam.publish()
    meanwhile(lambda: exam.start(published["id"]))
    answer = exam.http.delete(f"/exams/{published['id']}", token=exam.teacher.token)
    assert answer.problem == (409, "begun")


def test_marks_and_a_corrected_key_at_once_are_both_kept(exam: ExamService, meanwhile: Meanwhile) -> None:
    published = exam.publish(*ALL_KINDS[:5])
    attempt = exam.sit(published, {0: "b", 4: "x"})
    ids = [question["id"] for question in exam.questions(published["id"])]
    meanwhile(lambda: exam.regrade(published["id"], ids[0], "b"))
    assert exam.mark(attempt, {ids[4]: 4}).status == 200
    exam.pass_(minutes=1)
    assert exam.score(published["id"]) == ("passed", 52.17)


def test_a_result_recorded_by_hand_is_two_reads_and_one_write(exam: ExamService, calls: Calls) -> None:
    marked = exam.paper()
    exam.record(marked["id"], 60, exam.other)
    calls.clear()
    body = {"examId": marked["id"], "studentId": str(exam.student.id), "score": 77}
    assert exam.http.post("/results", body, token=exam.admin.token).status == 201
    assert [operation for operation, _ in calls] == ["GetItem", "BatchGetItem", "TransactWriteItems"]
