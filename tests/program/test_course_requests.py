"""Enrolments that come with imported people, and the titles by which lists name courses."""

from typing import Any
from uuid import UUID, uuid4

from lms import roster
from lms.events.audit import Audited
from lms.events.enrollments import StudentEnrolled
from lms.events.users import CourseRequestRefused, CoursesRequested
from tests.conftest import Outbox
from tests.people import put_card, remove_card, sign_in
from tests.program.conftest import Program


def test_an_imported_student_is_enrolled_once_however_often_the_request_comes(program: Program, outbox: Outbox) -> None:
    courses = [program.new_course("Biology"), program.new_course("Physics")]
    asked = request(program, *courses)
    program.consume(asked, asked)
    assert [str(event.course_id) for event in outbox.of(StudentEnrolled)] == courses
    assert [program.seats_taken(course) for course in courses] == [1, 1]
    assert {event.actor_id for event in outbox.of(Audited)} == {program.admin.id}
    assert outbox.of(CourseRequestRefused) == []


def test_who_dropped_the_course_is_not_brought_back(program: Program, outbox: Outbox) -> None:
    course = program.new_course()
    asked = request(program, course)
    program.consume(asked)
    assert program.drop(course).status == 204
    program.consume(asked)
    assert roster.enrollment_of(program.student.id, UUID(course)) == "dropped"
    assert [event.reason for event in outbox.of(CourseRequestRefused)] == ["left"]


def test_what_cannot_be_done_is_said_once_and_hinders_nothing_else(program: Program, outbox: Outbox) -> None:
    full, closed = program.new_course("Full", capacity=1), program.new_course("Closed", enrollment="closed")
    assert program.enroll(full, sign_in("student")).status == 201
    unpaid, open_ = program.new_course("Unpaid", requiresPayment=True), program.new_course("Open")
    deleted = str(uuid4())
    asked = request(program, full, closed, unpaid, deleted, open_)
    program.consume(asked, asked)
    refused = {str(event.course_id): event.reason for event in outbox.of(CourseRequestRefused)}
    assert refused == {full: "full", closed: "closed", unpaid: "unpaid", deleted: "deleted"}
    assert len(outbox.of(CourseRequestRefused)) == len(refused)
    assert {event.requested_by for event in outbox.of(CourseRequestRefused)} == {program.admin.id}
    enrolled = [str(e.course_id) for e in outbox.of(StudentEnrolled) if e.student_id == program.student.id]
    assert enrolled == [open_]


def test_a_disabled_student_is_refused_and_an_erased_one_forgotten(program: Program, outbox: Outbox) -> None:
    course = program.new_course()
    put_card(program.student, status="disabled")
    program.consume(request(program, course))
    assert [event.reason for event in outbox.of(CourseRequestRefused)] == ["inactive"]
    remove_card(program.student)
    program.consume(request(program, course))
    assert len(outbox.of(CourseRequestRefused)) == 1
    assert outbox.of(StudentEnrolled) == []


def test_teachers_are_not_for_this_service(program: Program, outbox: Outbox) -> None:
    program.consume(request(program, program.new_course(), role="teacher"))
    assert outbox.of(StudentEnrolled) == outbox.of(CourseRequestRefused) == []


def test_a_course_is_found_by_its_title_as_long_as_it_has_it(program: Program) -> None:
    course, other = program.new_course("Biology"), program.new_course("Biology")
    assert _called("BIOLOGY") == {UUID(course), UUID(other)}
    program.update(other, title="Physics")
    program.update(other, title="physics")
    assert (_called("Biology"), _called("Physics")) == ({UUID(course)}, {UUID(other)})
    assert program.http.delete(f"/courses/{course}/delete", token=program.admin.token).status == 204
    assert _called("Biology") == set()


def test_a_title_may_be_as_long_as_titles_are(program: Program) -> None:
    long = "\N{ARABIC LIGATURE SALLALLAHOU ALAYHE WASALLAM}" * 200
    course = program.new_course(long, enrollment="closed")
    assert _called(long) == {UUID(course)}


def _called(title: str) -> set[UUID]:
    return roster.find_courses_by_title([title]).get(title, set())


def request(program: Program, *courses: str, role: Any = "student") -> CoursesRequested:
    return CoursesRequested(
        version=1,
        import_id=uuid4(),
        user_id=program.student.id,
        role=role,
        course_ids=tuple(map(UUID, courses)),
        requested_by=program.admin.id,
    )
