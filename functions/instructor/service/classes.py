"""What an instructor teaches, and whom: classes with their size, and their students."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from instructor import rules
from instructor.schemas import ClassStudent, ClassView
from instructor.service import people
from instructor.tables import ClassSeat, ClassSize
from lms import roster
from lms.dynamo import read_together, retry_stale, transaction
from lms.errors import NotFound
from lms.pages import Page, PageRequest, slice_page


def list_classes(instructor_id: UUID, paging: PageRequest, now: datetime) -> Page[ClassView]:
    """The courses that somebody teaches; raises `NotFound`."""
    taught, after = slice_page(courses_of(instructor_id, now), lambda course_id: course_id, paging)
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


def list_students(
    instructor_id: UUID, course_id: UUID | None, paging: PageRequest, now: datetime
) -> Page[ClassStudent]:
    """The active and completed students of all courses that somebody teaches, or of one; raises `NotFound`."""
    known = roster.find_courses(courses_of(instructor_id, now))
    if course_id is not None and course_id not in known and roster.find_course(course_id) is None:
        raise NotFound("There is no such course.")
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


def courses_of(instructor_id: UUID, now: datetime) -> list[UUID]:
    """The courses that somebody teaches now, in the order of their creation; raises `NotFound`."""
    return rules.courses_of(people.assignments_of(people.get(instructor_id, now)))


def sizes_of(course_ids: Sequence[UUID]) -> dict[UUID, int]:
    """How many students are active in each of up to 100 courses, as far as enrolments were told."""
    if not course_ids:
        return {}
    found = read_together([(ClassSize, course_id, None) for course_id in course_ids])
    return {course_id: int(size.students) if size else 0 for course_id, size in zip(course_ids, found, strict=True)}


@retry_stale
def count(course_id: UUID, student_id: UUID, version: int, *, active: bool) -> None:
    """Counts an enrolment in the size of its class, or no longer, unless something newer was told of it."""
    [seat] = read_together([(ClassSeat, course_id, student_id)])
    if seat is not None and seat.version >= version:
        return
    change = active - (seat is not None and seat.active)
    unchanged = ClassSeat.version.does_not_exist() if seat is None else ClassSeat.version == seat.version
    with transaction() as tx:
        tx.put(ClassSeat(course_id=course_id, student_id=student_id, active=active, version=version), unchanged)
        if change:
            tx.update(ClassSize(course_id=course_id), [ClassSize.students.add(change)])
