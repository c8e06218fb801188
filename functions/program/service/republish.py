"""Telling every program, course and enrolment again, for projections that are new or were damaged."""

from collections.abc import Iterator
from functools import partial
from uuid import UUID

from lms import roster
from lms.clock import now
from lms.dynamo import retry_stale, transaction
from lms.events import CourseDeleted, CourseUpdated, ProgramDeleted, ProgramUpdated
from lms.outbox import emit_again
from lms.republish import ID, Row, Way, onward, words_from
from program.service import courses, enrollments, programs
from program.tables import Course, Enrollment, Program

_STATES = (programs.DELETED, programs.LISTED)
_SHELVES = ("courses", "deleted")
WAYS = f"({'|'.join(_STATES)}) {ID}( ({'|'.join(_SHELVES)}) {ID}( {ID})?)?"


def everything(last: Way) -> Iterator[Row]:
    """Every program, each followed by its courses, and each of those by its enrolments (`lms.republish.Rows`)."""
    for state in words_from(_STATES, last):
        for program in Program.catalogue_index.query(state, onward(Program.id, last, (state,))):
            way: Way = (state, str(program.id))
            yield way, partial(_tell_program, program.id)
            for shelf in words_from(_SHELVES, last, way):
                yield from _courses(last, (*way, shelf), courses.shelf_of(program.id, deleted=shelf == "deleted"))


def _courses(last: Way, above: Way, shelf: str) -> Iterator[Row]:
    for course in Course.shelf_index.query(shelf, onward(Course.id, last, above)):
        way: Way = (*above, str(course.id))
        yield way, partial(_tell_course, course.id)
        for enrollment in Enrollment.query(course.id, onward(Enrollment.student_id, last, way)):
            student_id = enrollment.student_id
            yield (*way, str(student_id)), partial(_tell_enrollment, course.id, student_id)


@retry_stale
def _tell_program(program_id: UUID) -> None:
    program = Program.get(program_id, consistent_read=True)
    version = program.version
    with transaction() as tx:
        tx.check(Program, program_id, None, Program.version == version)
        if program.catalogue == programs.DELETED:
            roster.remove_program(tx, program_id)
            emit_again(tx, ProgramDeleted(version=version, program_id=program_id), now())
        else:
            roster.put_program(tx, program_id, title=program.title, version=version)
            emit_again(tx, ProgramUpdated(version=version, program_id=program_id, title=program.title), now())


@retry_stale
def _tell_course(course_id: UUID) -> None:
    course = Course.get(course_id, consistent_read=True)
    version = course.version
    with transaction() as tx:
        tx.check(Course, course_id, None, Course.version == version)
        if courses.is_deleted(course):
            roster.remove_course(tx, course_id)
            emit_again(tx, CourseDeleted(version=version, course_id=course_id, program_id=course.program_id), now())
        else:
            courses.put_card(tx, course, version)
            emit_again(tx, courses.state(CourseUpdated, course, version), now())


@retry_stale
def _tell_enrollment(course_id: UUID, student_id: UUID) -> None:
    enrollment = Enrollment.get(course_id, student_id, consistent_read=True)
    version = enrollment.version
    with transaction() as tx:
        tx.check(Enrollment, course_id, student_id, Enrollment.version == version)
        roster.put_enrollment(tx, student_id, course_id, enrollments.status_of(enrollment), version=version)
        emit_again(tx, enrollments.told(enrollment, version), now())
