"""Documents of QTI, as tests write them, and what is read of them."""

import io
import re
import zipfile

from exchange.formats import qti
from exchange.items import Package, Question
from exchange.packages import open_package

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


def scored(test: str, otherwise: str = "") -> str:
    return (
        f"<responseProcessing><responseCondition><responseIf>{test}<setOutcomeValue identifier='SCORE'>"
        f"<baseValue baseType='float'>1</baseValue></setOutcomeValue></responseIf>{otherwise}</responseCondition>"
        "</responseProcessing>"
    )


RESPONSE, CORRECT = '<variable identifier="RESPONSE"/>', '<correct identifier="RESPONSE"/>'


MATCH = """<matchInteraction responseIdentifier="RESPONSE" maxAssociations="0"><prompt>Who?</prompt>
  <simpleMatchSet><simpleAssociableChoice identifier="a" matchMax="1">Ann</simpleAssociableChoice>
    <simpleAssociableChoice identifier="b" matchMax="1">Ben</simpleAssociableChoice></simpleMatchSet>
  <simpleMatchSet><simpleAssociableChoice identifier="x">Ex</simpleAssociableChoice>
    <simpleAssociableChoice identifier="y">Why</simpleAssociableChoice>
    <simpleAssociableChoice identifier="z">Zed</simpleAssociableChoice></simpleMatchSet></matchInteraction>"""


TYPED = '<p>It is <textEntryInteraction responseIdentifier="RESPONSE"/>.</p>'


FEEDBACK = (
    '<modalFeedback outcomeIdentifier="FEEDBACK" identifier="yes" showHide="show">Well done, since <b>B</b>.'
    '</modalFeedback><modalFeedback outcomeIdentifier="FEEDBACK" identifier="no" showHide="show">No.</modalFeedback>'
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


NAMESPACES = {
    "2.1": V2,
    "2.2": "http://www.imsglobal.org/xsd/imsqti_v2p2",
    "3.0": "http://www.imsglobal.org/xsd/imsqtiasi_v3p0",
}
_HTML = ("p", "b", "i", "img", "div")


def in_version(content: str, version: str) -> str:
    """The same document in another version of QTI."""
    content = content.replace(V2, NAMESPACES[version])
    if version != "3.0":
        return content.replace("qti_v2p1/rptemplates", f"qti_v{version.replace('.', 'p')}/rptemplates")
    content = content.replace(TEMPLATES, "https://purl.imsglobal.org/spec/qti/v3p0/rptemplates")
    return re.sub(r"<(/?)(\w+)((?:\s+\w+=(?:\"[^\"]*\"|'[^']*'))*)", _in_three, content)


def _in_three(element: re.Match[str]) -> str:
    end, name, attributes = element.groups()
    if name not in _HTML:
        name = f"qti-{_hyphenated(name)}"
    return f"<{end}{name}" + re.sub(r"\b(\w+)=", lambda each: f"{_hyphenated(each[1])}=", attributes)


def _hyphenated(name: str) -> str:
    return name if name == "xmlns" else re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower()
