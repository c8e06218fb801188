"""What a file from elsewhere holds: questions, quizzes, modules, and a report with one line for every item of it.

A question has the fields that exam's API takes; `model_dump(mode="json")` writes them as that API spells them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Annotated, BinaryIO, Literal

from pydantic import BaseModel, ConfigDict, PlainSerializer
from pydantic.alias_generators import to_camel

Kind = Literal["single", "multiple", "truefalse", "numeric", "short", "matching", "ordering", "text"]
Difficulty = Literal["easy", "medium", "hard"]
Outcome = Literal["taken", "changed", "left out"]
MOST_LINES = 50_000
"""Of a report."""
Exact = Annotated[Decimal, PlainSerializer(float, return_type=float, when_used="json")]


class Sentence(str):
    """What `template` says with `values` in its gaps, both kept for other languages; without gaps a str is enough."""

    __slots__ = ("template", "values")
    template: str
    values: dict[str, str | int]

    def __new__(cls, template: str, **values: str | int) -> "Sentence":
        sentence = super().__new__(cls, template.format(**values))
        sentence.template, sentence.values = template, values
        return sentence


class NotReadable(Exception):
    """A file that cannot be read at all, and why, in words for a teacher."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Item(BaseModel):
    """A value of the report's JSON, in camelCase."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", alias_generator=to_camel, validate_by_name=True, serialize_by_alias=True
    )


class Choice(Item):
    """`text` is Markdown. `weight` is the percentage of the points, -100 to 100, that choosing it gives."""

    id: str
    text: str
    weight: Exact | None = None


class Prompt(Item):
    """What a choice is matched with; `text` is Markdown."""

    id: str
    text: str


class Value(Item):
    """A number that differs from `value` by at most `tolerance` is right."""

    value: Exact
    tolerance: Exact = Decimal(0)


class Range(Item):
    """Numbers from `minimum` to `maximum`, both included, earn `credit` percent of the points."""

    minimum: Exact
    maximum: Exact
    credit: Exact = Decimal(100)


class Ranges(Item):
    ranges: tuple[Range, ...]


class AcceptedText(Item):
    r"""`*` stands for any characters, `\*` for an asterisk; an answer like it earns `credit` percent of the points."""

    text: str
    credit: Exact = Decimal(100)


class AcceptedTexts(Item):
    accepted: tuple[AcceptedText, ...]
    case_sensitive: bool = False


Key = bool | str | tuple[str, ...] | Value | Ranges | AcceptedTexts | dict[str, str] | None


class Question(Item):
    """A question as exam's bank takes it, with its `source`: its name in the file, by which quizzes refer to it.

    Images of the package stand in its Markdown as `![alt](image:<name of a PackageFile>)`.
    """

    source: str
    kind: Kind
    question_text: str
    choices: tuple[Choice, ...] = ()
    prompts: tuple[Prompt, ...] = ()
    correct_answer: Key = None
    partial_credit: bool = True
    points: Exact = Decimal(1)
    explanation: str = ""
    tags: tuple[str, ...] = ()
    difficulty: Difficulty | None = None
    title: str = ""
    category: str = ""
    """Where the file keeps it, `a/b/c`; the bank has a tag of the name."""

    @property
    def shown_choices(self) -> tuple[Choice, ...]:
        """The choices, also of true and false, for formats that have no kind for it."""
        if self.kind == "truefalse":
            return Choice(id="true", text="True"), Choice(id="false", text="False")
        return self.choices


class Draw(Item):
    """So many questions of a category, or of another tag, are drawn at random for each attempt; each has the points.

    With a difficulty, only questions that have it.
    """

    category: str
    count: int
    points: Exact = Decimal(1)
    difficulty: Difficulty | None = None


class Quiz(Item):
    """An exam draft: `questions` are `source`s; `minutes` and `attempts` are None where the source sets no limit.

    `points` are those that a question has in this quiz, by its `source`, where they are not its own.
    """

    source: str
    title: str
    instructions: str = ""
    questions: tuple[str, ...] = ()
    points: dict[str, Exact] = {}
    draws: tuple[Draw, ...] = ()
    minutes: int | None = None
    attempts: int | None = None
    shuffle: bool = False


class Lesson(Item):
    """`text` is Markdown, `link` a web address, `file` the name of a `PackageFile`."""

    title: str
    text: str = ""
    link: str | None = None
    file: str | None = None


class Module(Item):
    title: str
    lessons: tuple[Lesson, ...] = ()


class Reason(Item):
    """A sentence of a report, as `Sentence` has it."""

    text: str
    template: str
    values: dict[str, str | int] = {}

    @classmethod
    def of(cls, sentence: str) -> "Reason":
        if isinstance(sentence, Sentence):
            return cls(text=str(sentence), template=sentence.template, values=sentence.values)
        return cls(text=sentence, template=sentence)


class Note(Item):
    """A report line: `where` in the file, `what` it is, what became of it and why, unless it was taken whole.

    `question` or `quiz` is the `source` of what it became. What became a lesson has its module and title.
    """

    where: str
    what: str
    outcome: Outcome
    reasons: tuple[Reason, ...] = ()
    question: str = ""
    quiz: str = ""

    @property
    def reason(self) -> str:
        """All reasons, as one text."""
        return " ".join(reason.text for reason in self.reasons)

    @classmethod
    def left_out(cls, where: str, what: str, reason: str) -> "Note":
        return cls(where=where, what=what, outcome="left out", reasons=(Reason.of(reason),))


@dataclass(frozen=True)
class PackageFile:
    """A file that came along; its `name` is its path in the package, normalised, with `/`."""

    name: str
    content_type: str
    open: Callable[[], BinaryIO]


@dataclass(frozen=True)
class Package:
    """What a file holds, in the file's order."""

    title: str = ""
    modules: tuple[Module, ...] = ()
    questions: tuple[Question, ...] = ()
    quizzes: tuple[Quiz, ...] = ()
    files: tuple[PackageFile, ...] = ()
    notes: tuple[Note, ...] = ()


@dataclass
class Report:
    """The lines of a report while a file is read."""

    notes: list[Note] = field(default_factory=list)

    def took(self, where: str, what: str, losses: Sequence[str] = (), *, question: str = "", quiz: str = "") -> None:
        """An item that was taken; `losses` are sentences about what of it could not be."""
        outcome: Outcome = "changed" if losses else "taken"
        reasons = tuple(map(Reason.of, dict.fromkeys(losses)))
        self._add(Note(where=where, what=what, outcome=outcome, reasons=reasons, question=question, quiz=quiz))

    def left_out(self, where: str, what: str, reason: str) -> None:
        self._add(Note.left_out(where, what, reason))

    def _add(self, note: Note) -> None:
        """Raises `NotReadable` for more lines than anybody reads, before they fill the memory."""
        if len(self.notes) >= MOST_LINES:
            raise NotReadable(Sentence("The file holds more than {most} items.", most=MOST_LINES))
        self.notes.append(note)
