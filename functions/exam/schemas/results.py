"""Results, and the figures of an exam."""

from datetime import datetime
from typing import Any
from uuid import UUID

from exam.rules.question_kinds import Kind
from exam.rules.standing import Outcome
from exam.schemas.fields import Number, Percent
from exam.schemas.keys import KeyView
from exam.schemas.marking import Change
from exam.schemas.questions import PromptView, WeightedChoice
from lms.fields import CamelBody, CamelView, Name
from lms.markdown_images import ImageView
from lms.pages import Page


class NewResult(CamelBody):
    """`reason` is required to replace a result that was recorded before."""

    exam_id: UUID
    student_id: UUID
    score: Percent
    reason: Name | None = None


class ResultView(CamelView):
    """`score` is that of the best attempt, in percent; null while a teacher still has to mark an answer."""

    id: UUID
    exam_id: UUID
    exam_title: str
    student_id: UUID
    student_name: str | None
    score: Number | None
    status: Outcome
    version: int
    created_at: datetime
    updated_at: datetime


class MarkedAnswer(CamelView):
    """`marks` are out of `points`; null while a teacher still has to give them."""

    question_id: UUID
    question_text: str
    kind: Kind
    choices: list[WeightedChoice]
    prompts: list[PromptView]
    answer: Any
    correct_answer: KeyView
    partial_credit: bool
    explanation: str
    images: dict[str, ImageView]
    points: Number
    marks: Number | None


class ResultDetails(ResultView):
    """`answers` are those of the best attempt; null for paper and missed exams, and while only scores are released."""

    attempt_id: UUID | None
    answers: list[MarkedAnswer] | None
    history: list[Change]


class Summary(CamelView):
    """The results that have a score; `histogram` by whole percent, 0 to 100.

    Students who missed the exam are counted in `missed` alone.
    """

    count: int
    mean: Number | None
    pass_rate: Number | None
    histogram: list[int]
    missed: int


class QuestionStatistics(CamelView):
    """How a question was answered: in how many attempts it has an answer, has marks, and has all its points.

    `rightPercent` is the share of `marked` that are `right`, `meanPercent` the mean of the marks in percent of the
    `points`; null as long as nothing has marks.
    """

    question_id: UUID
    question_text: str
    kind: Kind
    points: Number
    answered: int
    marked: int
    right: int
    right_percent: Number | None
    mean_percent: Number | None


class ExamStatistics(CamelView):
    """How the questions of an exam were answered, in the `attempts` that have ended."""

    exam_id: UUID
    exam_title: str
    attempts: int
    questions: list[QuestionStatistics]


class Results(Page[ResultView]):
    summary: Summary
