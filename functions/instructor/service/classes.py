"""The classes of a teacher, with their students and what waits there."""

from datetime import datetime
from uuid import UUID

from instructor import rules
from instructor.schemas import ClassStudent, ClassView, NextExam
from instructor.service import teachers
from instructor.tables import ClassMember, CourseClass, ExamMarking
from lms import roster
from lms.dynamo import read_together, retry_stale, transaction
from lms.events.exams import ExamCancelled, ExamState, MarkingChanged
from lms.pages import Page, PageRequest, slice_page
from lms.refusals import CourseNotFound

# Each takes two of the hundred keys of a read.
_CLASSES_AT_ONCE = 50


def list_classes(teacher_id: UUID, paging: PageRequest, now: datetime) -> Page[ClassView]:
    """The courses that a teacher teaches, at most 50 a page, in three reads; raises `TeacherNotFound`."""
    paging = paging.shortened(min(paging.limit, _CLASSES_AT_ONCE))
    taught, after = slice_page(courses_of(teacher_id, now), lambda course_id: course_id, paging)
    found = read_together([*map(roster.course_key, taught), *((CourseClass, course_id, None) for course_id in taught)])
    courses, classes = found[: len(taught)], found[len(taught) :]
    programs = roster.find_programs({course.program_id for course in courses if course})
    views = []
    for course, known in zip(courses, classes, strict=True):
        # A deleted course is gone at once; the assignment ends a moment later.
        program = programs.get(course.program_id) if course else None
        if course and program:
            views.append(_view(course, program, known or CourseClass(course_id=course.id), now))
    return paging.page(views, after)


def _view(course: roster.Course, program: roster.Program, known: CourseClass, now: datetime) -> ClassView:
    exam = rules.next_exam(known.exams, now)
    return ClassView(
        course_id=course.id,
        title=course.title,
        program_id=course.program_id,
        program_title=program.title,
        students=int(known.students),
        attempts_to_mark=int(known.attempts_to_mark),
        next_exam=NextExam.model_validate({"exam_id": exam[0], **dict(exam[1])}) if exam else None,
    )


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
                course_title=known[member.course_id].title,
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


@retry_stale
def count(course_id: UUID, student_id: UUID, version: int, *, active: bool) -> None:
    """Counts an enrolment in its class, or no longer, unless something newer is known of it."""
    key = ClassMember.key_of(course_id, student_id)
    known = ClassMember.find(key)
    if known is not None and known.version >= version:
        return
    change = active - (known is not None and known.active)
    unchanged = ClassMember.version.does_not_exist() if known is None else ClassMember.version == known.version
    with transaction() as tx:
        tx.put(ClassMember(key=key, active=active, version=version), unchanged)
        if change:
            tx.update(CourseClass(course_id=course_id), [CourseClass.students.add(change)])


@retry_stale
def count_marking(event: MarkingChanged) -> None:
    """Counts a student's attempts that wait for marks, unless something newer is known of them."""
    key = ExamMarking.key_of(event.exam_id, event.student_id)
    known = ExamMarking.find(key)
    if known is not None and known.version >= event.version:
        return
    change = event.waiting - int(known.waiting if known else 0)
    unchanged = ExamMarking.version.does_not_exist() if known is None else ExamMarking.version == known.version
    with transaction() as tx:
        tx.put(ExamMarking(key=key, waiting=event.waiting, version=event.version), unchanged)
        if change:
            tx.update(CourseClass(course_id=event.course_id), [CourseClass.attempts_to_mark.add(change)])


@retry_stale
def record_exam(event: ExamState | ExamCancelled) -> None:
    """Stores an exam as it is at this version, unless something newer is known of it."""
    known = CourseClass.find(event.course_id) or CourseClass(course_id=event.course_id)
    exam = rules.Exam(version=event.version)
    if isinstance(event, ExamState):
        exam = rules.Exam(version=event.version, title=event.title, opens_at=event.opens_at, closes_at=event.closes_at)
    exams = rules.with_exam(known.exams, event.exam_id, exam)
    if exams is None:
        return
    version = int(known.exams_version)
    unchanged = CourseClass.exams_version == version if version else CourseClass.exams_version.does_not_exist()
    with transaction() as tx:
        tx.update(
            CourseClass(course_id=event.course_id),
            [CourseClass.exams.set(exams), CourseClass.exams_version.set(version + 1)],
            unchanged,
        )
