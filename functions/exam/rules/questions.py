"""Questions as frozen values, and the set of them that an exam has."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from exam.rules.question_kinds import KINDS, Answer, Choice, Key, Kind, Prompt, QuestionKind
from lms.errors import Conflict, InvalidField

Answers = Mapping[UUID, Answer]
MOST_QUESTIONS = 200
"""That one student is asked."""
MOST_KEPT = 500
"""That an exam keeps, with those from which some are drawn."""
MOST_DRAWS = 20
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


class TooManyDraws(InvalidField):
    field = ("draws",)
    code = "too_many_draws"
    detail = "An exam can have at most {limit} draws."


class PointsOfDraw(InvalidField):
    field = ("points",)
    code = "draw"
    detail = "All questions of a draw have the same points."


class QuestionNeeded(Conflict):
    code = "not-enough-questions"
    detail = "A draw needs this question: it would have too few."


class Question(BaseModel):
    """A question. Its texts are Markdown.

    `images`: the keys of the images that they show, by id. `full_credit`: it turned out to be faulty after the exam,
    and every student gets its points. `draw_id`: it is in the pool of a draw, and asked in some attempts only. `salt`:
    random, and seen by nobody, so that nobody can find the choices behind the ids that an attempt shows.
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
    images: Mapping[str, str] = {}
    full_credit: bool = False
    draw_id: UUID | None = None
    salt: str = ""
    version: int
    created_at: datetime
    updated_at: datetime

    @property
    def behavior(self) -> QuestionKind:
        """How questions of this kind are answered and graded."""
        return KINDS[self.kind](self.choices, self.prompts, self.partial_credit)

    @property
    def asking_texts(self) -> dict[tuple[str | int, ...], str]:
        """The texts that whoever is asked sees, by where they stand."""
        return {
            ("questionText",): self.question_text,
            **{("choices", index, "text"): choice.text for index, choice in enumerate(self.choices)},
            **{("prompts", index, "text"): prompt.text for index, prompt in enumerate(self.prompts)},
        }

    @property
    def texts(self) -> dict[tuple[str | int, ...], str]:
        """All texts, the explanation too, by where they stand."""
        return {**self.asking_texts, ("explanation",): self.explanation}

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


class Draw(BaseModel):
    """So many questions of a tag, and of a difficulty if one is given, drawn for each attempt from those in its pool.

    Each has the same `points`, so that an exam has the same for every attempt.
    """

    model_config = ConfigDict(frozen=True)

    id: UUID
    tag: str
    difficulty: str | None = None
    count: int
    points: Decimal


