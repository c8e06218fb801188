"""Marks that teachers give by hand, and attempts that they let go on."""

from datetime import datetime, timedelta
from uuid import UUID

from exam.rules.grading import require_acceptable
from exam.rules.standing import Standing
from exam.schemas.attempts import Reopening
from exam.schemas.marking import MarkedAttempt, MarksUpdate
from exam.service import access, accommodations, question_sets, standings, views
from lms.audit import audit
from lms.callers import Caller
from lms.dynamo import retry_stale, transaction
from lms.etags import Precondition, require_match
from lms.events.exams import AttemptReopened
from lms.outbox import emit


@retry_stale
def mark(attempt_id: UUID, caller: Caller, body: MarksUpdate, if_match: Precondition, now: datetime) -> MarkedAttempt:
    """Gives marks for questions, also instead of those that the key gave.

    Raises `NotAccessible`, `StudentErased`, an `InvalidField` (see `require_acceptable`), `AttemptRunning`, and
    `PreconditionFailed`.
    """
    standing, answers = access.taught_attempt(attempt_id, caller, now)
    question_set = question_sets.of_attempt(standing.settings, attempt_id)
    require_acceptable(body.marks, answers.marks_given(), question_set, with_reason=body.reason is not None)
    standing.require_over(attempt_id, now)
    require_match(answers.version, if_match)
    score_before = standing.attempt(attempt_id).score
    answers.give(body.marks)
    with transaction() as tx:
        standings.require_student(tx, standing)
        standings.finish(tx, standing, answers, now)
        if body.reason and score_before not in (None, standing.attempt(attempt_id).score):
            standing.note(score_before, body.reason, caller.id, now, attempt_id=attempt_id)
        audit(
            tx,
            now,
            "attempt.marked",
            caller.id,
            {**standings.about(standing), "attempt": attempt_id},
            before={"score": score_before},
            after={"score": standing.attempt(attempt_id).score},
            reason=body.reason,
        )
        standings.save(tx, standing, now)
    return views.for_teachers(standing, answers, standings.authors(standing), now)


@retry_stale
def reopen(attempt_id: UUID, caller: Caller, body: Reopening, now: datetime) -> MarkedAttempt:
    """Lets a submitted attempt go on with its answers; what it earned no longer counts.

    Raises `NotAccessible`, `StudentErased`, `AttemptRunning`, `AnotherRunning`, and `KeysAreOut`.
    """
    standing, answers = access.taught_attempt(attempt_id, caller, now)
    exam_id = standing.settings.exam_id
    if any(standing.is_due(attempt, now) for attempt in standing.attempts):
        standings.bring_up_to_date(exam_id, standing.student_id, now)
        standing, answers = access.taught_attempt(attempt_id, caller, now)
    standing.require_over(attempt_id, now)
    before, until = standing.attempt(attempt_id), now + timedelta(minutes=body.minutes)
    standing.reopen(attempt_id, until)
    standing.note(before.score, body.reason, caller.id, now, attempt_id=attempt_id)
    answers.reopen()
    with transaction() as tx:
        standings.require_student(tx, standing)
        accommodations.extend(tx, access.find(exam_id), standing, now)
        tx.put(answers)
        audit(
            tx,
            now,
            "attempt.reopened",
            caller.id,
            {**standings.about(standing), "attempt": attempt_id},
            before={"score": before.score, "submitted_at": before.submitted_at},
            after={"deadline": until},
            reason=body.reason,
        )
        standings.save(tx, standing, now)
        emit(tx, _reopened(standing, attempt_id, until), now)
    return views.for_teachers(standing, answers, standings.authors(standing), now)


def _reopened(standing: Standing, attempt_id: UUID, until: datetime) -> AttemptReopened:
    return AttemptReopened(
        version=standing.version,
        attempt_id=attempt_id,
        exam_id=standing.settings.exam_id,
        course_id=standing.settings.course_id,
        student_id=standing.student_id,
        until=until,
    )
