"""One student in one exam: graded, missed, counted and told, whatever made it due."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

from exam.rules import grading, terms
from exam.rules.grading import Progress, Sitting
from exam.service import sheets, statistics
from exam.tables import Attempt, Candidate, Exam, attributes, listing_of, shard_of
from lms import roster
from lms.dynamo import Transaction, next_version, read_together, retry_stale, transaction
from lms.events import ResultRecorded
from lms.outbox import emit

MISSED = Decimal(0)
_CHANGES_KEPT = 100


def load(exam_id: UUID, student_id: UUID, now: datetime) -> tuple[Exam | None, Candidate]:
    """An exam, and a student in it, who may be new to it."""
    exam, candidate = read_together([(Exam, exam_id, None), (Candidate, exam_id, student_id)])
    return exam, candidate or new(exam_id, student_id, now)


def new(exam_id: UUID, student_id: UUID, now: datetime) -> Candidate:
    """A student who has nothing in an exam yet."""
    return Candidate(exam_id=exam_id, student_id=student_id, created_at=now, updated_at=now)


@retry_stale
def bring_up_to_date(exam_id: UUID, student_id: UUID, now: datetime) -> None:
    """Does for a student what the clock, a new key or a release asks for; nothing when all of it was done."""
    exam, candidate = load(exam_id, student_id, now)
    if exam is None or not exam.published:
        return
    with transaction() as tx:
        before = attributes(candidate)
        grade_due(tx, exam, candidate, now)
        if _has_missed(exam, candidate, now):
            candidate.status, candidate.score = "missed", MISSED
        candidate.shut = candidate.shut or _is_to_be_shut(exam, candidate)
        save(tx, exam, candidate, before, now)


def is_open(exam: Exam, now: datetime) -> bool:
    """Whether any student may begin an attempt, or has one that takes answers."""
    if exam.paper:
        return False
    if now < exam.closing:
        return True
    may_have_longer = Candidate.due_at.exists() | Candidate.extra_closes_at.exists() | (Candidate.extra_minutes > 0)
    return any(
        terms.begins_or_answers(exam.terms(), candidate.accommodation(), candidate.sittings(), now)
        for candidate in Candidate.query(exam.id, filter_condition=may_have_longer, consistent_read=True)
    )


def is_up_to_date(exam: Exam, candidate: Candidate, now: datetime) -> bool:
    """Whether `bring_up_to_date` would find nothing to do, as far as can be told without reading more."""
    sittings, exam_terms = candidate.sittings(), exam.terms()
    return (
        not any(_is_due(exam, candidate, sitting, now) for sitting in sittings)
        and (candidate.status is not None or bool(sittings))
        and (candidate.told or candidate.score is None or not _is_out(exam, candidate, now))
        and candidate.due_at == terms.due_at(exam_terms, candidate.accommodation(), sittings)
        and not _is_to_be_shut(exam, candidate)
    )


def grade_due(tx: Transaction, exam: Exam, candidate: Candidate, now: datetime) -> None:
    """Submits what has passed its deadline, and grades again what was graded by another version of the questions."""
    for sitting in candidate.sittings():
        if _is_due(exam, candidate, sitting, now):
            attempt = Attempt.get(sitting.id, consistent_read=True)
            if sitting.progress == "running":
                submit(attempt, terms.deadline(exam.terms(), candidate.accommodation(), sitting.started_at))
            grade(tx, exam, candidate, attempt, now)


def _is_due(exam: Exam, candidate: Candidate, sitting: Sitting, now: datetime) -> bool:
    if sitting.progress == "running":
        return now >= terms.deadline(exam.terms(), candidate.accommodation(), sitting.started_at)
    return sitting.sheet != exam.sheet and not sitting.erased


def submit(attempt: Attempt, at: datetime) -> None:
    """Ends an attempt; its student sees this as one more revision."""
    attempt.submitted_at = attempt.saved_at = at
    attempt.revision += 1


def grade(tx: Transaction, exam: Exam, candidate: Candidate, attempt: Attempt, now: datetime) -> None:
    """Grades an attempt by the present key; a score that this changes stays in the history, with the key's reasons."""
    sheet = sheets.of_exam(exam)
    sitting = next(sitting for sitting in candidate.sittings() if sitting.id == attempt.id)
    result = grading.grade(sheet.questions, by_question(attempt.answers), given_marks(attempt))
    progress: Progress = "pending" if result.score is None else "graded"
    if sitting.score is not None and sitting.score != result.score:
        for regrade in (regrade for regrade in sheet.regrades if regrade["sheet"] > (sitting.sheet or 0)):
            note(candidate, sitting.score, regrade["reason"], UUID(regrade["by"]), now, attempt_id=attempt.id)
    attempt.marks = {str(question): None if marks is None else str(marks) for question, marks in result.marks.items()}
    attempt.score = result.score
    attempt.progress = progress
    attempt.listing = listing_of(exam.id, progress)
    candidate.keep(sitting.model_copy(update={"progress": progress, "score": result.score, "sheet": sheet.version}))
    tx.put(attempt)


