"""Assigning teachers to courses."""

from uuid import uuid4

import pytest

from tests.at_once import Meanwhile, meanwhile
from tests.conftest import Outbox
from tests.instructor.conftest import School
from tests.people import put_card, remove_card, sign_in

__all__ = ["meanwhile"]


def test_an_assigned_teacher_is_one_for_every_service_at_once(school: School, outbox: Outbox) -> None:
    from lms import roster
    from lms.events.enrollments import InstructorAssigned

    course = school.add_course()
    answer = school.assign_teacher(course)
    assert answer.status == 200, answer
    assert (
        answer.json.items()
        >= {
            "id": str(school.teacher.id),
            "name": school.teacher.name,
            "email": school.teacher.email,
            "assignedCourses": [str(course)],
        }.items()
    )
    assert set(answer.json) == {"id", "name", "email", "assignedCourses", "version", "created_at", "updated_at"}
    assert roster.teaches(school.teacher.id, course)
    assert outbox.all() == [InstructorAssigned(version=1, course_id=course, teacher_id=school.teacher.id)]
    shown = school.http.get(f"/instructors/{school.teacher.id}", token=school.teacher.token)
    assert (shown.json, shown.headers["etag"]) == (answer.json, answer.headers["etag"])


def test_assigning_again_changes_nothing(school: School, outbox: Outbox) -> None:
    course = school.add_course()
    first, second = school.assign_teacher(course), school.assign_teacher(course)
    assert (first.status, first.json) == (second.status, second.json)
    assert len(outbox.all()) == 1


def test_an_assignment_ends_once_and_may_begin_again(school: School, outbox: Outbox) -> None:
    from lms import roster

    course, other = school.add_course(), school.add_course()
    school.assign_teacher(other)
    school.assign_teacher(course)
    assert school.unassign_teacher(course).status == 204
    assert school.unassign_teacher(course).status == 404
    assert not roster.teaches(school.teacher.id, course)
    assert roster.teaches(school.teacher.id, other)
    assert school.assign_teacher(course).json["assignedCourses"] == [str(course), str(other)]
    emitted = [event for event in outbox.all() if event.course_id == course]
    assert [(event.type, event.version) for event in emitted] == [
        ("lms.instructor.assigned.v1", 1),
        ("lms.instructor.unassigned.v1", 2),
        ("lms.instructor.assigned.v1", 3),
    ]


def test_a_teacher_is_assigned_before_the_gateway_knows_them(school: School) -> None:
    invited = sign_in("teacher")
    put_card(invited, status="provisioning")
    assert school.assign_teacher(school.add_course(), invited).status == 200


def test_only_teachers_are_assigned_who_are_not_disabled_and_to_courses_that_exist(school: School) -> None:
    course = school.add_course()
    for nobody in (school.student, school.admin):
        assert school.assign_teacher(course, nobody).status == 404
    assert school.http.put(f"/instructors/{uuid4()}/courses/{course}", token=school.admin.token).status == 404
    assert school.assign_teacher(uuid4()).status == 404
    disabled = sign_in("teacher")
    put_card(disabled, status="disabled", version=2)
    answer = school.assign_teacher(course, disabled)
    assert (answer.status, answer.json["type"]) == (409, "urn:lms:problem:inactive")


def test_only_administrators_assign(school: School) -> None:
    path = f"/instructors/{school.teacher.id}/courses/{school.add_course()}"
    for call in (school.http.put, school.http.delete):
        assert call(path).status == 401
        for person in (school.teacher, school.student):
            assert call(path, token=person.token).status == 403
        assert call(f"/instructors/{school.teacher.id}/courses/x", token=school.admin.token).status == 422


def test_if_match_holds_an_assignment_back_from_an_instructor_who_changed(school: School) -> None:
    first, second = school.add_course(), school.add_course()
    seen = {"if-match": school.assign_teacher(first).headers["etag"]}
    assert school.assign_teacher(second, headers=seen).status == 200
    assert school.assign_teacher(first, headers=seen).status == 412
    assert school.unassign_teacher(first, headers=seen).status == 412
    assert school.assign_teacher(uuid4(), headers=seen).status == 404


def test_a_deleted_course_ends_its_assignments(school: School, outbox: Outbox) -> None:
    from lms import roster
    from lms.events.enrollments import InstructorUnassigned

    course, kept, colleague = school.add_course(), school.add_course(), sign_in("teacher")
    school.assign_teacher(course)
    school.assign_teacher(kept)
    school.assign_teacher(course, colleague)
    deleted = school.deleted(course)
    assert [taught["course_id"] for taught in school.classes()] == [str(kept)]
    school.consume(deleted)
    school.consume(deleted)
    assert not roster.teaches(school.teacher.id, course)
    assert not roster.teaches(colleague.id, course)
    assert {event.teacher_id for event in outbox.of(InstructorUnassigned)} == {school.teacher.id, colleague.id}
    assert len(outbox.of(InstructorUnassigned)) == 2


def test_the_assignment_to_a_course_that_is_gone_can_be_ended(school: School) -> None:
    course = school.add_course()
    school.assign_teacher(course)
    school.deleted(course)
    assert school.unassign_teacher(course).status == 204


@pytest.mark.parametrize("gone", ["course", "teacher"])
def test_nobody_is_assigned_when_the_course_or_the_teacher_goes_meanwhile(
    school: School, gone: str, meanwhile: Meanwhile, outbox: Outbox
) -> None:
    from lms import roster

    course = school.add_course()
    school.http.get(f"/instructors/{school.teacher.id}", token=school.teacher.token)
    meanwhile(lambda: school.deleted(course) if gone == "course" else remove_card(school.teacher))
    assert school.assign_teacher(course).status == 404
    assert not roster.teaches(school.teacher.id, course)
    assert outbox.all() == []
