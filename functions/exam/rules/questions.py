"""Questions as frozen values, and what their keys and the answers to them must be like."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from lms.errors import Invalid
from lms.fields import Description

Kind = Literal["single", "multiple", "truefalse", "numeric", "text"]
Answer = bool | str | list[str] | int | float
Answers = Mapping[UUID, Answer]
# What is more is no answer to an exam question, and would be a burden to exact arithmetic.
LARGEST_NUMBER = 10**15

_text = TypeAdapter(Description)


class Choice(BaseModel):
    model_config = ConfigDict(frozen=True)

    id: str
    text: str


class NumericKey(BaseModel):
    """Right is what differs from `value` by `tolerance` at most."""

    model_config = ConfigDict(frozen=True)

    value: Decimal
    tolerance: Decimal = Decimal(0)


Key = bool | str | tuple[str, ...] | NumericKey | None


class Question(BaseModel):
    """A question. `full_credit`: it was found to be wrong after the exam, and everybody gets its points."""

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


def require_sound(question: Question) -> None:
    """Raises `Invalid` unless the choices suit the kind, and the key fits the choices."""
    wants_choices = question.kind in ("single", "multiple")
    if wants_choices and len(question.choices) < 2:
        raise Invalid(["body", "choices"], "At least two choices are needed.", "choices")
    if not wants_choices and question.choices:
        raise Invalid(["body", "choices"], f"A question of kind {question.kind} has no choices.", "choices")
    if len(question.choice_ids) < len(question.choices):
        raise Invalid(["body", "choices"], "Each choice needs an id of its own.", "choices")
    if not _fits(question, question.correct_answer):
        raise Invalid(["body", "correctAnswer"], "The key does not fit the question.", "key")


def _fits(question: Question, key: Key) -> bool:
    match question.kind:
        case "single":
            return isinstance(key, str) and key in question.choice_ids
        case "multiple":
            return isinstance(key, tuple) and bool(key) and _chooses(question, key)
        case "truefalse":
            return isinstance(key, bool)
        case "numeric":
            return isinstance(key, NumericKey)
        case "text":
            return key is None


def _chooses(question: Question, ids: Sequence[str]) -> bool:
    return len(set(ids)) == len(ids) and question.choice_ids.issuperset(ids)


def read_answer(question: Question, given: Any) -> Answer | None:
    """A student's answer as it is kept, None for one that was taken back; raises `Invalid` when it is none."""
    if given is None or given in ("", []):
        return None
    answer = _READERS[question.kind](question, given)
    if answer is None:
        loc = ["body", str(question.id)]
        raise Invalid(loc, f"This is no answer to a question of kind {question.kind}.", "answer")
    return answer


def _read_single(question: Question, given: Any) -> Answer | None:
    return given if isinstance(given, str) and given in question.choice_ids else None


def _read_multiple(question: Question, given: Any) -> Answer | None:
    if not isinstance(given, list) or not all(isinstance(choice, str) for choice in given):
        return None
    return sorted(given) if _chooses(question, given) else None


def _read_truefalse(_: Question, given: Any) -> Answer | None:
    return given if isinstance(given, bool) else None


def _read_numeric(_: Question, given: Any) -> Answer | None:
    if isinstance(given, bool) or not isinstance(given, int | float):
        return None
    # No number is as large as infinity or NaN, and -0.0 is 0.
    return (given or 0) if abs(given) <= LARGEST_NUMBER else None


def _read_text(_: Question, given: Any) -> Answer | None:
    try:
        return _text.validate_python(given, strict=True)
    except ValidationError:
        return None


_READERS: dict[Kind, Callable[[Question, Any], Answer | None]] = {
    "single": _read_single,
    "multiple": _read_multiple,
    "truefalse": _read_truefalse,
    "numeric": _read_numeric,
    "text": _read_text,
}


def in_order_of(attempt_id: UUID, questions: Sequence[Question]) -> list[Question]:
    """The questions as one attempt meets them: shuffled, and always in the same order."""
    return sorted(questions, key=lambda question: sha256(attempt_id.bytes + question.id.bytes).digest())
