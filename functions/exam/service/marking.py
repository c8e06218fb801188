"""Marks that teachers give by hand."""

from datetime import datetime
from uuid import UUID

from exam.rules.questions import QuestionSet
from exam.schemas import MarkedAttempt, MarksUpdate
from exam.service import access, question_sets, standings, views
from exam.tables import StoredAnswers
from lms.callers import Caller
from lms.dynamo import retry_stale, transaction
from lms.errors import Conflict, Invalid
from lms.etags import Precondition, require_match


@retry_stale
def mark(attempt_id: UUID, caller: Caller, body: MarksUpdate, if_match: Precondition, now: datetime) -> MarkedAttempt:
    """Gives marks for questions, also instead of those that the key gave.

    Raises `NotFound`, also once the student was erased, `Invalid` (no such question, more than its points, no reason
    where one is required), `Conflict` while the attempt is running, `PreconditionFailed`.
    """
    standing, answers = access.taught_attempt(attempt_id, caller, now)
    attempt = standing.attempt(attempt_id)
    _require_fitting(answers, body, question_sets.of_exam(standing.terms))
    if not standing.is_over(attempt, now):
        raise Conflict("The student is still working on this attempt.", code="running")
    require_match(answers.version, if_match)
    answers.given = {**answers.given, **{str(question): str(marks) for question, marks in body.marks.items()}}
    with transaction() as tx:
        standings.require_student(tx, standing)
        standings.finish(tx, standing, answers, now)
        if body.reason and attempt.score not in (None, standing.attempt(attempt_id).score):
            standing.note(attempt.score, body.reason, caller.id, now, attempt_id=attempt_id)
        standings.save(tx, standing, now)
    return views.for_teachers(standing, answers)


def _require_fitting(answers: StoredAnswers, body: MarksUpdate, question_set: QuestionSet) -> None:
    for question_id, marks in body.marks.items():
        question = question_set.find(question_id)
        if question is None:
            raise Invalid(["body", "marks", str(question_id)], "This exam has no such question.", "unknown")
        if marks > question.points:
            raise Invalid(["body", "marks", str(question_id)], "The question has fewer points.", "too_many_marks")
        replaces = question.behavior.graded_by_key or answers.given.get(str(question_id)) not in (None, str(marks))
        if replaces and body.reason is None:
            raise Invalid(["body", "reason"], "A reason is required to replace marks.", "missing")
