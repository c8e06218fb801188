"""Attempts and results as their student, or their teachers, see them."""

from datetime import datetime
from typing import Any
from uuid import uuid5

from exam.rules.questions import Question, QuestionSet
from exam.rules.standing import Standing
from exam.schemas import (
    AttemptAnswers,
    AttemptSummary,
    AttemptView,
    Change,
    MarkedAnswer,
    MarkedAttempt,
    ResultDetails,
    ResultView,
)
from exam.service import question_sets
from exam.tables import StoredAnswers


def summary(standing: Standing, answers: StoredAnswers, now: datetime) -> AttemptSummary:
    """An attempt for its student, without answers."""
    return AttemptSummary(**_for_student(standing, answers, now))


def with_answers(standing: Standing, answers: StoredAnswers, now: datetime) -> AttemptAnswers:
    """An attempt for its student, without the questions."""
    return AttemptAnswers(**_for_student(standing, answers, now), answers=answers.by_question())


def for_student(standing: Standing, answers: StoredAnswers, now: datetime) -> AttemptView:
    """An attempt for its student, with the questions."""
    question_set = question_sets.of_exam(standing.terms)
    return AttemptView(
        **_for_student(standing, answers, now),
        answers=answers.by_question(),
        questions=question_sets.for_attempt(standing.terms, answers.id, question_set),
    )


def _for_student(standing: Standing, answers: StoredAnswers, now: datetime) -> dict[str, Any]:
    # `revision`, not `version`: what teachers and keys do to an attempt does not show.
    fields = _of_attempt(standing, answers) | {"version": answers.revision, "score": None}
    attempt = standing.attempt(answers.id)
    if not attempt.is_running:
        score = attempt.score if standing.shown(now) != "nothing" else None
        return fields | {"status": "submitted", "score": score}
    if standing.is_over(attempt, now):
        # As it will be stored a moment later.
        ended = standing.deadline(attempt)
        fields |= {"status": "submitted", "submitted_at": ended, "updated_at": ended, "version": answers.revision + 1}
    return fields


def for_list(standing: Standing, answers: StoredAnswers) -> AttemptSummary:
    """An attempt for teachers, without answers."""
    return AttemptSummary(**_of_attempt(standing, answers))


def for_teachers(standing: Standing, answers: StoredAnswers) -> MarkedAttempt:
    """An attempt for teachers, with its marks."""
    return MarkedAttempt(
        **_of_attempt(standing, answers),
        answers=answers.by_question(),
        marks=answers.marks_earned(),
        history=[change for change in _history(standing) if change.attempt_id == answers.id],
    )


def _of_attempt(standing: Standing, answers: StoredAnswers) -> dict[str, Any]:
    attempt = standing.attempt(answers.id)
    return {
        "id": attempt.id,
        "exam_id": standing.terms.exam_id,
        "student_id": standing.student_id,
        "number": attempt.number,
        "status": attempt.progress,
        "started_at": attempt.started_at,
        "deadline": standing.deadline(attempt),
        "submitted_at": attempt.submitted_at,
        "score": attempt.score,
        "version": answers.version or 1,
        "created_at": attempt.started_at,
        "updated_at": answers.saved_at,
    }


def _history(standing: Standing) -> list[Change]:
    return [Change.model_validate(change.model_dump()) for change in standing.history]


def result(standing: Standing) -> ResultView:
    return ResultView(**_of_result(standing))


def details(standing: Standing, answers: StoredAnswers | None, questions: QuestionSet | None) -> ResultDetails:
    """A result with the answers of an attempt and the keys; without them where either is None."""
    marked = [_marked(answers, question) for question in questions.questions] if answers and questions else None
    return ResultDetails(
        **_of_result(standing),
        attempt_id=answers.id if answers else None,
        answers=marked,
        history=_history(standing),
    )


def _of_result(standing: Standing) -> dict[str, Any]:
    exam_id = standing.terms.exam_id
    return {
        "id": uuid5(exam_id, str(standing.student_id)),
        "exam_id": exam_id,
        "student_id": standing.student_id,
        "score": standing.score,
        "status": standing.status,
        "version": standing.version,
        "created_at": standing.created_at,
        "updated_at": standing.updated_at,
    }


def _marked(answers: StoredAnswers, question: Question) -> MarkedAnswer:
    return MarkedAnswer(
        question_id=question.id,
        question_text=question.question_text,
        answer=answers.by_question().get(question.id),
        correct_answer=question_sets.key_of(question),
        explanation=question.explanation,
        points=question.points,
        marks=answers.marks_earned().get(question.id),
    )
