"""Texts with gaps of Moodle's plugin Gapfill."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from exchange.gapfill import Settings, parts
from exchange.items import Question
from exchange.moodle import Source, Unfit
from tests.exchange.exam_scores import share
from tests.exchange.test_moodle_xml import parse, quiz


def nothing(_: str) -> None:
    return None


def read(text: str, settings: Settings, points: int = 1) -> list[Question]:
    source = Source("q", title="Title", points=Decimal(points))
    return [read_question() for _, read_question in parts(source, text, "html", nothing, settings)]


def test_words_that_are_dragged_are_matched_with_the_gaps() -> None:
    [question] = read("<p>The [cat] sat on the [mat].</p>", Settings(others=("dog",)))
    assert question.kind == "matching"
    assert question.question_text.replace("\\", "") == "The __(1)__ sat on the __(2)__."
    texts = {choice.id: choice.text for choice in question.choices}
    assert sorted(texts.values()) == ["cat", "dog", "mat"]
    key = question.correct_answer
    assert isinstance(key, dict)
    assert [texts[choice] for choice in key.values()] == ["cat", "mat"]
    assert share(question, key) == 1


@pytest.mark.parametrize(("case_sensitive", "other_case"), [(False, 1), (True, 0)])
def test_what_is_typed_is_a_question_for_each_gap(case_sensitive: bool, other_case: int) -> None:
    settings = Settings(is_typed=True, case_sensitive=case_sensitive)
    first, second = read("The [cat|dog] sat on the [mat].", settings, points=3)
    assert first.question_text == "The (?) sat on the (…)."
    assert [share(first, answer) for answer in ("cat", "dog", "mat")] == [1, 1, 0]
    assert share(second, "MAT") == other_case
    assert [question.points for question in (first, second)] == [Decimal("1.5"), Decimal("1.5")]


def test_a_gap_that_takes_one_of_several_words_is_a_choice() -> None:
    first, second = read("{gold|silver} or {gold|silver}?", Settings(delimiters="{}", others=("brown",)))
    texts = {choice.text: choice.id for choice in first.choices}
    assert [share(first, texts[text]) for text in ("gold", "silver", "brown")] == [1, 1, 0]
    assert second.kind == "single"


def test_words_with_marks_are_read_as_they_are() -> None:
    [question] = read("Write [a&lt;b#~}] here", Settings(is_typed=True, is_plain=True))
    assert share(question, "a<b#~}") == 1


@pytest.mark.parametrize(
    ("text", "settings", "reason"),
    [
        ("No gap", Settings(), "It has no gap with answers."),
        ("An [!!] empty one", Settings(), "One of its gaps may stay empty."),
        ("[a]" * 101, Settings(), "It has more than 100 gaps."),
        ("[c.*t]", Settings(), "It compares with a regular expression, which cannot be taken over."),
    ],
)
def test_what_no_question_here_can_be_is_unfit(text: str, settings: Settings, reason: str) -> None:
    with pytest.raises(Unfit) as unfit:
        read(text, settings)
    assert unfit.value.reason == reason


def test_a_file_says_how_its_gaps_are_filled() -> None:
    stated: Callable[[str], str] = lambda display: (  # noqa: E731
        "<question type='gapfill'><name><text>T</text></name><questiontext format='html'><text>A [cat].</text>"
        f"</questiontext><answerdisplay>{display}</answerdisplay><delimitchars>[]</delimitchars>"
        "<noduplicates>1</noduplicates><answer fraction='100'><text>cat</text></answer>"
        "<answer fraction='0'><text>dog</text></answer></question>"
    )
    package = parse(quiz(stated("gapfill"), stated("dropdown")))
    assert [question.kind for question in package.questions] == ["short", "matching"]
    assert all("The same word counts in several gaps here." in note.reason for note in package.notes)
