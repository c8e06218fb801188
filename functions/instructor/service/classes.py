"""The classes of a teacher, with their size and students."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from instructor import rules
from instructor.schemas import ClassStudent, ClassView
from instructor.service import teachers
from instructor.tables import ClassMember, ClassSize
from lms import roster
from lms.dynamo import read_together, retry_stale, transaction
from lms.pages import Page, PageRequest, slice_page
from lms.refusals import CourseNotFound


def list_classes(teacher_id: UUID, paging: PageRequest, now: datetime) -> Page[ClassView]:
    """The courses that a teacher teaches; raises `TeacherNotFound`."""
    taught, after = slice_page(courses_of(teacher_id, now), lambda course_id: course_id, paging)
    courses = roster.find_courses(taught)
    programs = roster.find_programs({course.program_id for course in courses.values()})
    sizes = sizes_of(taught)
    views = []
    for course_id in taught:
        # A deleted course is gone at once; the assignment ends a moment later.
        course = courses.get(course_id)
        program = programs.get(course.program_id) if course else None
        if course and program:
            views.append(
                ClassView(
                    course_id=course_id,
                    title=course.title,
                    program_id=course.program_id,
                    program_title=program.title,
                    students=sizes[course_id],
                )
            )
    return paging.page(views, after)


def list_students(teacher_id: UUID, course_id: UUID | None, paging: PageRequest, now: datetime) -> Page[ClassStudent]:
    """The active and completed students of all courses that a teacher teaches, or of one.

    Raises `TeacherNotFound`, `CourseNotFound`.
    """
    known = roster.find_courses(courses_of(teacher_id, now))
    if course_id is not None and course_id not in known and roster.find_course(course_id) is None:
        raise CourseNotFound
    # A deleted course is gone at once; the assignment ends a moment later.
    taught = [taught for taught in sorted(known) if course_id in (None, taught)]
    members, after = roster.class_of(taught, "student", roster.ENROLLED, paging)
    cards = roster.find_users({member.person_id for member in members})
    views = []
    for member in members:
        card = cards.get(member.person_id)
        views.append(
            ClassStudent(
                student_id=member.person_id,
                course_id=member.course_id,
                roll_no=card.roll_no if card else None,
                name=card.name if card else None,
                email=card.email if card else None,
                status=member.status,
            )
        )
    return paging.page(views, after)


def courses_of(teacher_id: UUID, now: datetime) -> list[UUID]:
    """The courses that a teacher teaches now, in the order of their creation; raises `TeacherNotFound`."""
    return rules.courses_of(teachers.assignments_of(teachers.get(teacher_id, now)))


def sizes_of(course_ids: Sequence[UUID]) -> dict[UUID, int]:
    """How many students are active in each of up to 100 courses, as far as enrolments were heard of."""
    found = read_together([(ClassSize, course_id, None) for course_id in course_ids])
    return {course_id: int(size.students) if size else 0 for course_id, size in zip(course_ids, found, strict=True)}


@retry_stale
def count(course_id: UUID, student_id: UUID, version: int, *, active: bool) -> None:
    """Counts an enrolment in the size of its class, or no longer, unless something newer is known of it."""
    key = ClassMember.key_of(course_id, student_id)
    known = ClassMember.find(key)
    if known is not None and known.version >= version:
        return
    change = active - (known is not None and known.active)
    unchanged = ClassMember.version.does_not_exist() if known is None else ClassMember.version == known.version
    with transaction() as tx:
        tx.put(ClassMember(key=key, active=active, version=version), unchanged)
        if change:
            tx.update(ClassSize(course_id=course_id), [ClassSize.students.add(change)])
