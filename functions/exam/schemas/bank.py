"""The questions of a course that exams take copies of, and what an exam draws of them."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field, StrictInt

from exam.rules.bank import LONGEST_TAG, MOST_TAGS, Difficulty
from exam.rules.question_kinds import Kind
from exam.rules.questions import MOST_DRAWS, MOST_QUESTIONS
from exam.schemas.fields import Number, Points
from exam.schemas.keys import KeyView
from exam.schemas.questions import NewQuestion, PromptView, QuestionUpdate, WeightedChoice
from lms.fields import INTEGRAL, CamelBody, CamelView, Name
from lms.markdown_images import ImageView

QuestionTag = Annotated[Name, Field(max_length=LONGEST_TAG)]

Tags = Annotated[list[QuestionTag], Field(max_length=MOST_TAGS)]


class NewBankQuestion(NewQuestion):
    """A question for a bank, with a short `title` for lists, and what it is found by."""

    title: Name | None = None
    tags: Tags = Field(default_factory=list)
    difficulty: Difficulty | None = None


class BankQuestionUpdate(QuestionUpdate):
    """The fields to replace; omitted ones stay. Exams that have a copy of the question keep theirs as it is."""

    nullable = frozenset({"correct_answer", "title", "difficulty"})

    title: Name | None = None
    tags: Tags | None = None
    difficulty: Difficulty | None = None


class NewDraw(CamelBody):
    """So many questions of a `tag`, and of a `difficulty` if one is given, for each attempt; each has the `points`."""

    tag: QuestionTag
    difficulty: Difficulty | None = None
    count: Annotated[StrictInt, Field(ge=1, le=MOST_QUESTIONS), INTEGRAL]
    points: Points = Decimal(1)


class QuestionsFromBank(CamelBody):
    """Questions of the course's bank, by their ids, and what to draw from it for each attempt.

    The exam gets copies: what changes in the bank later changes nothing in it.
    """

    question_ids: Annotated[list[UUID], Field(max_length=MOST_QUESTIONS)] = Field(default_factory=list)
    draws: Annotated[list[NewDraw], Field(max_length=MOST_DRAWS)] = Field(default_factory=list)


class BankQuestionView(CamelView):
    """A question of a course's bank, with its key."""

    id: UUID
    course_id: UUID
    course_title: str
    title: str | None
    question_text: str
    kind: Kind
    choices: list[WeightedChoice]
    prompts: list[PromptView]
    correct_answer: KeyView
    partial_credit: bool
    points: Number
    explanation: str
    images: dict[str, ImageView]
    tags: list[str]
    difficulty: Difficulty | None
    version: int
    created_at: datetime
    updated_at: datetime


class DrawView(CamelView):
    """`count` questions are drawn for each attempt from the `poolSize` that the exam keeps."""

    id: UUID
    exam_id: UUID
    exam_title: str
    tag: str
    difficulty: Difficulty | None
    count: int
    points: Number
    pool_size: int


class QuestionsAdded(CamelView):
    """What an exam has now. `added` counts the copies that it got; it gets none of what it had before."""

    exam_id: UUID
    exam_title: str
    added: int
    question_count: int
    points: Number
    draws: list[DrawView]


class TagCount(CamelView):
    """A tag, and how many questions of a bank have it."""

    tag: str
    question_count: int
