"""Students as the school sees them: /students."""

from typing import Any
from uuid import uuid4

import pytest

from tests.people import remove_card, sign_in
from tests.student.conftest import School

SUMMARY = {"view", "id", "roll_no", "name", "email", "program", "status", "version", "created_at", "updated_at"}


def _path(school: School) -> str:
    return f"/students/{school.student.id}"


def _patch(school: School, headers: Any = None, **fields: Any) -> Any:
    return school.http.patch(_path(school), fields, token=school.admin.token, headers=headers)


def test_administrators_and_the_student_see_the_whole_profile(school: School) -> None:
    profile = school.profile()
    for person in (school.admin, school.student):
        answer = school.http.get(_path(school), token=person.token)
        assert answer.json == profile
        assert answer.version == 2


def test_a_teacher_of_the_student_sees_a_line_of_them(school: School) -> None:
    school.update(address="12 Shahrah-e-Faisal", name="Amina")
    answer = school.http.get(_path(school), token=school.teacher.token)
    assert answer.status == 200, answer
    assert set(answer.json) == SUMMARY
    assert answer.json["view"] == "summary"
    assert (answer.json["id"], answer.json["name"]) == (str(school.student.id), "Amina")


def test_others_see_nobody_existing_or_not(school: School) -> None:
    colleague, classmate = sign_in("teacher"), sign_in("student")
    school.add_student(classmate, school.course)
    for status in ("active", "dropped"):
        school.add_student(school.student, school.course, status)  # type: ignore[arg-type]  # one of a Literal
        teachers = [colleague] if status == "active" else [colleague, school.teacher]
        for student_id in (school.student.id, uuid4()):
            for person in (*teachers, classmate):
                assert school.http.get(f"/students/{student_id}", token=person.token).status == 403
    assert school.http.get(f"/students/{uuid4()}", token=school.admin.token).status == 404
    assert school.http.get(f"/students/{school.admin.id}", token=school.admin.token).status == 404


def test_an_administrator_changes_a_students_standing(school: School) -> None:
    answer = _patch(school, status="graduated", program="Agentic AI", enrollment_year=2024)
    assert answer.status == 200, answer
    standing = ("student_status", "program", "enrollment_year")
    assert [answer.json[field] for field in standing] == ["graduated", "Agentic AI", 2024]
    assert answer.json == school.profile()
    assert _patch(school, program=None).json["enrollment_year"] == 2024
    assert school.profile()["program"] is None
    assert school.http.patch(f"/students/{uuid4()}", {"program": "x"}, token=school.admin.token).status == 404


@pytest.mark.parametrize(
    "fields",
    [
        {"status": None},
        {"status": "asleep"},
        {"program": ""},
        {"enrollment_year": "2024"},
        {"enrollment_year": 1899},
        {"enrollment_year": True},
        {"name": "x"},
        {"roll_no": "x"},
        {"email": "x@example.com"},
    ],
)
def test_what_is_no_standing_is_refused(school: School, fields: Any) -> None:
    before = school.profile()
    assert _patch(school, **fields).status == 422
    assert school.profile() == before


def test_every_service_knows_at_once_who_is_suspended_until_they_are_erased(school: School) -> None:
    from lms import roster
    from lms.dynamo import read_together
    from lms.events.users import UserErased

    def known() -> Any:
        [item] = read_together([roster.student_status_key(school.student.id)])
        return item and item.status

    _patch(school, program="Agentic AI")
    assert known() is None
    for status in ("suspended", "active"):
        _patch(school, status=status)
        assert known() == status
    remove_card(school.student)
    school.consume(UserErased(version=2, user_id=school.student.id))
    assert known() is None


def test_a_standing_changes_only_as_it_was_read(school: School) -> None:
    tag = school.http.get(_path(school), token=school.admin.token).headers["etag"]
    assert _patch(school, {"if-match": tag}, program="a").status == 200
    assert _patch(school, {"if-match": tag}, program="b").status == 412


def test_all_pages_together_have_each_student_once(school: School) -> None:
    students = [school.student, *(sign_in("student") for _ in range(6))]
    school.consume(*(school.profile_event(version=2, student=student) for student in students))
    listed = school.http.list_all("/students", limit=3, token=school.admin.token)
    assert all(set(student) == SUMMARY for student in listed)
    assert sorted(student["id"] for student in listed) == sorted(str(student.id) for student in students)


def test_a_student_is_found_by_roll_number(school: School) -> None:
    roll_no = school.student.roll_no
    assert roll_no is not None

    def found(number: str) -> list[str]:
        answer = school.http.get("/students", token=school.admin.token, query={"roll_no": number})
        assert (answer.status, answer.json["next"]) == (200, None)
        return [student["id"] for student in answer.json["items"]]

    assert found(roll_no) == found(roll_no.lower()) == [str(school.student.id)]
    assert found("NOBODY") == []
