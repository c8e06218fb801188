"""QTI 2.1, 2.2 and 3.0: what items become here."""

from decimal import Decimal

import pytest

from exchange.items import AcceptedText, AcceptedTexts, Choice, Prompt, Question
from tests.exchange.qti_documents import (
    CORRECT,
    FEEDBACK,
    MAP_RESPONSE,
    MATCH,
    MATCH_CORRECT,
    RESPONSE,
    SCORE,
    TYPED,
    choices,
    declared,
    item,
    mapped,
    question,
    reason,
    scored,
)


def test_a_choice_of_one():
    body = f"<p>First look at <i>this</i>.</p>{choices('A', 'B', 'C')}"
    assert question(item(declared("B"), body)) == Question(
        source="q1",
        title="Title",
        kind="single",
        question_text="First look at *this*.\n\nWhich?",
        choices=tuple(Choice(id=each, text=f"Choice **{each}**") for each in "ABC"),
        correct_answer="B",
    )


def test_the_same_item_in_version_3_and_with_a_prefix():
    old = question(item(declared("B"), choices("A", "B")))
    new = """<qti:qti-assessment-item xmlns:qti="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" identifier="q1"
      title="Title">
      <qti:qti-response-declaration identifier="RESPONSE" cardinality="single" base-type="identifier">
        <qti:qti-correct-response><qti:qti-value>B</qti:qti-value></qti:qti-correct-response>
      </qti:qti-response-declaration>
      <qti:qti-item-body><qti:qti-choice-interaction response-identifier="RESPONSE" max-choices="1">
        <qti:qti-prompt>Which?</qti:qti-prompt>
        <qti:qti-simple-choice identifier="A">Choice <qti:b>A</qti:b></qti:qti-simple-choice>
        <qti:qti-simple-choice identifier="B">Choice <qti:b>B</qti:b></qti:qti-simple-choice>
      </qti:qti-choice-interaction></qti:qti-item-body>
      <qti:qti-response-processing
        template="https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/match_correct.xml"/>
    </qti:qti-assessment-item>"""
    assert question(new) == old


def test_true_and_false():
    body = """<choiceInteraction responseIdentifier="RESPONSE" maxChoices="1"><prompt>Snow is white.</prompt>
      <simpleChoice identifier="t">True</simpleChoice><simpleChoice identifier="f">False</simpleChoice>
      </choiceInteraction>"""
    read_question = question(item(declared("t"), body))
    assert (read_question.kind, read_question.correct_answer, read_question.choices) == ("truefalse", True, ())


def test_an_order():
    body = choices("A", "B", "C").replace("choiceInteraction", "orderInteraction")
    read_question = question(item(declared("C", "A", "B", cardinality="ordered"), body))
    assert (read_question.kind, read_question.correct_answer) == ("ordering", ("C", "A", "B"))
    assert not read_question.partial_credit


@pytest.mark.parametrize(
    ("processing", "mapping", "partial"),
    [(MATCH_CORRECT, "", False), (MAP_RESPONSE, mapped({"a y": "1", "b y": "1"}, defaultValue="0"), True)],
)
def test_a_match(processing, mapping, partial):
    declaration = declared("a y", "b y", cardinality="multiple", base_type="directedPair", mapping=mapping)
    read_question = question(item(declaration, MATCH, processing))
    assert read_question.prompts == (Prompt(id="a", text="Ann"), Prompt(id="b", text="Ben"))
    assert [each.id for each in read_question.choices] == ["x", "y", "z"]
    assert read_question.correct_answer == {"a": "y", "b": "y"}
    assert read_question.partial_credit == partial


def test_a_match_of_which_the_second_list_has_one_partner_each():
    declaration = declared("a x", "a y", "b z", cardinality="multiple", base_type="directedPair")
    read_question = question(item(declaration, MATCH))
    assert read_question.correct_answer == {"x": "a", "y": "a", "z": "b"}


def test_a_match_of_several_with_several_is_left_out():
    declaration = declared("a x", "a y", "b y", cardinality="multiple", base_type="directedPair")
    assert reason(item(declaration, MATCH)).startswith("left out: It matches some things with none or with several")


