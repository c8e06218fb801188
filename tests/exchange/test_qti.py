"""QTI 2.1, 2.2 and 3.0: what items and tests become here."""

import io
import random
import zipfile
from decimal import Decimal

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from exchange.formats import qti
from exchange.items import (
    AcceptedText,
    AcceptedTexts,
    Choice,
    Draw,
    NotReadable,
    Package,
    PackageFile,
    Prompt,
    Question,
    Range,
    Ranges,
    Value,
)
from exchange.packages import open_package
from tests.exchange.made_questions import banks

V2 = "http://www.imsglobal.org/xsd/imsqti_v2p1"
TEMPLATES = "http://www.imsglobal.org/question/qti_v2p1/rptemplates"
MATCH_CORRECT = f'<responseProcessing template="{TEMPLATES}/match_correct"/>'
MAP_RESPONSE = f'<responseProcessing template="{TEMPLATES}/map_response.xml"/>'
SCORE = '<outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float"/>'


def item(
    declaration: str, body: str, processing: str = MATCH_CORRECT, *, outcomes: str = SCORE, **attributes: str
) -> str:
    given = " ".join(
        f'{name}="{value}"' for name, value in {"identifier": "q1", "title": "Title", **attributes}.items()
    )
    return (
        f'<?xml version="1.0"?><assessmentItem xmlns="{V2}" {given}>{declaration}{outcomes}'
        f"<itemBody>{body}</itemBody>{processing}</assessmentItem>"
    )


def declared(*correct: str, cardinality: str = "single", base_type: str = "identifier", mapping: str = "") -> str:
    values = "".join(f"<value>{each}</value>" for each in correct)
    key = f"<correctResponse>{values}</correctResponse>" if correct else ""
    return (
        f'<responseDeclaration identifier="RESPONSE" cardinality="{cardinality}" baseType="{base_type}">'
        f"{key}{mapping}</responseDeclaration>"
    )


def mapped(entries: dict[str, str], **bounds: str) -> str:
    given = " ".join(f'{name}="{value}"' for name, value in bounds.items())
    lines = (f'<mapEntry mapKey="{key}" mappedValue="{value}"/>' for key, value in entries.items())
    return f"<mapping {given}>{''.join(lines)}</mapping>"


def choices(*ids: str, most: int = 1) -> str:
    each = "".join(f'<simpleChoice identifier="{id_}">Choice <b>{id_}</b></simpleChoice>' for id_ in ids)
    return (
        f'<choiceInteraction responseIdentifier="RESPONSE" maxChoices="{most}"><prompt>Which?</prompt>{each}'
        "</choiceInteraction>"
    )


def read(content: str | bytes | dict[str, str | bytes]) -> Package:
    file = io.BytesIO()
    if isinstance(content, dict):
        with zipfile.ZipFile(file, "w") as archive:
            for name, data in content.items():
                archive.writestr(name, data)
    else:
        file.write(content.encode() if isinstance(content, str) else content)
    with open_package(file, "item.xml") as opened:
        assert qti.detect(opened)
        return qti.read(opened)


def question(content: str) -> Question:
    package = read(content)
    assert package.questions, package.notes
    return package.questions[0]


def reason(content: str) -> str:
    (note,) = read(content).notes
    return f"{note.outcome}: {note.reason}"


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


MATCH = """<matchInteraction responseIdentifier="RESPONSE" maxAssociations="0"><prompt>Who?</prompt>
  <simpleMatchSet><simpleAssociableChoice identifier="a" matchMax="1">Ann</simpleAssociableChoice>
    <simpleAssociableChoice identifier="b" matchMax="1">Ben</simpleAssociableChoice></simpleMatchSet>
  <simpleMatchSet><simpleAssociableChoice identifier="x">Ex</simpleAssociableChoice>
    <simpleAssociableChoice identifier="y">Why</simpleAssociableChoice>
    <simpleAssociableChoice identifier="z">Zed</simpleAssociableChoice></simpleMatchSet></matchInteraction>"""


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


TYPED = '<p>It is <textEntryInteraction responseIdentifier="RESPONSE"/>.</p>'


def test_typed_text_with_a_key():
    key = question(item(declared("York", base_type="string"), TYPED)).correct_answer
    assert key == AcceptedTexts(accepted=(AcceptedText(text="York"),), case_sensitive=True)


def test_typed_text_with_points_for_each():
    mapping = mapped({"York": "2", "5*": "1"}).replace("/>", ' caseSensitive="false"/>')
    read_question = question(item(declared("York", base_type="string", mapping=mapping), TYPED, MAP_RESPONSE))
    accepted = (AcceptedText(text="York"), AcceptedText(text="5\\*", credit=Decimal(50)))
    assert read_question.correct_answer == AcceptedTexts(accepted=accepted)


