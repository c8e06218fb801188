"""Writes a course as a Common Cartridge 1.3: its outline, its files, and its bank in QTI 1.2.

What the cartridges' profile of QTI has no kind for (matching, orders, numbers) stands as plain QTI 1.2.
"""

import shutil
import zipfile
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import BinaryIO
from urllib.parse import quote

from lxml import etree

from exchange.formats.common_cartridge.assessments import is_expression
from exchange.items import AcceptedTexts, Choice, Lesson, Package, Question, Ranges, Value
from exchange.markdown import to_html

_CARTRIDGE = "http://www.imsglobal.org/xsd/imsccv1p3/imscp_v1p1"
_METADATA = "http://ltsc.ieee.org/xsd/imsccv1p3/LOM/manifest"
_LINK = "http://www.imsglobal.org/xsd/imsccv1p3/imswl_v1p3"
_QUESTIONS = "http://www.imsglobal.org/xsd/ims_qtiasiv1p2"
_BANK = "bank.xml"
_PROFILES = {
    "single": "cc.multiple_choice.v0p1",
    "multiple": "cc.multiple_response.v0p1",
    "truefalse": "cc.true_false.v0p1",
    "short": "cc.fib.v0p1",
    "text": "cc.essay.v0p1",
}
_RESPONSE = "response1"


