"""Questions as frozen values, and the set of them that an exam has."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from exam.rules.question_kinds import KINDS, Answer, Choice, Key, Kind, Prompt, QuestionKind
from lms.errors import InvalidField

Answers = Mapping[UUID, Answer]
MOST_QUESTIONS = 200
_REGRADES_KEPT = 100


class TooFewChoices(InvalidField):
    field = ("choices",)
    code = "choices"
    detail = "The question needs at least two choices."


class ChoicesNotAllowed(InvalidField):
    field = ("choices",)
    code = "choices"
    detail = "A question of kind {kind} has no choices."


class ChoiceIdTaken(InvalidField):
    field = ("choices",)
    code = "choices"
    detail = "Each choice needs its own id."


class WeightsNotAllowed(InvalidField):
    field = ("choices",)
    code = "weights"
    detail = "The choices of a question of kind {kind} have no weights."


class WeightsIncomplete(InvalidField):
    field = ("choices",)
    code = "weights"
    detail = "Either every choice has a weight, or none."


class UnknownChoice(InvalidField):
    field = ("weights",)
    code = "unknown"
    detail = "The question has no such choice."


class PromptsMissing(InvalidField):
    field = ("prompts",)
    code = "prompts"
    detail = "The question needs something to match the choices with."


class PromptsNotAllowed(InvalidField):
    field = ("prompts",)
    code = "prompts"
    detail = "A question of kind {kind} has no prompts."


class PromptIdTaken(InvalidField):
    field = ("prompts",)
    code = "prompts"
    detail = "Each prompt needs its own id."


class NotAnAnswer(InvalidField):
    code = "answer"
    detail = "This is not an answer to a question of kind {kind}."


class UnknownQuestion(InvalidField):
    field = ("questionId",)
    code = "unknown"
    detail = "This exam has no such question."


class NotTheSameQuestions(InvalidField):
    field = ("questionIds",)
    code = "order"
    detail = "Name every question of the exam exactly once."


class TooManyQuestions(InvalidField):
    code = "too_many_questions"
    detail = "An exam can have at most {limit} questions."


class Question(BaseModel):
    """A question. Its texts are Markdown.

    `full_credit`: it turned out to be faulty after the exam, and every student gets its points. `salt`: random, and
    seen by nobody, so that nobody can find the choices behind the ids that an attempt shows.
    """

    model_config = ConfigDict(frozen=True)

    id: UUID
    question_text: str
    kind: Kind
    choices: tuple[Choice, ...] = ()
    prompts: tuple[Prompt, ...] = ()
    correct_answer: Key = None
    partial_credit: bool = True
    points: Decimal
    explanation: str = ""
    full_credit: bool = False
    salt: str = ""
    version: int
    created_at: datetime
    updated_at: datetime

    @property
    def behavior(self) -> QuestionKind:
        """How questions of this kind are answered and graded."""
        return KINDS[self.kind](self.choices, self.prompts, self.partial_credit)

    def with_weights(self, weights: Mapping[str, Decimal]) -> "Question":
        """With other weights for its choices; raises `UnknownChoice`."""
        if not weights.keys() <= {choice.id for choice in self.choices}:
            raise UnknownChoice
        choices = tuple(choice.model_copy(update={"weight": weights.get(choice.id)}) for choice in self.choices)
        return self.model_copy(update={"choices": choices})


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

    def require(self, question_id: UUID, *path: str) -> Question:
        """A question of this exam; raises `UnknownQuestion` for what was sent at that path."""
        question = self.find(question_id)
        if question is None:
            raise UnknownQuestion(*path)
        return question

    def with_added(self, question: Question) -> "QuestionSet":
        """With one more question, as the last; raises `TooManyQuestions`."""
        if len(self.questions) >= MOST_QUESTIONS:
            raise TooManyQuestions(limit=MOST_QUESTIONS)
        return replace(self, questions=(*self.questions, question))

    def with_changed(self, changed: Question) -> "QuestionSet":
        questions = tuple(changed if question.id == changed.id else question for question in self.questions)
        return replace(self, questions=questions)

    def without(self, question_id: UUID) -> "QuestionSet":
        return replace(self, questions=tuple(one for one in self.questions if one.id != question_id))

    def in_order(self, question_ids: Sequence[UUID]) -> "QuestionSet":
        """With the questions in this order; raises `NotTheSameQuestions` unless it names each once."""
        by_id = {question.id: question for question in self.questions}
        if len(question_ids) != len(by_id) or by_id.keys() != set(question_ids):
            raise NotTheSameQuestions
        return replace(self, questions=tuple(by_id[question_id] for question_id in question_ids))

    def copied(self, copy_of: Callable[[UUID], UUID], now: datetime) -> "QuestionSet":
        """The questions for another exam, with the keys of now: nobody has answered there yet."""
        fresh = {"version": 1, "full_credit": False, "created_at": now, "updated_at": now}
        return QuestionSet(0, tuple(one.model_copy(update={"id": copy_of(one.id), **fresh}) for one in self.questions))

    @property
    def points(self) -> Decimal:
        return sum((question.points for question in self.questions), Decimal(0))

    def with_corrected(self, corrected: Question, reason: str, by: UUID) -> "QuestionSet":
        """With another key for a question, and why: the last hundred reasons are kept."""
        regrade = Regrade(question_set=self.version + 1, reason=reason, by=by)
        return replace(self.with_changed(corrected), regrades=(*self.regrades, regrade)[-_REGRADES_KEPT:])

    def regrades_since(self, version: int) -> list[Regrade]:
        return [regrade for regrade in self.regrades if regrade.question_set > version]


def require_valid(question: Question) -> None:
    """Raises an `InvalidField` unless choices and prompts suit the kind, and the key fits them."""
    _require_choices(question)
    _require_prompts(question)
    question.behavior.require_key(question.correct_answer)


def _require_choices(question: Question) -> None:
    kind = question.behavior
    if kind.has_choices and len(question.choices) < 2:
        raise TooFewChoices
    if not kind.has_choices and question.choices:
        raise ChoicesNotAllowed(kind=question.kind)
    if len({choice.id for choice in question.choices}) < len(question.choices):
        raise ChoiceIdTaken
    if kind.weights and not kind.has_weights:
        raise WeightsNotAllowed(kind=question.kind)
    if len(kind.weights) not in (0, len(question.choices)):
        raise WeightsIncomplete


def _require_prompts(question: Question) -> None:
    if question.behavior.has_prompts and not question.prompts:
        raise PromptsMissing
    if not question.behavior.has_prompts and question.prompts:
        raise PromptsNotAllowed(kind=question.kind)
    if len({prompt.id for prompt in question.prompts}) < len(question.prompts):
        raise PromptIdTaken


def shuffled(attempt_id: UUID, questions: Sequence[Question]) -> list[Question]:
    """The questions in the order of one attempt, which is always the same."""
    return sorted(questions, key=lambda question: sha256(attempt_id.bytes + question.id.bytes).digest())


def as_shown(attempt_id: UUID, question: Question) -> Question:
    """A question as the student of an attempt sees it.

    Where the order of the choices or their ids could reveal the key, they have ids of this attempt, and their order.
    """
    if not question.behavior.hides_choices:
        return question
    names = _choice_names(attempt_id, question)
    choices = [choice.model_copy(update={"id": names[choice.id]}) for choice in question.choices]
    return question.model_copy(update={"choices": tuple(sorted(choices, key=lambda choice: choice.id))})


def answer_as_shown(attempt_id: UUID, question: Question, answer: Answer) -> Answer:
    """A stored answer, with choices named as the student of the attempt sees them."""
    if not question.behavior.hides_choices:
        return answer
    renamed: Answer = question.behavior.renamed(answer, _choice_names(attempt_id, question))
    return renamed


def read_answer(attempt_id: UUID, question: Question, given: Any) -> Answer | None:
    """A student's answer as it is stored, None for one that was cleared; raises `NotAnAnswer`."""
    if given is None or given in ("", [], {}):
        return None
    answer = as_shown(attempt_id, question).behavior.read_answer(given)
    if answer is None:
        raise NotAnAnswer(str(question.id), kind=question.kind)
    if question.behavior.hides_choices:
        ids = {name: choice for choice, name in _choice_names(attempt_id, question).items()}
        answer = question.behavior.renamed(answer, ids)
    return answer


def _choice_names(attempt_id: UUID, question: Question) -> dict[str, str]:
    """By choice, the id that it has in an attempt."""
    secret = question.salt.encode() + attempt_id.bytes
    return {
        choice.id: str(UUID(bytes=sha256(secret + choice.id.encode()).digest()[:16])) for choice in question.choices
    }