def scored(test: str, otherwise: str = "") -> str:
    return (
        f"<responseProcessing><responseCondition><responseIf>{test}<setOutcomeValue identifier='SCORE'>"
        f"<baseValue baseType='float'>1</baseValue></setOutcomeValue></responseIf>{otherwise}</responseCondition>"
        "</responseProcessing>"
    )


RESPONSE, CORRECT = '<variable identifier="RESPONSE"/>', '<correct identifier="RESPONSE"/>'


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


def test_an_essay():
    body = '<extendedTextInteraction responseIdentifier="RESPONSE"><prompt>Why?</prompt></extendedTextInteraction>'
    outcomes = SCORE.replace("/>", ' normalMaximum="25"/>')
    read_question = question(item(declared(base_type="string"), body, "", outcomes=outcomes))
    assert (read_question.kind, read_question.points, read_question.correct_answer) == ("text", 25, None)


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


FEEDBACK = (
    '<modalFeedback outcomeIdentifier="FEEDBACK" identifier="yes" showHide="show">Well done, since <b>B</b>.'
    '</modalFeedback><modalFeedback outcomeIdentifier="FEEDBACK" identifier="no" showHide="show">No.</modalFeedback>'
)


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


PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)


def package(**files: str | bytes) -> dict[str, str | bytes]:
    manifest = """<manifest xmlns="http://www.imsglobal.org/xsd/imscp_v1p1"><resources>
      <resource identifier="t" type="imsqti_test_xmlv2p1" href="test.xml"/>
      <resource identifier="i2" type="imsqti_item_xmlv2p1" href="items/two.xml"><metadata><lom><general><keyword>
        <string>loops</string></keyword></general><educational><difficulty><value>difficult</value></difficulty>
        </educational></lom></metadata></resource>
      <resource identifier="i1" type="imsqti_item_xmlv2p1" href="items/one.xml"/>
      <resource identifier="i3" type="imsqti_item_xmlv2p1" href="items/three.xml"/>
    </resources></manifest>"""
    picture = choices("A", "B").replace("Which?", '<img src="../images/map%20one.png" alt="A map"/>Where?')
    return {
        "imsmanifest.xml": manifest,
        "items/one.xml": item(declared("A"), picture, identifier="one", title="One"),
        "items/two.xml": item(declared("A"), choices("A", "B"), identifier="two", title="Two"),
        "items/three.xml": item(declared("A"), choices("A", "B") * 2, identifier="three", title="Three"),
        "images/map one.png": PNG,
        **files,
    }


TEST = f"""<assessmentTest xmlns="{V2}" identifier="test" title="A test"><timeLimits maxTime="5400"/>
  <testPart><assessmentSection identifier="s" title="Start">
    <rubricBlock view="candidate"><p>Take your time.</p></rubricBlock>
    <assessmentItemRef identifier="r1" href="items/one.xml"/><assessmentItemRef identifier="r3" href="items/three.xml"/>
  </assessmentSection></testPart></assessmentTest>"""


def test_a_package_with_a_test_and_pictures():
    read_package = read(package(**{"test.xml": TEST}))
    assert [each.source for each in read_package.questions] == ["two", "one"]
    assert (read_package.questions[0].tags, read_package.questions[0].difficulty) == (("loops",), "hard")
    assert "![A map](image:images/map%20one.png)" in read_package.questions[1].question_text
    (picture,) = read_package.files
    assert (picture.name, picture.content_type) == ("images/map one.png", "image/png")
    (quiz,) = read_package.quizzes
    assert (quiz.title, quiz.questions, quiz.minutes, quiz.instructions) == ("A test", ("one",), 90, "Take your time.")
    assert [(each.where, each.outcome) for each in read_package.notes] == [
        ("items/two.xml", "taken"),
        ("items/one.xml", "taken"),
        ("items/three.xml", "left out"),
        ("test.xml", "changed"),
    ]


def test_a_section_that_draws_at_random():
    test = TEST.replace('title="Start">', 'title="Start"><selection select="1"/><ordering shuffle="true"/>').replace(
        "items/three.xml", "items/two.xml"
    )
    read_package = read(package(**{"test.xml": test}))
    (quiz,) = read_package.quizzes
    assert (quiz.questions, quiz.draws, quiz.shuffle) == ((), (Draw(category="Start", count=1),), True)
    assert all("Start" in each.tags for each in read_package.questions)


def test_a_stimulus_stands_before_the_question():
    content = item(declared("A"), choices("A", "B")).replace(
        "<itemBody>", '<assessmentStimulusRef identifier="s" href="stimulus.xml"/><itemBody>'
    )
    stimulus = "<assessmentStimulus><stimulusBody><p>A long story.</p></stimulusBody></assessmentStimulus>"
    read_package = read({"item.xml": content, "stimulus.xml": stimulus})
    assert read_package.questions[0].question_text == "A long story.\n\nWhich?"