@dataclass(frozen=True)
class QuestionSet:
    """The questions of an exam in their order, with the pools of draws, and why keys were changed after it began."""

    version: int
    questions: tuple[Question, ...] = ()
    regrades: tuple[Regrade, ...] = ()
    draws: tuple[Draw, ...] = ()

    def find(self, question_id: UUID) -> Question | None:
        return next((question for question in self.questions if question.id == question_id), None)

    def require(self, question_id: UUID, *path: str) -> Question:
        """A question of this exam; raises `UnknownQuestion` for what was sent at that path."""
        question = self.find(question_id)
        if question is None:
            raise UnknownQuestion(*path)
        return question

    def asked_in(self, attempt_ids: Collection[UUID]) -> "QuestionSet":
        """With the questions of these attempts alone: those that all have, and those drawn for one of them.

        What an attempt draws follows from its id and from the ids in the pools, and so stays when keys are corrected.
        """
        if not self.draws:
            return self
        drawn = {one.id for attempt_id in attempt_ids for one in self._drawn(attempt_id)}
        return replace(self, questions=tuple(one for one in self.questions if one.draw_id is None or one.id in drawn))

    def _drawn(self, attempt_id: UUID) -> Iterable[Question]:
        for draw in self.draws:
            # Not the order of the attempt: with that, drawn questions would stand before the others.
            seed = draw.id.bytes + attempt_id.bytes
            yield from sorted(self.pool(draw.id), key=lambda one: sha256(seed + one.id.bytes).digest())[: draw.count]

    def pool(self, draw_id: UUID) -> list[Question]:
        return [question for question in self.questions if question.draw_id == draw_id]

    @property
    def count(self) -> int:
        """How many questions every attempt has."""
        return sum(one.draw_id is None for one in self.questions) + sum(draw.count for draw in self.draws)

    def bytes_of(self, size: Callable[[Question], int]) -> tuple[int, int]:
        """How long all questions are together, and at most those of one attempt; `size` of one."""
        sizes = {question.id: size(question) for question in self.questions}
        asked = sum(sizes[one.id] for one in self.questions if one.draw_id is None)
        for draw in self.draws:
            asked += sum(sorted((sizes[one.id] for one in self.pool(draw.id)), reverse=True)[: draw.count])
        return sum(sizes.values()), asked

    def with_added(self, *questions: Question) -> "QuestionSet":
        """With more questions, as the last; raises `TooManyQuestions`."""
        return replace(self, questions=(*self.questions, *questions))._checked()

    def with_draws(self, pools: Mapping[Draw, Sequence[Question]]) -> "QuestionSet":
        """With more draws, each from a pool; raises `TooManyQuestions`, `TooManyDraws`."""
        added = [
            question.model_copy(update={"draw_id": draw.id, "points": draw.points})
            for draw, pool in pools.items()
            for question in pool
        ]
        if len(self.draws) + len(pools) > MOST_DRAWS:
            raise TooManyDraws(limit=MOST_DRAWS)
        return replace(self, questions=(*self.questions, *added), draws=(*self.draws, *pools))._checked()

    def _checked(self) -> "QuestionSet":
        if self.count > MOST_QUESTIONS:
            raise TooManyQuestions(limit=MOST_QUESTIONS)
        return self

    def without_draw(self, draw_id: UUID) -> "QuestionSet":
        """Without a draw and its pool."""
        draws = tuple(draw for draw in self.draws if draw.id != draw_id)
        return replace(self, questions=tuple(one for one in self.questions if one.draw_id != draw_id), draws=draws)

    def with_changed(self, changed: Question) -> "QuestionSet":
        questions = tuple(changed if question.id == changed.id else question for question in self.questions)
        return replace(self, questions=questions)

    def without(self, question_id: UUID) -> "QuestionSet":
        """Without a question; raises `QuestionNeeded` if its draw has no more than it draws."""
        rest = replace(self, questions=tuple(one for one in self.questions if one.id != question_id))
        if any(len(rest.pool(draw.id)) < draw.count for draw in self.draws):
            raise QuestionNeeded
        return rest

    def in_order(self, question_ids: Sequence[UUID]) -> "QuestionSet":
        """With the questions in this order; raises `NotTheSameQuestions` unless it names each once."""
        by_id = {question.id: question for question in self.questions}
        if len(question_ids) != len(by_id) or by_id.keys() != set(question_ids):
            raise NotTheSameQuestions
        return replace(self, questions=tuple(by_id[question_id] for question_id in question_ids))

    def copied(self, copy_of: Callable[[UUID], UUID], now: datetime) -> "QuestionSet":
        """The questions for another exam, with the keys of now: nobody has answered there yet."""
        fresh = {"version": 1, "full_credit": False, "created_at": now, "updated_at": now}
        questions = (
            one.model_copy(update={**fresh, "id": copy_of(one.id), "draw_id": one.draw_id and copy_of(one.draw_id)})
            for one in self.questions
        )
        draws = (draw.model_copy(update={"id": copy_of(draw.id)}) for draw in self.draws)
        return QuestionSet(0, tuple(questions), draws=tuple(draws))

    @property
    def points(self) -> Decimal:
        """The points of every attempt, whatever it draws."""
        fixed = sum((question.points for question in self.questions if question.draw_id is None), Decimal(0))
        return fixed + sum((draw.count * draw.points for draw in self.draws), Decimal(0))

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
