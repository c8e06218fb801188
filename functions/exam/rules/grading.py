"""Grading: answers and keys in, exact marks out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import floor
from uuid import UUID

from exam.rules.question_kinds import Answer
from exam.rules.questions import Answers, Question, QuestionSet
from lms.errors import InvalidField


class TooManyMarks(InvalidField):
    code = "too_many_marks"
    detail = "This is more than the points of the question."


class MarksReasonMissing(InvalidField):
    field = ("reason",)
    code = "missing"
    detail = "A reason is required to replace marks."


@dataclass(frozen=True)
class Grade:
    """Marks for each question, None for those that a teacher has yet to mark; then `score` is None too.

    `score` is the percentage that the exact marks make, with two places, half up; marks are shown with two as well.
    """

    marks: Mapping[UUID, Decimal | None]
    score: Decimal | None


def grade(questions: Sequence[Question], answers: Answers, given: Mapping[UUID, Decimal]) -> Grade:
    """Grades an attempt; the marks that a teacher gave (`given`, by question) replace those of the key."""
    exact = {question.id: _marks(question, answers.get(question.id), given.get(question.id)) for question in questions}
    earned = [marks for marks in exact.values() if marks is not None]
    total = sum(Fraction(question.points) for question in questions)
    complete = len(earned) == len(questions)
    return Grade(
        marks={question_id: None if marks is None else half_up(marks) for question_id, marks in exact.items()},
        score=half_up(100 * sum(earned, Fraction(0)) / total) if complete else None,
    )


def _marks(question: Question, answer: Answer | None, given: Decimal | None) -> Fraction | None:
    points = Fraction(question.points)
    if question.full_credit:
        return points
    if given is not None:
        return Fraction(given)
    if not question.behavior.graded_by_key:
        return None
    if answer is None:
        return Fraction(0)
    return points * question.behavior.share(question.correct_answer, answer)


def half_up(value: Fraction) -> Decimal:
    """A value of zero or more with two places."""
    return Decimal(floor(value * 100 + Fraction(1, 2))).scaleb(-2)


def require_acceptable(
    marks: Mapping[UUID, Decimal], given: Mapping[UUID, Decimal], question_set: QuestionSet, *, with_reason: bool
) -> None:
    """Raises an `InvalidField` for marks that a teacher may not give.

    They must be of questions of the exam and within their points. To replace marks, by the key or `given` before,
    takes a reason.
    """
    for question_id, points in marks.items():
        path = ("marks", str(question_id))
        question = question_set.require(question_id, *path)
        if points > question.points:
            raise TooManyMarks(*path)
        replaces = question.behavior.graded_by_key or given.get(question_id, points) != points
        if replaces and not with_reason:
            raise MarksReasonMissing
