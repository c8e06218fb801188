"""What teachers grant and give by hand: accommodations, marks, results of exams on paper."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from exam.rules import grading, terms
from exam.schemas import AccommodationUpdate, AccommodationView, MarkedAttempt, MarksUpdate, NewResult, ResultView
from exam.service import attempts, candidates, exams, sheets, views, visibility
from exam.service.sheets import Sheet
from exam.tables import Attempt, Candidate, Exam, attributes
from lms import roster
from lms.dynamo import Transaction, next_version, retry_stale, transaction
from lms.errors import Conflict, Invalid, NotFound
from lms.etags import Precondition, require_match
from lms.idempotency import Once
from lms.tokens import Caller


@retry_stale
def accommodate(
    exam_id: UUID, student_id: UUID, caller: Caller, body: AccommodationUpdate, now: datetime
) -> AccommodationView:
    """Grants one student other terms, also while they are at work.

    Raises `Forbidden`, `NotFound`, and `Conflict` with the code `released` once the student could have seen keys.
    A student who missed the exam and may sit it after all has no result until then.
    """
    exam = visibility.taught_with_student(caller, exam_id, student_id)
    _, candidate = candidates.load(exam_id, student_id, now)
    before = attributes(candidate)
    if body.extra_minutes is not None:
        candidate.extra_minutes = body.extra_minutes
    if "closes_at" in body.model_fields_set:
        candidate.extra_closes_at = body.closes_at
    if body.extra_attempts is not None:
        candidate.extra_attempts = body.extra_attempts
    if candidate.status == "missed" and now < terms.begins_until(exam.terms(), candidate.accommodation()):
        candidate.status = candidate.score = None
    with transaction() as tx:
        _require_student(tx, student_id)
        exams.extend_for(tx, exam, candidate, now)
        candidates.save(tx, exam, candidate, before, now)
    return AccommodationView(
        exam_id=exam_id,
        student_id=student_id,
        extra_minutes=candidate.extra_minutes,
        closes_at=candidate.extra_closes_at,
        extra_attempts=candidate.extra_attempts,
        version=candidate.version or 0,
        created_at=candidate.created_at,
        updated_at=candidate.updated_at,
    )


@retry_stale
def mark(attempt_id: UUID, caller: Caller, body: MarksUpdate, if_match: Precondition, now: datetime) -> MarkedAttempt:
    """Gives marks for questions, also instead of those that the key gave.

    Raises `NotFound`, also once the student was erased, `Invalid` (no such question, more than its points, no reason
    where one is needed), `Conflict` while the attempt is running, `PreconditionFailed`.
    """
    attempt = attempts.find(attempt_id)
    found, candidate = candidates.load(attempt.exam_id, attempt.student_id, now)
    exam = visibility.taught(caller, found)
    sheet = sheets.of_exam(exam)
    _require_fitting(attempt, body, sheet)
    if not views.is_over(exam, candidate, attempt, now):
        raise Conflict("The student is still at work.", code="running")
    require_match(attempt.version, if_match)
    before = attributes(candidate)
    with transaction() as tx:
        _require_student(tx, attempt.student_id)
        if attempt.progress == "running":
            candidates.submit(attempt, views.deadline(exam, candidate, attempt))
        old = attempt.score
        attempt.given = {**attempt.given, **{str(question): str(marks) for question, marks in body.marks.items()}}
        candidates.grade(tx, exam, candidate, attempt, now)
        if old is not None and attempt.score != old and body.reason:
            candidates.note(candidate, old, body.reason, caller.id, now, attempt_id=attempt.id)
        candidates.save(tx, exam, candidate, before, now)
    return views.for_teachers(exam, candidate, attempt)


def _require_fitting(attempt: Attempt, body: MarksUpdate, sheet: Sheet) -> None:
    for question_id, marks in body.marks.items():
        question = sheet.find(question_id)
        if question is None:
            raise Invalid(["body", "marks", str(question_id)], "This exam has no such question.", "unknown")
        if marks > question.points:
            raise Invalid(["body", "marks", str(question_id)], "More marks than points.", "too_many_marks")
        is_first = question.kind == "text" and attempt.given.get(str(question_id)) in (None, str(marks))
        if not is_first and body.reason is None:
            raise Invalid(["body", "reason"], "Say why these marks are replaced.", "missing")


@retry_stale
def record(body: NewResult, caller: Caller, once: Once, now: datetime) -> tuple[ResultView, bool]:
    """Records the result of an exam on paper, and whether it is the student's first.

    Raises `NotFound`, `Invalid` for somebody who is not in the course or without a reason to replace a result, and
    `Conflict` with the code `online` or `unpublished`.
    """
    found, candidate = candidates.load(body.exam_id, body.student_id, now)
    exam = visibility.taught_and_taken_by(caller, found, body.student_id)
    is_first = candidate.score is None
    if not is_first and body.reason is None:
        raise Invalid(["body", "reason"], "Say why the result is replaced.", "missing")
    _require_paper(exam)
    before = attributes(candidate)
    if not is_first:
        candidates.note(candidate, candidate.score, str(body.reason), caller.id, now)
    _set_score(exam, candidate, body.score)
    attempts.freeze(exam, now)
    with transaction() as tx:
        _require_student(tx, body.student_id)
        candidates.save(tx, exam, candidate, before, now)
        view = views.result(candidate, next_version(candidate))
        once.answer(tx, view, status=201 if is_first else 200, location=location(view))
    return view, is_first


def _require_student(tx: Transaction, student_id: UUID) -> None:
    # Nothing more is written about whoever was erased, also between their erasure and exam's hearing of it.
    roster.require_exists(tx, student_id, NotFound("The student was erased."))


def location(result: ResultView) -> str:
    return f"/results/{result.exam_id}/{result.student_id}"


def _require_paper(exam: Exam) -> None:
    if not exam.paper:
        raise Conflict("This exam is sat online; its results come from attempts.", code="online")
    if not exam.published:
        raise Conflict("The exam is not published.", code="unpublished")


def _set_score(exam: Exam, candidate: Candidate, score: Decimal) -> None:
    candidate.score = score
    candidate.status = grading.outcome(score, exam.pass_mark)
