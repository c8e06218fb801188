"""Packages and tests of QTI: files beside the items, sections, damage."""

import io
import random

from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.formats import qti
from exchange.items import Draw, NotReadable
from exchange.packages import open_package
from tests.exchange.qti_documents import (
    CORRECT,
    FEEDBACK,
    MAP_RESPONSE,
    MATCH,
    RESPONSE,
    TYPED,
    V2,
    choices,
    declared,
    item,
    mapped,
    read,
    reason,
    scored,
)

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
