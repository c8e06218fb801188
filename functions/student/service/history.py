"""A student's history: programs, courses, and their chapters."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from lms import roster
from lms.callers import Caller
from lms.curriculum import Outline
from lms.errors import Forbidden
from lms.outline import OutlineItem, outline_key
from student import rules
from student.schemas import (
    CourseHistory,
    HistoryCourse,
    HistoryProgram,
    HistoryStatus,
)
from student.service import cards, students
from student.service.access import Access, NotTheirTeacher, access_to
from student.service.reading import read_all
from student.service.students import AccountErased, StudentNotFound
from student.tables import KnownCourse, KnownProgram, ReportCard

_STATUSES: dict[str, HistoryStatus] = {"active": "in-progress", "completed": "completed", "dropped": "dropped"}


class AnotherStudent(Forbidden):
    detail = "This is another student."


@dataclass(frozen=True)
class _Course:
    """A membership, and what is known of its course."""

    membership: roster.Membership
    title: str
    program_id: UUID
    outline: Outline
    card: ReportCard
    exams: rules.Exams


def own_history(student_id: UUID, roll_no: str | None) -> CourseHistory:
    """The history of the student who asks; raises `AccountErased`, `AnotherStudent` for another's roll number."""
    card = roster.find_user(student_id)
    if card is None:
        raise AccountErased
    if roll_no is not None and roll_no.casefold() != str(card.roll_no).casefold():
        raise AnotherStudent
    return _history(card, Access(student_id, None))


def history_of(roll_no: str, caller: Caller) -> CourseHistory:
    """The history of a student, for teachers in their own courses; raises `NotTheirTeacher`, `StudentNotFound`."""
    student_id = students.find_id(roll_no)
    if student_id is None and caller.role != "admin":
        raise NotTheirTeacher
    card = None if student_id is None else roster.find_user(student_id)
    if student_id is None or card is None:
        raise StudentNotFound
    return _history(card, access_to(student_id, caller))


def _history(student: roster.User, access: Access) -> CourseHistory:
    courses = _courses(access)
    titles = _titles({course.program_id for course in courses})
    return CourseHistory(
        student_roll_no=student.roll_no,
        programs=[
            HistoryProgram(
                program_id=program_id,
                title=titles[program_id],
                courses=[_view(course) for course in courses if course.program_id == program_id],
            )
            for program_id in sorted(titles)
        ],
    )


def _courses(access: Access) -> list[_Course]:
    """The courses of a student, all that is needed of them in one read for 25."""
    memberships = access.memberships()
    course_ids = [item.course_id for item in memberships]
    found = read_all(
        [
            key
            for course_id in course_ids
            for key in (
                roster.course_key(course_id),
                outline_key(course_id),
                (ReportCard, access.student_id, course_id),
                (KnownCourse, course_id, None),
            )
        ]
    )
    courses = []
    for position, membership in enumerate(memberships):
        course, outline, card, known = found[4 * position : 4 * position + 4]
        # A deleted course is shown as its last event has it; without an event there is nothing to show.
        course = course or known
        if course is not None and course.title is not None:
            courses.append(
                _Course(
                    membership,
                    course.title,
                    course.program_id,
                    _published(outline),
                    card or cards.blank(access.student_id, membership.course_id),
                    known.exams if known else {},
                )
            )
    return courses


def _published(outline: OutlineItem | None) -> Outline:
    return outline.outline().published() if outline else Outline()


def _titles(program_ids: set[UUID]) -> Mapping[UUID, str]:
    """The titles of programs; of deleted ones the last that was published."""
    titles = {program_id: card.title for program_id, card in roster.find_programs(program_ids).items()}
    deleted = sorted(program_ids - set(titles))
    known = read_all([(KnownProgram, program_id, None) for program_id in deleted])
    return {**titles, **{program_id: one.title for program_id, one in zip(deleted, known, strict=True) if one}}


def _view(course: _Course) -> HistoryCourse:
    status = _STATUSES[course.membership.status]
    chapters = {} if status == "dropped" else {"chapters": [module.as_chapter() for module in course.outline.modules]}
    return HistoryCourse(
        course_id=course.membership.course_id,
        title=course.title,
        status=status,
        completion_percentage=course.card.facts.progress.percentage,
        grade=cards.grade(course.card, rules.report(course.card.facts, course.exams)),
        **chapters,
    )
