"""One exam as its people see it, and a student's exams in all courses."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.exam.conftest import SINGLE, TEXT, Calls, ExamService, moment
from tests.people import Person, sign_in


def details(exam: ExamService, exam_id: str, as_: Person | None = None) -> Any:
    answer = exam.http.get(f"/exams/{exam_id}/details", token=(as_ or exam.student).token)
    assert answer.status == 200, answer
    return answer.json


def own(exam: ExamService, student: Person | None = None, *, limit: int = 25, **query: str) -> list[str]:
    """The titles of a student's exams."""
    listed = exam.http.list_all("/student/exams", limit=limit, token=(student or exam.student).token, **query)
    return [shown["title"] for shown in listed]


def test_a_teacher_sees_an_exam_with_its_instructions_and_what_it_holds(exam: ExamService) -> None:
    published = exam.publish(SINGLE, TEXT, instructions="*Calculators* are allowed.")
    seen = details(exam, published["id"], exam.teacher)
    assert {**seen, **published} == seen
    assert (seen["instructions"], seen["questionCount"], seen["points"]) == ("*Calculators* are allowed.", 2, 6)
    assert (seen["courseTitle"], seen["ownClosesAt"], seen["state"]) == ("Agents", None, None)
    exam.started(published["id"])
    assert exam.change(published["id"], instructions="None.").problem == (409, "begun")


def test_a_student_sees_how_the_exam_is_for_them(exam: ExamService) -> None:
    published = exam.publish(examDate=exam.at(minutes=5), attemptsAllowed=2)
    exam.grant(published["id"], extraMinutes=30)
    assert details(exam, published["id"])["state"] == "upcoming"
    exam.clock.advance(minutes=5)
    seen = details(exam, published["id"])
    assert (seen["state"], seen["attemptsLeft"], seen["runningAttemptId"]) == ("open", 2, None)
    assert moment(seen["ownClosesAt"]) == exam.clock() + timedelta(minutes=90)
    assert details(exam, published["id"], exam.other)["ownClosesAt"] == published["closesAt"]
    for left in (1, 0):
        attempt = exam.started(published["id"])
        seen = details(exam, published["id"])
        assert (seen["state"], seen["attemptsLeft"], seen["runningAttemptId"]) == ("open", left, attempt["id"])
        exam.submit(attempt)
    seen = details(exam, published["id"])
    assert (seen["state"], seen["runningAttemptId"]) == ("over", None)
    exam.clock.advance(minutes=61)
    assert details(exam, published["id"], exam.other)["state"] == "over"


def test_an_exam_on_paper_is_open_while_it_is_written(exam: ExamService) -> None:
    paper = exam.paper()
    assert details(exam, paper["id"])["state"] == "open"
    exam.clock.advance(hours=1)
    assert details(exam, paper["id"])["state"] == "over"


def test_students_find_only_published_exams_of_their_courses(exam: ExamService) -> None:
    for exam_id, caller in (
        (exam.draft()["id"], exam.student),
        (exam.publish()["id"], sign_in("student")),
        (exam.publish()["id"], sign_in("teacher")),
    ):
        assert exam.http.get(f"/exams/{exam_id}/details", token=caller.token).status == 404


def test_a_student_lists_exams_of_all_courses_soonest_first(exam: ExamService) -> None:
    first = exam.course
    exam.publish(title="third", examDate=exam.at(days=3))
    exam.draft(title="draft")
    over = exam.publish(title="over")
    exam.course = exam.add_course("Tools")
    exam.assign(exam.teacher, exam.course)
    exam.enroll(exam.student)
    exam.publish(title="second", examDate=exam.at(minutes=30))
    withdrawn = exam.publish(title="withdrawn")
    exam.change(withdrawn["id"], published=False)
    exam.sit(over)
    exam.clock.advance(minutes=45)
    for limit in (1, 2, 25):
        assert own(exam, limit=limit) == ["over", "second", "third"]
        assert [own(exam, limit=limit, state=state) for state in ("upcoming", "open", "over")] == [
            ["third"],
            ["second"],
            ["over"],
        ]
    assert own(exam, exam.other) == ["over", "third"]
    exam.add_student(exam.student, first, "dropped")
    assert own(exam) == ["over", "second"]
    exam.delete_course(exam.course)
    assert own(exam) == ["over"]


def test_an_exam_is_open_as_long_as_for_the_student_who_asks(exam: ExamService) -> None:
    published = exam.publish(title="moved")
    exam.grant(published["id"], extraMinutes=30)
    exam.clock.advance(minutes=75)
    assert (own(exam, state="open"), own(exam, exam.other, state="open")) == (["moved"], [])
    assert own(exam, exam.other, state="over") == ["moved"]


def test_exams_of_a_hundred_courses_take_three_reads(exam: ExamService, calls: Calls) -> None:
    exam.publish()
    for _ in range(99):
        exam.enroll(exam.student)
        exam.course = exam.add_course()
    exam.enroll(exam.student)
    calls.clear()
    assert own(exam) == ["Final"]
    assert [operation for operation, _ in calls] == ["Query", "BatchGetItem", "BatchGetItem"]


def test_questions_are_put_into_another_order_until_the_exam_begins(exam: ExamService) -> None:
    published = exam.publish(SINGLE, TEXT, SINGLE)
    path, token = f"/exams/{published['id']}/questions/order", exam.teacher.token
    ids = [question["id"] for question in exam.questions(published["id"])]
    answer = exam.http.put(path, {"questionIds": ids[::-1]}, token=token)
    assert [question["id"] for question in answer.json["items"]] == ids[::-1]
    assert [question["id"] for question in exam.questions(published["id"])] == ids[::-1]
    attempt = exam.started(published["id"])
    assert [question["id"] for question in attempt["questions"]] == ids[::-1]
    assert exam.http.put(path, {"questionIds": ids}, token=token).problem == (409, "begun")


@pytest.mark.parametrize("places", [[], [0], [0, 0], [0, 1, 1], [0, None]])
def test_an_order_names_every_question_once(exam: ExamService, places: list[int | None]) -> None:
    draft = exam.draft()
    ids = [exam.add(draft["id"], SINGLE)["id"] for _ in range(2)]
    named = [str(UUID(int=7)) if index is None else ids[index] for index in places]
    path = f"/exams/{draft['id']}/questions/order"
    assert exam.http.put(path, {"questionIds": named}, token=exam.teacher.token).status == 422
