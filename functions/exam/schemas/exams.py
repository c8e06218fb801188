"""Exams as clients send and see them."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from pydantic import Field, StrictBool

from exam.rules.settings import ReleaseMode
from exam.rules.standing import State
from exam.schemas.fields import AttemptsAllowed, Minutes, Number, Percent, Weight
from lms.fields import CamelBody, CamelChanges, CamelView, Description, Moment, Name


class NewExam(CamelBody):
    """`duration` is in minutes. Where `closesAt` is omitted or null, the exam closes `duration` after `examDate`.

    `instructions` are Markdown.
    """

    course_id: UUID
    title: Name
    duration: Minutes
    opens_at: Moment = Field(alias="examDate")
    closes_at: Moment | None = None
    pass_mark: Percent = Decimal(50)
    weight: Weight = Decimal(1)
    attempts_allowed: AttemptsAllowed = 1
    shuffle: StrictBool = False
    paper: StrictBool = False
    release: ReleaseMode = "onClose"
    published: StrictBool = False
    instructions: Description = ""


class ExamUpdate(CamelChanges):
    """The fields to replace; omitted ones stay. `closesAt` null lets the exam close `duration` after `examDate`."""

    nullable = frozenset({"closes_at"})

    title: Name | None = None
    duration: Minutes | None = None
    opens_at: Moment | None = Field(None, alias="examDate")
    closes_at: Moment | None = None
    pass_mark: Percent | None = None
    weight: Weight | None = None
    attempts_allowed: AttemptsAllowed | None = None
    shuffle: StrictBool | None = None
    paper: StrictBool | None = None
    release: ReleaseMode | None = None
    published: StrictBool | None = None
    instructions: Description | None = None


class Release(CamelBody):
    """`closeNow` closes an exam that is still open; without it, such an exam is not released."""

    close_now: StrictBool = False


class ExamView(CamelView):
    """An exam. `releasedAt` is when its teachers released the results of an exam with manual release."""

    id: UUID
    course_id: UUID
    course_title: str
    title: str
    duration: int
    opens_at: datetime = Field(alias="examDate")
    closes_at: datetime
    pass_mark: Number
    weight: Number
    attempts_allowed: int
    shuffle: bool
    paper: bool
    release: ReleaseMode
    released_at: datetime | None
    published: bool
    instructions: str
    version: int
    created_at: datetime
    updated_at: datetime


class ExamDetails(ExamView):
    """An exam, and how it is for the student who asks: what begins with `own`, and what follows it, is null for others.

    `state` is `over` as soon as the student can no longer begin or continue an attempt. `resultsAt` is when the last
    student's time ends, and results and answers are released; null where its teachers release them.
    `ownResultReleased`: the student has a result and may see it.
    """

    question_count: int
    points: Number
    results_at: datetime | None
    own_result_released: bool | None
    own_opens_at: datetime | None
    own_closes_at: datetime | None
    attempts_left: int | None
    running_attempt_id: UUID | None
    state: State | None
