"""The questions of an exam: added, changed and deleted until an attempt begins, later only corrected."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from exam.rules import editing
from exam.rules.questions import PointsOfDraw, Question, QuestionSet, require_valid
from exam.rules.settings import ExamSettings
from exam.schemas.marking import Regrade, Regrading
from exam.schemas.questions import (
    NewQuestion,
    QuestionPage,
    QuestionPageWithKeys,
    QuestionUpdate,
    QuestionView,
    StudentQuestion,
)
from exam.service import access, analysis, question_bodies, question_images, question_sets, sweeps, views
from exam.tables import Exam, QuestionId, StoredQuestions
from lms.audit import audit
from lms.callers import Caller
from lms.dynamo import Transaction, retry_stale, transaction
from lms.errors import Forbidden
from lms.etags import Precondition, require_match
from lms.idempotency import IdempotentAnswer
from lms.ids import uuid7
from lms.pages import Page, PageRequest, slice_page


class QuestionsHidden(Forbidden):
    detail = "You can see the questions during an attempt, and after it once the results are released."


@retry_stale
def add(exam_id: UUID, caller: Caller, body: NewQuestion, idempotent: IdempotentAnswer, now: datetime) -> QuestionView:
    """Adds a question as the last; raises `NotAccessible`, an `InvalidField`, `QuestionsFrozen`."""
    exam = access.taught_by(caller, exam_id)
    fields = question_bodies.fields_of(body)
    question = Question(id=uuid7(), version=1, created_at=now, updated_at=now, **fields)
    require_valid(question)
    editing.require_questions_changeable(exam.settings())
    question = question_images.with_images(exam.course_id, question)
    stored = question_sets.to_change(exam)
    view = views.with_key(exam.settings(), question)
    with transaction() as tx:
        tx.put(QuestionId(question_id=question.id, exam_id=exam.id))
        _put(tx, exam, stored, stored.question_set().with_added(question), now)
        idempotent.record(tx, view, location=location(view))
    return view


def location(question: QuestionView) -> str:
    return f"/exams/{question.exam_id}/questions"


@retry_stale
def list_questions(
    exam_id: UUID, caller: Caller, paging: PageRequest, now: datetime
) -> QuestionPageWithKeys | QuestionPage:
    """The questions: with keys for teachers, and for students who made an attempt once that is released.

    Without keys, in the order of the attempt, while one of the student's is running. Raises `NotAccessible`, and
    `QuestionsHidden` at all other times.
    """
    if caller.role != "student":
        settings = access.taught_by(caller, exam_id).settings()
        return _with_keys(settings, question_sets.of_exam(settings), paging)
    standing = access.as_student(caller, exam_id, now)
    running = standing.running
    if running is not None and not standing.is_over(running, now):
        question_set = question_sets.of_attempt(standing.settings, running.id)
        part, after = slice_page(views.for_attempt(standing, running, question_set, now), _id, paging)
        page = paging.page(part, after)
        return QuestionPage(view="withoutKeys", items=page.items, next=page.next)
    if standing.attempts and standing.shown(now) == "everything":
        own = question_sets.of_exam(standing.settings).asked_in([attempt.id for attempt in standing.attempts])
        return _with_keys(standing.settings, own, paging)
    raise QuestionsHidden


def _with_keys(settings: ExamSettings, question_set: QuestionSet, paging: PageRequest) -> QuestionPageWithKeys:
    part, after = slice_page(question_set.questions, _id, paging)
    page = paging.page([views.with_key(settings, question) for question in part], after)
    return QuestionPageWithKeys(view="withKeys", items=page.items, next=page.next)


def _id(question: Question | StudentQuestion) -> UUID:
    return question.id


@retry_stale
def change(
    question_id: UUID, caller: Caller, body: QuestionUpdate, if_match: Precondition, now: datetime
) -> QuestionView:
    """Replaces the fields given; raises `NotAccessible`, an `InvalidField`, `QuestionsFrozen`, `PreconditionFailed`."""
    exam = access.exam_of_question(caller, question_id)
    stored = _stored(exam)
    question = _find(stored, question_id)
    changes = question_bodies.changes_of(body, question.kind)
    changed = Question.model_validate({**dict(question), **changes, **_touched(question, now)})
    require_valid(changed)
    if question.draw_id is not None and changed.points != question.points:
        raise PointsOfDraw
    editing.require_questions_changeable(exam.settings())
    require_match(question.version, if_match)
    changed = question_images.with_images(exam.course_id, changed)
    with transaction() as tx:
        _put(tx, exam, stored, stored.question_set().with_changed(changed), now)
    return views.with_key(exam.settings(), changed)


@retry_stale
def reorder(exam_id: UUID, caller: Caller, question_ids: Sequence[UUID], now: datetime) -> Page[QuestionView]:
    """Puts the questions into another order; raises `NotAccessible`, `NotTheSameQuestions`, `QuestionsFrozen`."""
    exam = access.taught_by(caller, exam_id)
    stored = _stored(exam)
    ordered = stored.question_set().in_order(question_ids)
    editing.require_questions_changeable(exam.settings())
    with transaction() as tx:
        _put(tx, exam, stored, ordered, now)
    return Page(items=[views.with_key(exam.settings(), question) for question in ordered.questions], next=None)


@retry_stale
def delete(question_id: UUID, caller: Caller, if_match: Precondition, now: datetime) -> None:
    """Deletes a question; raises `NotAccessible`, `QuestionsFrozen`, `LastQuestion`, `PreconditionFailed`."""
    exam = access.exam_of_question(caller, question_id)
    stored = _stored(exam)
    question = _find(stored, question_id)
    rest = stored.question_set().without(question_id)
    editing.require_question_deletable(exam.settings(), rest)
    require_match(question.version, if_match)
    with transaction() as tx:
        tx.delete(QuestionId(question_id=question_id))
        _put(tx, exam, stored, rest, now)


def regrade(
    exam_id: UUID, caller: Caller, body: Regrade, idempotent: IdempotentAnswer, now: datetime, *, dry_run: bool
) -> Regrading:
    """Corrects the key of a question after the exam has begun, and grades every attempt again.

    What fits into the request is done at once, the rest within minutes; with `dry_run` nothing is. Raises
    `NotAccessible`, an `InvalidField`, and `ExamNotBegun`.
    """
    answer = _correct_key(exam_id, caller, body, idempotent, now, dry_run=dry_run)
    if dry_run:
        idempotent.release()
    else:
        sweeps.run_in_request(exam_id, now)
    return answer


@retry_stale
def _correct_key(
    exam_id: UUID, caller: Caller, body: Regrade, idempotent: IdempotentAnswer, now: datetime, *, dry_run: bool
) -> Regrading:
    exam = access.taught_by(caller, exam_id)
    stored = _stored(exam)
    question_set = stored.question_set()
    question = question_set.require(body.question_id)
    full_credit = body.correct_answer == "full_credit"
    corrected = _corrected(question, body).model_copy(update={"full_credit": full_credit, **_touched(question, now)})
    require_valid(corrected)
    editing.require_correctable(exam.settings())
    corrected_set = question_set.with_corrected(corrected, body.reason, caller.id)
    answer = Regrading(
        dry_run=dry_run,
        effect=analysis.effect(exam_id, question_set, corrected_set),
        exam_id=exam_id,
        exam_title=exam.title,
        question_id=question.id,
        question_text=question.question_text,
        reason=body.reason,
    )
    if dry_run:
        return answer
    with transaction() as tx:
        _put(tx, exam, stored, corrected_set, now)
        sweeps.schedule(tx, exam_id, now)
        about = {"exam": exam_id, "question": question.id, "course": exam.course_id}
        audit(tx, now, "exam.regraded", caller.id, about, after={"full_credit": full_credit}, reason=body.reason)
        idempotent.record(tx, answer, status=202)
    return answer


def _corrected(question: Question, body: Regrade) -> Question:
    if body.weights is not None:
        question = question.with_weights(body.weights)
    if body.correct_answer == "full_credit":
        return question
    key = question_bodies.key_of(question.kind, body.correct_answer)
    return question.model_copy(update={"correct_answer": key})


def _touched(question: Question, now: datetime) -> dict[str, Any]:
    return {"version": question.version + 1, "updated_at": now}


def _stored(exam: Exam) -> StoredQuestions:
    """The questions of an exam, to be changed; raises `NotAccessible` if it never had any."""
    if not exam.question_set:
        raise access.NotAccessible
    return question_sets.find_stored(exam.id, int(exam.question_set))


def _find(stored: StoredQuestions, question_id: UUID) -> Question:
    question = stored.question_set().find(question_id)
    if question is None:
        raise access.NotAccessible
    return question


def _put(tx: Transaction, exam: Exam, stored: StoredQuestions, question_set: QuestionSet, now: datetime) -> None:
    question_sets.put(tx, exam, stored, question_set, now)
    tx.put(exam)
