"""Forgetting a student: their words and what was written about them go; scores stay, under an id of nobody."""

from datetime import datetime
from uuid import UUID

from exam.service import candidates, views
from exam.tables import Attempt, Candidate, Exam, attributes, shelf_of
from lms import roster
from lms.dynamo import Transaction, retry_stale, transaction

_STATES = ("published", "draft", "deleted")


def erase(student_id: UUID, now: datetime) -> None:
    """Empties what a student has in all exams of the courses they ever belonged to; once more changes nothing."""
    for membership in roster.courses_of("student", student_id):
        for state in _STATES:
            for exam in Exam.course_index.query(shelf_of(membership.course_id, state)):
                _empty(exam.id, student_id, now)


@retry_stale
def _empty(exam_id: UUID, student_id: UUID, now: datetime) -> None:
    exam, candidate = candidates.load(exam_id, student_id, now)
    if exam is None or candidate.version is None:
        return
    before = attributes(candidate)
    with transaction() as tx:
        _empty_attempts(tx, exam, candidate, now)
        candidate.history = [{**change, "reason": ""} for change in candidate.history]
        candidate.extra_minutes = candidate.extra_attempts = 0
        candidate.extra_closes_at = None
        candidates.save(tx, exam, candidate, before, now)


def _empty_attempts(tx: Transaction, exam: Exam, candidate: Candidate, now: datetime) -> None:
    for known in candidate.sittings():
        if known.erased:
            continue
        attempt = Attempt.get(known.id, consistent_read=True)
        if known.progress == "running":
            # Graded first, as if it had been submitted: without its answers it would count as an empty one.
            candidates.submit(attempt, min(now, views.deadline(exam, candidate, attempt)))
            candidates.grade(tx, exam, candidate, attempt, now)
        else:
            tx.put(attempt)
        attempt.answers = {}
        sitting = next(sitting for sitting in candidate.sittings() if sitting.id == known.id)
        candidate.keep(sitting.model_copy(update={"erased": True}))
