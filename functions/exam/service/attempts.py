"""Attempts: begun, saved, submitted, shown."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from pynamodb.exceptions import DoesNotExist, UpdateError

from exam.rules import terms
from exam.rules.grading import Progress, Sitting
from exam.rules.questions import read_answer
from exam.schemas import AttemptAnswers, AttemptSummary, AttemptView, MarkedAttempt
from exam.service import candidates, sheets, views, visibility
from exam.service.sheets import Sheet
from exam.tables import Attempt, Candidate, Exam, attributes, listing_of
from lms.dynamo import Stale, read_together, retry_stale, transaction
from lms.errors import Conflict, Invalid
from lms.etags import Precondition, require_match
from lms.faults import is_refused
from lms.idempotency import Once
from lms.ids import uuid7
from lms.pages import Listing, Page, part_of, walk
from lms.tokens import Caller

_MAX_ANSWER_BYTES = 200 * 1024
_LISTED: dict[str | None, tuple[Progress, ...]] = {
    None: ("pending", "running", "graded"),
    "submitted": ("pending", "graded"),
    "running": ("running",),
    "pending": ("pending",),
    "graded": ("graded",),
}
"""How far the attempts are that a teacher lists, by the status asked for."""
_REFUSALS: dict[terms.Refusal, str] = {
    "paper": "This exam is written on paper.",
    "not-open": "The exam has not opened yet.",
    "closed": "The exam has closed.",
    "attempts": "No attempt is left.",
}


@retry_stale
def start(exam_id: UUID, caller: Caller, once: Once, now: datetime) -> tuple[AttemptView, bool]:
    """The attempt that is running, or a new one, and whether it is new.

    Who is no longer enrolled goes on with the one that is running, and begins no other. Raises `NotFound`, `Forbidden`
    with the code `standing` for who is suspended, or has withdrawn or graduated, and `Conflict` with the code `paper`,
    `not-open`, `closed` or `attempts`.
    """
    exam, candidate, is_enrolled = visibility.seen_by_student(caller, exam_id, now, to_begin=True)
    before = attributes(candidate)
    with transaction() as tx:
        candidates.grade_due(tx, exam, candidate, now)
        running = terms.running(candidate.sittings())
        if running is not None:
            candidates.save(tx, exam, candidate, before, now)
            attempt = Attempt.get(running.id, consistent_read=True)
            view = views.for_its_student(exam, candidate, attempt, sheets.of_exam(exam), now)
            once.answer(tx, view, status=200, location=location(view))
            return view, False
        if not is_enrolled:
            raise visibility.not_found()
        number = len(candidate.sittings())
        refusal = terms.why_not_start(exam.terms(), candidate.accommodation(), number, now)
        if refusal is not None:
            raise Conflict(_REFUSALS[refusal], code=refusal)
        freeze(exam, now)
        attempt = Attempt(
            id=uuid7(),
            exam_id=exam.id,
            course_id=exam.course_id,
            student_id=caller.id,
            number=number + 1,
            progress="running",
            started_at=now,
            saved_at=now,
            revision=1,
        )
        attempt.listing = listing_of(exam.id, "running")
        candidate.keep(Sitting(id=attempt.id, started_at=now))
        candidates.save(tx, exam, candidate, before, now)
        tx.put(attempt)
        view = views.for_its_student(exam, candidate, attempt, sheets.of_exam(exam), now)
        once.answer(tx, view, location=location(view))
    return view, True


def freeze(exam: Exam, now: datetime) -> None:
    """Marks that an exam has begun, unless it has; `Stale` when it changed since it was read."""
    if exam.started_at is not None:
        return
    try:
        exam.update([Exam.started_at.set(now)], Exam.started_at.does_not_exist())
    except UpdateError as error:
        if is_refused(error):
            raise Stale from error
        raise


def location(attempt: AttemptSummary) -> str:
    return f"/attempts/{attempt.id}"


@retry_stale
def save(
    attempt_id: UUID, caller: Caller, given: Mapping[UUID, Any], if_match: Precondition, now: datetime
) -> AttemptAnswers:
    """Merges answers into those saved: each question named gets its new answer (null: none), the others stay.

    So two devices disturb each other only where both answer the same question; there the later save to arrive counts,
    unless it names a revision that is no longer the present one: `PreconditionFailed`. Raises `NotFound`, `Invalid`
    for what is no answer to its question, `Conflict` once the attempt is over.
    """
    exam, candidate, attempt = _own(attempt_id, caller)
    answers = _merged(attempt.answers, given, sheets.of_exam(exam))
    if views.is_over(exam, candidate, attempt, now):
        raise Conflict("The attempt is over.", code="over")
    require_match(int(attempt.revision), if_match)
    try:
        attempt.update([Attempt.answers.set(answers), Attempt.saved_at.set(now), Attempt.revision.add(1)])
    except UpdateError as error:
        if is_refused(error):
            raise Stale from error
        raise
    return views.answers(exam, candidate, attempt, now)


def _merged(saved: Mapping[str, Any], given: Mapping[UUID, Any], sheet: Sheet) -> dict[str, Any]:
    merged = dict(saved)
    for question_id, value in given.items():
        question = sheet.find(question_id)
        if question is None:
            raise Invalid(["body", str(question_id)], "This exam has no such question.", "unknown")
        answer = read_answer(question, value)
        merged.pop(str(question_id), None)
        if answer is not None:
            merged[str(question_id)] = answer
    if len(json.dumps(merged, ensure_ascii=False).encode()) > _MAX_ANSWER_BYTES:
        raise Invalid(["body"], "With these, the answers of this attempt would be too long.", "answers_too_long")
    return merged


@retry_stale
def submit(attempt_id: UUID, caller: Caller, now: datetime) -> AttemptSummary:
    """Ends an attempt and grades it at once; one that is over stays as it is.

    Raises `NotFound`, and `Forbidden` with the code `standing`: then it ends at its deadline with what was saved.
    """
    exam, candidate, attempt = _own(attempt_id, caller, to_submit=True)
    before = attributes(candidate)
    with transaction() as tx:
        if attempt.progress == "running":
            over = views.is_over(exam, candidate, attempt, now)
            candidates.submit(attempt, views.deadline(exam, candidate, attempt) if over else now)
            candidates.grade(tx, exam, candidate, attempt, now)
            candidates.save(tx, exam, candidate, before, now)
    return views.summary(exam, candidate, attempt, now)


@retry_stale
def show(attempt_id: UUID, caller: Caller, now: datetime) -> AttemptView | MarkedAttempt:
    """An attempt for its student, or with its marks for teachers of the course; raises `NotFound` for all others."""
    if caller.role == "student":
        exam, candidate, attempt = _own(attempt_id, caller)
        return views.for_its_student(exam, candidate, attempt, sheets.of_exam(exam), now)
    attempt = find(attempt_id)
    found, candidate = candidates.load(attempt.exam_id, attempt.student_id, now)
    exam = visibility.taught(caller, found)
    return views.for_teachers(exam, candidate, attempt)


def listed(exam_id: UUID, caller: Caller, status: str | None, listing: Listing, now: datetime) -> Page[AttemptSummary]:
    """For a student the own attempts, for teachers all of them, or those of a status; raises `NotFound`.

    `submitted` is whatever is no longer running, be it graded or `pending`.
    """
    if caller.role == "student":
        return _own_listed(exam_id, caller, status, listing, now)
    exam = visibility.taught_by(caller, exam_id)
    keys, after = walk(Attempt.exam_index, [listing_of(exam_id, progress) for progress in _LISTED[status]], listing)
    attempts = [attempt for attempt in read_together([(Attempt, key.id, None) for key in keys]) if attempt]
    students = list({attempt.student_id for attempt in attempts})
    found = read_together([(Candidate, exam_id, student_id) for student_id in students])
    by_student = dict(zip(students, found, strict=True))
    page = [views.in_short(exam, by_student[attempt.student_id], attempt) for attempt in attempts]
    return listing.page(page, after)


def _own_listed(
    exam_id: UUID, caller: Caller, status: str | None, listing: Listing, now: datetime
) -> Page[AttemptSummary]:
    exam, candidate, _ = visibility.seen_by_student(caller, exam_id, now)
    ids = [sitting.id for sitting in candidate.sittings()]
    attempts = cast(list[Attempt], read_together([(Attempt, attempt_id, None) for attempt_id in ids]))
    own = [views.summary(exam, candidate, attempt, now) for attempt in attempts]
    part, after = part_of([view for view in own if status in (None, view.status)], lambda view: view.id, listing)
    return listing.page(part, after)


def find(attempt_id: UUID) -> Attempt:
    """An attempt; raises `NotFound`."""
    try:
        return Attempt.get(attempt_id, consistent_read=True)
    except DoesNotExist:
        raise visibility.not_found() from None


def _own(attempt_id: UUID, caller: Caller, *, to_submit: bool = False) -> tuple[Exam, Candidate, Attempt]:
    attempt = find(attempt_id)
    exam, candidate = visibility.own(attempt, caller, to_submit=to_submit)
    return exam, candidate, attempt
