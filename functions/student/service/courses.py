"""Courses from their events: titles, teachers, and what counts in a grade. They outlive the Roster's cards."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from lms import roster
from lms.dynamo import Key, read_together, retry_stale, transaction
from student import rules
from student.rules import CourseTeacher, Exam, Exams, Teachers
from student.tables import KnownCourse, KnownProgram


@dataclass(frozen=True)
class Course:
    """What is known of a course; without titles, it was deleted before any event of it came."""

    id: UUID
    title: str | None
    program_id: UUID | None
    program_title: str | None
    term_id: UUID | None
    teachers: Teachers
    exams: Exams

    def exam_title(self, exam_id: UUID) -> str | None:
        """None for an exam of which no event has come yet."""
        exam = self.exams.get(exam_id)
        return exam.title if exam else None


def find_courses(course_ids: Sequence[UUID], beside: Sequence[Key] = ()) -> tuple[dict[UUID, Course], list[Any]]:
    """Courses by id, and what is at the keys `beside`, in one read for each 100.

    What no event has said yet is read from the Roster: the titles of a course that was just made.
    """
    found = read_together([*((KnownCourse, course_id, None) for course_id in course_ids), *beside])
    known = dict(zip(course_ids, found, strict=False))
    cards = roster.find_courses(each for each, course in known.items() if course is None or course.title is None)
    programs = {each.program_id for each in known.values() if each is not None and each.program_title is None}
    titles = roster.find_programs((programs - {None}) | {card.program_id for card in cards.values()})
    courses = {}
    for course_id in course_ids:
        course, card = known[course_id] or KnownCourse(id=course_id), cards.get(course_id)
        program_id = card.program_id if card else course.program_id
        program = titles.get(program_id) if program_id else None
        courses[course_id] = Course(
            id=course_id,
            title=card.title if card else course.title,
            program_id=program_id,
            program_title=program.title if program else course.program_title,
            term_id=card.term_id if card else course.term_id,
            teachers={each: teacher for each, teacher in course.teachers.items() if teacher.name is not None},
            exams=course.exams,
        )
    return courses, found[len(course_ids) :]


@retry_stale
def update_course(course_id: UUID, title: str, program_id: UUID, term_id: UUID | None, version: int) -> None:
    """Takes over the title, the program and the term of a course, unless something newer is known."""
    course, program = read_together([(KnownCourse, course_id, None), (KnownProgram, program_id, None)])
    course, program = course or KnownCourse(id=course_id), program or KnownProgram(id=program_id)
    if course.course_version > version:
        return
    course.title, course.program_id, course.course_version = title, program_id, version
    course.program_title, course.term_id = program.title, term_id
    program.courses = program.courses | {course_id}
    with transaction() as tx:
        tx.put(course)
        # A program that gets another title meanwhile would not know of this course.
        tx.put(program)


def update_program(program_id: UUID, title: str, version: int) -> None:
    """Takes over the title of a program into its courses, unless something newer is known."""
    for course_id in sorted(_update_program(program_id, title, version)):
        _update_program_title(course_id, program_id)


@retry_stale
def _update_program(program_id: UUID, title: str, version: int) -> frozenset[UUID]:
    program = KnownProgram.find(program_id) or KnownProgram(id=program_id)
    if program.program_version > version:
        return frozenset()
    program.title, program.program_version = title, version
    with transaction() as tx:
        tx.put(program)
    return program.courses


@retry_stale
def _update_program_title(course_id: UUID, program_id: UUID) -> None:
    course, program = read_together([(KnownCourse, course_id, None), (KnownProgram, program_id, None)])
    if course.program_id == program_id and course.program_title != program.title:
        course.program_title = program.title
        with transaction() as tx:
            tx.put(course)


@retry_stale
def update_teacher(course_id: UUID, teacher_id: UUID, version: int, *, assigned: bool) -> None:
    """Takes over who teaches a course, unless something newer is known."""
    course, user = read_together([(KnownCourse, course_id, None), roster.user_key(teacher_id)])
    name = user.name if assigned and user else None
    _put_teacher(course or KnownCourse(id=course_id), teacher_id, CourseTeacher(name=name, version=version), user)


def update_teacher_name(teacher_id: UUID) -> None:
    """Takes over a teacher's name into the courses that they teach."""
    for assignment in roster.courses_of("teacher", teacher_id):
        _update_teacher_name(assignment.course_id, teacher_id)


@retry_stale
def _update_teacher_name(course_id: UUID, teacher_id: UUID) -> None:
    course, user = read_together([(KnownCourse, course_id, None), roster.user_key(teacher_id)])
    teacher = course.teachers.get(teacher_id) if course else None
    if user is not None and teacher is not None and teacher.name is not None:
        _put_teacher(course, teacher_id, teacher.model_copy(update={"name": user.name}), user)


def _put_teacher(course: KnownCourse, teacher_id: UUID, teacher: CourseTeacher, user: roster.User | None) -> None:
    teachers = rules.with_teacher(course.teachers, teacher_id, teacher)
    if teachers is course.teachers:
        return
    course.teachers = teachers
    with transaction() as tx:
        if user is not None and teacher.name is not None:
            # Whoever gets another name or is erased meanwhile does not have this one kept.
            roster.require_unchanged(tx, user)
        tx.put(course)


@retry_stale
def update_exam(course_id: UUID, exam_id: UUID, title: str | None, weight: Decimal | None, version: int) -> None:
    """Takes over the title and the weight of an exam, None for a cancelled one, unless something newer is known.

    No report card is touched: a grade is computed with the weights of the moment when it is read.
    """
    course = KnownCourse.find(course_id) or KnownCourse(id=course_id)
    exams = rules.with_exam(course.exams, exam_id, Exam(title=title, weight=weight, version=version))
    if exams is course.exams:
        return
    course.exams = exams
    with transaction() as tx:
        tx.put(course)
