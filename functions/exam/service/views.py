"""Attempts and results as their student, or their teachers, see them."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import uuid5

from exam.rules import terms
from exam.rules.grading import Sitting
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
from exam.service import sheets
from exam.service.candidates import by_question
from exam.service.sheets import Sheet
from exam.tables import Attempt, Candidate, Exam


def deadline(exam: Exam, candidate: Candidate, attempt: Attempt) -> datetime:
    return terms.deadline(exam.terms(), candidate.accommodation(), attempt.started_at)


def is_over(exam: Exam, candidate: Candidate, attempt: Attempt, now: datetime) -> bool:
    """Whether an attempt takes no more answers, be it written down or not."""
    return attempt.progress != "running" or now >= deadline(exam, candidate, attempt)


def has_ended(exam: Exam, candidate: Candidate, sitting: Sitting, now: datetime) -> bool:
    """As `is_over`, by what the student's own item says of an attempt."""
    closing = terms.deadline(exam.terms(), candidate.accommodation(), sitting.started_at)
    return sitting.progress != "running" or now >= closing


def shown(exam: Exam, candidate: Candidate, now: datetime) -> terms.Shown:
    return terms.shown(exam.terms(), candidate.accommodation(), candidate.sittings(), now)


def summary(exam: Exam, candidate: Candidate, attempt: Attempt, now: datetime) -> AttemptSummary:
    """An attempt for its student."""
    return AttemptSummary(**_of_student(exam, candidate, attempt, now))


def answers(exam: Exam, candidate: Candidate, attempt: Attempt, now: datetime) -> AttemptAnswers:
    return AttemptAnswers(**_of_student(exam, candidate, attempt, now), answers=by_question(attempt.answers))


def for_its_student(exam: Exam, candidate: Candidate, attempt: Attempt, sheet: Sheet, now: datetime) -> AttemptView:
    return AttemptView(
        **_of_student(exam, candidate, attempt, now),
        answers=by_question(attempt.answers),
        questions=sheets.put_to(exam, attempt.id, sheet),
    )


def _of_student(exam: Exam, candidate: Candidate, attempt: Attempt, now: datetime) -> dict[str, Any]:
    # `revision`, not `version`: what teachers and keys do to an attempt does not show.
    fields = _of_attempt(exam, candidate, attempt)
    fields |= {"status": "running", "version": attempt.revision, "updated_at": attempt.saved_at, "score": None}
    if attempt.progress != "running":
        score = attempt.score if shown(exam, candidate, now) != "nothing" else None
        return fields | {"status": "submitted", "score": score}
    if now >= fields["deadline"]:
        # As it will be written down a moment later.
        ended = fields["deadline"]
        fields |= {"status": "submitted", "submitted_at": ended, "updated_at": ended, "version": attempt.revision + 1}
    return fields


def in_short(exam: Exam, candidate: Candidate, attempt: Attempt) -> AttemptSummary:
    """An attempt for teachers."""
    return AttemptSummary(**_of_attempt(exam, candidate, attempt))


def for_teachers(exam: Exam, candidate: Candidate, attempt: Attempt) -> MarkedAttempt:
    return MarkedAttempt(
        **_of_attempt(exam, candidate, attempt),
        answers=by_question(attempt.answers),
        marks=by_question(attempt.marks),
        history=[change for change in _history(candidate) if change.attempt_id == attempt.id],
    )


def _of_attempt(exam: Exam, candidate: Candidate, attempt: Attempt) -> dict[str, Any]:
    return {
        "id": attempt.id,
        "exam_id": attempt.exam_id,
        "student_id": attempt.student_id,
        "number": attempt.number,
        "status": attempt.progress,
        "started_at": attempt.started_at,
        "deadline": deadline(exam, candidate, attempt),
        "submitted_at": attempt.submitted_at,
        "score": attempt.score,
        "version": attempt.version or 1,
        "created_at": attempt.started_at,
        "updated_at": attempt.saved_at,
    }


def _history(candidate: Candidate) -> list[Change]:
    return [Change.model_validate(change) for change in candidate.history]


def result(candidate: Candidate, version: int | None = None) -> ResultView:
    return ResultView(**_of_result(candidate, version))


def details(candidate: Candidate, attempt: Attempt | None, sheet: Sheet | None) -> ResultDetails:
    """A result with the answers of an attempt, marked by a sheet; without them where either is None."""
    marked = [_marked(attempt, question) for question in sheet.questions] if attempt and sheet else None
    return ResultDetails(
        **_of_result(candidate, None),
        attempt_id=attempt.id if attempt else None,
        answers=marked,
        history=_history(candidate),
    )


def _of_result(candidate: Candidate, version: int | None) -> dict[str, Any]:
    return {
        "id": uuid5(candidate.exam_id, str(candidate.student_id)),
        "exam_id": candidate.exam_id,
        "student_id": candidate.student_id,
        "score": candidate.score,
        "status": candidate.status,
        "version": version or candidate.version,
        "created_at": candidate.created_at,
        "updated_at": candidate.updated_at,
    }


def _marked(attempt: Attempt, question: Any) -> MarkedAnswer:
    marks = attempt.marks.get(str(question.id))
    return MarkedAnswer(
        question_id=question.id,
        question_text=question.question_text,
        answer=attempt.answers.get(str(question.id)),
        correct_answer=sheets.key_of(question),
        explanation=question.explanation,
        points=question.points,
        marks=None if marks is None else Decimal(marks),
    )
