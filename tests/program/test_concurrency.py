"""Many at once: what the conditions of the transactions hold."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.at_once import Meanwhile, at_once, meanwhile, whole_calls
from tests.conftest import Outbox
from tests.people import put_card, put_student_status, remove_card, sign_in
from tests.program.conftest import Program

__all__ = ["meanwhile", "whole_calls"]
pytestmark = pytest.mark.usefixtures("whole_calls")


def statuses(calls: list[Callable[[], Any]]) -> list[int]:
    return sorted(answer.status for answer in at_once(calls))


def test_of_fifty_at_once_for_the_last_ten_seats_exactly_ten_get_one(program: Program, outbox: Outbox) -> None:
    from lms.events.enrollments import StudentEnrolled

    course = program.new_course(capacity=12)
    for _ in range(2):
        program.enroll(course, sign_in("student"))
    students = [sign_in("student") for _ in range(50)]
    calls = [lambda student=student: program.enroll(course, student) for student in students]
    assert statuses(calls) == [201] * 10 + [409] * 40
    assert program.seats_taken(course) == len(outbox.of(StudentEnrolled)) == 12


def test_one_student_enrolling_ten_times_at_once_sits_on_one_seat(program: Program) -> None:
    course = program.new_course()
    assert statuses([lambda: program.enroll(course)] * 10) == [201] + [409] * 9
    assert program.seats_taken(course) == 1


def test_a_seat_is_freed_once_however_often_it_is_left_at_once(program: Program) -> None:
    course = program.new_course()
    program.enroll(course, sign_in("student"))
    program.enroll(course)
    assert statuses([lambda: program.drop(course)] * 10) == [204] + [404] * 9
    assert program.seats_taken(course) == 1


def test_a_course_is_not_deleted_under_a_student_who_enrols(program: Program, meanwhile: Meanwhile) -> None:
    course, path = program.new_course(), "/courses/{}/delete"
    meanwhile(lambda: program.enroll(course))
    assert program.http.delete(path.format(course), token=program.admin.token).problem == (409, "active-students")
    empty = program.new_course("Empty")
    meanwhile(lambda: program.http.delete(path.format(empty), token=program.admin.token))
    assert program.enroll(empty).status == 404


def test_a_program_is_not_deleted_under_a_course_that_begins(program: Program, meanwhile: Meanwhile) -> None:
    path = f"/programs/{program.id}/delete"
    meanwhile(program.new_course)
    assert program.http.delete(path, token=program.admin.token).problem == (409, "has-courses")
    empty = program.new_program("Empty")["id"]
    meanwhile(lambda: program.http.delete(f"/programs/{empty}/delete", token=program.admin.token))
    create = program.http.post(f"/programs/{empty}/courses/create", {"title": "A"}, token=program.admin.token)
    assert create.status == 404


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"enrollment": "closed"}, "closed"),
        ({"requiresPayment": True}, "unpaid"),
        ({"requiresPayment": True, "fee": "5000.00"}, "unpaid"),
    ],
)
def test_nobody_slips_into_a_course_that_changes_its_terms(
    program: Program, meanwhile: Meanwhile, change: Any, refusal: str
) -> None:
    course = program.new_course()
    meanwhile(lambda: program.http.put(f"/courses/{course}/update", change, token=program.admin.token))
    assert program.enroll(course).problem == (409, refusal)


def test_nobody_is_enrolled_who_is_erased_meanwhile(program: Program, meanwhile: Meanwhile) -> None:
    course = program.new_course()
    meanwhile(lambda: remove_card(program.student))
    assert program.enroll(course).status == 422
    assert program.seats_taken(course) == 0


def test_of_ten_programs_at_once_with_one_title_exactly_one_is_made(program: Program) -> None:
    body = {"title": "Robotics"}
    calls = [lambda: program.http.post("/programs/create", body, token=program.admin.token)] * 10
    assert statuses(calls) == [201] + [409] * 9


def test_updates_at_once_lose_nothing(program: Program) -> None:
    course = program.new_course()
    bodies = [{"title": "New"}, {"capacity": 5}, {"quarter": "Q1"}, {"short_description": "About"}]
    path = f"/courses/{course}/update"
    calls = [lambda body=body: program.http.put(path, body, token=program.admin.token) for body in bodies]
    assert statuses(calls) == [200] * 4
    shown = program.http.get(f"/courses/{course}/details", token=program.admin.token).json
    assert shown.items() >= {"title": "New", "capacity": 5, "quarter": "Q1", "short_description": "About"}.items()
    assert shown["version"] == 5


def test_a_list_is_enrolled_while_the_gateway_learns_of_its_people(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lms.dynamo import Transaction

    course, invited = program.new_course(), [sign_in("student") for _ in range(30)]
    for person in invited:
        put_card(person, status="provisioning")
    commit, provisioned = Transaction.commit, iter(invited)

    def provision_one_first(tx: Transaction) -> None:
        # Only where the people are enrolled; a card is written by a transaction, too.
        person = next(provisioned, None)
        if person is not None:
            monkeypatch.setattr(Transaction, "commit", commit)
            put_card(person, version=2)
            monkeypatch.setattr(Transaction, "commit", provision_one_first)
        commit(tx)

    monkeypatch.setattr(Transaction, "commit", provision_one_first)
    path, body = f"/courses/{course}/enrollments/bulk", {"students": [str(person.id) for person in invited]}
    answer = program.http.post(path, body, token=program.admin.token)
    assert {row["outcome"] for row in answer.json["outcomes"]} == {"enrolled"}


def test_nobody_is_enrolled_who_is_disabled_meanwhile(program: Program, meanwhile: Meanwhile) -> None:
    course = program.new_course()
    meanwhile(lambda: put_card(program.student, status="disabled", version=2))
    assert program.enroll(course).status == 422


def test_nobody_is_enrolled_who_is_suspended_meanwhile(program: Program, meanwhile: Meanwhile) -> None:
    course = program.new_course()
    meanwhile(lambda: put_student_status(program.student, "suspended"))
    assert program.enroll(course).problem == (403, "standing")
