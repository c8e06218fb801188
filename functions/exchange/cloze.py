"""Moodle's texts with embedded answers ("Cloze"): https://docs.moodle.org/en/Embedded_Answers_(Cloze)_question_type.

Each gap is answered and graded on its own, so each becomes a question: the whole text, with this gap marked.
"""

import html
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from typing import Literal

from exchange import moodle
from exchange.items import Question, Sentence
from exchange.moodle import Answer, Source, Unfit

MOST_GAPS = 100
# Neither is markup, also alone in a line, in a table or in code.
_ASKED, _OTHER = "(?)", "(…)"

_Kind = Literal["numeric", "short", "exact", "single", "multiple"]
_KINDS: dict[str, _Kind] = {
    **dict.fromkeys(("NUMERICAL", "NM"), "numeric"),
    **dict.fromkeys(("SHORTANSWER", "SA", "MW"), "short"),
    **dict.fromkeys(("SHORTANSWER_C", "SAC", "MWC"), "exact"),
    **dict.fromkeys(("MULTICHOICE", "MC"), "single"),
    **{f"{name}{layout}": "single" for name in ("MULTICHOICE_", "MC") for layout in ("V", "H", "S", "VS", "HS")},
    **dict.fromkeys(("MULTIRESPONSE", "MR"), "multiple"),
    **{f"{name}{layout}": "multiple" for name in ("MULTIRESPONSE_", "MR") for layout in ("H", "S", "HS")},
}
_START = re.compile(r"\{(\d{0,4}):(" + "|".join(sorted(_KINDS, key=len, reverse=True)) + "):")
_END = re.compile(r"(?<!\\)\}")
_FRACTION = re.compile(r"\s*(?:=|%(-?\d{1,3}(?:[.,]\d{1,9})?)%)")
# The # of a character reference like &#233; begins no feedback.
_FEEDBACK = re.compile(r"(?<!\\)(?<!&)(?<!&amp;)#")
_OTHER_MARK = re.compile("\ue000\\d+\ue001")
_MARKS = str.maketrans("", "", "\ue000\ue001")


@dataclass(frozen=True)
class _Gap:
    kind: _Kind
    points: Decimal
    answers: str


def parts(
    source: Source, text: str, text_format: str, find: Callable[[str], str | None]
) -> list[tuple[Source, Callable[[], Question]]]:
    """For each gap of a text its source, and what reads its question and may raise `Unfit`; points are its weight.

    Raises `Unfit` for a text without gaps.
    """
    text, gaps = _gaps(text)
    if not gaps:
        raise Unfit("It has no gap with answers.")
    if len(gaps) > MOST_GAPS:
        raise Unfit(Sentence("It has more than {most} gaps.", most=MOST_GAPS))
    converted = moodle.as_markdown(text, text_format, find)
    losses = [*source.losses, *converted.losses]
    if len(gaps) > 1:
        losses.append(Sentence("It is one of the {count} gaps of a text.", count=len(gaps)))
    found: list[tuple[Source, Callable[[], Question]]] = []
    for place, gap in enumerate(gaps, 1):
        part = replace(
            source,
            name=source.name if len(gaps) == 1 else f"{source.name}-{place}",
            title=source.title if len(gaps) == 1 else f"{source.title} ({place})".strip(),
            text=_OTHER_MARK.sub(_OTHER, converted.text.replace(_mark(place), _ASKED)),
            points=gap.points,
            losses=[*losses],
        )
        found.append((part, partial(_question, gap, part, find)))
    return found


def _gaps(text: str) -> tuple[str, list[_Gap]]:
    """The gaps of a text, and the text with a mark in the place of each."""
    text = text.translate(_MARKS)
    shown, gaps = [], []
    done = 0
    while start := _START.search(text, done):
        end = _END.search(text, start.end())
        if end is None:
            break
        points = Decimal(start[1] or 1)
        gaps.append(_Gap(_KINDS[start[2]], points, text[start.end() : end.start()]))
        shown += [text[done : start.start()], _mark(len(gaps))]
        done = end.end()
    return "".join([*shown, text[done:]]), gaps


def _mark(place: int) -> str:
    """Letters for private use, which no conversion changes."""
    return f"\ue000{place}\ue001"


def _question(gap: _Gap, source: Source, find: Callable[[str], str | None]) -> Question:
    answers = [_answer(gap, text, source, find) for text in re.split(r"(?<!\\)~", gap.answers) if text.strip()]
    match gap.kind:
        case "numeric":
            return moodle.numeric(source, answers)
        case "short" | "exact":
            return moodle.short_answer(source, answers, case_sensitive=gap.kind == "exact")
        case "single":
            return moodle.choice(source, answers, single=True)
        case "multiple":
            return moodle.choice(source, _shared(answers, has_fractions="%" in gap.answers), single=False)


def _answer(gap: _Gap, text: str, source: Source, find: Callable[[str], str | None]) -> Answer:
    stated = _FRACTION.match(text)
    fraction = Decimal(0)
    if stated:
        fraction = moodle.FULL if stated[1] is None else moodle.decimal(stated[1]) or fraction
        text = text[stated.end() :]
    answer, *feedback = _FEEDBACK.split(text, maxsplit=1)
    plain, tolerance = _unescaped(answer), "0"
    if gap.kind == "numeric":
        plain, _, tolerance = plain.partition(":")
    shown = [moodle.as_markdown(each, "html", find) for each in (plain, _unescaped("".join(feedback)))]
    source.losses += [loss for each in shown for loss in each.losses]
    return Answer(shown[0].text, plain.strip(), fraction, shown[1].text, moodle.decimal(tolerance) or Decimal(0))


def _unescaped(text: str) -> str:
    return re.sub(r"\\([}#~])", r"\1", html.unescape(text)).strip()


def _shared(answers: list[Answer], *, has_fractions: bool) -> list[Answer]:
    """Right choices share the points; a wrong one takes as much as a right one gives, where no percentage is stated."""
    total = sum(answer.fraction for answer in answers if answer.fraction > 0)
    if total <= 0:
        raise Unfit("No choice is right.")
    wrong = None if has_fractions else -moodle.FULL * moodle.FULL / total
    return [
        replace(answer, fraction=answer.fraction * moodle.FULL / total)
        if answer.fraction > 0
        else replace(answer, fraction=answer.fraction if wrong is None else wrong)
        for answer in answers
    ]
