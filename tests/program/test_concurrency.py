"""Many at once: what the conditions of the transactions hold."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.auth.conftest import at_once, whole_calls
from tests.conftest import Outbox
from tests.people import sign_in
from tests.program.conftest import Program

__all__ = ["whole_calls"]
pytestmark = pytest.mark.usefixtures("whole_calls")


def statuses(calls: list[Callable[[], Any]]) -> list[int]:
    return sorted(answer.status for answer in at_once(calls))


def test_of_fifty_at_once_for_the_last_ten_seats_exactly_ten_get_one(program: Program, outbox: Outbox) -> None:
    from lms.events import StudentEnrolled

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


def test_a_course_is_not_deleted_under_a_student_who_enrols(program: Program) -> None:
    for _ in range(5):
        course = program.new_course()
        delete = lambda course=course: program.http.delete(f"/courses/{course}/delete", token=program.admin.token)  # noqa: E731
        answers = at_once([lambda course=course: program.enroll(course), delete])
        assert [answer.status for answer in answers] in ([201, 409], [404, 204])


def test_a_program_is_not_deleted_under_a_course_that_begins(program: Program) -> None:
    for n in range(5):
        made = program.new_program(f"Program {n}")["id"]
        create = lambda made=made: program.http.post(  # noqa: E731
            f"/programs/{made}/courses/create", {"title": "A"}, token=program.admin.token
        )
        delete = lambda made=made: program.http.delete(f"/programs/{made}/delete", token=program.admin.token)  # noqa: E731
        answers = at_once([create, delete])
        assert [answer.status for answer in answers] in ([201, 409], [404, 204])


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
