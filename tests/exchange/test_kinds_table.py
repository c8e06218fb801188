"""The table of kinds in docs/importing.md says what the readers make of each kind of other systems."""

import io

from exchange.formats import FORMATS, moodle_xml
from exchange.formats.olx import problems
from exchange.formats.qti import item as qti_item
from exchange.packages import open_package
from tests.exchange import qti_documents as qti
from tests.exchange import test_common_cartridge as cartridge
from tests.exchange import test_moodle_xml as moodle
from tests.exchange import test_qti_kinds as interactions
from tests.template import ROOT

TWO = moodle.answer("a", "50") + moodle.answer("b", "50") + moodle.answer("c", "-50")
ONE = moodle.answer("a", "100") + moodle.answer("b", "0")
PAIRS = "".join(f"<subquestion><text>{each}</text><answer><text>{each}</text></answer></subquestion>" for each in "ab")
WORDS = "".join(f"<{box}><text>{word}</text></{box}>" for word in ("cat", "dog") for box in ("selectoption", "dragbox"))
PLACES = moodle.answer("a", "1") + moodle.answer("b", "2")


def xml(kind: str, inner: str = "", text: str = "Which?") -> str:
    return moodle.quiz(moodle.item(kind, inner, text))


def gapfill(display: str) -> str:
    words = "<answer fraction='100'><text>cat</text></answer><answer fraction='0'><text>dog</text></answer>"
    return xml("gapfill", f"<answerdisplay>{display}</answerdisplay>{words}", "A [cat].")


def items(name: str) -> str:
    asked = interactions.KINDS[name]
    declared = qti.declared(*asked.key, cardinality=asked.cardinality, base_type=asked.base_type)
    return qti.item(declared, asked.body)


def problem(kind: str, inner: str, attributes: str = "") -> str:
    return f"<problem url_name='p'><{kind} {attributes}>{inner}</{kind}></problem>"


def choices(*correct: bool) -> str:
    return "".join(f"<choice correct='{str(each).lower()}'>{place}</choice>" for place, each in enumerate(correct))


GIFT, XML, QTI, CARTRIDGE, OLX = "GIFT", "Moodle XML", "QTI 2 and 3", "Common Cartridge", "Open edX"
NAMES = {GIFT: "gift", XML: "moodleXml", QTI: "qti", CARTRIDGE: "commonCartridge", OLX: "olx"}