def by_question(stored: Mapping[str, Any]) -> dict[UUID, Any]:
    return {UUID(question_id): value for question_id, value in stored.items()}


def given_marks(attempt: Attempt) -> dict[UUID, Decimal]:
    """What teachers gave, by question."""
    return {question_id: Decimal(marks) for question_id, marks in by_question(attempt.given).items()}


def note(
    candidate: Candidate,
    score: Decimal | None,
    reason: str,
    by: UUID,
    now: datetime,
    *,
    attempt_id: UUID | None = None,
) -> None:
    """Keeps a score that is being replaced, and why: the last hundred."""
    change = {
        "score": None if score is None else str(score),
        "reason": reason,
        "at": now.isoformat(),
        "by": str(by),
        "attempt_id": None if attempt_id is None else str(attempt_id),
    }
    candidate.history = [*candidate.history, change][-_CHANGES_KEPT:]


def _has_missed(exam: Exam, candidate: Candidate, now: datetime) -> bool:
    if exam.paper or candidate.status is not None or candidate.sittings():
        return False
    if now < terms.begins_until(exam.terms(), candidate.accommodation()):
        return False
    return roster.enrollment_of(candidate.student_id, exam.course_id) in ("active", "completed")


def _is_to_be_shut(exam: Exam, candidate: Candidate) -> bool:
    """Whether an attempt may still begin that read the exam before it was closed: until this item is written again."""
    allowed = exam.attempts_allowed + candidate.extra_attempts
    return terms.is_closing(exam.terms()) and not candidate.shut and len(candidate.sittings()) < allowed


def save(tx: Transaction, exam: Exam, candidate: Candidate, before: Mapping[str, Any], now: datetime) -> None:
    """Adds to the transaction what follows for a student's result, and the item itself, if anything changed.

    `before` are the item's values as they were read.
    """
    sittings, exam_terms, granted = candidate.sittings(), exam.terms(), candidate.accommodation()
    if sittings:
        best = grading.best(sittings)
        submitted = any(sitting.progress != "running" for sitting in sittings)
        candidate.score = best.score if best else None
        candidate.status = _status(exam, candidate.score) if submitted else None
    candidate.due_at = terms.due_at(exam_terms, granted, sittings)
    candidate.due = None if candidate.due_at is None else shard_of(candidate.student_id)
    was: statistics.Result = (before.get("status"), before.get("score"))
    result: statistics.Result = (candidate.status, candidate.score)
    _tell(tx, exam, candidate, was != result, now)
    if attributes(candidate) != before:
        candidate.updated_at = now
        statistics.count(tx, exam.id, candidate.student_id, was, result)
        tx.put(candidate)


def _status(exam: Exam, score: Decimal | None) -> str:
    return "pending" if score is None else grading.outcome(score, exam.pass_mark)


def _is_out(exam: Exam, candidate: Candidate, now: datetime) -> bool:
    return terms.shown(exam.terms(), candidate.accommodation(), candidate.sittings(), now) != "nothing"


def _tell(tx: Transaction, exam: Exam, candidate: Candidate, changed: bool, now: datetime) -> None:
    """Tells a result at its release and when it changes later, and takes back one that no longer is.

    What changes while the student may still answer is told when they no longer may.
    """
    if candidate.score is None:
        if candidate.told:
            candidate.told, candidate.told_version = False, next_version(candidate)
            emit(tx, recorded(exam, candidate), now)
    elif changed or not candidate.told:
        candidate.told = _is_out(exam, candidate, now)
        if candidate.told:
            candidate.told_version = next_version(candidate)
            emit(tx, recorded(exam, candidate), now)


def recorded(exam: Exam, candidate: Candidate) -> ResultRecorded:
    """The event of the version in which a student's result was told or taken back."""
    score = MISSED if candidate.score is None else candidate.score
    return ResultRecorded(
        version=candidate.told_version,
        exam_id=exam.id,
        course_id=exam.course_id,
        student_id=candidate.student_id,
        score=score.quantize(Decimal("0.01")),
        status=cast(Any, "missed" if candidate.score is None else candidate.status),
        weight=exam.weight,
        released=candidate.told,
    )
