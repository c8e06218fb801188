"""The question bank of a course: questions added one by one or many at once, found by tag, changed, deleted."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from exam.rules.bank import (
    ALL,
    MOST_BANK_QUESTIONS,
    MOST_QUESTION_BYTES,
    BankFull,
    BankQuestion,
    Difficulty,
    QuestionTooLong,
    facets_of,
    tags_by_facet,
)
from exam.rules.question_kinds import Kind
from exam.rules.questions import require_valid
from exam.schemas.bank import BankQuestionUpdate, BankQuestionView, NewBankQuestion, TagCount
from exam.service import access, question_bodies, question_images, views
from exam.service.access import NotAccessible
from exam.tables import BankQuestionId, FacetCount, FacetEntry, StoredBankQuestion, facet_key
from lms import roster
from lms.callers import Caller
from lms.dynamo import Transaction, read_together, retry_stale, transaction
from lms.errors import InvalidField, Problem
from lms.etags import Precondition, require_match
from lms.idempotency import IdempotentAnswer
from lms.ids import uuid7
from lms.pages import Page, PageRequest, query_page
from lms.refusals import CourseNotFound

# DynamoDB takes a hundred writes and checks at once; one is that the course exists.
_MOST_WRITES = 99
# Found by a facet, each may be as long as it can be, and an answer has 6 MB.
_PAGE = 50


@dataclass
class Added:
    """What became of questions that were added together: `kept` were there before, or were deleted since."""

    added: list[UUID] = field(default_factory=list)
    kept: list[UUID] = field(default_factory=list)
    refused: dict[UUID, Problem] = field(default_factory=dict)


@retry_stale
def add(course_id: UUID, body: NewBankQuestion, idempotent: IdempotentAnswer, now: datetime) -> BankQuestionView:
    """Adds a question; raises an `InvalidField`, `CourseNotFound`, `BankFull`."""
    question = _question(course_id, uuid7(), body, now)
    course = _course(course_id)
    view = views.bank_question(course, question)
    with transaction() as tx:
        roster.require_course_exists(tx, course_id, CourseNotFound())
        _put_new(tx, course_id, [question])
        idempotent.record(tx, view, location=location(view))
    return view


def location(question: BankQuestionView) -> str:
    return f"/bankQuestions/{question.id}"


def add_all(course_id: UUID, given: Mapping[UUID, NewBankQuestion], now: datetime) -> Added:
    """Adds many questions under ids of the caller's, but for those that were added before; may be repeated.

    Raises `CourseNotFound`.
    """
    outcome = Added()
    outcome.kept = list(_known(given))
    questions = []
    for question_id, body in given.items():
        if question_id in outcome.kept:
            continue
        try:
            questions.append(_question(course_id, question_id, body, now))
        except InvalidField as fault:
            outcome.refused[question_id] = fault
    for chunk in _chunks(questions):
        try:
            _add_chunk(course_id, chunk)
            outcome.added += [one.id for one in chunk]
        except BankFull as full:
            outcome.refused |= {one.id: full for one in chunk}
    return outcome


def copy_all(source_id: UUID, course_id: UUID, copy_of: Callable[[UUID], UUID], now: datetime) -> None:
    """Gives a course copies of all questions of another one's bank, but for those that it was given already.

    Raises `CourseNotFound`.
    """
    fresh = {"version": 1, "created_at": now, "updated_at": now}
    found = (stored.bank_question() for stored in StoredBankQuestion.query(source_id, consistent_read=True))
    for chunk in _chunks(one.model_copy(update={**fresh, "id": copy_of(one.id)}) for one in found):
        known = _known(one.id for one in chunk)
        new = [one for one in chunk if one.id not in known]
        if new:
            _add_chunk(course_id, new)


def _known(question_ids: Iterable[UUID]) -> set[UUID]:
    """The questions that are in a bank, or were."""
    return {row.question_id for row in read_together([(BankQuestionId, each, None) for each in question_ids]) if row}


@retry_stale
def _add_chunk(course_id: UUID, chunk: Sequence[BankQuestion]) -> None:
    with transaction() as tx:
        roster.require_course_exists(tx, course_id, CourseNotFound())
        _put_new(tx, course_id, chunk)


def _chunks(questions: Iterable[BankQuestion]) -> Iterator[list[BankQuestion]]:
    """Parts that can be added at once."""
    chunk: list[BankQuestion] = []
    for question in questions:
        if chunk and _writes([*chunk, question]) > _MOST_WRITES:
            yield chunk
            chunk = []
        chunk.append(question)
    if chunk:
        yield chunk


def _writes(questions: Sequence[BankQuestion]) -> int:
    facets = [facet for question in questions for facet in question.facets]
    return 2 * len(questions) + len(facets) + len(set(facets))


def _question(course_id: UUID, question_id: UUID, body: NewBankQuestion, now: datetime) -> BankQuestion:
    fields = question_bodies.fields_of(body)
    return _valid(course_id, BankQuestion(id=question_id, version=1, created_at=now, updated_at=now, **fields))


def _valid(course_id: UUID, question: BankQuestion) -> BankQuestion:
    """A question with each of its tags once, and its images accepted; raises an `InvalidField`."""
    require_valid(question)
    question = question_images.with_images(course_id, question)
    question = question.model_copy(update={"tags": tuple(tags_by_facet(question.tags).values())})
    if len(question.model_dump_json().encode()) > MOST_QUESTION_BYTES:
        raise QuestionTooLong
    return question


def _put_new(tx: Transaction, course_id: UUID, questions: Sequence[BankQuestion]) -> None:
    for question in questions:
        tx.put(BankQuestionId(question.id, course_id=course_id), BankQuestionId.question_id.does_not_exist())
        tx.put(StoredBankQuestion(course_id, question.id, question=question.model_dump_json()))
        _put_entries(tx, course_id, question)
    _count(tx, course_id, questions, [])


def _put_entries(tx: Transaction, course_id: UUID, question: BankQuestion) -> None:
    for facet in question.facets - {ALL}:
        tx.put(FacetEntry(facet_key(course_id, facet), question.id, facets=question.facets))


def _count(tx: Transaction, course_id: UUID, after: Sequence[BankQuestion], before: Sequence[BankQuestion]) -> None:
    """Counts the questions of each facet that come and go; refuses the transaction with `BankFull`."""
    changes = Counter(facet for question in after for facet in question.facets)
    changes.subtract(facet for question in before for facet in question.facets)
    labels = {facet: tag for question in after for facet, tag in tags_by_facet(question.tags).items()}
    for facet, change in changes.items():
        if change:
            actions: list[Action] = [FacetCount.questions.add(change)]
            if facet in labels:
                actions.append(FacetCount.label.set(labels[facet]))
            room = _has_room_for(change) if facet == ALL and change > 0 else None
            tx.update(FacetCount(course_id, facet), actions, room, refuse=BankFull(limit=MOST_BANK_QUESTIONS))


def _has_room_for(questions: int) -> Condition:
    condition: Condition = FacetCount.questions <= MOST_BANK_QUESTIONS - questions
    condition |= FacetCount.questions.does_not_exist()
    return condition


def list_questions(
    course_id: UUID, tag: str | None, difficulty: Difficulty | None, kind: Kind | None, paging: PageRequest
) -> Page[BankQuestionView]:
    """The questions of a bank in the order of their ids, which follow time; raises `CourseNotFound`."""
    course = _course(course_id)
    facets = facets_of([tag] if tag else [], difficulty, kind)
    if facets:
        key = facet_key(course_id, facets[0])
        entries, after = query_page(FacetEntry, [key], paging.at_most(_PAGE), **_filter(facets))
        found = find_all(course_id, [entry.id for entry in entries])
    else:
        stored, after = query_page(StoredBankQuestion, [course_id], paging, consistent_read=True)
        found = [each.bank_question() for each in stored]
    return paging.page([views.bank_question(course, each) for each in found], after)


def find_ids(course_id: UUID, facets: Sequence[str]) -> list[UUID]:
    """The questions of a bank that have all facets."""
    return [entry.id for entry in FacetEntry.query(facet_key(course_id, facets[0]), **_filter(facets))]


def _filter(facets: Sequence[str]) -> dict[str, Any]:
    """What is asked of the entries of the first facet, so that their questions have the others as well."""
    condition: Condition | None = None
    for facet in facets[1:]:
        has_facet: Condition = FacetEntry.facets.contains(facet)
        condition = has_facet if condition is None else condition & has_facet
    return {"filter_condition": condition, "consistent_read": True}


def find_all(course_id: UUID, question_ids: Iterable[UUID]) -> list[BankQuestion]:
    """Those of the questions that are in the bank."""
    found = read_together([(StoredBankQuestion, course_id, question_id) for question_id in question_ids])
    return [each.bank_question() for each in found if each]


def list_tags(course_id: UUID, paging: PageRequest) -> Page[TagCount]:
    """The tags of a bank with the number of their questions; raises `CourseNotFound`."""
    _course(course_id)
    of_tags = FacetCount.facet.startswith("tag:")
    used = FacetCount.questions > 0
    found, after = query_page(
        FacetCount, [course_id], paging, range_key_condition=of_tags, filter_condition=used, consistent_read=True
    )
    return paging.page([TagCount(tag=each.label, question_count=int(each.questions)) for each in found], after)


def show(question_id: UUID, caller: Caller) -> BankQuestionView:
    """A question; raises `NotAccessible`."""
    course, stored = _taught(question_id, caller)
    return views.bank_question(course, stored.bank_question())


@retry_stale
def change(
    question_id: UUID, caller: Caller, body: BankQuestionUpdate, if_match: Precondition, now: datetime
) -> BankQuestionView:
    """Replaces the fields given; raises `NotAccessible`, an `InvalidField`, `PreconditionFailed`."""
    course, stored = _taught(question_id, caller)
    before = stored.bank_question()
    touched = {"version": before.version + 1, "updated_at": now}
    changes = question_bodies.changes_of(body, before.kind)
    after = _valid(course.id, BankQuestion.model_validate({**dict(before), **changes, **touched}))
    require_match(before.version, if_match)
    stored.question = after.model_dump_json()
    with transaction() as tx:
        roster.require_course_exists(tx, course.id, NotAccessible())
        tx.put(stored)
        if after.facets != before.facets:
            _put_entries(tx, course.id, after)
            _delete_entries(tx, course.id, question_id, before.facets - after.facets)
        _count(tx, course.id, [after], [before])
    return views.bank_question(course, after)


@retry_stale
def delete(question_id: UUID, caller: Caller, if_match: Precondition) -> None:
    """Deletes a question; exams that have a copy keep it. Raises `NotAccessible`, `PreconditionFailed`."""
    course, stored = _taught(question_id, caller)
    question = stored.bank_question()
    require_match(question.version, if_match)
    with transaction() as tx:
        tx.delete(stored)
        _delete_entries(tx, course.id, question_id, question.facets - {ALL})
        _count(tx, course.id, [], [question])


def _delete_entries(tx: Transaction, course_id: UUID, question_id: UUID, facets: Iterable[str]) -> None:
    for facet in facets:
        tx.delete(FacetEntry(facet_key(course_id, facet), question_id))


def _course(course_id: UUID) -> roster.Course:
    course = roster.find_course(course_id)
    if course is None:
        raise CourseNotFound
    return course


def _taught(question_id: UUID, caller: Caller) -> tuple[roster.Course, StoredBankQuestion]:
    """A question in the bank of a course that the caller teaches or administers; raises `NotAccessible`."""
    pointer = BankQuestionId.find(question_id)
    if pointer is None:
        raise NotAccessible
    course, level = access.in_course(caller, pointer.course_id)
    stored = StoredBankQuestion.find(pointer.course_id, question_id)
    if course is None or level != "teacher" or stored is None:
        raise NotAccessible
    return course, stored
