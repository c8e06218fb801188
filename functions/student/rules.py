"""Report cards: what is known of a student in a course, and what follows from it; and the student's own fields.

An event of an exam or a session replaces what is known of it at a lower version, and nothing else. So the order of
events does not matter, and repetitions change nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import Literal, NamedTuple, get_args
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from lms.errors import InvalidField
from lms.grades import GradeStep

Letter = str
Attendance = Literal["present", "late", "absent", "excused"]

_FIRST_BIRTHDAY = date(1900, 1, 1)


class UnknownLetter(InvalidField):
    field = ("grade",)
    code = "unknown"
    detail = "The institute's grade scale has no such letter."


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True)


class Result(_Value):
    """The best attempt of an exam, in percent; `weight` is the exam's, as the result's event gives it."""

    score: Decimal
    weight: Decimal
    released: bool
    version: int


class Mark(NamedTuple):
    """What an exam adds to the grade."""

    score: Decimal
    weight: Decimal


class Session(NamedTuple):
    """How a student attended a course on one date; None for a student who is no longer on its list.

    A tuple, as a card holds hundreds.
    """

    status: Attendance | None
    version: int


class Progress(_Value):
    percentage: int = 0
    version: int = 0


class Facts(_Value):
    """All that is known of one student in one course, each with the version of its event."""

    results: dict[UUID, Result] = {}
    sessions: dict[date, Session] = {}
    progress: Progress = Progress()


class Exam(_Value):
    """What a grade depends on of an exam itself; a cancelled one has no weight."""

    title: str | None = None
    weight: Decimal | None
    version: int

    @property
    def cancelled(self) -> bool:
        return self.weight is None


Exams = dict[UUID, Exam]


class CourseTeacher(_Value):
    """A teacher of a course; without a name, one who no longer is. `version` is the assignment's."""

    name: str | None
    version: int


Teachers = dict[UUID, CourseTeacher]


class Override(_Value):
    """A grade that a teacher or administrator gave in place of the computed one."""

    grade: Letter
    reason: str
    by: UUID
    at: datetime


class OwnFields(_Value):
    """The student's own fields of this service; the rest of their profile is the account's."""

    address: str | None = None
    date_of_birth: date | None = None


@dataclass(frozen=True)
class Report:
    """What follows from the facts. `percentage` has two places; None where there is nothing to compute from."""

    percentage: Decimal | None
    letter: Letter | None
    results: int
    attendance: int | None
    sessions: Mapping[Attendance, int]


def with_result(facts: Facts, exam_id: UUID, incoming: Result) -> Facts:
    """The facts with a result, unless it is known as new or newer."""
    if _is_known(facts.results.get(exam_id), incoming.version):
        return facts
    return facts.model_copy(update={"results": {**facts.results, exam_id: incoming}})


def with_session(facts: Facts, day: date, incoming: Session) -> Facts:
    """The facts with a session, unless it is known as new or newer."""
    if _is_known(facts.sessions.get(day), incoming.version):
        return facts
    return facts.model_copy(update={"sessions": {**facts.sessions, day: incoming}})


def with_progress(facts: Facts, incoming: Progress) -> Facts:
    """The facts with this progress, unless it is known as new or newer."""
    return facts if _is_known(facts.progress, incoming.version) else facts.model_copy(update={"progress": incoming})


def with_exam(exams: Exams, exam_id: UUID, incoming: Exam) -> Exams:
    """The exams with this one, unless something newer is known; republished, it may say more at the same version."""
    known = exams.get(exam_id)
    if known is not None and (known == incoming or known.version > incoming.version):
        return exams
    return {**exams, exam_id: incoming}


def with_teacher(teachers: Teachers, teacher_id: UUID, incoming: CourseTeacher) -> Teachers:
    """The teachers with this one, unless something newer is known."""
    known = teachers.get(teacher_id)
    if known is not None and (known == incoming or known.version > incoming.version):
        return teachers
    return {**teachers, teacher_id: incoming}


def _is_known(known: Result | Session | Progress | None, version: int) -> bool:
    return known is not None and known.version >= version


def report(facts: Facts, exams: Exams, scale: Sequence[GradeStep]) -> Report:
    """What a report card shows. The weight of the exam's own event counts before the one of its results."""
    counted = marks(facts, exams)
    percentage = grade_percentage(counted.values())
    sessions: dict[Attendance, int] = dict.fromkeys(get_args(Attendance), 0)
    for session in facts.sessions.values():
        if session.status is not None:
            sessions[session.status] += 1
    return Report(
        percentage=percentage,
        letter=None if percentage is None else letter(percentage, scale),
        results=len(counted),
        attendance=attendance_percentage(sessions),
        sessions=sessions,
    )


def marks(facts: Facts, exams: Exams) -> dict[UUID, Mark]:
    """The exams that count in the grade."""
    found = {each: _mark(result, exams.get(each)) for each, result in facts.results.items() if result.released}
    return {each: mark for each, mark in found.items() if mark is not None}


def _mark(result: Result, exam: Exam | None) -> Mark | None:
    if exam is None:
        return Mark(result.score, result.weight)
    return None if exam.weight is None else Mark(result.score, exam.weight)


def grade_percentage(marks: Iterable[tuple[Decimal, Decimal]]) -> Decimal | None:
    """The mean of scores by their weights (all alike when every weight is 0), half up to two places; None for none."""
    exact = [(Fraction(score), Fraction(weight)) for score, weight in marks]
    if not exact:
        return None
    total = sum(weight for _, weight in exact)
    if not total:
        exact, total = [(score, Fraction(1)) for score, _ in exact], Fraction(len(exact))
    mean = sum(score * weight for score, weight in exact) / total
    return Decimal(_half_up(mean * 100)).scaleb(-2)


def letter(percentage: Decimal, scale: Sequence[GradeStep]) -> Letter:
    """The letter of a grade, from the percentage as it is shown. The scale goes from the best letter down to 0."""
    return next(step.letter for step in scale if percentage >= step.lowest)


def require_letter(grade: Letter, scale: Sequence[GradeStep]) -> None:
    """Raises `UnknownLetter` for a letter that the scale does not have."""
    if all(step.letter != grade for step in scale):
        raise UnknownLetter


def attendance_percentage(sessions: Mapping[Attendance, int]) -> int | None:
    """Sessions attended, late or not, among those that count; being excused does not. None when none counts."""
    attended = sessions["present"] + sessions["late"]
    counted = attended + sessions["absent"]
    return _half_up(Fraction(100 * attended, counted)) if counted else None


def _half_up(value: Fraction) -> int:
    return floor(value + Fraction(1, 2))


def is_plausible_birthday(day: date, today: date) -> bool:
    return _FIRST_BIRTHDAY <= day <= today
