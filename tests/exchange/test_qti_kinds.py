"""Every kind of interaction that becomes a question, in each version and with each way of scoring."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import pytest

from tests.exchange.exam_scores import share
from tests.exchange.qti_documents import (
    CORRECT,
    MAP_RESPONSE,
    MATCH,
    MATCH_CORRECT,
    RESPONSE,
    TYPED,
    choices,
    declared,
    in_version,
    item,
    mapped,
    question,
    scored,
)

CUSTOM = scored(f"<match>{RESPONSE}{CORRECT}</match>")
SCORINGS = {"match_correct": MATCH_CORRECT, "map_response": MAP_RESPONSE, "custom": CUSTOM}


@dataclass(frozen=True)
class Asked:
    """An interaction with its key and its list of points; a `partial` answer earns `mapped` of them by that list."""

    kind: str
    body: str
    key: tuple[str, ...]
    points: dict[str, str]
    right: Any
    wrong: Any
    partial: Any
    mapped: Fraction
    cardinality: str = "single"
    base_type: str = "identifier"


INLINE = """<p>The sky is <inlineChoiceInteraction responseIdentifier="RESPONSE">
<inlineChoice identifier="A">blue</inlineChoice><inlineChoice identifier="B">green</inlineChoice>
<inlineChoice identifier="C">grey</inlineChoice></inlineChoiceInteraction>.</p>"""
HOTTEXT = """<hottextInteraction responseIdentifier="RESPONSE" maxChoices="0"><prompt>What is wrong?</prompt>
<p><hottext identifier="A">Tea</hottext> is <hottext identifier="B">a metal</hottext> and
<hottext identifier="C">solid</hottext>.</p></hottextInteraction>"""
GAPS = """<gapMatchInteraction responseIdentifier="RESPONSE"><gapText identifier="W" matchMax="1">winter</gapText>
<gapText identifier="S" matchMax="1">summer</gapText><p>First <gap identifier="G1"/>, then <gap identifier="G2"/>.</p>
</gapMatchInteraction>"""
SLIDER = '<sliderInteraction responseIdentifier="RESPONSE" lowerBound="0" upperBound="10"><prompt>How many?</prompt>'
LONG_TEXT = '<extendedTextInteraction responseIdentifier="RESPONSE"><prompt>Which city?</prompt>'
HALF = Fraction(1, 2)
TWO, CITY = {"A": "1", "C": "1"}, {"York": "2", "Leeds": "1"}

KINDS = {
    "choice of one": Asked("single", choices(*"ABC"), ("A",), {"A": "2", "B": "1"}, "A", "C", "B", HALF),
    "choice of several": Asked(
        "multiple", choices(*"ABC", most=0), ("A", "C"), TWO, ["A", "C"], ["B"], ["A"], HALF, "multiple"
    ),
    "inlineChoice": Asked("single", INLINE, ("A",), {"A": "2", "B": "1"}, "A", "C", "B", HALF),
    "hottext": Asked("multiple", HOTTEXT, ("A", "C"), TWO, ["A", "C"], ["B"], ["C"], HALF, "multiple"),
    "order": Asked(
        "ordering",
        choices(*"ABC").replace("choiceInteraction", "orderInteraction"),
        ("C", "A", "B"),
        {},
        ["C", "A", "B"],
        ["A", "B", "C"],
        ["C", "B", "A"],
        Fraction(0),
        "ordered",
    ),
    "match": Asked(
        "matching",
        MATCH,
        ("a y", "b z"),
        {"a y": "1", "b z": "1"},
        {"a": "y", "b": "z"},
        {"a": "x", "b": "x"},
        {"a": "y", "b": "x"},
        HALF,
        "multiple",
        "directedPair",
    ),
    "gapMatch": Asked(
        "matching",
        GAPS,
        ("W G1", "S G2"),
        {"W G1": "1", "S G2": "1"},
        {"gap-1": "W", "gap-2": "S"},
        {"gap-1": "S", "gap-2": "W"},
        {"gap-1": "W", "gap-2": "W"},
        HALF,
        "multiple",
        "directedPair",
    ),
    "textEntry": Asked("short", TYPED, ("York",), CITY, "York", "Hull", "Leeds", HALF, base_type="string"),
    "textEntry of a number": Asked(
        "numeric", TYPED, ("2.5",), {"2.5": "2", "3": "1"}, 2.5, 4, 3, HALF, base_type="float"
    ),
    "slider": Asked(
        "numeric", f"{SLIDER}</sliderInteraction>", ("7",), {"7": "2", "6": "1"}, 7, 1, 6, HALF, base_type="integer"
    ),
    "extendedText": Asked(
        "short",
        f"{LONG_TEXT}</extendedTextInteraction>",
        ("York",),
        CITY,
        "York",
        "Hull",
        "Leeds",
        HALF,
        base_type="string",
    ),
}


@pytest.mark.parametrize("version", ["2.1", "2.2", "3.0"])
@pytest.mark.parametrize("scoring", SCORINGS)
@pytest.mark.parametrize("name", KINDS)
def test_right_wrong_and_partly_right_answers_score_as_in_the_source(name: str, scoring: str, version: str) -> None:
    asked = KINDS[name]
    if scoring == "map_response" and not asked.points:
        pytest.skip("a list of points says nothing of an order")
    mapping = mapped(asked.points, defaultValue="0") if asked.points else ""
    declaration = declared(*asked.key, cardinality=asked.cardinality, base_type=asked.base_type, mapping=mapping)
    read = question(in_version(item(declaration, asked.body, SCORINGS[scoring]), version))
    assert read.kind == asked.kind
    assert share(read, asked.right) == 1
    assert share(read, asked.wrong) == 0
    assert share(read, asked.partial) == (asked.mapped if scoring == "map_response" else 0)
