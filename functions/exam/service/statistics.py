"""Counting results by their score, in the transactions that change them."""

from collections import defaultdict
from decimal import Decimal
from uuid import UUID

from pynamodb.expressions.update import Action

from exam.rules.standing import Result
from exam.tables import ScoreCount
from lms.dynamo import Transaction

# Students of a class that does equally well do not all wait for one item.
_ITEMS_A_SCORE = 10
MISSED = "missed"
"""What the counters of missed exams begin with; those of the others, with the score."""


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
    return f"{MISSED if status == MISSED else f'{int(score):03d}'}#{student_id.int % _ITEMS_A_SCORE}"
