"""A student's history: programs, courses, and their chapters."""

from collections.abc import Sequence
from uuid import UUID

from lms import roster
from lms.callers import Caller
from lms.curriculum import Outline
from lms.errors import Forbidden
from lms.outline import OutlineItem, outline_key
from lms.refusals import AccountErased
from student.schemas import CourseHistory, HistoryCourse, HistoryProgram, HistoryStatus
from student.service import students
from student.service.access import Access, NotTheirTeacher, access_to
from student.service.enrollments import Enrollment, StudentNotFound, read_enrollments

_STATUSES: dict[str, HistoryStatus] = {"active": "in-progress", "completed": "completed", "dropped": "dropped"}


class AnotherStudent(Forbidden):
    detail = "This is another student."


def own_history(student_id: UUID, roll_no: str | None) -> CourseHistory:
    """The history of the student who asks; raises `AccountErased`, `AnotherStudent` for another's roll number."""
    student, taught = _read(Access(student_id, None))
    if student is None:
        raise AccountErased
    if roll_no is not None and roll_no.casefold() != str(student.roll_no).casefold():
        raise AnotherStudent
    return _history(student, taught)


def history_of(roll_no: str, caller: Caller) -> CourseHistory:
    """The history of a student, for teachers in their own courses; raises `NotTheirTeacher`, `StudentNotFound`."""
    student_id = students.find_id(roll_no)
    if student_id is None:
        raise StudentNotFound if caller.role == "admin" else NotTheirTeacher
    student, taught = _read(access_to(student_id, caller))
    if student is None:
        raise StudentNotFound
    return _history(student, taught)


def _read(access: Access) -> tuple[roster.User | None, list[tuple[Enrollment, Outline]]]:
    """The student, and their courses with what is taught there."""
    memberships = access.memberships()
    outlines = [outline_key(item.course_id) for item in memberships]
    enrollments, [student, *items] = read_enrollments(
        access.student_id, memberships, [roster.user_key(access.student_id), *outlines]
    )
    return student, list(zip(enrollments, map(_published, items), strict=True))


def _history(student: roster.User, taught: Sequence[tuple[Enrollment, Outline]]) -> CourseHistory:
    programs: dict[UUID, HistoryProgram] = {}
    for enrollment, outline in taught:
        course = enrollment.course
        # Nothing is known of a course that was deleted before any event of it came.
        if course.title is not None and course.program_id is not None and course.program_title is not None:
            program = HistoryProgram(program_id=course.program_id, title=course.program_title, courses=[])
            programs.setdefault(course.program_id, program).courses.append(_view(enrollment, outline))
    in_order = sorted(programs.values(), key=lambda program: program.program_id)
    return CourseHistory(student_roll_no=student.roll_no, programs=in_order)


def _published(outline: OutlineItem | None) -> Outline:
    return outline.outline().published() if outline else Outline()


def _view(enrollment: Enrollment, outline: Outline) -> HistoryCourse:
    status = _STATUSES[enrollment.membership.status]
    chapters = {} if status == "dropped" else {"chapters": [module.as_chapter() for module in outline.modules]}
    return HistoryCourse(
        course_id=enrollment.course.id,
        title=enrollment.course.title,
        status=status,
        completion_percentage=enrollment.card.facts.progress.percentage,
        grade=enrollment.grade,
        **chapters,
    )
