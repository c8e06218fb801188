"""Attempts as students see them."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from exam.schemas.fields import Minutes, Number
from exam.schemas.questions import StudentQuestion
from lms.fields import CamelBody, CamelView, Name


class Reopening(CamelBody):
    """The attempt takes answers for so many minutes from now on."""

    minutes: Minutes
    reason: Name


class AttemptSummary(CamelView):
    """An attempt without its answers. `answered`: how many questions have one; `updatedAt`: when the last was saved.

    Its student sees the `status` running or submitted, and the `score` once it is released.
    """

    id: UUID
    exam_id: UUID
    exam_title: str
    student_id: UUID
    student_name: str | None
    number: int
    status: Literal["running", "submitted", "pending", "graded"]
    started_at: datetime
    deadline: datetime
    submitted_at: datetime | None
    answered: int
    score: Number | None
    version: int
    created_at: datetime
    updated_at: datetime


class AttemptAnswers(AttemptSummary):
    """An attempt with its answers. `serverTime` is the clock by which the `deadline` counts."""

    answers: dict[UUID, Any]
    server_time: datetime


class AttemptView(AttemptAnswers):
    """An attempt for its student, with the questions in the order of this attempt."""

    view: Literal["student"]
    questions: list[StudentQuestion]