def quiz(response: str, *tests: str, add: bool = False) -> str:
    """An assessment in QTI 1.2, in which all of the tests together give the points, or each a part of them."""
    if add:
        share, go_on = str(100 // len(tests)), "Yes"
        conditions = [cartridge.condition(each, share, "Add", go_on) for each in tests]
    else:
        conditions = [cartridge.condition(f"<and>{''.join(tests)}</and>")] if tests else []
    return cartridge.assessment(cartridge.item(response, *conditions))


equal = cartridge.equal
several = cartridge.choices("A", "B", ident="r1", asked="one") + cartridge.choices("A", "B", ident="r2", asked="two")
places = [f"<varequal respident='r1' index='{place}'>{place}</varequal>" for place in (1, 2)]

SAMPLES: list[tuple[str, str, str]] = [
    (GIFT, "`{=right ~wrong}`", "Q {=a ~b}"),
    (GIFT, "`{~%50%right ~%-50%wrong}`", "Q {~%50%a ~%50%b ~%-50%c}"),
    (GIFT, "`{TRUE}`", "Q {TRUE}"),
    (GIFT, "`{=one =another}`", "Q {=a =b}"),
    (GIFT, "`{#3:0.1}`, `{#1..5}`", "Q {#3:0.1}"),
    (GIFT, "`{=left -> right}`", "Q {=a -> b =c -> d}"),
    (GIFT, "`{}`", "Q {}"),
    (XML, "`multichoice`, one answer", xml("multichoice", ONE + "<single>true</single>")),
    (XML, "`multichoice`, several answers", xml("multichoice", TWO + "<single>false</single>")),
    (XML, "`multichoiceset`", xml("multichoiceset", TWO)),
    (XML, "`oumultiresponse`", xml("oumultiresponse", TWO)),
    (XML, "`truefalse`", xml("truefalse", moodle.answer("true", "100") + moodle.answer("false", "0"))),
    (XML, "`shortanswer`", xml("shortanswer", ONE)),
    (XML, "`numerical`", xml("numerical", moodle.answer("3", "100"))),
    (XML, "`matching`", xml("matching", PAIRS)),
    (XML, "`ordering`", xml("ordering", PLACES)),
    (XML, "`essay`", xml("essay")),
    (XML, "`gapselect`", xml("gapselect", WORDS, "A [[1]].")),
    (XML, "`ddwtos`", xml("ddwtos", WORDS, "A [[1]].")),
    (XML, "`gapfill`, dragged or chosen", gapfill("dragdrop")),
    (XML, "`gapfill`, typed: each gap", gapfill("gapfill")),
    (XML, "`cloze`: each gap", xml("cloze", "", "A {1:SA:=a} {1:NM:=1} {1:MC:=a~b} {1:MR:=a~b}")),
    (QTI, "`choiceInteraction`, one answer", items("choice of one")),
    (QTI, "`choiceInteraction`, several answers", items("choice of several")),
    (QTI, "`inlineChoiceInteraction`", items("inlineChoice")),
    (QTI, "`hottextInteraction`", items("hottext")),
    (QTI, "`orderInteraction`", items("order")),
    (QTI, "`matchInteraction`", items("match")),
    (QTI, "`gapMatchInteraction`", items("gapMatch")),
    (QTI, "`textEntryInteraction` of a text", items("textEntry")),
    (QTI, "`textEntryInteraction` of a number", items("textEntry of a number")),
    (QTI, "`sliderInteraction`", items("slider")),
    (QTI, "`extendedTextInteraction` with a key", items("extendedText")),
    (CARTRIDGE, "`response_lid`, `Single`", quiz(cartridge.choices("A", "B"), equal("1"))),
    (CARTRIDGE, "`response_lid` of *true* and *false*", quiz(cartridge.choices("True", "False"), equal("1"))),
    (
        CARTRIDGE,
        "`response_lid`, `Multiple`",
        quiz(cartridge.choices("A", "B", "C", cardinality="Multiple"), equal("1"), equal("2"), add=True),
    ),
    (
        CARTRIDGE,
        "`response_lid`, `Ordered`",
        quiz(cartridge.choices("A", "B", cardinality="Ordered"), *places, add=True),
    ),
    (
        CARTRIDGE,
        "several `response_lid` with the same choices",
        quiz(several, equal("1"), equal("2", "r2"), add=True),
    ),
    (
        CARTRIDGE,
        "`fill_in_multiple_blanks_question` of Canvas: each blank",
        cartridge.assessment(cartridge.blanks("fill_in_multiple_blanks_question")),
    ),
    (
        CARTRIDGE,
        "`multiple_dropdowns_question` of Canvas: each list",
        cartridge.assessment(cartridge.blanks("multiple_dropdowns_question")),
    ),
    (CARTRIDGE, "`response_str` compared with a text", quiz(cartridge.typed(), equal("York"))),
    (
        CARTRIDGE,
        "`response_str` compared with numbers",
        quiz(cartridge.typed(), "<vargte respident='r1'>3</vargte>", "<varlte respident='r1'>4</varlte>"),
    ),
    (CARTRIDGE, "`response_str` compared with nothing", quiz(cartridge.typed())),
    (
        OLX,
        "`multiplechoiceresponse`",
        problem("multiplechoiceresponse", f"<choicegroup>{choices(True, False)}</choicegroup>"),
    ),
    (
        OLX,
        "`choiceresponse`",
        problem("choiceresponse", f"<checkboxgroup>{choices(True, True, False)}</checkboxgroup>"),
    ),
    (
        OLX,
        "`truefalseresponse`",
        problem("truefalseresponse", f"<choicegroup>{choices(True, True, False)}</choicegroup>"),
    ),
    (OLX, "`optionresponse`", problem("optionresponse", "<optioninput options=\"('a','b')\" correct='a'/>")),
    (OLX, "`numericalresponse`", problem("numericalresponse", "<label>Q</label><formulaequationinput/>", "answer='3'")),
    (OLX, "`stringresponse`", problem("stringresponse", "<label>Q</label><textline/>", "answer='a'")),
]


def kinds(name: str, document: str) -> str:
    """The kinds of the questions that are read of a document, in their order."""
    module = dict(FORMATS)[NAMES[name]]
    with open_package(io.BytesIO(document.encode()), "") as opened:
        questions = module.read(opened).questions
    assert questions, document
    return ", ".join(f"`{kind}`" for kind in dict.fromkeys(question.kind for question in questions))


def test_the_table_says_what_is_read() -> None:
    text = (ROOT / "docs" / "importing.md").read_text()
    rows = text.partition("| format | there | here |")[2].partition("\n\n")[0].strip().splitlines()[1:]
    assert rows == [f"| {name} | {there} | {kinds(name, document)} |" for name, there, document in SAMPLES]


def test_the_table_has_every_kind_that_is_read() -> None:
    there = " ".join(there for _, there, _ in SAMPLES).lower()
    read = [*moodle_xml.READERS, *qti_item.READERS, *problems.READERS]
    assert [each for each in read if f"`{each}`" not in there] == []
