"""Grading: answers and keys in, exact marks out."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from exam.rules.questions import Answer, Answers, NumericKey, Question

Progress = Literal["running", "pending", "graded"]
Outcome = Literal["pending", "passed", "failed", "missed"]


@dataclass(frozen=True)
class Grade:
    """Marks for each question, None for those that a teacher has yet to mark; then `score` is None too.

    `score` is the percentage that the exact marks make, with two places, half up; marks are shown with two as well.
    """

    marks: Mapping[UUID, Decimal | None]
    score: Decimal | None


class Sitting(BaseModel):
    """What a student's standing depends on of one attempt. `sheet` is the version of the questions graded by.

    `erased`: its answers are gone with its student, so its score can neither be marked nor graded again.
    """

    model_config = ConfigDict(frozen=True)

    id: UUID
    started_at: datetime
    progress: Progress = "running"
    score: Decimal | None = None
    sheet: int | None = None
    erased: bool = False


def grade(questions: Sequence[Question], answers: Answers, given: Mapping[UUID, Decimal]) -> Grade:
    """Grades an attempt; what a teacher gave (`given`, by question) stands before what the key says."""
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
    if question.kind == "text":
        return None
    return Fraction(0) if answer is None else points * _share(question, answer)


def _share(question: Question, answer: Answer) -> Fraction:
    key = question.correct_answer
    if isinstance(key, tuple):
        assert isinstance(answer, list)
        return _multiple(set(key), set(answer))
    if isinstance(key, NumericKey):
        return Fraction(abs(Decimal(str(answer)) - key.value) <= key.tolerance)
    return Fraction(answer == key)


def _multiple(right: Collection[str], chosen: Collection[str]) -> Fraction:
    hits = sum(choice in right for choice in chosen)
    misses = len(chosen) - hits
    return Fraction(max(0, hits - misses), len(right))


def half_up(value: Fraction) -> Decimal:
    """A value of zero or more with two places."""
    return Decimal(floor(value * 100 + Fraction(1, 2))).scaleb(-2)


def best(sittings: Iterable[Sitting]) -> Sitting | None:
    """The graded attempt with the highest score, the first of equals."""
    graded = [sitting for sitting in sittings if sitting.score is not None]
    return max(graded, key=lambda sitting: sitting.score or 0, default=None)


def outcome(score: Decimal, pass_mark: Decimal) -> Outcome:
    return "passed" if score >= pass_mark else "failed"
