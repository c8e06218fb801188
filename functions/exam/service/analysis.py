"""What all attempts at an exam say together: of its questions, and of another key for one of them."""

from uuid import UUID

from exam.rules.questions import QuestionSet
from exam.rules.standing import Progress
from exam.rules.statistics import EndedAttempt, facts_of, score_changes
from exam.schemas.marking import RegradeEffect, ScoreChangeView
from exam.schemas.results import ExamStatistics, QuestionStatistics
from exam.service import access, question_sets
from exam.tables import StoredAnswers, attempts_key
from lms import roster
from lms.callers import Caller
from lms.dynamo import Key, read_together

_CHANGES_SHOWN = 100
_ENDED: tuple[Progress, ...] = ("graded", "pending")


def statistics(exam_id: UUID, caller: Caller) -> ExamStatistics:
    """How the questions of an exam were answered in the attempts that have ended; raises `NotAccessible`."""
    settings = access.taught_by(caller, exam_id).settings()
    questions = question_sets.of_exam(settings).questions
    attempts = _ended_attempts(exam_id)
    return ExamStatistics(
        exam_id=exam_id,
        exam_title=settings.title,
        attempts=len(attempts),
        questions=[
            QuestionStatistics(
                question_id=question.id,
                question_text=question.question_text,
                kind=question.kind,
                points=question.points,
                **vars(facts_of(question, attempts)),
            )
            for question in questions
        ],
    )


def effect(exam_id: UUID, before: QuestionSet, after: QuestionSet) -> RegradeEffect:
    """What it does to the scores of the attempts that have ended when they are graded by other questions."""
    attempts = _ended_attempts(exam_id)
    changed = score_changes(before, after, attempts)
    people = roster.find_users({change.student_id for change in changed})
    # Whoever was erased has no answers any more, and keeps the score.
    changes = [change for change in changed if change.student_id in people]
    return RegradeEffect(
        attempts=len(attempts),
        raised=sum(change.gain > 0 for change in changes),
        lowered=sum(change.gain < 0 for change in changes),
        changes=[
            ScoreChangeView(
                attempt_id=change.attempt_id,
                student_id=change.student_id,
                student_name=people[change.student_id].name,
                score_before=change.before,
                score_after=change.after,
            )
            for change in changes[:_CHANGES_SHOWN]
        ],
    )


def _ended_attempts(exam_id: UUID) -> list[EndedAttempt]:
    """Those of a whole class, a hundred in each read."""
    keys: list[Key] = [
        (StoredAnswers, listed.id, None)
        for progress in _ENDED
        for listed in StoredAnswers.exam_index.query(attempts_key(exam_id, progress))
    ]
    return [
        EndedAttempt(found.id, found.student_id, found.by_question(), found.marks_given(), found.marks_earned())
        for found in read_together(keys)
        if found
    ]
