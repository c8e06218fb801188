"""Questions as Moodle grades them, as the bank's: what its GIFT and XML files and its course backups have in common."""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from urllib.parse import quote

from exchange.items import (
    AcceptedText,
    AcceptedTexts,
    Choice,
    Key,
    Kind,
    Prompt,
    Question,
    Range,
    Ranges,
    Report,
    Sentence,
    Value,
)
from exchange.markdown import Converted, from_html, from_markdown, from_text

FULL = Decimal(100)
LARGEST = Decimal(10**15)
LONGEST_TEXT = 10_000
LONGEST_CHOICE = 2_000
LONGEST_ACCEPTED = 1_000
LONGEST_TAG = 100
MOST_POINTS = 1000
MOST_CHOICES = 50
MOST_TAGS = 20
# As percentages, whose thirds are rounded.
_ALMOST_FULL = Decimal("99.9")
_LONGEST_TITLE = 200
_GAP = re.compile(r"\\?\[\\?\[(\d{1,3})\\?\]\\?\]")

LOST_FEEDBACK = "The feedback on single answers now stands in the explanation."
LOST_WILDCARD = "What is said to any other answer was left out."


class Unfit(Exception):
    """A question that the bank cannot have, and why, in words for a teacher."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Answer:
    """One answer of a question; `text` and `feedback` are Markdown, `plain` is what the source says.

    `fraction` is the percentage of the points that it earns; `tolerance` is how far a number may be from it.
    """

    text: str
    plain: str = ""
    fraction: Decimal = Decimal(0)
    feedback: str = ""
    tolerance: Decimal = Decimal(0)


@dataclass
class Source:
    """A question as its file says it, in Markdown, and what was lost on the way."""

    name: str
    title: str = ""
    text: str = ""
    explanation: str = ""
    category: str = ""
    points: Decimal = Decimal(1)
    tags: Sequence[str] = ()
    losses: list[str] = field(default_factory=list)
    find: Callable[[str], str | None] = field(default=lambda _: None)
    """Answers the name of the file that a link in its texts means."""

    def question(
        self,
        kind: Kind,
        key: Key,
        choices: Sequence[Choice] = (),
        prompts: Sequence[Prompt] = (),
        *,
        partial_credit: bool = True,
    ) -> Question:
        """The question for the bank. Raises `Unfit` if it is larger than questions are there."""
        text = self.text.strip() or self.title
        if not text:
            raise Unfit("The question has no text.")
        if len(text) > LONGEST_TEXT:
            raise Unfit(Sentence("Its text is longer than {most} characters.", most=LONGEST_TEXT))
        for shown in (*(choice.text for choice in choices), *(prompt.text for prompt in prompts)):
            if not shown.strip():
                raise Unfit("One of its choices is empty.")
            if len(shown) > LONGEST_CHOICE:
                raise Unfit(Sentence("One of its choices is longer than {most} characters.", most=LONGEST_CHOICE))
        if max(len(choices), len(prompts)) > MOST_CHOICES:
            raise Unfit(Sentence("It has more than {most} choices.", most=MOST_CHOICES))
        return Question(
            source=self.name,
            kind=kind,
            question_text=text,
            choices=tuple(choices),
            prompts=tuple(prompts),
            correct_answer=key,
            partial_credit=partial_credit,
            points=self._points(),
            explanation=self._explanation(),
            tags=tuple(self._tags()),
            title=short(self.title, _LONGEST_TITLE),
            category=short(self.category, LONGEST_TAG),
        )

    def _points(self) -> Decimal:
        points = self.points.quantize(Decimal("0.01"))
        if not 0 < points <= MOST_POINTS:
            self.losses.append("Its points are not between 0 and 1000; it has 1 point now.")
            return Decimal(1)
        return points

    def _explanation(self) -> str:
        if len(self.explanation) <= LONGEST_TEXT:
            return self.explanation
        self.losses.append("The end of its explanation was cut off.")
        return self.explanation[:LONGEST_TEXT].rstrip()

    def _tags(self) -> Sequence[str]:
        tags = list(dict.fromkeys(filter(None, (short(tag, LONGEST_TAG) for tag in self.tags))))
        if len(tags) > MOST_TAGS:
            self.losses.append(Sentence("It has more than {most} tags; the others were left out.", most=MOST_TAGS))
        return tags[:MOST_TAGS]


def short(text: str, length: int) -> str:
    """One line of at most so many characters."""
    line = " ".join(text.split())
    return line if len(line) <= length else line[: length - 1].rstrip() + "…"


def decimal(text: str) -> Decimal | None:
    """A number as people and programs write it; None for anything else."""
    text = text.strip().replace("\u2212", "-").replace(" ", "")
    if re.fullmatch(r"[-+]?\d+,\d+", text):
        text = text.replace(",", ".")
    if not re.fullmatch(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d{1,3})?", text) or len(text) > 60:
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    if abs(number) > LARGEST:
        return None
    return number if abs(number) > Decimal("1e-12") else number * 0


def take(
    report: Report, questions: list[Question], where: str, source: Source, read_question: Callable[[], Question]
) -> None:
    """Adds a question, or the reason why the bank cannot have it, and its line of the report."""
    try:
        question = read_question()
    except Unfit as unfit:
        report.left_out(where, source.title or source.name, unfit.reason)
    else:
        questions.append(question)
        what = source.title or short(question.question_text, 80)
        report.took(where, what, source.losses, question=question.source)


def true_false(source: Source, *, key: bool, if_true: str = "", if_false: str = "") -> Question:
    _add_feedback(source, [("True", if_true), ("False", if_false)])
    return source.question("truefalse", key)


def essay(source: Source) -> Question:
    return source.question("text", None)


def choice(source: Source, answers: Sequence[Answer], *, single: bool, all_or_nothing: bool = False) -> Question:
    """A question with one right choice, or with several. Raises `Unfit` where no choice is right."""
    if len(answers) < 2:
        raise Unfit("It has fewer than two choices.")
    fractions = _fractions(source, answers, single=single)
    ids = [str(number) for number in range(1, len(answers) + 1)]
    right = [name for name, fraction in zip(ids, fractions, strict=True) if fraction > 0]
    if single:
        key: Key = next(name for name, fraction in zip(ids, fractions, strict=True) if fraction == FULL)
        weighted = len(right) > 1 or min(fractions) < 0
    else:
        key = tuple(right)
        share = max(fractions)
        like_ours = all(abs(abs(fraction) - share) < Decimal("0.01") for fraction in fractions)
        weighted = not all_or_nothing and not (like_ours and abs(share * len(right) - FULL) < Decimal("0.1"))
    choices = [
        Choice(id=name, text=answer.text, weight=fraction if weighted else None)
        for name, answer, fraction in zip(ids, answers, fractions, strict=True)
    ]
    _add_feedback(source, [(answer.text, answer.feedback) for answer in answers])
    return source.question("single" if single else "multiple", key, choices, partial_credit=not all_or_nothing)


def in_equal_shares(source: Source, answers: Collection[Answer]) -> list[Answer]:
    """The answers of a type of which each right choice is a share, however its percentages are written."""
    share = FULL / max(1, sum(1 for answer in answers if answer.fraction > 0))
    source.losses.append("Wrong choices cost as much here as right ones give.")
    return [replace(answer, fraction=share if answer.fraction > 0 else -share) for answer in answers]


def _fractions(source: Source, answers: Sequence[Answer], *, single: bool) -> list[Decimal]:
    fractions = [max(-FULL, min(FULL, round(answer.fraction, 5))) for answer in answers]
    most = max(fractions) if single else sum(fraction for fraction in fractions if fraction > 0)
    if most <= 0:
        raise Unfit("No choice is right.")
    if most >= (FULL if single else _ALMOST_FULL):
        return fractions
    source.losses.append("Its best answer did not earn all points; it does now.")
    return [min(FULL, round(fraction * FULL / most, 5)) if fraction > 0 else fraction for fraction in fractions]


def short_answer(source: Source, answers: Sequence[Answer], *, case_sensitive: bool = False) -> Question:
    """A question that is answered in words. Raises `Unfit` where no text is accepted."""
    accepted = [
        AcceptedText(text=" ".join(answer.plain.split()), credit=credit)
        for answer, credit in _credits(source, answers)
        if answer.plain.strip()
    ]
    if not accepted:
        raise Unfit("No answer is right.")
    if any(len(text.text) > LONGEST_ACCEPTED for text in accepted) or len(accepted) > MOST_CHOICES:
        raise Unfit(
            Sentence(
                "It accepts more than {most} texts, or one of more than {longest} characters.",
                most=MOST_CHOICES,
                longest=LONGEST_ACCEPTED,
            )
        )
    _add_feedback(source, [(from_text(answer.plain), answer.feedback) for answer in answers])
    return source.question("short", AcceptedTexts(accepted=tuple(accepted), case_sensitive=case_sensitive))


def numeric(source: Source, answers: Sequence[Answer]) -> Question:
    """A question that is answered by a number. Raises `Unfit` where no number is right."""
    ranges, values = [], []
    for answer, credit in _credits(source, answers):
        value = decimal(answer.plain)
        if value is None:
            raise Unfit(Sentence("This is no number: {number}", number=short(answer.plain, 50)))
        values.append(Value(value=value, tolerance=abs(answer.tolerance)))
        low, high = value - abs(answer.tolerance), value + abs(answer.tolerance)
        ranges.append(Range(minimum=low, maximum=high, credit=credit))
    _add_feedback(source, [(answer.plain, answer.feedback) for answer in answers])
    return number_in(source, values[0] if len(values) == 1 else Ranges(ranges=tuple(ranges)))


def number_in(source: Source, key: Value | Ranges) -> Question:
    if isinstance(key, Ranges) and not 0 < len(key.ranges) <= MOST_CHOICES:
        raise Unfit("No number is right, or too many are.")
    return source.question("numeric", key)


def _credits(source: Source, answers: Sequence[Answer]) -> list[tuple[Answer, Decimal]]:
    """Answers that earn something, the best of them all points."""
    found = []
    for answer in answers:
        credit = min(FULL, round(answer.fraction, 5))
        if answer.plain.strip() == "*" and credit < FULL:
            if credit > 0:
                raise Unfit("Any answer earns some points.")
            if answer.feedback:
                source.losses.append(LOST_WILDCARD)
        elif credit >= 1:
            found.append((answer, credit))
    best = max((credit for _, credit in found), default=Decimal(0))
    if not best:
        raise Unfit("No answer is right.")
    if best < FULL:
        source.losses.append("Its best answer did not earn all points; it does now.")
    return [(answer, round(credit * FULL / best, 5)) for answer, credit in found]


def matching(source: Source, pairs: Sequence[tuple[str, str]], *, partial_credit: bool = True) -> Question:
    """Prompts with their choices; a choice without a prompt fits none. Raises `Unfit` if there are too few."""
    texts = list(dict.fromkeys(right for _, right in pairs if right.strip()))
    ids = {text: str(number) for number, text in enumerate(texts, 1)}
    asked = [(left, right) for left, right in pairs if left.strip()]
    if not asked or len(texts) < 2:
        raise Unfit("There are fewer than two things to match.")
    if any(right not in ids for _, right in asked):
        raise Unfit("One of its prompts has no answer.")
    prompts = [Prompt(id=str(number), text=left) for number, (left, _) in enumerate(asked, 1)]
    key: Key = {prompt.id: ids[right] for prompt, (_, right) in zip(prompts, asked, strict=True)}
    choices = [Choice(id=name, text=text) for text, name in ids.items()]
    return source.question("matching", key, choices, prompts, partial_credit=partial_credit)


def gaps(source: Source, words: Sequence[str]) -> Question:
    """Words for the gaps of a text, `[[2]]` for the second of them, are matched with the gaps."""
    places = [int(number) for number in _GAP.findall(source.text)]
    if not places or any(not 0 < place <= len(words) for place in places):
        raise Unfit("Its gaps and words do not fit together.")
    numbers = iter(range(1, len(places) + 1))
    source.text = _GAP.sub(lambda _: rf"\_\_({next(numbers)})\_\_", source.text)
    pairs = [(f"({number})", words[place - 1]) for number, place in enumerate(places, 1)]
    source.losses.append("Its gaps are matched with their words.")
    return matching(source, [*pairs, *(("", word) for word in words)])


def ordering(source: Source, items: Sequence[str], *, partial_credit: bool = True) -> Question:
    if len(items) < 2:
        raise Unfit("There are fewer than two things to put in order.")
    choices = [Choice(id=str(number), text=text) for number, text in enumerate(items, 1)]
    key = tuple(choice.id for choice in choices)
    return source.question("ordering", key, choices, partial_credit=partial_credit)


def _add_feedback(source: Source, feedbacks: Sequence[tuple[str, str]]) -> None:
    """What the source says to single answers, behind the explanation."""
    said = [(answer, feedback) for answer, feedback in feedbacks if feedback.strip()]
    if not said:
        return
    source.losses.append(LOST_FEEDBACK)
    if len({feedback for _, feedback in said}) == 1 and len(said) == len(feedbacks):
        lines = [said[0][1]]
    else:
        lines = [_item(f"{' '.join(answer.split())}: {feedback}") for answer, feedback in said]
    source.explanation = "\n\n".join(filter(None, [source.explanation, "\n".join(lines)]))


def _item(text: str) -> str:
    return "- " + re.sub(r"\n(?=[^\n])", "\n  ", text.strip())


def category(path: str) -> str:
    """A category without the context and the root that all categories have: `$course$/top/a/b` is `a/b`."""
    parts = [part.strip().replace("\0", "/") for part in path.replace("//", "\0").split("/")]
    if parts and re.fullmatch(r"\$\w+\$", parts[0]):
        parts = parts[1:]
    if parts and parts[0] == "top":
        parts = parts[1:]
    return "/".join(filter(None, parts))


def weights(question: Question) -> Iterator[tuple[Choice, Decimal]]:
    """The choices of a question, each with its percentage, as Moodle has one for every choice."""
    right = question.correct_answer if isinstance(question.correct_answer, tuple) else (question.correct_answer,)
    share = FULL / len(right)
    for each in question.choices:
        weight = each.weight
        if weight is None:
            weight = share if each.id in right else (-share if question.kind == "multiple" else Decimal(0))
        yield each, round(weight, 5)


def as_markdown(text: str, kind: str, find: Callable[[str], str | None]) -> Converted:
    """Text in one of Moodle's formats."""
    if kind in ("plain_text", "plain", "2"):
        return Converted(from_text(text))
    if kind in ("markdown", "4"):
        return from_markdown(with_pluginfiles(text, find), find)
    if kind in ("moodle_auto_format", "moodle", "0"):
        text = text.replace("\n", "<br>")
    return from_html(text, find)


def with_pluginfiles(text: str, find: Callable[[str], str | None]) -> str:
    """Markdown in which pictures of the package have their names."""

    def named(match: re.Match[str]) -> str:
        name = find(match[2])
        return match[0] if name is None else f"{match[1]}image:{quote(name, safe='/')})"

    return re.sub(r"(!\[(?:[^\[\]\\]|\\.)*\]\()(@@PLUGINFILE@@/[^\s()<>]+)\)", named, text)
