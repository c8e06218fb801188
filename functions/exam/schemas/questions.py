"""Questions as clients send and see them."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StrictBool

from exam.rules.question_kinds import Kind
from exam.rules.questions import MOST_KEPT
from exam.schemas.fields import ChoiceId, ChoiceText, ChoiceWeight, Number, Points
from exam.schemas.keys import KeyBody, KeyView
from lms.fields import CamelBody, CamelChanges, CamelView, Description, Passage
from lms.markdown_images import ImageView
from lms.pages import Page
from lms.signatures import ImageType


class QuestionOrder(CamelBody):
    """All questions of the exam, in their new order."""

    question_ids: Annotated[list[UUID], Field(max_length=MOST_KEPT)]


class ChoiceBody(CamelBody):
    """`text` is Markdown. `weight` is the percentage of the points that choosing it earns, or costs."""

    id: ChoiceId
    text: ChoiceText
    weight: ChoiceWeight | None = None


class PromptBody(CamelBody):
    """What a choice is to be matched with; `text` is Markdown."""

    id: ChoiceId
    text: ChoiceText


Choices = Annotated[list[ChoiceBody], Field(max_length=50)]

Prompts = Annotated[list[PromptBody], Field(max_length=50)]


class NewQuestion(CamelBody):
    """A question; its texts are Markdown. `correctAnswer` depends on `kind`:

    - `single`: a choice's id; `multiple`: ids of choices; `ordering`: the ids of all choices in their right order
    - `matching`: for each prompt's id, the id of a choice
    - `numeric`: `{value, tolerance}` or `{ranges}`; `short`: `{accepted, caseSensitive}`
    - `truefalse`: a boolean; `text`: null, for a teacher marks it

    In `single` and `multiple`, either every choice has a `weight` or none. Without `partialCredit`, an answer earns all
    points or none.
    """

    question_text: Passage
    kind: Kind
    choices: Choices = Field(default_factory=list)
    prompts: Prompts = Field(default_factory=list)
    correct_answer: KeyBody = None
    partial_credit: StrictBool = True
    points: Points = Decimal(1)
    explanation: Description = ""


class NewQuestionImage(CamelBody):
    """An image to upload; SVG is not among the types."""

    content_type: ImageType


class QuestionImageForm(CamelView):
    """A form to send as multipart/form-data: all `fields`, then the `file`."""

    url: str
    fields: dict[str, str]


class QuestionImageUpload(CamelView):
    """Questions of the course show the image, once it is uploaded, as `![what it shows](image:<id>)`."""

    id: str
    upload: QuestionImageForm
    expires_in: int


class QuestionUpdate(CamelChanges):
    """The fields to replace; omitted ones stay."""

    nullable = frozenset({"correct_answer"})

    question_text: Passage | None = None
    kind: Kind | None = None
    choices: Choices | None = None
    prompts: Prompts | None = None
    correct_answer: KeyBody = None
    partial_credit: StrictBool | None = None
    points: Points | None = None
    explanation: Description | None = None


class ChoiceView(CamelView):
    id: str
    text: str


class WeightedChoice(ChoiceView):
    """A choice with the percentage of the points that it earns or costs, null where the key alone decides."""

    weight: Number | None


class PromptView(CamelView):
    """What a choice is to be matched with."""

    id: str
    text: str


class StudentQuestion(CamelView):
    """A question as students see it; the attempt in which it stands names the exam. Texts are Markdown.

    `images` are those that the texts shown name, by id.
    The choices of `matching` and `ordering` stand in an order of the attempt's own, with ids that count in it alone.
    """

    id: UUID
    exam_id: UUID
    question_text: str
    kind: Kind
    choices: Sequence[ChoiceView]
    prompts: list[PromptView]
    points: Number
    images: dict[str, ImageView]


class QuestionView(StudentQuestion):
    """A question with its key. `fullCredit`: the question was faulty, and every student gets its points.

    `drawId`: it is in the pool of a draw, and asked in some attempts only.
    """

    choices: Sequence[WeightedChoice]
    exam_title: str
    correct_answer: KeyView
    partial_credit: bool
    explanation: str
    full_credit: bool
    draw_id: UUID | None
    version: int
    created_at: datetime
    updated_at: datetime


class QuestionPage(Page[StudentQuestion]):
    """Questions during an attempt."""

    view: Literal["withoutKeys"]


class QuestionPageWithKeys(Page[QuestionView]):
    """Questions for teachers, and for students after the release."""

    view: Literal["withKeys"]
