"""Attempts: begun, saved, submitted, shown."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from pynamodb.expressions.update import Action

from exam.rules.questions import QuestionSet, read_answer
from exam.rules.standing import Progress, Standing
from exam.schemas.attempts import AttemptAnswers, AttemptSummary, AttemptView
from exam.schemas.marking import MarkedAttempt
from exam.service import access, question_sets, standings, views
from exam.tables import StoredAnswers, attempts_key
from lms.callers import Caller
from lms.dynamo import Stale, Transaction, read_together, retry_stale, transaction
from lms.errors import InvalidField
from lms.etags import Precondition, require_match
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


class AnswersTooLong(InvalidField):
    code = "answers_too_long"
    detail = "These answers would make the attempt too long."


@retry_stale
def start(exam_id: UUID, caller: Caller, idempotent: IdempotentAnswer, now: datetime) -> tuple[AttemptView, bool]:
    """The attempt that is running, or a new one, and whether it is new.

    Students who are no longer enrolled continue the running attempt and cannot begin another. Raises `NotAccessible`,
    `NotInGoodStanding`, and what `Standing.why_not_begin` answers.
    """
    standing, is_enrolled = access.to_begin(caller, exam_id, now)
    with transaction() as tx:
        standings.finish_due(tx, standing, now)
        running = standing.running
        if running is not None:
            standings.save(tx, standing, now)
            view = _view(standing, standings.answers_of(standing, running), now)
            idempotent.record(tx, view, status=200, location=location(view))
            return view, False
        if not is_enrolled:
            raise access.NotAccessible
        refusal = standing.why_not_begin(now)
        if refusal is not None:
            raise refusal
        question_sets.freeze(standing.settings, now)
        answers = _begin(tx, standing, now)
        standings.save(tx, standing, now)
        view = _view(standing, answers, now)
        idempotent.record(tx, view, location=location(view))
    return view, True


def _begin(tx: Transaction, standing: Standing, now: datetime) -> StoredAnswers:
    attempt = standing.begin(uuid7(), now)
    answers = StoredAnswers(
        id=attempt.id,
        exam_id=standing.settings.exam_id,
        course_id=standing.settings.course_id,
        student_id=standing.student_id,
        listing_key=attempts_key(standing.settings.exam_id, attempt.progress),
        saved_at=now,
    )
    tx.put(answers)
    return answers


def _view(standing: Standing, answers: StoredAnswers, now: datetime) -> AttemptView:
    return views.for_student(standing, answers, question_sets.of_attempt(standing.settings, answers.id), now)


def location(attempt: AttemptSummary) -> str:
    return f"/attempts/{attempt.id}"


@retry_stale
def save(
    attempt_id: UUID, caller: Caller, given: Mapping[UUID, Any], if_match: Precondition, now: datetime
) -> AttemptAnswers:
    """Merges answers into those saved: each question named gets its new answer (null: none), the others stay.

    So two devices disturb each other only where both answer the same question; there the later save to arrive counts,
    unless it names a revision that is no longer the present one: `PreconditionFailed`. Raises `NotAccessible`,
    `UnknownQuestion`, `NotAnAnswer`, `AnswersTooLong`, and `AttemptOver`.
    """
    standing, answers = access.own_attempt(attempt_id, caller)
    question_set = question_sets.of_attempt(standing.settings, attempt_id)
    merged = _merged(answers, given, question_set)
    standing.require_running(attempt_id, now)
    require_match(int(answers.revision), if_match)
    saved: list[Action] = [
        StoredAnswers.answers.set(merged),
        StoredAnswers.saved_at.set(now),
        StoredAnswers.revision.add(1),
    ]
    if not answers.update_if(None, saved):
        raise Stale
    return views.with_answers(standing, answers, question_set, now)


def _merged(saved: StoredAnswers, given: Mapping[UUID, Any], question_set: QuestionSet) -> dict[str, Any]:
    merged = dict(saved.answers)
    for question_id, value in given.items():
        answer = read_answer(saved.id, question_set.require(question_id, str(question_id)), value)
        merged.pop(str(question_id), None)
        if answer is not None:
            merged[str(question_id)] = answer
    if len(json.dumps(merged, ensure_ascii=False).encode()) > _MAX_ANSWER_BYTES:
        raise AnswersTooLong
    return merged


@retry_stale
def submit(attempt_id: UUID, caller: Caller, now: datetime) -> AttemptSummary:
    """Ends an attempt and grades it at once; one that has been submitted stays as it is.

    Raises `NotAccessible`, and `NotInGoodStanding`: then it ends at its deadline with what was saved.
    """
    standing, answers = access.own_attempt(attempt_id, caller, to_submit=True)
    if standing.attempt(attempt_id).is_running:
        with transaction() as tx:
            standings.finish(tx, standing, answers, now)
            standings.save(tx, standing, now)
    return views.summary(standing, answers, now)


@retry_stale
def show(attempt_id: UUID, caller: Caller, now: datetime) -> AttemptView | MarkedAttempt:
    """An attempt for its student, or with its marks for the course's teachers; raises `NotAccessible` for others."""
    if caller.role == "student":
        standing, answers = access.own_attempt(attempt_id, caller)
        return _view(standing, answers, now)
    standing, answers = access.taught_attempt(attempt_id, caller, now)
    return views.for_teachers(standing, answers, standings.authors(standing), now)


def list_attempts(
    exam_id: UUID, caller: Caller, status: str | None, paging: PageRequest, now: datetime
) -> Page[AttemptSummary]:
    """Students get their own attempts, teachers all of them, or those of a status; raises `NotAccessible`.

    `submitted` are the attempts that are no longer running: `graded` or `pending`.
    """
    if caller.role == "student":
        return _list_own(exam_id, caller, status, paging, now)
    settings = access.taught_by(caller, exam_id).settings()
    partitions = [attempts_key(exam_id, progress) for progress in _LISTED[status]]
    keys, after = query_page(StoredAnswers.exam_index, partitions, paging)
    found = [answers for answers in read_together([(StoredAnswers, key.id, None) for key in keys]) if answers]
    by_student = standings.of_students(settings, {answers.student_id for answers in found})
    return paging.page([views.for_list(by_student[answers.student_id], answers) for answers in found], after)


def _list_own(
    exam_id: UUID, caller: Caller, status: str | None, paging: PageRequest, now: datetime
) -> Page[AttemptSummary]:
    standing = access.as_student(caller, exam_id, now)
    keys = [(StoredAnswers, attempt.id, None) for attempt in standing.attempts]
    own = [views.summary(standing, answers, now) for answers in cast(list[StoredAnswers], read_together(keys))]
    part, after = slice_page([view for view in own if status in (None, view.status)], lambda view: view.id, paging)
    return paging.page(part, after)
