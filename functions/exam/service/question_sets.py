"""The questions of an exam, cached in the worker by the version that the exam names, and as clients see them."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from pynamodb.exceptions import DoesNotExist, UpdateError

from exam.rules.question_kinds import NumericKey
from exam.rules.questions import Question, QuestionSet, shuffled
from exam.rules.terms import ExamTerms
from exam.schemas import ChoiceView, NumericKeyView, QuestionView, StudentQuestion
from exam.tables import Exam, StoredQuestions
from lms.dynamo import Stale
from lms.faults import condition_failed


def of_exam(terms: ExamTerms) -> QuestionSet:
    """The questions of an exam as it was read; `Stale` when they have changed since."""
    return _read(terms.exam_id, terms.question_set) if terms.question_set else QuestionSet(0)


@lru_cache(maxsize=32)
def _read(exam_id: UUID, version: int) -> QuestionSet:
    try:
        stored = StoredQuestions.get(exam_id, consistent_read=True)
    except DoesNotExist:
        raise Stale from None
    if stored.version != version:
        raise Stale
    return stored.question_set()


def freeze(terms: ExamTerms, now: datetime) -> None:
    """Notes that an exam has begun, unless that is noted; `Stale` when it changed since it was read."""
    if terms.started_at is not None:
        return
    try:
        Exam(terms.exam_id, version=terms.version).update([Exam.started_at.set(now)], Exam.started_at.does_not_exist())
    except UpdateError as error:
        if condition_failed(error):
            raise Stale from error
        raise


def for_attempt(terms: ExamTerms, attempt_id: UUID, question_set: QuestionSet) -> list[StudentQuestion]:
    """The questions in the order of an attempt, without anything that reveals a key."""
    questions: Sequence[Question] = question_set.questions
    ordered = shuffled(attempt_id, questions) if terms.shuffle else questions
    return [StudentQuestion(**_common(terms.exam_id, question)) for question in ordered]


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
