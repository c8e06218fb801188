"""Questions as frozen values, and the set of them that an exam has."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from exam.rules.question_kinds import KINDS, Answer, Key, Kind, QuestionKind
from lms.errors import Invalid

Answers = Mapping[UUID, Answer]


class Choice(BaseModel):
    model_config = ConfigDict(frozen=True)

    id: str
    text: str


class Question(BaseModel):
    """A question. `full_credit`: it turned out to be faulty after the exam, and every student gets its points."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    question_text: str
    kind: Kind
    choices: tuple[Choice, ...] = ()
    correct_answer: Key = None
    points: Decimal
    explanation: str = ""
    full_credit: bool = False
    version: int
    created_at: datetime
    updated_at: datetime

    @property
    def choice_ids(self) -> frozenset[str]:
        return frozenset(choice.id for choice in self.choices)

    @property
    def behavior(self) -> QuestionKind:
        """How questions of this kind are answered and graded."""
        return KINDS[self.kind](self.choice_ids)


class Regrade(BaseModel):
    """Why a key was changed after the exam began; `question_set` is the version of the questions that it made."""

    model_config = ConfigDict(frozen=True)

    question_set: int
    reason: str
    by: UUID


@dataclass(frozen=True)
class QuestionSet:
    """The questions of an exam in their order, and why keys were changed after it began."""

    version: int
    questions: tuple[Question, ...] = ()
    regrades: tuple[Regrade, ...] = ()

    def find(self, question_id: UUID) -> Question | None:
        return next((question for question in self.questions if question.id == question_id), None)

    def regrades_since(self, version: int) -> list[Regrade]:
        return [regrade for regrade in self.regrades if regrade.question_set > version]


def require_valid(question: Question) -> None:
    """Raises `Invalid` unless the choices suit the kind, and the key fits the choices."""
    kind = question.behavior
    if kind.has_choices and len(question.choices) < 2:
        raise Invalid(["body", "choices"], "The question needs at least two choices.", "choices")
    if not kind.has_choices and question.choices:
        raise Invalid(["body", "choices"], f"A question of kind {question.kind} has no choices.", "choices")
    if len(question.choice_ids) < len(question.choices):
        raise Invalid(["body", "choices"], "Each choice needs its own id.", "choices")
    if not kind.key_fits(question.correct_answer):
        raise Invalid(["body", "correctAnswer"], "The correct answer does not fit the question.", "key")


def read_answer(question: Question, given: Any) -> Answer | None:
    """A student's answer as it is stored, None for one that was cleared; raises `Invalid` when it is no answer."""
    if given is None or given in ("", []):
        return None
    answer = question.behavior.read_answer(given)
    if answer is None:
        loc = ["body", str(question.id)]
        raise Invalid(loc, f"This is not an answer to a question of kind {question.kind}.", "answer")
    return answer


def shuffled(attempt_id: UUID, questions: Sequence[Question]) -> list[Question]:
    """The questions in the order of one attempt, which is always the same."""
    return sorted(questions, key=lambda question: sha256(attempt_id.bytes + question.id.bytes).digest())