def write(package: Package, target: BinaryIO) -> None:
    """Writes the modules, questions and files of a package. A lesson with a text and a link, or a file, becomes two."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        _CartridgeWriter(package, archive).write()


class _CartridgeWriter:
    def __init__(self, package: Package, archive: zipfile.ZipFile) -> None:
        self.package = package
        self.archive = archive
        self.names = {file.name for file in package.files}
        self.count = 0
        self.manifest = etree.Element(f"{{{_CARTRIDGE}}}manifest", {"identifier": "manifest"}, nsmap={None: _CARTRIDGE})
        metadata = _add(self.manifest, "metadata")
        _add(metadata, "schema").text = "IMS Common Cartridge"
        _add(metadata, "schemaversion").text = "1.3.0"
        lom = etree.SubElement(metadata, f"{{{_METADATA}}}lom", nsmap={"lomimscc": _METADATA})
        _add(_add(_add(lom, "general"), "title"), "string").text = package.title
        self.organizations = _add(self.manifest, "organizations")
        self.resources = _add(self.manifest, "resources")

    def write(self) -> None:
        organization = _add(self.organizations, "organization", identifier="outline", structure="rooted-hierarchy")
        root = _add(organization, "item", identifier="root")
        for place, module in enumerate(self.package.modules, 1):
            item = _add(root, "item", identifier=f"module-{place}")
            _add(item, "title").text = module.title
            for lesson in module.lessons:
                self._write_lesson(item, lesson)
        for file in self.package.files:
            with file.open() as source, self.archive.open(file.name, "w") as copy:
                shutil.copyfileobj(source, copy)
        if self.package.questions:
            name = self._free_name(_BANK)
            self.archive.writestr(name, _dumped(_bank(self.package.questions)))
            self._resource("imsqti_xmlv1p2/imscc_xmlv1p3/question-bank", name)
        self.archive.writestr("imsmanifest.xml", _dumped(self.manifest))

    def _write_lesson(self, module: etree._Element, lesson: Lesson) -> None:
        if lesson.text:
            name = self._free_name(f"pages/page-{self.count + 1}.html")
            self.archive.writestr(name, _page(lesson))
            self._item(module, lesson.title, self._resource("webcontent", name))
        if lesson.link:
            name = self._free_name(f"links/link-{self.count + 1}.xml")
            self.archive.writestr(name, _link(lesson))
            self._item(module, lesson.title, self._resource("imswl_xmlv1p3", name))
        if lesson.file:
            self._item(module, lesson.title, self._resource("webcontent", lesson.file))
        if not (lesson.text or lesson.link or lesson.file):
            self._item(module, lesson.title, None)

    def _item(self, module: etree._Element, title: str, resource: str | None) -> None:
        self.count += 1
        item = _add(module, "item", identifier=f"item-{self.count}")
        if resource is not None:
            item.set("identifierref", resource)
        _add(item, "title").text = title

    def _resource(self, kind: str, name: str) -> str:
        identifier = f"resource-{len(self.resources) + 1}"
        resource = _add(self.resources, "resource", identifier=identifier, type=kind)
        if kind == "webcontent":
            resource.set("href", quote(name))
        _add(resource, "file", href=quote(name))
        return identifier

    def _free_name(self, wanted: str) -> str:
        name = wanted
        while name in self.names:
            name = f"_{name}"
        self.names.add(name)
        return name


def _page(lesson: Lesson) -> str:
    page = etree.Element("html")
    title = etree.SubElement(etree.SubElement(page, "head"), "title")
    title.text = lesson.title
    head = etree.tostring(page, encoding="unicode", method="html").removesuffix("</html>")
    body = to_html(lesson.text, lambda name: f"$IMS-CC-FILEBASE$/{quote(name)}")
    return f"<!DOCTYPE html>\n{head}<body>\n{body}\n</body></html>\n"


def _link(lesson: Lesson) -> bytes:
    link = etree.Element(f"{{{_LINK}}}webLink", nsmap={None: _LINK})
    _add(link, "title").text = lesson.title
    _add(link, "url", href=lesson.link or "", target="_blank")
    return _dumped(link)


def _bank(questions: Iterable[Question]) -> etree._Element:
    root = etree.Element(f"{{{_QUESTIONS}}}questestinterop", nsmap={None: _QUESTIONS})
    bank = _add(root, "objectbank", ident="bank")
    used: set[str] = set()
    for place, question in enumerate(questions, 1):
        ident = question.source if question.source and question.source not in used else f"question-{place}"
        used.add(ident)
        _write_item(_add(bank, "item", ident=ident, title=question.title), question)
    return root


def _write_item(item: etree._Element, question: Question) -> None:
    facts = _add(_add(item, "itemmetadata"), "qtimetadata")
    for label, entry in _facts(question):
        field = _add(facts, "qtimetadatafield")
        _add(field, "fieldlabel").text = label
        _add(field, "fieldentry").text = entry
    presentation = _add(item, "presentation")
    _material(presentation, question.question_text)
    if question.kind == "matching":
        for prompt in question.prompts:
            response = _add(presentation, "response_lid", ident=prompt.id, rcardinality="Single")
            _material(response, prompt.text)
            _labels(response, question.choices)
    elif question.kind in ("numeric", "short", "text"):
        response = _add(presentation, "response_str", ident=_RESPONSE, rcardinality="Single")
        fib = _add(response, "render_fib", fibtype="Decimal" if question.kind == "numeric" else "String")
        _add(fib, "response_label", ident="answer1", rshuffle="No")
    else:
        cardinality = {"multiple": "Multiple", "ordering": "Ordered"}.get(question.kind, "Single")
        response = _add(presentation, "response_lid", ident=_RESPONSE, rcardinality=cardinality)
        _labels(response, question.shown_choices)
    processing = _add(item, "resprocessing")
    _add(_add(processing, "outcomes"), "decvar", maxvalue="100", minvalue="0", varname="SCORE", vartype="Decimal")
    if question.explanation:
        always = _add(processing, "respcondition")
        always.set("continue", "Yes")
        _add(_add(always, "conditionvar"), "other")
        _add(always, "displayfeedback", feedbacktype="Response", linkrefid="general_fb")
    for test, score, action in _conditions(question):
        condition = _add(processing, "respcondition")
        condition.set("continue", "Yes" if action == "Add" else "No")
        _add(condition, "conditionvar").extend(test)
        _add(condition, "setvar", action=action, varname="SCORE").text = _number(score)
    if question.explanation:
        feedback = _add(item, "itemfeedback", ident="general_fb")
        _material(_add(feedback, "flow_mat"), question.explanation)


def _facts(question: Question) -> Iterator[tuple[str, str]]:
    if question.kind in _PROFILES:
        yield "cc_profile", _PROFILES[question.kind]
    if question.kind == "matching":
        # By this name, which is Canvas's, a match of one prompt differs from a choice.
        yield "question_type", "matching_question"
    yield "cc_weighting", _number(question.points)
    if question.category:
        yield "cc_question_category", question.category
    if question.difficulty:
        yield "qmd_levelofdifficulty", question.difficulty
    for tag in question.tags:
        yield "qmd_keywords", tag


_Condition = tuple[list[etree._Element], Decimal, str]


def _conditions(question: Question) -> Iterator[_Condition]:
    """Tests, and what the score is then set to, or what is added to it, in percent."""
    key = question.correct_answer
    full = Decimal(100)
    match question.kind:
        case "truefalse":
            yield [_equal("true" if key else "false")], full, "Set"
        case "single":
            weights = {each.id: each.weight for each in question.choices if each.weight is not None} or {str(key): full}
            for choice, weight in weights.items():
                yield [_equal(choice)], weight, "Set"
        case "multiple":
            yield from _several(question, list(key) if isinstance(key, tuple) else [])
        case "ordering":
            order = list(key) if isinstance(key, tuple) else []
            yield from _parts([_equal(each, index=str(at)) for at, each in enumerate(order, 1)], question)
        case "matching":
            pairs = key.items() if isinstance(key, dict) else ()
            yield from _parts([_equal(choice, prompt) for prompt, choice in pairs], question)
        case "numeric" if isinstance(key, Value):
            yield _between(key.value - key.tolerance, key.value + key.tolerance), full, "Set"
        case "numeric" if isinstance(key, Ranges):
            for each in sorted(key.ranges, key=lambda each: -each.credit):
                yield _between(each.minimum, each.maximum), each.credit, "Set"
        case "short" if isinstance(key, AcceptedTexts):
            for accepted in key.accepted:
                yield [_accepted(accepted.text, key.case_sensitive)], accepted.credit, "Set"


def _several(question: Question, right: list[str]) -> Iterator[_Condition]:
    if not question.partial_credit:
        tests = [_equal(each.id) if each.id in right else _not(_equal(each.id)) for each in question.choices]
        yield [_all(tests)], Decimal(100), "Set"
        return
    share = Decimal(100) / len(right)
    for each in question.choices:
        usual = share if each.id in right else -share
        yield [_equal(each.id)], usual if each.weight is None else each.weight, "Add"


def _parts(tests: list[etree._Element], question: Question) -> Iterator[_Condition]:
    if not question.partial_credit:
        yield [_all(tests)], Decimal(100), "Set"
        return
    for test in tests:
        yield [test], Decimal(100) / len(tests), "Add"


def _accepted(text: str, case_sensitive: bool) -> etree._Element:
    """A text, or with `*` around it a part of one; QTI 1.2 has no other wildcards, so those stand as an extension."""
    case = "Yes" if case_sensitive else "No"
    inside = text.removeprefix("*").removesuffix("*")
    plain = inside.replace("\\*", "")
    if "*" not in plain and inside == text:
        return _test("varequal", text.replace("\\*", "*"), respident=_RESPONSE, case=case)
    contained = inside.replace("\\*", "*")
    if "*" not in plain and text == f"*{inside}*" and not is_expression(contained):
        return _test("varsubstring", contained, respident=_RESPONSE, case=case)
    return _test("varextension", text, respident=_RESPONSE, case=case)


def _equal(value: str, response: str = _RESPONSE, **attributes: str) -> etree._Element:
    return _test("varequal", value, respident=response, **attributes)


def _between(low: Decimal, high: Decimal) -> list[etree._Element]:
    return [
        _test("vargte", _number(low), respident=_RESPONSE),
        _test("varlte", _number(high), respident=_RESPONSE),
    ]


def _test(name: str, value: str, **attributes: str) -> etree._Element:
    element = etree.Element(f"{{{_QUESTIONS}}}{name}", attributes)
    element.text = value
    return element


def _all(tests: Iterable[etree._Element]) -> etree._Element:
    element = etree.Element(f"{{{_QUESTIONS}}}and")
    element.extend(tests)
    return element


def _not(test: etree._Element) -> etree._Element:
    element = etree.Element(f"{{{_QUESTIONS}}}not")
    element.append(test)
    return element


def _labels(response: etree._Element, choices: Iterable[Choice]) -> None:
    holder = _add(response, "render_choice")
    for choice in choices:
        _material(_add(holder, "response_label", ident=choice.id), choice.text)


def _material(parent: etree._Element, markdown: str) -> None:
    shown = _add(_add(parent, "material"), "mattext", texttype="text/html")
    shown.text = to_html(markdown, lambda name: f"$IMS-CC-FILEBASE$/{quote(name)}")


def _add(parent: etree._Element, name: str, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{etree.QName(parent).namespace}}}{name}", attributes)


def _number(value: Decimal) -> str:
    return format(value.normalize(), "f")


def _dumped(element: etree._Element) -> bytes:
    return etree.tostring(element, encoding="utf-8", xml_declaration=True)