def test_gaps_in_a_text():
    body = """<gapMatchInteraction responseIdentifier="RESPONSE">
      <gapText identifier="W" matchMax="1">winter</gapText><gapText identifier="S" matchMax="1">summer</gapText>
      <p>Now is the <gap identifier="G1"/> of our discontent made glorious <gap identifier="G2"/>.</p>
      </gapMatchInteraction>"""
    declaration = declared("W G1", "S G2", cardinality="multiple", base_type="directedPair")
    read_question = question(item(declaration, body))
    assert read_question.question_text == "Now is the (1) of our discontent made glorious (2)."
    assert [each.text for each in read_question.prompts] == ["(1)", "(2)"]
    assert read_question.correct_answer == {"gap-1": "W", "gap-2": "S"}


def test_a_choice_within_a_sentence():
    body = """<p>The sky is <inlineChoiceInteraction responseIdentifier="RESPONSE">
      <inlineChoice identifier="b">blue</inlineChoice><inlineChoice identifier="g">green</inlineChoice>
      </inlineChoiceInteraction> today.</p>"""
    read_question = question(item(declared("b"), body))
    assert read_question.question_text.replace("\\", "") == "The sky is _____ today."
    assert [each.text for each in read_question.choices] == ["blue", "green"]


def test_typed_text_with_a_key():
    key = question(item(declared("York", base_type="string"), TYPED)).correct_answer
    assert key == AcceptedTexts(accepted=(AcceptedText(text="York"),), case_sensitive=True)


def test_typed_text_with_points_for_each():
    mapping = mapped({"York": "2", "5*": "1"}).replace("/>", ' caseSensitive="false"/>')
    read_question = question(item(declared("York", base_type="string", mapping=mapping), TYPED, MAP_RESPONSE))
    accepted = (AcceptedText(text="York"), AcceptedText(text="5\\*", credit=Decimal(50)))
    assert read_question.correct_answer == AcceptedTexts(accepted=accepted)


def test_an_essay():
    body = '<extendedTextInteraction responseIdentifier="RESPONSE"><prompt>Why?</prompt></extendedTextInteraction>'
    outcomes = SCORE.replace("/>", ' normalMaximum="25"/>')
    read_question = question(item(declared(base_type="string"), body, "", outcomes=outcomes))
    assert (read_question.kind, read_question.points, read_question.correct_answer) == ("text", 25, None)


def test_the_feedback_on_the_right_answer_is_the_explanation():
    answer = "<setOutcomeValue identifier='FEEDBACK'><baseValue baseType='identifier'>yes</baseValue></setOutcomeValue>"
    processing = scored(f"<match>{RESPONSE}{CORRECT}</match>").replace("</responseIf>", answer + "</responseIf>")
    content = item(declared("B"), choices("A", "B"), processing + FEEDBACK)
    assert question(content).explanation == "Well done, since **B**."
    assert reason(content) == "changed: Feedback on wrong answers was left out."


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (item(declared("B"), choices("A", "B") * 2), "It asks 2 things at once"),
        (item(declared("B"), "<p>Read.</p>"), "It asks nothing"),
        (item(declared("B"), choices("A", "B"), adaptive="true"), "It changes with the answers"),
        (item(declared("B"), choices("B")), "It has fewer than two choices"),
        (item(declared("B"), choices("B", "B")), "Two of its choices have the same name"),
        (item(declared(), choices("A", "B")), "No answer earns points"),
        (item(declared(), choices("A", "B"), ""), "It has no key either"),
        (
            item(declared("a"), '<drawingInteraction responseIdentifier="RESPONSE"/>'),
            "There is no question of its kind",
        ),
        (item("", choices("A", "B")), "It declares no answer"),
        (
            item(declared("B"), choices("A", "B"), "<templateProcessing><exitTemplate/></templateProcessing>"),
            "made anew for each student",
        ),
    ],
)
def test_what_no_question_here_can_be_is_left_out_with_a_reason(content, expected):
    assert reason(content).startswith("left out: ")
    assert expected in reason(content)
