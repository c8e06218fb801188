"""Items of QTI that ask several things at once become a question for each."""

from decimal import Decimal

import pytest

from exchange.items import AcceptedTexts, Package
from tests.exchange.exam_scores import share
from tests.exchange.qti_documents import SCORE, in_version, item, read

DIFFERS = "Partly right answers score differently here."


def answer(name: str, correct: str, base_type: str = "identifier") -> str:
    key = f"<correctResponse><value>{correct}</value></correctResponse>" if correct else ""
    return (
        f'<responseDeclaration identifier="{name}" cardinality="single" baseType="{base_type}">{key}'
        "</responseDeclaration>"
    )


def choice(name: str, prompt: str, *ids: str) -> str:
    each = "".join(f'<simpleChoice identifier="{id_}">Choice {id_}</simpleChoice>' for id_ in ids)
    return (
        f'<choiceInteraction responseIdentifier="{name}" maxChoices="1"><prompt>{prompt}</prompt>{each}'
        "</choiceInteraction>"
    )


def right(name: str) -> str:
    return f'<match><variable identifier="{name}"/><correct identifier="{name}"/></match>'


def rule(test: str, points: int) -> str:
    return (
        f"<responseCondition><responseIf>{test}<setOutcomeValue identifier='SCORE'><sum><variable identifier='SCORE'/>"
        f"<baseValue baseType='float'>{points}</baseValue></sum></setOutcomeValue></responseIf></responseCondition>"
    )


DECLARED = answer("R1", "B") + answer("R2", "York", "string")
BODY = (
    "<p>Read <i>this</i>.</p>"
    + choice("R1", "Which?", "A", "B")
    + '<p>The city is <textEntryInteraction responseIdentifier="R2"/>.</p>'
)
EACH_EARNS = f"<responseProcessing>{rule(right('R1'), 1)}{rule(right('R2'), 3)}</responseProcessing>"
ALL_OR_NOTHING = f"<responseProcessing>{rule('<and>' + right('R1') + right('R2') + '</and>', 4)}</responseProcessing>"


def reasons(package: Package) -> list[str]:
    return [note.reason for note in package.notes]


@pytest.mark.parametrize("version", ["2.1", "2.2", "3.0"])
def test_each_has_the_text_the_key_and_the_points_of_its_own(version: str) -> None:
    package = read(in_version(item(DECLARED, BODY, EACH_EARNS), version))
    chosen, typed = package.questions
    assert [(each.source, each.title) for each in package.questions] == [("q1-1", "Title (1)"), ("q1-2", "Title (2)")]
    assert chosen.question_text == "Read *this*.\n\nWhich?\n\nThe city is (…)."
    assert typed.question_text == "Read *this*.\n\nThe city is (?)."
    assert [each.points for each in package.questions] == [1, 3]
    assert (share(chosen, "B"), share(chosen, "A"), share(typed, "York"), share(typed, "Leeds")) == (1, 0, 1, 0)
    assert reasons(package) == ["It asks 2 things at once, each of which is a question here."] * 2


def test_points_that_only_all_right_answers_earn_are_shared() -> None:
    package = read(item(DECLARED, BODY, ALL_OR_NOTHING))
    chosen, typed = package.questions
    assert [each.points for each in package.questions] == [2, 2]
    assert (share(chosen, "B"), share(chosen, "A"), share(typed, "York"), share(typed, "Leeds")) == (1, 0, 1, 0)
    assert all(reason.endswith(DIFFERS) for reason in reasons(package))


def test_the_stated_points_are_those_of_all_together() -> None:
    outcomes = SCORE.replace("/>", ' normalMaximum="10"/>')
    package = read(item(DECLARED, BODY, EACH_EARNS, outcomes=outcomes))
    assert [each.points for each in package.questions] == [Decimal("2.5"), Decimal("7.5")]


def test_a_scoring_that_cannot_be_run_leaves_the_decision_to_each_key() -> None:
    package = read(item(DECLARED, BODY, "<responseProcessing><lookupOutcomeValue/></responseProcessing>"))
    assert package.questions[0].correct_answer == "B"
    assert all("So its key decides." in reason for reason in reasons(package))


def test_what_can_be_no_question_is_left_out_alone() -> None:
    body = BODY + '<drawingInteraction responseIdentifier="R3"/>'
    package = read(item(DECLARED + answer("R3", ""), body, EACH_EARNS))
    assert [note.outcome for note in package.notes] == ["changed", "changed", "left out"]
    assert (package.notes[2].what, package.notes[2].reason) == (
        "Title (3)",
        "There is no question of its kind here.",
    )


def test_texts_that_another_field_accepts_are_not_accepted() -> None:
    declared = answer("R1", "Leeds", "string") + answer("R2", "York", "string")
    body = "".join(f'<p>{each} <textEntryInteraction responseIdentifier="{each}"/></p>' for each in ("R1", "R2"))
    package = read(item(declared, body, EACH_EARNS))
    keys = [each.correct_answer for each in package.questions]
    accepted = [[one.text for one in key.accepted] for key in keys if isinstance(key, AcceptedTexts)]
    assert accepted == [["Leeds"], ["York"]]


def test_a_test_asks_all_of_them() -> None:
    test = (
        '<assessmentTest xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" identifier="t" title="T"><testPart>'
        '<assessmentSection identifier="s" title="S"><assessmentItemRef identifier="r" href="item.xml"/>'
        "</assessmentSection></testPart></assessmentTest>"
    )
    package = read({"item.xml": item(DECLARED, BODY, EACH_EARNS), "test.xml": test})
    assert package.quizzes[0].questions == ("q1-1", "q1-2")
