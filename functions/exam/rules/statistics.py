"""How well the questions of an exam were answered, and what another key would change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from exam.rules.grading import grade, half_up
from exam.rules.questions import Answers, Question, QuestionSet


@dataclass(frozen=True)
class EndedAttempt:
    """An attempt with what it was graded by, the answers and the marks that teachers gave; and what it `earned`."""

    id: UUID
    student_id: UUID
    answers: Answers
    given: Mapping[UUID, Decimal]
    earned: Mapping[UUID, Decimal | None]

    def score(self, question_set: QuestionSet) -> Decimal | None:
        return grade(question_set.asked_in([self.id]).questions, self.answers, self.given).score


@dataclass(frozen=True)
class QuestionFacts:
    """Of the attempts that have ended: in how many a question is answered, has marks, and has all its points.

    Percentages have two places, half up; they are None as long as nothing has marks. `mean_percent` is the mean of the
    marks in percent of the points, which is called the facility index of a question.
    """

    answered: int
    marked: int
    right: int
    right_percent: Decimal | None
    mean_percent: Decimal | None


def facts_of(question: Question, attempts: Sequence[EndedAttempt]) -> QuestionFacts:
    earned = [marks for attempt in attempts if (marks := attempt.earned.get(question.id)) is not None]
    right = sum(marks == question.points for marks in earned)
    total = Fraction(question.points) * len(earned)
    return QuestionFacts(
        answered=sum(question.id in attempt.answers for attempt in attempts),
        marked=len(earned),
        right=right,
        right_percent=half_up(Fraction(100 * right, len(earned))) if earned else None,
        mean_percent=half_up(100 * sum(map(Fraction, earned), Fraction(0)) / total) if earned else None,
    )


@dataclass(frozen=True)
class ScoreChange:
    """The score of an attempt in percent, None while a teacher has yet to mark it, by the key before and by another."""

    attempt_id: UUID
    student_id: UUID
    before: Decimal | None
    after: Decimal | None

    @property
    def gain(self) -> Decimal:
        return (self.after or Decimal(0)) - (self.before or Decimal(0))


def score_changes(before: QuestionSet, after: QuestionSet, attempts: Sequence[EndedAttempt]) -> list[ScoreChange]:
    """The attempts whose score another key changes, the largest change first."""
    compared = (
        ScoreChange(attempt.id, attempt.student_id, attempt.score(before), attempt.score(after)) for attempt in attempts
    )
    changed = [change for change in compared if change.before != change.after]
    return sorted(changed, key=lambda change: (-abs(change.gain), change.attempt_id))
