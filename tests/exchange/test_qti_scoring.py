"""How items of QTI score, found by running their scoring."""

from decimal import Decimal

import pytest

from exchange.items import Range, Ranges, Value
from tests.exchange.qti_documents import (
    CORRECT,
    MAP_RESPONSE,
    MATCH_CORRECT,
    RESPONSE,
    SCORE,
    TYPED,
    choices,
    declared,
    item,
    mapped,
    question,
    read,
    reason,
    scored,
)


def number_between(low: str, high: str) -> str:
    return (
        f"<and><gte>{RESPONSE}<baseValue baseType='float'>{low}</baseValue></gte>"
        f"<lte>{RESPONSE}<baseValue baseType='float'>{high}</baseValue></lte></and>"
    )


@pytest.mark.parametrize(
    ("processing", "key"),
    [
        (MATCH_CORRECT, Value(value=Decimal("2.5"))),
        (
            scored(f'<equal toleranceMode="absolute" tolerance="0.5">{RESPONSE}{CORRECT}</equal>'),
            Value(value=Decimal("2.5"), tolerance=Decimal("0.5")),
        ),
        (
            scored(f'<equal toleranceMode="relative" tolerance="10">{CORRECT}{RESPONSE}</equal>'),
            Value(value=Decimal("2.5"), tolerance=Decimal("0.25")),
        ),
        (scored(number_between("2", "4")), Value(value=Decimal(3), tolerance=Decimal(1))),
        (
            scored(f"<or>{number_between('2', '3')}{number_between('5', '6')}</or>"),
            Ranges(
                ranges=(Range(minimum=Decimal(2), maximum=Decimal(3)), Range(minimum=Decimal(5), maximum=Decimal(6)))
            ),
        ),
    ],
)
def test_a_typed_number(processing, key):
    read_question = question(item(declared("2.5", base_type="float"), TYPED, processing))
    assert (read_question.kind, read_question.correct_answer) == ("numeric", key)


def test_scoring_by_hand_gives_the_points_of_the_item():
    outcomes = SCORE + (
        '<outcomeDeclaration identifier="MAXSCORE" cardinality="single" baseType="float">'
        "<defaultValue><value>2.5</value></defaultValue></outcomeDeclaration>"
    )
    processing = scored(f"<match>{RESPONSE}{CORRECT}</match>").replace(
        "<baseValue baseType='float'>1</baseValue>", '<variable identifier="MAXSCORE"/>'
    )
    read_question = question(item(declared("B"), choices("A", "B"), processing, outcomes=outcomes))
    assert (read_question.points, read_question.correct_answer) == (Decimal("2.5"), "B")


def test_an_order_of_which_each_place_counts():
    body = choices("A", "B", "C").replace("choiceInteraction", "orderInteraction")
    places = "".join(
        f"<responseCondition><responseIf><match><index n='{place}'>{RESPONSE}</index><baseValue baseType='identifier'>"
        f"{id_}</baseValue></match><setOutcomeValue identifier='SCORE'><sum><variable identifier='SCORE'/>"
        "<baseValue baseType='float'>1</baseValue></sum></setOutcomeValue></responseIf></responseCondition>"
        for place, id_ in enumerate("CAB", 1)
    )
    processing = f"<responseProcessing>{places}</responseProcessing>"
    read_question = question(item(declared(*"CAB", cardinality="ordered"), body, processing))
    assert (read_question.partial_credit, read_question.points) == (True, 3)


def test_scoring_that_cannot_be_run_leaves_the_decision_to_the_key():
    processing = scored(f"<customOperator>{RESPONSE}</customOperator>")
    package = read(item(declared("B"), choices("A", "B"), processing))
    assert package.questions[0].correct_answer == "B"
    assert package.notes[0].outcome == "changed"
    assert "So its key decides." in package.notes[0].reason


def test_a_pattern_that_is_missing_is_no_text_that_is_right():
    rule = """<responseProcessing><responseCondition><responseIf>
    <patternMatch><variable identifier="RESPONSE"/>
    <baseValue baseType="string">ab</baseValue></patternMatch><setOutcomeValue identifier="SCORE">
    <baseValue baseType="integer">1</baseValue></setOutcomeValue>
    </responseIf></responseCondition></responseProcessing>"""
    declaration = '<responseDeclaration identifier="RESPONSE" cardinality="single" baseType="string"/>'
    body = '<p>Say it: <textEntryInteraction responseIdentifier="RESPONSE"/></p>'
    assert reason(item(declaration, body, rule)).startswith("left out: Its scoring is a program of its own")


def test_choices_that_earn_a_part_have_weights():
    mapping = mapped({"A": "2", "B": "1", "C": "-1"}, defaultValue="0")
    read_question = question(item(declared("A", mapping=mapping), choices("A", "B", "C", "D"), MAP_RESPONSE))
    assert read_question.correct_answer == "A"
    assert read_question.points == 2
    assert [each.weight for each in read_question.choices] == [100, 50, -50, 0]


def test_several_choices_all_or_nothing():
    read_question = question(item(declared("A", "C", cardinality="multiple"), choices("A", "B", "C", most=0)))
    assert (read_question.kind, read_question.correct_answer) == ("multiple", ("A", "C"))
    assert not read_question.partial_credit


def test_several_choices_with_points_and_bounds():
    mapping = mapped({"A": "1", "C": "3"}, defaultValue="-2", lowerBound="0", upperBound="4")
    declaration = declared("A", "C", cardinality="multiple", mapping=mapping)
    read_question = question(item(declaration, choices("A", "B", "C", most=0), MAP_RESPONSE))
    assert [each.weight for each in read_question.choices] == [25, -50, 75]
    assert (read_question.correct_answer, read_question.points) == (("A", "C"), 4)


def test_several_choices_of_which_wrong_ones_cost_as_much_as_right_ones_earn():
    mapping = mapped({"A": "1", "C": "1"}, defaultValue="-1", lowerBound="0")
    declaration = declared("A", "C", cardinality="multiple", mapping=mapping)
    read_question = question(item(declaration, choices("A", "B", "C", most=0), MAP_RESPONSE))
    assert {each.weight for each in read_question.choices} == {None}
    assert read_question.partial_credit
