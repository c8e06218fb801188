"""Attempts: begun, saved, submitted, shown."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from pynamodb.exceptions import UpdateError

from exam.rules.questions import QuestionSet, read_answer
from exam.rules.standing import Progress, Standing, StartRefusal
from exam.schemas import AttemptAnswers, AttemptSummary, AttemptView, MarkedAttempt
from exam.service import access, question_sets, standings, views
from exam.tables import StoredAnswers, StoredStanding, attempts_key
from lms.callers import Caller
from lms.dynamo import Stale, Transaction, read_together, retry_stale, transaction
from lms.errors import Conflict, Invalid
from lms.etags import Precondition, require_match
from lms.faults import condition_failed
from lms.idempotency import IdempotentAnswer
from lms.ids import uuid7
from lms.pages import Page, PageRequest, query_page, slice_page

_MAX_ANSWER_BYTES = 200 * 1024
_LISTED: dict[str | None, tuple[Progress, ...]] = {
    None: ("pending", "running", "graded"),
    "submitted": ("pending", "graded"),
    "running": ("running",),
    "pending": ("pending",),
    "graded": ("graded",),
}
"""The progress of the attempts that teachers list, by the status asked for."""
_REFUSALS: dict[StartRefusal, str] = {
    "paper": "This exam is taken on paper.",
    "not-open": "The exam has not opened yet.",
    "closed": "The exam has closed.",
    "attempts": "You have no attempts left.",
}


@retry_stale
def start(exam_id: UUID, caller: Caller, idempotent: IdempotentAnswer, now: datetime) -> tuple[AttemptView, bool]:
    """The attempt that is running, or a new one, and whether it is new.

    Students who are no longer enrolled continue the running attempt and cannot begin another. Raises `NotFound`,
    `Forbidden` with the code `standing` for students who are suspended, or have withdrawn or graduated, and `Conflict`
    with the code `paper`, `not-open`, `closed` or `attempts`.
    """
    standing, is_enrolled = access.to_begin(caller, exam_id, now)
    with transaction() as tx:
        standings.finish_due(tx, standing, now)
        running = standing.running
        if running is not None:
            standings.save(tx, standing, now)
            view = views.for_student(standing, standings.answers_of(standing, running), now)
            idempotent.record(tx, view, status=200, location=location(view))
            return view, False
        if not is_enrolled:
            raise access.not_found()
        refusal = standing.why_not_start(now)
        if refusal is not None:
            raise Conflict(_REFUSALS[refusal], code=refusal)
        question_sets.freeze(standing.terms, now)
        answers = _begin(tx, standing, now)
        standings.save(tx, standing, now)
        view = views.for_student(standing, answers, now)
        idempotent.record(tx, view, location=location(view))
    return view, True


def _begin(tx: Transaction, standing: Standing, now: datetime) -> StoredAnswers:
    attempt = standing.begin(uuid7(), now)
    answers = StoredAnswers(
        id=attempt.id,
        exam_id=standing.terms.exam_id,
        course_id=standing.terms.course_id,
        student_id=standing.student_id,
        listing_key=attempts_key(standing.terms.exam_id, attempt.progress),
        saved_at=now,
    )
    tx.put(answers)
    return answers


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
    standing, answers = access.own_attempt(attempt_id, caller)
    merged = _merged(answers.answers, given, question_sets.of_exam(standing.terms))
    if standing.is_over(standing.attempt(attempt_id), now):
        raise Conflict("The attempt is over.", code="over")
    require_match(int(answers.revision), if_match)
    try:
        answers.update(
            [StoredAnswers.answers.set(merged), StoredAnswers.saved_at.set(now), StoredAnswers.revision.add(1)]
        )
    except UpdateError as error:
        if condition_failed(error):
            raise Stale from error
        raise
    return views.with_answers(standing, answers, now)


def _merged(saved: Mapping[str, Any], given: Mapping[UUID, Any], question_set: QuestionSet) -> dict[str, Any]:
    merged = dict(saved)
    for question_id, value in given.items():
        question = question_set.find(question_id)
        if question is None:
            raise Invalid(["body", str(question_id)], "This exam has no such question.", "unknown")
        answer = read_answer(question, value)
        merged.pop(str(question_id), None)
        if answer is not None:
            merged[str(question_id)] = answer
    if len(json.dumps(merged, ensure_ascii=False).encode()) > _MAX_ANSWER_BYTES:
        raise Invalid(["body"], "These answers would make the attempt too long.", "answers_too_long")
    return merged


@retry_stale
def submit(attempt_id: UUID, caller: Caller, now: datetime) -> AttemptSummary:
    """Ends an attempt and grades it at once; one that has been submitted stays as it is.

    Raises `NotFound`, and `Forbidden` with the code `standing`: then it ends at its deadline with what was saved.
    """
    standing, answers = access.own_attempt(attempt_id, caller, to_submit=True)
    if standing.attempt(attempt_id).is_running:
        with transaction() as tx:
            standings.finish(tx, standing, answers, now)
            standings.save(tx, standing, now)
    return views.summary(standing, answers, now)


@retry_stale
def show(attempt_id: UUID, caller: Caller, now: datetime) -> AttemptView | MarkedAttempt:
    """An attempt for its student, or with its marks for teachers of the course; raises `NotFound` for all others."""
    if caller.role == "student":
        standing, answers = access.own_attempt(attempt_id, caller)
        return views.for_student(standing, answers, now)
    standing, answers = access.taught_attempt(attempt_id, caller, now)
    return views.for_teachers(standing, answers)


def listed(
    exam_id: UUID, caller: Caller, status: str | None, paging: PageRequest, now: datetime
) -> Page[AttemptSummary]:
    """Students get their own attempts, teachers all of them, or those of a status; raises `NotFound`.

    `submitted` are the attempts that are no longer running: `graded` or `pending`.
    """
    if caller.role == "student":
        return _own_listed(exam_id, caller, status, paging, now)
    terms = access.taught_by(caller, exam_id).terms()
    partitions = [attempts_key(exam_id, progress) for progress in _LISTED[status]]
    keys, after = query_page(StoredAnswers.exam_index, partitions, paging)
    found = [answers for answers in read_together([(StoredAnswers, key.id, None) for key in keys]) if answers]
    students = list({answers.student_id for answers in found})
    stored = read_together([(StoredStanding, exam_id, student_id) for student_id in students])
    by_student = {item.student_id: item.standing(terms) for item in stored}
    return paging.page([views.for_list(by_student[answers.student_id], answers) for answers in found], after)


def _own_listed(
    exam_id: UUID, caller: Caller, status: str | None, paging: PageRequest, now: datetime
) -> Page[AttemptSummary]:
    standing = access.as_student(caller, exam_id, now)
    keys = [(StoredAnswers, attempt.id, None) for attempt in standing.attempts]
    own = [views.summary(standing, answers, now) for answers in cast(list[StoredAnswers], read_together(keys))]
    part, after = slice_page([view for view in own if status in (None, view.status)], lambda view: view.id, paging)
    return paging.page(part, after)
