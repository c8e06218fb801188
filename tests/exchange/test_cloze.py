"""Texts with embedded answers become questions, one for each gap."""

from decimal import Decimal
from html import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange import cloze
from exchange.items import Package, Question
from exchange.moodle import Source, Unfit
from tests.exchange.exam_scores import share
from tests.exchange.test_moodle_xml import item, parse, quiz


def read(text: str, inner: str = "") -> Package:
    return parse(quiz(item("cloze", inner, text=escape(text))))


def one(text: str) -> Question:
    (question,) = read(text).questions
    return question


def test_one_gap_is_an_ordinary_question() -> None:
    question = one("<p>The capital of <b>France</b> is {2:SHORTANSWER:=Paris~%50%Marseille#No~*#Wrong}.</p>")
    assert (question.source, question.title) == ("question-1", "Name")
    assert (question.kind, question.points) == ("short", 2)
    assert question.question_text == "The capital of **France** is (?)."
    assert question.correct_answer.model_dump() == {
        "accepted": ({"text": "Paris", "credit": 100}, {"text": "Marseille", "credit": 50}),
        "caseSensitive": False,
    }
    assert question.explanation == "- Marseille: No\n- \\*: Wrong"


def test_several_gaps_are_questions_of_their_own_with_the_whole_text() -> None:
    package = read(
        "A {1:MC:=cat~dog} has {:NM:=4:0.5} legs, or <code>{3:SAC:=Four}</code>.",
        "<generalfeedback><text>Look.</text></generalfeedback><tags><tag><text>pets</text></tag></tags>",
    )
    assert [question.question_text for question in package.questions] == [
        "A (?) has (…) legs, or `(…)`.",
        "A (…) has (?) legs, or `(…)`.",
        "A (…) has (…) legs, or `(?)`.",
    ]
    assert [question.source for question in package.questions] == ["question-1-1", "question-1-2", "question-1-3"]
    assert [(question.kind, question.points) for question in package.questions] == [
        ("single", 1),
        ("numeric", 1),
        ("short", 3),
    ]
    assert {(question.explanation, question.tags) for question in package.questions} == {("Look.", ("pets",))}
    assert package.questions[1].correct_answer.model_dump() == {"value": 4, "tolerance": Decimal("0.5")}
    assert package.questions[2].correct_answer.case_sensitive
    assert [(note.what, note.reason) for note in package.notes] == [
        (f"Name ({place})", "It is one of the 3 gaps of a text.") for place in (1, 2, 3)
    ]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        *((name, "single") for name in ("MULTICHOICE", "MC", "MULTICHOICE_HS", "MCVS", "MULTICHOICE_V", "MCH", "MCS")),
        *((name, "multiple") for name in ("MULTIRESPONSE", "MR", "MULTIRESPONSE_H", "MRS", "MRHS")),
        *((name, "short") for name in ("SHORTANSWER", "SA", "MW", "SHORTANSWER_C", "SAC", "MWC")),
        *((name, "numeric") for name in ("NUMERICAL", "NM")),
    ],
)
def test_each_of_moodles_names_for_a_gap_is_known(name: str, kind: str) -> None:
    question = one(f"Which? {{1:{name}:~2~=3}}")
    assert question.kind == kind
    answer = {"single": "2", "multiple": ["2"], "short": "3", "numeric": 3}[kind]
    assert share(question, answer) == 1


def test_wrong_choices_of_several_take_away_what_right_ones_give() -> None:
    question = one("Which? {1:MULTIRESPONSE:=a~=b~c}")
    assert (question.correct_answer, share(question, ["1", "2"]), share(question, ["1", "3"])) == (("1", "2"), 1, 0)
    weighted = one("Which? {1:MR:%50%a~%50%b~%-25%c}")
    assert [choice.weight for choice in weighted.choices] == [50, 50, -25]


def test_escaped_marks_and_character_references_belong_to_the_answer() -> None:
    question = one(r"Which? {1:MC:=a \} b \# c \~ d~&#233;~&lt;b&gt;x&lt;/b&gt;#no &amp; no}")
    assert [choice.text for choice in question.choices] == [r"a } b # c \~ d", "é", "**x**"]
    assert question.explanation == "- **x**: no & no"


def test_a_gap_that_fits_no_kind_is_left_out_and_the_others_are_taken() -> None:
    package = read("{1:NM:=zero} and {1:MC:=alone} and {1:SA:wrong} and {1:SA:=right}")
    assert [question.source for question in package.questions] == ["question-1-4"]
    assert [note.reason for note in package.notes if note.outcome == "left out"] == [
        "This is no number: zero",
        "It has fewer than two choices.",
        "No answer is right.",
    ]


@pytest.mark.parametrize("text", ["Nothing to fill in.", "{1:MULTICHOICE}", "{1:OTHER:=a}", "{1:SA:=open", ""])
def test_a_text_without_gaps_is_left_out(text: str) -> None:
    (note,) = read(text).notes
    assert (note.outcome, note.reason) == ("left out", "It has no gap with answers.")


@given(
    st.lists(st.sampled_from(["{1:SA:", "{:MC:", "=", "~", "#", "}", "\\", "%50%", "a", "<b>", "*", "\ue0001\ue001"]))
)
@settings(max_examples=200, deadline=None)
def test_any_text_is_read_or_left_out(pieces: list[str]) -> None:
    package = read("".join(pieces))
    assert len(package.questions) <= len(package.notes)
    assert all(note.reason for note in package.notes if note.outcome == "left out")


@pytest.mark.parametrize("piece", ["{1:SA:", "{1:SA:=a}", "{1:SA:=a}\\", "{:MC:~", "{{{"])
def test_a_monstrous_text_is_refused_in_seconds(piece: str) -> None:
    with pytest.raises(Unfit):
        cloze.parts(Source("q"), piece * (1_000_000 // len(piece)), "html", lambda _: None)
