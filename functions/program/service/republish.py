"""Telling every program, course and enrolment again, for projections that are new or were damaged."""

from collections.abc import Callable, Iterator
from functools import partial
from uuid import UUID

from pynamodb.expressions.condition import Condition

from lms import roster
from lms.clock import now
from lms.dynamo import UUIDAttribute, retry_stale, transaction
from lms.events import CourseDeleted, CourseUpdated, ProgramDeleted, ProgramUpdated
from lms.outbox import emit_again
from lms.republish import Row
from program.service import courses, enrollments, programs
from program.tables import Course, Enrollment, Program

# The way from the top to a row; ways sort as the walk goes.
_Way = tuple[str, ...]


def everything(after: str | None) -> Iterator[Row]:
    """Every program, each followed by its courses, and each of those by its enrolments (`lms.republish.Rows`)."""
    last = tuple(after.split()) if after else ()
    for way, tell in _walk(last):
        if way > last:
            yield " ".join(way), tell


def _walk(last: _Way) -> Iterator[tuple[_Way, Callable[[], None]]]:
    for state in (programs.DELETED, programs.LISTED):
        for program in Program.catalogue_index.query(state, _from(Program.id, last, (state,))):
            way: _Way = (state, str(program.id))
            yield way, partial(_tell_program, program.id)
            for deleted in (False, True):
                yield from _walk_shelf(last, (*way, courses.shelf_of(program.id, deleted=deleted)))


def _walk_shelf(last: _Way, above: _Way) -> Iterator[tuple[_Way, Callable[[], None]]]:
    for course in Course.shelf_index.query(above[-1], _from(Course.id, last, above)):
        way: _Way = (*above, str(course.id))
        yield way, partial(_tell_course, course.id)
        for enrollment in Enrollment.query(course.id, _from(Enrollment.student_id, last, way)):
            student_id = enrollment.student_id
            yield (*way, str(student_id)), partial(_tell_enrollment, course.id, student_id)


def _from(attribute: UUIDAttribute, last: _Way, above: _Way) -> Condition | None:
    """Where to begin among the rows below `above`: not before the one that leads to `last`."""
    on_the_way = len(last) > len(above) and last[: len(above)] == above
    return attribute >= UUID(last[len(above)]) if on_the_way else None


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
