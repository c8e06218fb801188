"""Courses and programs from their events: titles, and what counts in a grade. They outlive the Roster's cards."""

from decimal import Decimal
from uuid import UUID

from lms.dynamo import retry_stale, transaction
from student import rules
from student.rules import Exam
from student.tables import KnownCourse, KnownProgram


@retry_stale
def update_course(course_id: UUID, title: str, program_id: UUID, version: int) -> None:
    """Takes over the title of a course, unless something newer is known."""
    course = _course(course_id)
    if course.course_version >= version:
        return
    course.title, course.program_id, course.course_version = title, program_id, version
    with transaction() as tx:
        tx.put(course)


@retry_stale
def update_program(program_id: UUID, title: str, version: int) -> None:
    """Takes over the title of a program, unless something newer is known."""
    program = KnownProgram.find(program_id)
    if program is None:
        program = KnownProgram(id=program_id)
    elif program.program_version >= version:
        return
    program.title, program.program_version = title, version
    with transaction() as tx:
        tx.put(program)


@retry_stale
def update_exam(course_id: UUID, exam_id: UUID, weight: Decimal | None, version: int) -> None:
    """Takes over the weight of an exam, None for a cancelled one, unless something newer is known.

    No report card is touched: a grade is computed with the weights of the moment when it is read.
    """
    course = _course(course_id)
    exams = rules.with_exam(course.exams, exam_id, Exam(weight=weight, version=version))
    if exams is course.exams:
        return
    course.exams = exams
    with transaction() as tx:
        tx.put(course)


def _course(course_id: UUID) -> KnownCourse:
    return KnownCourse.find(course_id) or KnownCourse(id=course_id)
