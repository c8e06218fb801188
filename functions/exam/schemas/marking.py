"""Marks that teachers give, and new keys for what was answered."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from exam.schemas.attempts import AttemptAnswers
from exam.schemas.fields import ChoiceId, ChoiceWeight, Marks, Number
from exam.schemas.keys import KeyBody
from lms.fields import CamelBody, CamelView, Name


class Regrade(CamelBody):
    """`correctAnswer` is as in a question, or `full_credit` to give every student the points.

    `weights`, by choice, are set in the place of the present ones: an empty object removes them.
    """

    question_id: UUID
    correct_answer: KeyBody
    weights: Annotated[dict[ChoiceId, ChoiceWeight], Field(max_length=50)] | None = None
    reason: Name


class ScoreChangeView(CamelView):
    """What an attempt scores by the key before and by the new one, in percent; null while a teacher has to mark it."""

    attempt_id: UUID
    student_id: UUID
    student_name: str | None
    score_before: Number | None
    score_after: Number | None


class RegradeEffect(CamelView):
    """How many `attempts` have ended, whose score rises or falls, and the hundred largest `changes`."""

    attempts: int
    raised: int
    lowered: int
    changes: list[ScoreChangeView]


class Regrading(CamelView):
    """Attempts are graded again within minutes; the `history` of a result shows when it changed.

    With `dryRun` nothing is done, and `effect` says what would be.
    """

    exam_id: UUID
    exam_title: str
    question_id: UUID
    question_text: str
    reason: str
    dry_run: bool
    effect: RegradeEffect


class AttemptToMark(CamelView):
    """An attempt that waits for a teacher's marks."""

    attempt_id: UUID
    number: int
    exam_id: UUID
    exam_title: str
    course_id: UUID
    course_title: str
    student_id: UUID
    student_name: str | None
    started_at: datetime
    submitted_at: datetime | None


class Change(CamelView):
    """A score that was replaced, and why, when, and by whom."""

    score: Number | None
    reason: str
    at: datetime
    by: UUID | None
    by_name: str | None
    attempt_id: UUID | None


class MarkedAttempt(AttemptAnswers):
    """An attempt for teachers, with the marks by question; null where a teacher still has to mark."""

    view: Literal["teacher"]
    marks: dict[UUID, Number | None]
    history: list[Change]


class MarksUpdate(CamelBody):
    """Marks by question id. A `reason` is required, except for the first marking of a `text` question."""

    marks: Annotated[dict[UUID, Marks], Field(min_length=1, max_length=200)]
    reason: Name | None = None