def test_entities_and_external_files_are_not_read(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret")
    content = item(declared("A"), choices("A", "B") + "&x;").replace(
        '<?xml version="1.0"?>', f'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'
    )
    assert "entities" in reason(content)


SEEDS = [
    item(declared("B"), choices("A", "B")),
    item(
        declared("A", "B", cardinality="multiple", mapping=mapped({"A": "1"}, defaultValue="-1", upperBound="2")),
        choices("A", "B", "C", most=0),
        MAP_RESPONSE,
    ),
    item(declared("2.5", base_type="float"), TYPED, scored(f"<equal tolerance='1'>{RESPONSE}{CORRECT}</equal>")),
    item(declared("a y", "b y", cardinality="multiple", base_type="directedPair"), MATCH),
    item(declared(*"CAB", cardinality="ordered"), choices(*"ABC").replace("choiceInter", "orderInter"), FEEDBACK),
    TEST,
]
_PIECES = [
    "RESPONSE",
    "identifier",
    "single",
    "multiple",
    "ordered",
    "float",
    "string",
    "1e999",
    "-",
    "B",
    "<p/>",
    "</p>",
]


@settings(deadline=None)
@given(st.sampled_from(SEEDS), st.randoms(use_true_random=False), st.integers(1, 6))
def test_a_damaged_item_is_read_or_refused(seed: str, chance: random.Random, changes: int):
    text = seed
    for _ in range(changes):
        at = chance.randrange(len(text))
        match chance.randrange(3):
            case 0:
                text = text[:at] + chance.choice(_PIECES) + text[at:]
            case 1:
                text = text[:at] + text[at + chance.randrange(1, 30) :]
            case _:
                old, new = chance.sample(_PIECES, 2)
                text = text.replace(old, new, 1)
    with open_package(io.BytesIO(text.encode() or b"x"), "item.xml") as opened:
        try:
            read_package = qti.read(opened)
        except NotReadable:
            return
    assert read_package.notes


@settings(deadline=None, max_examples=40, phases=[Phase.reuse, Phase.generate])
@given(banks())
def test_a_bank_that_was_written_reads_the_same(bank: list[Question]):
    file = io.BytesIO()
    qti.write(Package(questions=tuple(bank)), file)
    with open_package(file, "bank.zip") as opened:
        assert qti.detect(opened)
        again = qti.read(opened)
    for question_read, written in zip(again.questions, bank, strict=True):
        assert question_read == written
    assert {each.outcome for each in again.notes} == {"taken"}


def test_pictures_are_written_beside_the_items():
    shown = question_of_kind("text", question_text="Look: ![A map](image:maps/map%20one.png)")
    picture = PackageFile("maps/map one.png", "image/png", lambda: io.BytesIO(PNG))
    other = PackageFile("unused.png", "image/png", lambda: io.BytesIO(PNG))
    file = io.BytesIO()
    qti.write(Package(questions=(shown,), files=(picture, other)), file)
    with open_package(file, "bank.zip") as opened:
        again = qti.read(opened)
        assert again.questions == (shown,)
        assert [(each.name, each.open().read()) for each in again.files] == [("maps/map one.png", PNG)]


def test_names_that_are_no_identifiers_are_replaced():
    choices_made = (Choice(id="1", text="a"), Choice(id="-", text="b"))
    made = question_of_kind("single", source="0 1", choices=choices_made, correct_answer="-")
    file = io.BytesIO()
    qti.write(Package(questions=(made, made)), file)
    with open_package(file, "bank.zip") as opened:
        again = qti.read(opened).questions
    assert [each.source for each in again] == ["question-1", "question-2"]
    assert [each.correct_answer for each in again] == ["choice-2", "choice-2"]


def question_of_kind(kind: str, **fields: object) -> Question:
    return Question.model_validate({"source": "q", "kind": kind, "question_text": "What?", **fields})


def test_a_pattern_that_is_missing_is_no_text_that_is_right():
    rule = """<responseProcessing><responseCondition><responseIf>
    <patternMatch><variable identifier="RESPONSE"/>
    <baseValue baseType="string">ab</baseValue></patternMatch><setOutcomeValue identifier="SCORE">
    <baseValue baseType="integer">1</baseValue></setOutcomeValue>
    </responseIf></responseCondition></responseProcessing>"""
    declaration = '<responseDeclaration identifier="RESPONSE" cardinality="single" baseType="string"/>'
    body = '<p>Say it: <textEntryInteraction responseIdentifier="RESPONSE"/></p>'
    assert reason(item(declaration, body, rule)).startswith("left out: Its scoring is a program of its own")
