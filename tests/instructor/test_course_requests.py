"""Assignments that come with imported people."""

from typing import Any
from uuid import UUID, uuid4

from lms import roster
from lms.events.enrollments import InstructorAssigned
from lms.events.users import CourseRequestRefused, CoursesRequested
from tests.conftest import Outbox
from tests.instructor.conftest import School
from tests.people import put_card, remove_card


def test_an_imported_teacher_is_assigned_once_however_often_the_request_comes(school: School, outbox: Outbox) -> None:
    courses = [school.add_course("Biology"), school.add_course("Physics")]
    asked = request(school, *courses)
    school.consume(asked, asked)
    assert [event.course_id for event in outbox.of(InstructorAssigned)] == courses
    assert outbox.of(CourseRequestRefused) == []


def test_who_was_unassigned_is_not_brought_back(school: School, outbox: Outbox) -> None:
    course = school.add_course()
    asked = request(school, course)
    school.consume(asked)
    assert school.unassign_teacher(course).status == 204
    school.consume(asked, asked)
    assert not roster.teaches(school.teacher.id, course)
    assert [event.reason for event in outbox.of(CourseRequestRefused)] == ["left"]
    assert school.assign_teacher(course).status == 200


def test_what_cannot_be_done_is_said_and_an_erased_teacher_forgotten(school: School, outbox: Outbox) -> None:
    course = school.add_course()
    school.consume(request(school, uuid4(), course))
    assert [event.reason for event in outbox.of(CourseRequestRefused)] == ["deleted"]
    put_card(school.teacher, status="disabled")
    school.consume(request(school, school.add_course()))
    assert [event.reason for event in outbox.of(CourseRequestRefused)] == ["deleted", "inactive"]
    remove_card(school.teacher)
    school.consume(request(school, school.add_course()))
    assert len(outbox.of(CourseRequestRefused)) == 2


def test_students_are_not_for_this_service(school: School, outbox: Outbox) -> None:
    school.consume(request(school, school.add_course(), role="student"))
    assert outbox.of(InstructorAssigned) == outbox.of(CourseRequestRefused) == []


def request(school: School, *courses: UUID, role: Any = "teacher") -> CoursesRequested:
    return CoursesRequested(
        version=1,
        import_id=uuid4(),
        user_id=school.teacher.id,
        role=role,
        course_ids=courses,
        requested_by=school.admin.id,
    )
