"""The questions of an exam: added, listed, changed and deleted until somebody begins; later their keys are mended."""

from datetime import datetime
from typing import Any
from uuid import UUID

from exam.rules.questions import Question, require_sound
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
from exam.service import sheets, upkeep, views, visibility
from exam.service.sheets import Sheet
from exam.tables import Exam, QuestionId, QuestionSheet
from lms.dynamo import Stale, Transaction, next_version, retry_stale, transaction
from lms.errors import Conflict, Forbidden, Invalid
from lms.etags import Precondition, require_match
from lms.idempotency import Once
from lms.ids import uuid7
from lms.pages import Listing, Page, part_of
from lms.tokens import Caller

MOST_QUESTIONS = 200
# Students get all of them in one answer, which has to fit into the record that repeats it.
_MOST_BYTES = 200 * 1024
_REGRADES_KEPT = 100


@retry_stale
def add(exam_id: UUID, caller: Caller, body: NewQuestion, once: Once, now: datetime) -> QuestionView:
    """Adds a question as the last; raises `NotFound`, `Invalid`, `Conflict` once somebody has begun."""
    exam = visibility.taught_by(caller, exam_id)
    fields = {**_fields(body), "correct_answer": _key(body.correct_answer)}
    question = Question(id=uuid7(), version=1, created_at=now, updated_at=now, **fields)
    require_sound(question)
    sheet = _open_sheet(exam)
    view = sheets.with_key(exam.id, question)
    with transaction() as tx:
        tx.put(QuestionId(id=question.id, exam_id=exam.id))
        _put(tx, exam, sheet, (*sheet.questions(), question), now)
        once.answer(tx, view, location=location(view))
    return view


def location(question: QuestionView) -> str:
    return f"/exams/{question.exam_id}/questions"


@retry_stale
def listed(
    exam_id: UUID, caller: Caller, listing: Listing, now: datetime
) -> Page[QuestionView] | Page[StudentQuestion]:
    """The questions: with keys for teachers, and for students who made an attempt once that is released.

    Without keys, in the order of the attempt, while one of the student's is running. Raises `NotFound`, and
    `Forbidden` at all other times.
    """
    if caller.role != "student":
        exam = visibility.taught_by(caller, exam_id)
        return _with_keys(exam, sheets.of_exam(exam), listing)
    exam, candidate, _ = visibility.seen_by_student(caller, exam_id, now)
    sheet = sheets.of_exam(exam)
    sittings = candidate.sittings()
    running = next((sitting for sitting in sittings if not views.has_ended(exam, candidate, sitting, now)), None)
    if running is not None:
        page, after = part_of(sheets.put_to(exam, running.id, sheet), lambda question: question.id, listing)
        return listing.page(page, after)
    if sittings and views.shown(exam, candidate, now) == "everything":
        return _with_keys(exam, sheet, listing)
    raise Forbidden("The questions are shown during an attempt, and after it once results are released.")


def _with_keys(exam: Exam, sheet: Sheet, listing: Listing) -> Page[QuestionView]:
    page, after = part_of(sheet.questions, lambda question: question.id, listing)
    return listing.page([sheets.with_key(exam.id, question) for question in page], after)


@retry_stale
def change(
    question_id: UUID, caller: Caller, body: QuestionUpdate, if_match: Precondition, now: datetime
) -> QuestionView:
    """Replaces the fields given; raises `NotFound`, `Invalid`, `Conflict` once begun, `PreconditionFailed`."""
    exam = visibility.exam_of_question(caller, question_id)
    sheet = _sheet(exam)
    question = _find(sheet, question_id)
    changes: dict[str, Any] = {name: value for name, value in _fields(body).items() if name in body.model_fields_set}
    if "correct_answer" in body.model_fields_set:
        changes["correct_answer"] = _key(body.correct_answer)
    changed = Question.model_validate({**dict(question), **changes, **_touched(question, now)})
    require_sound(changed)
    _require_open(exam)
    require_match(question.version, if_match)
    with transaction() as tx:
        _put(tx, exam, sheet, _with(sheet, changed), now)
    return sheets.with_key(exam.id, changed)


