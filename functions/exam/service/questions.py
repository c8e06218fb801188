"""The questions of an exam: added, changed and deleted until an attempt begins, later only corrected."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from exam.rules.questions import Question, QuestionSet, require_valid
from exam.rules.questions import Regrade as RegradeReason
from exam.schemas import (
    KeyBody,
    NewQuestion,
    NumericKeyBody,
    QuestionUpdate,
    QuestionView,
    Regrade,
    Regrading,
    StudentQuestion,
)
from exam.service import access, question_sets, sweeps
from exam.tables import Exam, QuestionId, StoredQuestions
from lms.callers import Caller
from lms.dynamo import Stale, Transaction, next_version, retry_stale, transaction
from lms.errors import Conflict, Forbidden, Invalid
from lms.etags import Precondition, require_match
from lms.idempotency import IdempotentAnswer
from lms.ids import uuid7
from lms.pages import Page, PageRequest, slice_page

MOST_QUESTIONS = 200
# Students get all of them in one answer, which has to fit into the record that repeats it.
_MOST_BYTES = 200 * 1024
_REGRADES_KEPT = 100


@retry_stale
def add(exam_id: UUID, caller: Caller, body: NewQuestion, idempotent: IdempotentAnswer, now: datetime) -> QuestionView:
    """Adds a question as the last; raises `NotFound`, `Invalid`, `Conflict` once an attempt has begun."""
    exam = access.taught_by(caller, exam_id)
    fields = {**_fields(body), "correct_answer": _key(body.correct_answer)}
    question = Question(id=uuid7(), version=1, created_at=now, updated_at=now, **fields)
    require_valid(question)
    _require_not_begun(exam)
    stored = _stored(exam) if exam.question_set else StoredQuestions(exam_id=exam.id)
    question_set = stored.question_set()
    view = question_sets.with_key(exam.id, question)
    with transaction() as tx:
        tx.put(QuestionId(id=question.id, exam_id=exam.id))
        _put(tx, exam, stored, replace(question_set, questions=(*question_set.questions, question)), now)
        idempotent.record(tx, view, location=location(view))
    return view


def location(question: QuestionView) -> str:
    return f"/exams/{question.exam_id}/questions"


@retry_stale
def listed(
    exam_id: UUID, caller: Caller, paging: PageRequest, now: datetime
) -> Page[QuestionView] | Page[StudentQuestion]:
    """The questions: with keys for teachers, and for students who made an attempt once that is released.

    Without keys, in the order of the attempt, while one of the student's is running. Raises `NotFound`, and
    `Forbidden` at all other times.
    """
    if caller.role != "student":
        terms = access.taught_by(caller, exam_id).terms()
        return _with_keys(exam_id, question_sets.of_exam(terms), paging)
    standing = access.as_student(caller, exam_id, now)
    question_set = question_sets.of_exam(standing.terms)
    running = standing.running
    if running is not None and not standing.is_over(running, now):
        questions = question_sets.for_attempt(standing.terms, running.id, question_set)
        page, after = slice_page(questions, lambda question: question.id, paging)
        return paging.page(page, after)
    if standing.attempts and standing.shown(now) == "everything":
        return _with_keys(exam_id, question_set, paging)
    raise Forbidden("You can see the questions during an attempt, and after it once the results are released.")


def _with_keys(exam_id: UUID, question_set: QuestionSet, paging: PageRequest) -> Page[QuestionView]:
    page, after = slice_page(question_set.questions, lambda question: question.id, paging)
    return paging.page([question_sets.with_key(exam_id, question) for question in page], after)


@retry_stale
def change(
    question_id: UUID, caller: Caller, body: QuestionUpdate, if_match: Precondition, now: datetime
) -> QuestionView:
    """Replaces the fields given; raises `NotFound`, `Invalid`, `Conflict` once begun, `PreconditionFailed`."""
    exam = access.exam_of_question(caller, question_id)
    stored = _stored(exam)
    question_set = stored.question_set()
    question = _find(question_set, question_id)
    changes: dict[str, Any] = {name: value for name, value in _fields(body).items() if name in body.model_fields_set}
    if "correct_answer" in body.model_fields_set:
        changes["correct_answer"] = _key(body.correct_answer)
    changed = Question.model_validate({**dict(question), **changes, **_touched(question, now)})
    require_valid(changed)
    _require_not_begun(exam)
    require_match(question.version, if_match)
    with transaction() as tx:
        _put(tx, exam, stored, _with(question_set, changed), now)
    return question_sets.with_key(exam.id, changed)


@retry_stale
def delete(question_id: UUID, caller: Caller, if_match: Precondition, now: datetime) -> None:
    """Raises `NotFound`, `Conflict` once begun and for the last question of a published exam, `PreconditionFailed`."""
    exam = access.exam_of_question(caller, question_id)
    stored = _stored(exam)
    question_set = stored.question_set()
    question = _find(question_set, question_id)
    _require_not_begun(exam)
    rest = tuple(other for other in question_set.questions if other.id != question_id)
    if exam.published and not exam.paper and not rest:
        raise Conflict("A published exam needs at least one question.", code="no-questions")
    require_match(question.version, if_match)
    with transaction() as tx:
        tx.delete(QuestionId(id=question_id))
        _put(tx, exam, stored, replace(question_set, questions=rest), now)


def regrade(exam_id: UUID, caller: Caller, body: Regrade, idempotent: IdempotentAnswer, now: datetime) -> Regrading:
    """Corrects the key of a question after the exam has begun, and grades every attempt again.

    What fits into the request is done at once, the rest within minutes. Raises `NotFound`, `Invalid`, and `Conflict`
    before the exam has begun.
    """
    answer = _correct_key(exam_id, caller, body, idempotent, now)
    sweeps.run_in_request(exam_id, now)
    return answer


@retry_stale
def _correct_key(
    exam_id: UUID, caller: Caller, body: Regrade, idempotent: IdempotentAnswer, now: datetime
) -> Regrading:
    exam = access.taught_by(caller, exam_id)
    stored = _stored(exam)
    question_set = stored.question_set()
    question = question_set.find(body.question_id)
    if question is None:
        raise Invalid(["body", "questionId"], "This exam has no such question.", "unknown")
    full_credit = body.correct_answer == "full_credit"
    key = question.correct_answer if full_credit else _key(body.correct_answer)
    fields = {"full_credit": full_credit, "correct_answer": key, **_touched(question, now)}
    corrected = question.model_copy(update=fields)
    require_valid(corrected)
    if exam.started_at is None:
        raise Conflict("No attempt has begun yet; change the question instead.", code="not-begun")
    reason = RegradeReason(question_set=next_version(stored), reason=body.reason, by=caller.id)
    regrades = (*question_set.regrades, reason)[-_REGRADES_KEPT:]
    answer = Regrading(exam_id=exam_id, question_id=question.id, reason=body.reason)
    with transaction() as tx:
        _put(tx, exam, stored, replace(_with(question_set, corrected), regrades=regrades), now)
        sweeps.schedule(tx, exam_id, now)
        idempotent.record(tx, answer, status=202)
    return answer


def _fields(body: NewQuestion | QuestionUpdate) -> dict[str, Any]:
    fields = body.model_dump(exclude={"correct_answer"})
    return {name: tuple(value) if isinstance(value, list) else value for name, value in fields.items()}


def _key(body: KeyBody) -> Any:
    if isinstance(body, NumericKeyBody):
        return body.model_dump()
    return tuple(sorted(body)) if isinstance(body, list) else body


def _touched(question: Question, now: datetime) -> dict[str, Any]:
    return {"version": question.version + 1, "updated_at": now}


def _require_not_begun(exam: Exam) -> None:
    if exam.started_at is not None:
        raise Conflict("The exam has begun; its questions can no longer change.", code="begun")


def _stored(exam: Exam) -> StoredQuestions:
    try:
        stored = StoredQuestions.get(exam.id, consistent_read=True)
    except StoredQuestions.DoesNotExist:
        raise access.not_found() from None
    if stored.version != exam.question_set:
        raise Stale
    return stored


def _find(question_set: QuestionSet, question_id: UUID) -> Question:
    question = question_set.find(question_id)
    if question is None:
        raise access.not_found()
    return question


def _with(question_set: QuestionSet, changed: Question) -> QuestionSet:
    questions = tuple(changed if question.id == changed.id else question for question in question_set.questions)
    return replace(question_set, questions=questions)


def _put(tx: Transaction, exam: Exam, stored: StoredQuestions, question_set: QuestionSet, now: datetime) -> None:
    """Adds the questions to the transaction; with the exam, so that no attempt begins meanwhile."""
    if len(question_set.questions) > MOST_QUESTIONS:
        raise Invalid(["body"], f"An exam can have at most {MOST_QUESTIONS} questions.", "too_many_questions")
    if stored.store(question_set) > _MOST_BYTES:
        raise Invalid(["body"], "With this, the questions of the exam would be too long.", "questions_too_long")
    exam.questions = len(question_set.questions)
    exam.question_set = next_version(stored)
    exam.updated_at = now
    tx.put(stored)
    tx.put(exam)
