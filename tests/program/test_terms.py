"""The term of a course, and who teaches it."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.at_once import Meanwhile, meanwhile
from tests.conftest import Calls
from tests.institute.conftest import Institute, institute
from tests.people import sign_in
from tests.program.conftest import Program

__all__ = ["institute", "meanwhile"]  # For the tests of this file.
UNKNOWN = {"loc": ["body", "termId"], "msg": "There is no such term.", "type": "unknown"}


def test_a_course_shows_its_term_and_keeps_it_from_being_deleted(program: Program, institute: Institute) -> None:
    term = institute.new_term().json
    course = program.new_course(termId=term["id"])
    shown = program.shown(course)
    assert [shown[name] for name in ("termId", "termTitle", "termStartsOn", "termEndsOn")] == [
        term[name] for name in ("id", "title", "startsOn", "endsOn")
    ]
    assert institute.delete_term(term["id"]).problem == (409, "has-courses")
    program.update(course, termId=None)
    assert program.shown(course)["termTitle"] is None
    assert institute.delete_term(term["id"]).status == 204


def test_a_course_moves_from_term_to_term_and_leaves_it_with_its_end(program: Program, institute: Institute) -> None:
    spring, autumn = institute.new_term().json["id"], institute.new_term(title="Autumn").json["id"]
    course = program.new_course(termId=spring)
    program.update(course, termId=autumn)
    assert institute.delete_term(spring).status == 204
    assert institute.delete_term(autumn).status == 409
    program.http.delete(f"/courses/{course}/delete", token=program.admin.token)
    assert institute.delete_term(autumn).status == 204


def test_a_term_that_does_not_exist_is_refused(program: Program) -> None:
    path, token = f"/programs/{program.id}/courses/create", program.admin.token
    refused = program.http.post(path, {"title": "A", "termId": str(uuid4())}, token=token)
    assert refused.json["errors"] == [UNKNOWN]
    course = program.new_course()
    refused = program.http.put(f"/courses/{course}/update", {"termId": str(uuid4())}, token=token)
    assert refused.json["errors"] == [UNKNOWN]


def test_of_a_course_that_names_a_term_and_the_terms_deletion_at_once_one_is_refused(
    program: Program, institute: Institute, meanwhile: Meanwhile
) -> None:
    term = institute.new_term().json["id"]
    meanwhile(lambda: program.new_course(termId=term))
    assert institute.delete_term(term).problem == (409, "has-courses")
    other = institute.new_term().json["id"]
    meanwhile(lambda: institute.delete_term(other))
    path = f"/programs/{program.id}/courses/create"
    answer = program.http.post(path, {"title": "A", "termId": other}, token=program.admin.token)
    assert answer.json["errors"] == [UNKNOWN]


def test_a_course_shows_its_teachers_whatever_the_order_of_their_events(program: Program) -> None:
    from lms.events.enrollments import InstructorAssigned, InstructorUnassigned

    course = program.new_course(capacity=2)
    program.enroll(course)
    other = sign_in("teacher")
    ids: dict[str, Any] = {"course_id": UUID(course)}
    begun = InstructorAssigned(version=1, teacher_id=program.teacher.id, **ids)
    ended = InstructorUnassigned(version=2, teacher_id=program.teacher.id, **ids)
    again = InstructorAssigned(version=3, teacher_id=program.teacher.id, **ids)
    program.consume(begun, InstructorAssigned(version=1, teacher_id=other.id, **ids), ended, begun)
    assert [teacher["id"] for teacher in program.shown(course)["teachers"]] == [str(other.id)]
    program.consume(again, ended)
    shown = program.shown(course)
    assert [teacher["id"] for teacher in shown["teachers"]] == [str(program.teacher.id), str(other.id)]
    assert all(teacher["name"] for teacher in shown["teachers"])
    assert shown["seatsLeft"] == 1


@pytest.mark.parametrize("number", [1, 25])
def test_the_courses_of_a_program_take_three_calls_however_many(program: Program, number: int, calls: Calls) -> None:
    from lms.events.enrollments import InstructorAssigned

    for index in range(number):
        course = program.new_course(f"Course {index}")
        event = InstructorAssigned(version=1, teacher_id=program.teacher.id, course_id=UUID(course))
        program.consume(event)
    calls.clear()
    assert len(program.http.get(f"/programs/{program.id}/courses").json["items"]) == number
    assert [operation for operation, _ in calls] == ["Query", "BatchGetItem", "BatchGetItem"]