@retry_stale
def delete(question_id: UUID, caller: Caller, if_match: Precondition, now: datetime) -> None:
    """Raises `NotFound`, `Conflict` once begun and for the last question of a published exam, `PreconditionFailed`."""
    exam = visibility.exam_of_question(caller, question_id)
    sheet = _sheet(exam)
    question = _find(sheet, question_id)
    _require_open(exam)
    rest = tuple(other for other in sheet.questions() if other.id != question_id)
    if exam.published and not exam.paper and not rest:
        raise Conflict("A published exam keeps one question at least.", code="no-questions")
    require_match(question.version, if_match)
    with transaction() as tx:
        tx.delete(QuestionId(id=question_id))
        _put(tx, exam, sheet, rest, now)


def regrade(exam_id: UUID, caller: Caller, body: Regrade, once: Once, now: datetime) -> Regrading:
    """Mends the key of a question after the exam has begun, and grades every attempt again.

    What fits into the request is done at once, the rest within minutes. Raises `NotFound`, `Invalid`, and `Conflict`
    before the exam has begun.
    """
    answer = _mend(exam_id, caller, body, once, now)
    upkeep.begin_work(exam_id, now)
    return answer


@retry_stale
def _mend(exam_id: UUID, caller: Caller, body: Regrade, once: Once, now: datetime) -> Regrading:
    exam = visibility.taught_by(caller, exam_id)
    sheet = _sheet(exam)
    question = next((question for question in sheet.questions() if question.id == body.question_id), None)
    if question is None:
        raise Invalid(["body", "questionId"], "This exam has no such question.", "unknown")
    full_credit = body.correct_answer == "full_credit"
    key = question.correct_answer if full_credit else _key(body.correct_answer)
    mended = question.model_copy(update={"full_credit": full_credit, "correct_answer": key, **_touched(question, now)})
    require_sound(mended)
    if exam.started_at is None:
        raise Conflict("Nobody has begun yet: change the question.", code="not-begun")
    reason = {"sheet": next_version(sheet), "reason": body.reason, "by": str(caller.id)}
    sheet.regrades = [*sheet.regrades, reason][-_REGRADES_KEPT:]
    answer = Regrading(exam_id=exam_id, question_id=question.id, reason=body.reason)
    with transaction() as tx:
        _put(tx, exam, sheet, _with(sheet, mended), now)
        upkeep.order(tx, exam, now)
        once.answer(tx, answer, status=202)
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


def _open_sheet(exam: Exam) -> QuestionSheet:
    _require_open(exam)
    return _sheet(exam) if exam.sheet else QuestionSheet(exam_id=exam.id, stored="[]")


def _require_open(exam: Exam) -> None:
    if exam.started_at is not None:
        raise Conflict("The exam has begun; its questions are frozen.", code="begun")


def _sheet(exam: Exam) -> QuestionSheet:
    try:
        sheet = QuestionSheet.get(exam.id, consistent_read=True)
    except QuestionSheet.DoesNotExist:
        raise visibility.not_found() from None
    if sheet.version != exam.sheet:
        raise Stale
    return sheet


def _find(sheet: QuestionSheet, question_id: UUID) -> Question:
    question = next((question for question in sheet.questions() if question.id == question_id), None)
    if question is None:
        raise visibility.not_found()
    return question


def _with(sheet: QuestionSheet, changed: Question) -> tuple[Question, ...]:
    return tuple(changed if question.id == changed.id else question for question in sheet.questions())


def _put(tx: Transaction, exam: Exam, sheet: QuestionSheet, questions: tuple[Question, ...], now: datetime) -> None:
    """Adds the questions to the transaction; with the exam, so that nobody begins meanwhile."""
    if len(questions) > MOST_QUESTIONS:
        raise Invalid(["body"], f"An exam has {MOST_QUESTIONS} questions at most.", "too_many_questions")
    if sheet.store(questions) > _MOST_BYTES:
        raise Invalid(["body"], "With this, the questions of the exam would be too long.", "questions_too_long")
    exam.questions = len(questions)
    exam.sheet = next_version(sheet)
    exam.updated_at = now
    tx.put(sheet)
    tx.put(exam)
