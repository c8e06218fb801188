"""The questions of an exam, kept in the worker by the version that the exam names."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from pynamodb.exceptions import DoesNotExist

from exam.rules.questions import NumericKey, Question, in_order_of
from exam.schemas import ChoiceView, NumericKeyView, QuestionView, StudentQuestion
from exam.tables import Exam, QuestionSheet
from lms.dynamo import Stale


@dataclass(frozen=True)
class Sheet:
    """Questions in their order, and why they were changed after the exam had begun."""

    version: int
    questions: tuple[Question, ...] = ()
    regrades: tuple[dict[str, Any], ...] = ()

    def find(self, question_id: UUID) -> Question | None:
        return next((question for question in self.questions if question.id == question_id), None)


def of_exam(exam: Exam) -> Sheet:
    """The questions of an exam as it was read; `Stale` when they have changed since."""
    return _read(exam.id, int(exam.sheet)) if exam.sheet else Sheet(0)


@lru_cache(maxsize=32)
def _read(exam_id: UUID, version: int) -> Sheet:
    try:
        item = QuestionSheet.get(exam_id, consistent_read=True)
    except DoesNotExist:
        raise Stale from None
    if item.version != version:
        raise Stale
    return Sheet(version, item.questions(), tuple(item.regrades))


def put_to(exam: Exam, attempt_id: UUID, sheet: Sheet) -> list[StudentQuestion]:
    """The questions as an attempt meets them, without anything that tells what is right."""
    ordered: Sequence[Question] = in_order_of(attempt_id, sheet.questions) if exam.shuffle else sheet.questions
    return [StudentQuestion(**_common(exam.id, question)) for question in ordered]


def with_key(exam_id: UUID, question: Question) -> QuestionView:
    return QuestionView(
        **_common(exam_id, question),
        correct_answer=key_of(question),
        explanation=question.explanation,
        full_credit=question.full_credit,
        version=question.version,
        created_at=question.created_at,
        updated_at=question.updated_at,
    )


def key_of(question: Question) -> bool | str | list[str] | NumericKeyView | None:
    """A key as clients see it."""
    key = question.correct_answer
    if isinstance(key, NumericKey):
        return NumericKeyView(value=key.value, tolerance=key.tolerance)
    return list(key) if isinstance(key, tuple) else key


def _common(exam_id: UUID, question: Question) -> dict[str, Any]:
    return {
        "id": question.id,
        "exam_id": exam_id,
        "question_text": question.question_text,
        "kind": question.kind,
        "choices": [ChoiceView(id=choice.id, text=choice.text) for choice in question.choices],
        "points": question.points,
    }
