"""What clients send and see."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import (
    Discriminator,
    Field,
    PlainSerializer,
    StrictBool,
    StrictInt,
    StrictStr,
    Tag,
)

from exam.rules.bank import LONGEST_TAG, MOST_TAGS, Difficulty
from exam.rules.question_kinds import LARGEST_NUMBER, LONGEST_SHORT_ANSWER, Kind
from exam.rules.questions import MOST_DRAWS, MOST_KEPT, MOST_QUESTIONS
from exam.rules.settings import ReleaseMode
from exam.rules.standing import Outcome, State
from lms.fields import (
    INTEGRAL,
    JSON_NUMBER,
    CamelBody,
    CamelChanges,
    CamelView,
    Description,
    Moment,
    Name,
    Passage,
    Pattern,
)
from lms.markdown_images import ImageView
from lms.pages import Page
from lms.signatures import ImageType

Number = Annotated[Decimal, PlainSerializer(float, return_type=float)]
"""An exact number that clients see as a JSON number."""
Percent = Annotated[Decimal, Field(ge=0, le=100, decimal_places=2), JSON_NUMBER]
Weight = Annotated[Decimal, Field(ge=0, le=1000, decimal_places=2), JSON_NUMBER]
Points = Annotated[Decimal, Field(gt=0, le=1000, decimal_places=2), JSON_NUMBER]
Marks = Annotated[Decimal, Field(ge=0, le=1000, decimal_places=2), JSON_NUMBER]
KeyNumber = Annotated[Decimal, Field(ge=-LARGEST_NUMBER, le=LARGEST_NUMBER, decimal_places=12), JSON_NUMBER]
Tolerance = Annotated[Decimal, Field(ge=0, le=LARGEST_NUMBER, decimal_places=12), JSON_NUMBER]
ChoiceWeight = Annotated[Decimal, Field(ge=-100, le=100, decimal_places=5), JSON_NUMBER]
Credit = Annotated[Decimal, Field(ge=1, le=100, decimal_places=5), JSON_NUMBER]
Minutes = Annotated[StrictInt, Field(ge=1, le=14 * 24 * 60), INTEGRAL]
AttemptsAllowed = Annotated[StrictInt, Field(ge=1, le=20), INTEGRAL]
ChoiceId = Annotated[
    StrictStr,
    Field(min_length=1, max_length=64),
    Pattern(r"^[A-Za-z0-9._-]+$", "Only letters, digits, dots, underscores and hyphens are allowed."),
]

ChoiceText = Annotated[Passage, Field(max_length=2_000)]


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


class QuestionOrder(CamelBody):
    """All questions of the exam, in their new order."""

    question_ids: Annotated[list[UUID], Field(max_length=MOST_KEPT)]


class Reopening(CamelBody):
    """The attempt takes answers for so many minutes from now on."""

    minutes: Minutes
    reason: Name


class ChoiceBody(CamelBody):
    """`text` is Markdown. `weight` is the percentage of the points that choosing it earns, or costs."""

    id: ChoiceId
    text: ChoiceText
    weight: ChoiceWeight | None = None


class PromptBody(CamelBody):
    """What a choice is to be matched with; `text` is Markdown."""

    id: ChoiceId
    text: ChoiceText


class NumericKeyBody(CamelBody):
    """An answer is right if it differs from `value` by at most `tolerance`."""

    value: KeyNumber
    tolerance: Tolerance = Decimal(0)


class NumericRangeBody(CamelBody):
    """Numbers from `minimum` to `maximum`, both included, earn `credit` percent of the points."""

    minimum: KeyNumber
    maximum: KeyNumber
    credit: Credit = Decimal(100)


class NumericRangesBody(CamelBody):
    """An answer earns the most that a range in which it lies gives; one at least gives 100."""

    ranges: Annotated[list[NumericRangeBody], Field(min_length=1, max_length=50)]


class AcceptedTextBody(CamelBody):
    """`*` in the `text` stands for any characters, none included, and `\\*` for an asterisk.

    It earns `credit` percent of the points.
    """

    text: Annotated[Passage, Field(max_length=LONGEST_SHORT_ANSWER)]
    credit: Credit = Decimal(100)


class ShortKeyBody(CamelBody):
    """An answer earns the most that an accepted text which it matches gives; one at least gives 100.

    Blanks count as one, and case only if `caseSensitive`.
    """

    accepted: Annotated[list[AcceptedTextBody], Field(min_length=1, max_length=50)]
    case_sensitive: StrictBool = False


def _form_of_key(given: Any) -> str | None:
    if isinstance(given, dict):
        objects = ("value", "ranges", "accepted")
        return next((name for name in objects if name in given and not isinstance(given[name], str)), "pairs")
    return {bool: "boolean", str: "choice", list: "choices"}.get(type(given))


PairsBody = Annotated[dict[ChoiceId, ChoiceId], Field(min_length=1, max_length=50)]
KeyBody = (
    Annotated[
        Annotated[StrictBool, Tag("boolean")]
        | Annotated[StrictStr, Tag("choice")]
        | Annotated[list[StrictStr], Field(max_length=50), Tag("choices")]
        | Annotated[NumericKeyBody, Tag("value")]
        | Annotated[NumericRangesBody, Tag("ranges")]
        | Annotated[ShortKeyBody, Tag("accepted")]
        | Annotated[PairsBody, Tag("pairs")],
        Discriminator(
            _form_of_key,
            custom_error_type="key",
            custom_error_message="The correct answer does not fit the question.",
        ),
    ]
    | None
)
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


class NumericKeyView(CamelView):
    value: Number
    tolerance: Number


class NumericRangeView(CamelView):
    minimum: Number
    maximum: Number
    credit: Number


class NumericRangesView(CamelView):
    ranges: list[NumericRangeView]


class AcceptedTextView(CamelView):
    text: str
    credit: Number


class ShortKeyView(CamelView):
    accepted: list[AcceptedTextView]
    case_sensitive: bool


KeyView = bool | str | list[str] | NumericKeyView | NumericRangesView | ShortKeyView | dict[str, str] | None


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


class QuestionPage(Page[StudentQuestion]):
    """Questions during an attempt."""

    view: Literal["withoutKeys"]


class QuestionPageWithKeys(Page[QuestionView]):
    """Questions for teachers, and for students after the release."""

    view: Literal["withKeys"]


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


class AccommodationUpdate(CamelChanges):
    """The fields to replace; omitted ones stay. `closesAt` null removes the student's own closing."""

    nullable = frozenset({"closes_at"})

    extra_minutes: Annotated[StrictInt, Field(ge=0, le=14 * 24 * 60), INTEGRAL] | None = None
    closes_at: Moment | None = None
    extra_attempts: Annotated[StrictInt, Field(ge=0, le=20), INTEGRAL] | None = None


class AccommodationView(CamelView):
    """What a student was granted in an exam; `extraPercent` in the whole course."""

    exam_id: UUID
    exam_title: str
    student_id: UUID
    student_name: str | None
    extra_minutes: int
    closes_at: datetime | None
    extra_attempts: int
    extra_percent: int
    version: int
    created_at: datetime
    updated_at: datetime


class CourseAccommodationUpdate(CamelBody):
    """`extraPercent` of the duration of every exam of the course, also of those set later."""

    extra_percent: Annotated[StrictInt, Field(ge=1, le=300), INTEGRAL]


class CourseAccommodationView(CamelView):
    """What a student was granted in every exam of a course."""

    course_id: UUID
    course_title: str
    student_id: UUID
    student_name: str | None
    extra_percent: int
    version: int
    created_at: datetime
    updated_at: datetime


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
