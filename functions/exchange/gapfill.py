"""Texts with gaps of Moodle's plugin *Gapfill*: https://docs.moodle.org/en/Gapfill_question_type.

What is typed into a gap is a question of its own, as in the texts with embedded answers; words that are dragged or
chosen are matched with the gaps, unless a gap takes one of several.
"""

import html
import re
from collections.abc import Callable
from dataclasses import dataclass

from exchange import cloze, moodle
from exchange.items import Question, Sentence
from exchange.markdown import from_text
from exchange.moodle import Source, Unfit

_EXPRESSION = frozenset("*+?^$(){}[]\\")
_TAG = re.compile(r"<[^<>]*>")


@dataclass(frozen=True)
class Settings:
    """How the gaps of a text are filled: `others` are words that fit none of them.

    `delimiters` are the two characters around a gap; `is_plain`: its words are no regular expressions.
    """

    delimiters: str = "[]"
    is_typed: bool = False
    case_sensitive: bool = False
    is_plain: bool = False
    counts_once: bool = False
    others: tuple[str, ...] = ()


def parts(
    source: Source, text: str, text_format: str, find: Callable[[str], str | None], settings: Settings
) -> list[tuple[Source, Callable[[], Question]]]:
    """For each question its source, and what reads it and may raise `Unfit`; raises `Unfit` for a text without gaps."""
    opening, closing = settings.delimiters[:1] or "[", settings.delimiters[1:2] or "]"
    gap = re.compile(f"{re.escape(opening)}([^{re.escape(opening + closing)}]*){re.escape(closing)}")
    gaps = [_accepted(match[1], settings) for match in gap.finditer(text)]
    if not gaps:
        raise Unfit("It has no gap with answers.")
    if len(gaps) > cloze.MOST_GAPS:
        raise Unfit(Sentence("It has more than {most} gaps.", most=cloze.MOST_GAPS))
    if settings.counts_once:
        source.losses.append("The same word counts in several gaps here.")
    if not settings.is_typed and all(len(accepted) == 1 for accepted in gaps):
        words = list(dict.fromkeys([*(accepted[0] for accepted in gaps), *settings.others]))
        numbers = (words.index(accepted[0]) + 1 for accepted in gaps)
        converted = moodle.as_markdown(gap.sub(lambda _: f"[[{next(numbers)}]]", text), text_format, find)
        source.text = converted.text
        source.losses += converted.losses
        return [(source, lambda: moodle.gaps(source, [from_text(word) for word in words]))]
    words = list(dict.fromkeys([*(word for accepted in gaps for word in accepted), *settings.others]))
    embedded = iter([_embedded(accepted, words, settings) for accepted in gaps])
    found = cloze.parts(source, gap.sub(lambda _: next(embedded), text), text_format, find)
    for part, _ in found:
        # Each gap has an equal part of them.
        part.points = source.points / len(found)
    return found


def _accepted(gap: str, settings: Settings) -> list[str]:
    """The words that a gap takes."""
    words = [html.unescape(_TAG.sub("", word)).strip() for word in gap.split("|")]
    if any(not word or word.startswith("!") for word in words):
        raise Unfit("One of its gaps may stay empty.")
    if not settings.is_plain and any(not _EXPRESSION.isdisjoint(word) for word in words):
        raise Unfit("It compares with a regular expression, which cannot be taken over.")
    return list(dict.fromkeys(words))


def _embedded(accepted: list[str], words: list[str], settings: Settings) -> str:
    """A gap as a text with embedded answers has it; where words are chosen, they are the same in all gaps."""
    if settings.is_typed:
        kind, shown = "SHORTANSWER_C" if settings.case_sensitive else "SHORTANSWER", accepted
    else:
        kind, shown = "MULTICHOICE", words
    return f"{{1:{kind}:{'~'.join(f'={_escaped(word)}' if word in accepted else _escaped(word) for word in shown)}}}"


def _escaped(word: str) -> str:
    return re.sub(r"([}#~])", r"\\\1", html.escape(word, quote=False))
