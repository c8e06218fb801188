"""Copies of bank questions in exams: named ones, and pools from which some are drawn for each attempt."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from types import MappingProxyType
from typing import Any
from uuid import UUID, uuid5

from exam.rules import editing
from exam.rules.bank import BankQuestion, facets_of
from exam.rules.questions import Draw, Question, QuestionSet
from exam.schemas.bank import DrawView, NewDraw, QuestionsAdded, QuestionsFromBank
from exam.service import access, bank, question_sets, views
from exam.tables import QuestionId
from lms.callers import Caller
from lms.dynamo import retry_stale, transaction
from lms.errors import Conflict, InvalidField
from lms.idempotency import IdempotentAnswer
from lms.ids import uuid7
from lms.pages import Page, PageRequest, slice_page

# The most questions in the pool of a draw; the next number is tried while all questions together are too long.
_POOLS = (100, 50, 25, 12, 0)
NO_POINTS: Mapping[UUID, Decimal] = MappingProxyType({})


class UnknownBankQuestion(InvalidField):
    field = ("questionIds",)
    code = "unknown"
    detail = "The bank of this course has no such question."


class NothingChosen(InvalidField):
    field = ("questionIds",)
    code = "missing"
    detail = "Name questions, or something to draw."


class NotEnoughQuestions(Conflict):
    code = "not-enough-questions"
    detail = "The bank has {found} questions of {tag} that the exam does not have already; the draw needs {count}."


@retry_stale
def add(
    exam_id: UUID, caller: Caller, chosen: QuestionsFromBank, idempotent: IdempotentAnswer, now: datetime
) -> QuestionsAdded:
    """Adds copies of bank questions to an exam in which no attempt has begun.

    Raises `NotAccessible`, an `InvalidField`, `QuestionsFrozen`, `NotEnoughQuestions`.
    """
    exam = access.taught_by(caller, exam_id)
    if not (chosen.question_ids or chosen.draws):
        raise NothingChosen
    stored = question_sets.to_change(exam)
    before = stored.question_set()
    after = select(exam.id, exam.course_id, before, chosen, now)
    editing.require_questions_changeable(exam.settings())
    new = after.questions[len(before.questions) :]
    point_to(exam.id, new)
    with transaction() as tx:
        question_sets.put(tx, exam, stored, after, now)
        tx.put(exam)
        view = views.added(exam, after, len(new))
        idempotent.record(tx, view, location=location(exam_id))
    return view


def location(exam_id: UUID) -> str:
    return f"/exams/{exam_id}/questions"


def point_to(exam_id: UUID, questions: Sequence[Question]) -> None:
    """Writes which exam the questions are in, before they are: what points to none is found by nobody."""
    QuestionId.put_all(QuestionId(question_id=question.id, exam_id=exam_id) for question in questions)


def select(
    exam_id: UUID,
    course_id: UUID,
    question_set: QuestionSet,
    chosen: QuestionsFromBank,
    now: datetime,
    points: Mapping[UUID, Decimal] = NO_POINTS,
) -> QuestionSet:
    """The questions of an exam with copies of those chosen, some with other points than in the bank.

    Raises `UnknownBankQuestion`, `NotEnoughQuestions`, `TooManyQuestions`, `TooManyDraws`, `QuestionsTooLong`.
    """
    kept = {question.id for question in question_set.questions}
    wanted = [each for each in dict.fromkeys(chosen.question_ids) if copy_id(exam_id, each) not in kept]
    named = bank.find_all(course_id, wanted)
    if len(named) < len(wanted):
        raise UnknownBankQuestion
    copies = (_copy(exam_id, each, now, points=points.get(each.id, each.points)) for each in named)
    question_set = question_set.with_added(*copies)
    pools = _pools(exam_id, course_id, question_set, chosen.draws, now)
    for most in _POOLS:
        filled = question_set.with_draws({draw: pool[: max(draw.count, most)] for draw, pool in pools.items()})
        if question_sets.is_short(filled):
            return filled
    raise question_sets.QuestionsTooLong


def _pools(
    exam_id: UUID, course_id: UUID, question_set: QuestionSet, draws: Sequence[NewDraw], now: datetime
) -> Mapping[Draw, Sequence[Question]]:
    """Draws with the questions for their pools, of which no two have one in common."""
    found = [(bank.find_ids(course_id, facets_of([each.tag], each.difficulty, None)), each) for each in draws]
    taken = {question.id for question in question_set.questions}
    pools = {}
    # The rarest first: what two draws could have goes to the one that has fewer to choose from.
    for bank_ids, wanted in sorted(found, key=lambda pair: len(pair[0])):
        draw = Draw(id=uuid7(), **wanted.model_dump())
        free = [each for each in bank_ids if copy_id(exam_id, each) not in taken]
        at_random = sorted(free, key=lambda each: sha256(draw.id.bytes + each.bytes).digest())
        chosen = at_random[: max(draw.count, _POOLS[0])]
        pool = [_copy(exam_id, each, now) for each in bank.find_all(course_id, chosen)]
        if len(pool) < draw.count:
            raise NotEnoughQuestions(found=len(pool), tag=draw.tag, count=draw.count)
        taken |= {question.id for question in pool}
        pools[draw] = pool
    return pools


def _copy(exam_id: UUID, question: BankQuestion, now: datetime, **fields: Any) -> Question:
    return question.copied(copy_id(exam_id, question.id), created_at=now, updated_at=now, **fields)


def copy_id(exam_id: UUID, bank_question_id: UUID) -> UUID:
    """The id of the one copy that an exam may have of a bank question."""
    return uuid5(exam_id, str(bank_question_id))


def list_draws(exam_id: UUID, caller: Caller, paging: PageRequest) -> Page[DrawView]:
    """What is drawn for each attempt; raises `NotAccessible`."""
    exam = access.taught_by(caller, exam_id)
    draws = views.draws(exam, question_sets.of_exam(exam.settings()))
    part, after = slice_page(draws, lambda draw: draw.id, paging)
    return paging.page(part, after)


@retry_stale
def delete_draw(exam_id: UUID, draw_id: UUID, caller: Caller, now: datetime) -> None:
    """Deletes a draw and its pool; raises `NotAccessible`, `QuestionsFrozen`, `LastQuestion`."""
    exam = access.taught_by(caller, exam_id)
    stored = question_sets.to_change(exam)
    question_set = stored.question_set()
    if all(draw.id != draw_id for draw in question_set.draws):
        raise access.NotAccessible
    rest = question_set.without_draw(draw_id)
    editing.require_question_deletable(exam.settings(), rest)
    with transaction() as tx:
        question_sets.put(tx, exam, stored, rest, now)
        tx.put(exam)
