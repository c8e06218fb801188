"""Counting results by their score, in the transactions that change them."""

from collections import defaultdict
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from pynamodb.expressions.update import Action

from exam.rules.grading import half_up
from exam.rules.standing import Result
from exam.schemas.results import Summary
from exam.tables import ScoreCount
from lms.dynamo import Transaction

_BARS = 101
# Students of a class that does equally well do not all wait for one item.
_ITEMS_A_SCORE = 10
_MISSED = "missed"


def count(tx: Transaction, exam_id: UUID, student_id: UUID, before: Result, after: Result) -> None:
    """Moves a student's result to where it counts now; a result without a score does not count."""
    changes: dict[str, list[tuple[int, Result]]] = defaultdict(list)
    for sign, (status, score) in ((-1, before), (1, after)):
        if score is not None and before != after:
            changes[_counter(student_id, status, score)].append((sign, (status, score)))
    for counter, moves in changes.items():
        actions: list[Action] = [
            ScoreCount.results.add(sum(sign for sign, _ in moves)),
            ScoreCount.passed.add(sum(sign * (status == "passed") for sign, (status, _) in moves)),
            ScoreCount.total.add(sum((sign * (points or 0) for sign, (_, points) in moves), Decimal(0))),
        ]
        tx.update(ScoreCount(exam_id=exam_id, score=counter), actions)


def _counter(student_id: UUID, status: str | None, score: Decimal) -> str:
    return f"{_MISSED if status == _MISSED else f'{int(score):03d}'}#{student_id.int % _ITEMS_A_SCORE}"


def summary(exam_id: UUID) -> Summary:
    bars, passed, missed, total = [0] * _BARS, 0, 0, Fraction(0)
    for counted in ScoreCount.query(exam_id, consistent_read=True):
        if counted.score.startswith(_MISSED):
            missed += int(counted.results)
            continue
        bars[int(counted.score[:3])] += int(counted.results)
        passed += int(counted.passed)
        total += Fraction(counted.total)
    number = sum(bars)
    return Summary(
        count=number,
        mean=half_up(total / number) if number else None,
        pass_rate=half_up(Fraction(100 * passed, number)) if number else None,
        histogram=bars,
        missed=missed,
    )
