"""Republishing every program, course and enrolment, for projections that are new or were damaged."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from lms import roster
from lms.dynamo import retry_stale, transaction
from lms.events.courses import CourseDeleted, CourseUpdated, ProgramDeleted, ProgramUpdated
from lms.outbox import emit_again
from lms.pages import PageRequest, Position, query_page
from lms.republish import Collection
from program.service import catalogue, courses, enrollments, programs
from program.tables import Course, Enrollment, Program


def _programs(paging: PageRequest) -> tuple[Sequence[Program], Position | None]:
    return query_page(Program.listing, [programs.DELETED, programs.LISTED], paging)


def _courses(program_id: UUID, paging: PageRequest) -> tuple[Sequence[Course], Position | None]:
    keys = [courses.listing_key(program_id, deleted=deleted) for deleted in (False, True)]
    return query_page(Course.listing, keys, paging)


def _enrollments(course_id: UUID, paging: PageRequest) -> tuple[Sequence[Enrollment], Position | None]:
    return query_page(Enrollment, [course_id], paging)


@retry_stale
def _republish_program(listed: Program, now: datetime) -> None:
    program_id = listed.id
    program = Program.get(program_id, consistent_read=True)
    version = program.version
    with transaction() as tx:
        tx.check(Program, program_id, None, Program.version == version)
        if program.listing_key == programs.DELETED:
            roster.remove_program(tx, program_id)
            emit_again(tx, ProgramDeleted(version=version, program_id=program_id), now)
        else:
            roster.put_program(tx, program_id, title=program.title, version=version)
            emit_again(tx, ProgramUpdated(version=version, program_id=program_id, title=program.title), now)


@retry_stale
def _republish_course(listed: Course, now: datetime) -> None:
    course_id = listed.id
    course = Course.get(course_id, consistent_read=True)
    version = course.version
    with transaction() as tx:
        tx.check(Course, course_id, None, Course.version == version)
        if courses.is_deleted(course):
            roster.remove_course(tx, course_id, title=course.title)
            emit_again(tx, CourseDeleted(version=version, course_id=course_id, program_id=course.program_id), now)
        else:
            courses.put_in_roster(tx, course, version)
            catalogue.put(tx, catalogue.entries_of(course))
            if course.term_id:
                roster.name_term(tx, course.term_id, course_id)
            emit_again(tx, courses.event_of(course, version, CourseUpdated), now)


@retry_stale
def _republish_enrollment(listed: Enrollment, now: datetime) -> None:
    course_id, student_id = listed.course_id, listed.student_id
    enrollment = Enrollment.get(course_id, student_id, consistent_read=True)
    version = enrollment.version
    with transaction() as tx:
        tx.check(Enrollment, course_id, student_id, Enrollment.version == version)
        roster.put_enrollment(tx, student_id, course_id, enrollments.status_of(enrollment), version=version)
        emit_again(tx, enrollments.event_of(enrollment, version), now)


_ENROLLMENTS = Collection(_enrollments, _republish_enrollment)
_COURSES = Collection(_courses, _republish_course, [_ENROLLMENTS])
PROGRAMS = Collection(_programs, _republish_program, [_COURSES])
