"""What a student has learnt and is learning: programs, courses, and their chapters."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from lms import roster
from lms.callers import Caller
from lms.curriculum import Outline
from lms.errors import Forbidden, NotFound
from lms.outline import OutlineItem, outline_key
from lms.roster import RosterItem
from student import rules
from student.schemas import (
    CourseHistory,
    HistoryCourse,
    HistoryProgram,
    HistoryStatus,
)
from student.service import cards, people
from student.service.reading import read_all
from student.service.sight import Sight, sight_of
from student.tables import KnownCourse, KnownProgram, ReportCard

_STATUSES: dict[str, HistoryStatus] = {"active": "in-progress", "completed": "completed", "dropped": "dropped"}


@dataclass(frozen=True)
class _Course:
    """A membership, and what is known of its course."""

    membership: RosterItem
    title: str
    program_id: UUID
    outline: Outline
    card: ReportCard
    exams: rules.Exams


def own_history(student_id: UUID, roll_no: str | None) -> CourseHistory:
    """The history of the student who asks; raises `Forbidden` for the roll number of another."""
    card = roster.find_user(student_id)
    if card is None:
        raise people.gone()
    if roll_no is not None and roll_no.casefold() != str(card.roll_no).casefold():
        raise Forbidden("This is another student.")
    return _history(card, Sight(student_id, None))


def history_of(roll_no: str, caller: Caller) -> CourseHistory:
    """The history of a student, for teachers in their own courses; raises `Forbidden`, `NotFound`."""
    student_id = people.find_id(roll_no)
    if student_id is None and caller.role != "admin":
        raise Forbidden("This is no student of yours.")
    card = None if student_id is None else roster.find_user(student_id)
    if student_id is None or card is None:
        raise NotFound("There is no such student.")
    return _history(card, sight_of(caller, student_id))


def _history(student: RosterItem, sight: Sight) -> CourseHistory:
    courses = _courses(sight)
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


def _courses(sight: Sight) -> list[_Course]:
    """The courses of a student, all that is needed of them in one read for 25."""
    memberships = sight.memberships()
    course_ids = [item.course_id for item in memberships]
    found = read_all(
        [
            key
            for course_id in course_ids
            for key in (
                roster.course_key(course_id),
                outline_key(course_id),
                (ReportCard, sight.student_id, course_id),
                (KnownCourse, course_id, None),
            )
        ]
    )
    courses = []
    for place, membership in enumerate(memberships):
        course, outline, card, known = found[4 * place : 4 * place + 4]
        # A deleted course is as it was last told; of one deleted before it was told nothing can be shown.
        course = course or known
        if course is not None and course.title is not None:
            courses.append(
                _Course(
                    membership,
                    course.title,
                    course.program_id,
                    _published(outline),
                    card or cards.blank(sight.student_id, membership.course_id),
                    known.exams if known else {},
                )
            )
    return courses


def _published(outline: OutlineItem | None) -> Outline:
    return outline.outline().published() if outline else Outline()


def _titles(program_ids: set[UUID]) -> Mapping[UUID, str]:
    """The titles of programs; deleted ones are as they were last told."""
    titles = {program_id: card.title for program_id, card in roster.find_programs(program_ids).items()}
    deleted = sorted(program_ids - set(titles))
    known = read_all([(KnownProgram, program_id, None) for program_id in deleted])
    return {**titles, **{program.id: program.title for program in known if program is not None}}


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
