"""Writes a bank as a content package of QTI 3.0: an item for each question, and a manifest."""

import re
import shutil
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import BinaryIO
from urllib.parse import quote

from lxml import etree, html

from exchange.formats.qti.patterns import pattern_of, split_at_wildcards
from exchange.items import AcceptedTexts, Choice, Package, Prompt, Question, Ranges, Value
from exchange.markdown import images_in, to_html

_ITEMS = "http://www.imsglobal.org/xsd/imsqtiasi_v3p0"
_PACKAGES = "http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1"
_METADATA = "http://ltsc.ieee.org/xsd/LOM"
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9._-]{0,63}")
_DIFFICULTIES = {"easy": "easy", "medium": "medium", "hard": "difficult"}


def write(package: Package, target: BinaryIO) -> None:
    """Writes the questions of a package, with the pictures that they show."""
    used: set[str] = set()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        manifest = _element("manifest", _PACKAGES, identifier="manifest")
        metadata = _add(manifest, "metadata")
        _add(metadata, "schema").text = "QTI Package"
        _add(metadata, "schemaversion").text = "3.0.0"
        _add(manifest, "organizations")
        resources = _add(manifest, "resources")
        for place, question in enumerate(package.questions, 1):
            identifier = question.source if _IDENTIFIER.fullmatch(question.source) else f"question-{place}"
            name = f"items/{identifier}.xml" if f"items/{identifier}.xml" not in used else f"items/question-{place}.xml"
            used.add(name)
            archive.writestr(name, _dumped(item_of(question, identifier)))
            _describe(
                _add(resources, "resource", identifier=f"r{place}", type="imsqti_item_xmlv3p0", href=name), question
            )
        shown = {name for question in package.questions for text in _texts(question) for name in images_in(text)}
        for file in package.files:
            if file.name in shown and file.name not in used:
                used.add(file.name)
                with file.open() as source, archive.open(file.name, "w") as copy:
                    shutil.copyfileobj(source, copy)
        archive.writestr("imsmanifest.xml", _dumped(manifest))


def _texts(question: Question) -> Iterator[str]:
    yield question.question_text
    yield question.explanation
    yield from (each.text for each in question.choices)
    yield from (each.text for each in question.prompts)


def _describe(resource: etree._Element, question: Question) -> None:
    """Tags, difficulty and category, which an item has no place for."""
    _add(resource, "file", href=resource.get("href") or "")
    lom = etree.SubElement(_add(resource, "metadata"), f"{{{_METADATA}}}lom", nsmap={None: _METADATA})
    if question.tags:
        general = _add(lom, "general")
        for tag in question.tags:
            _add(_add(general, "keyword"), "string").text = tag
    if question.difficulty:
        level = _add(_add(lom, "educational"), "difficulty")
        _add(level, "source").text = "LOMv1.0"
        _add(level, "value").text = _DIFFICULTIES[question.difficulty]
    if question.category:
        path = _add(_add(lom, "classification"), "taxonPath")
        for part in question.category.split("/"):
            _add(_add(_add(path, "taxon"), "entry"), "string").text = part


def item_of(question: Question, identifier: str) -> etree._Element:
    """The item of a question."""
    item = _element("qti-assessment-item", _ITEMS, identifier=identifier, title=question.title)
    item.set("adaptive", "false")
    item.set("time-dependent", "false")
    writer = _ItemWriter(item, question)
    writer.write()
    return item


class _ItemWriter:
    def __init__(self, item: etree._Element, question: Question) -> None:
        self.item = item
        self.question = question
        taken: set[str] = set()
        self.choices = _identifiers(question.shown_choices, "choice", taken)
        self.prompts = _identifiers(question.prompts, "prompt", taken)

    def write(self) -> None:
        question = self.question
        score: Iterable[etree._Element]
        match question.kind:
            case "single" | "truefalse":
                score = self._single()
            case "multiple":
                score = self._multiple()
            case "ordering":
                score = self._ordering()
            case "matching":
                score = self._matching()
            case "numeric":
                score = self._numeric()
            case "short":
                score = self._short()
            case "text":
                self._declare("single", "string")
                score = ()
        self._outcomes()
        self._body()
        rules = list(score)
        if question.explanation:
            rules.append(_set("FEEDBACK", _base("identifier", "explanation")))
        if rules:
            _add(self.item, "qti-response-processing").extend(rules)
        if question.explanation:
            feedback = _add(self.item, "qti-modal-feedback", identifier="explanation")
            feedback.set("outcome-identifier", "FEEDBACK")
            feedback.set("show-hide", "show")
            _fill(_add(feedback, "qti-content-body"), question.explanation)

    def _declare(
        self,
        cardinality: str,
        base_type: str,
        correct: Iterable[str] = (),
        points: Mapping[str, Decimal] | None = None,
        **bounds: str,
    ) -> None:
        declaration = _add(self.item, "qti-response-declaration", identifier="RESPONSE", cardinality=cardinality)
        declaration.set("base-type", base_type)
        values = list(correct)
        if values:
            key = _add(declaration, "qti-correct-response")
            for each in values:
                _add(key, "qti-value").text = each
        if points is not None:
            mapping = _add(declaration, "qti-mapping")
            mapping.set("default-value", "0")
            for bound, limit in bounds.items():
                mapping.set(bound.replace("_", "-"), limit)
            for name, value in points.items():
                entry = _add(mapping, "qti-map-entry")
                entry.set("map-key", name)
                entry.set("mapped-value", _number(value))

    def _single(self) -> Iterable[etree._Element]:
        key = self.question.correct_answer
        right = self.choices[{True: "true", False: "false"}[key] if isinstance(key, bool) else str(key)]
        weights = self._weights()
        self._declare("single", "identifier", [right], weights)
        return [_mapped_score("100")] if weights else [_matched_score()]

    def _weights(self) -> dict[str, Decimal] | None:
        weighed = {self.choices[each.id]: each.weight for each in self.question.choices if each.weight is not None}
        return weighed or None

    def _multiple(self) -> Iterable[etree._Element]:
        key = self.question.correct_answer
        right = [self.choices[each] for each in key] if isinstance(key, tuple) else []
        weights = self._weights()
        if not self.question.partial_credit:
            self._declare("multiple", "identifier", right)
            return [_matched_score()]
        full = "100" if weights else str(len(right))
        points = weights or {each: Decimal(1 if each in right else -1) for each in self.choices.values()}
        self._declare("multiple", "identifier", right, points, lower_bound="0", upper_bound=full)
        return [_mapped_score(full)]

    def _ordering(self) -> Iterable[etree._Element]:
        key = self.question.correct_answer
        right = [self.choices[each] for each in key] if isinstance(key, tuple) else []
        self._declare("ordered", "identifier", right)
        if not self.question.partial_credit:
            return [_matched_score()]
        share = _operator("qti-divide", _variable("MAXSCORE"), _base("float", str(len(right))))
        return [
            _if(
                _operator(
                    "qti-match", _operator("qti-index", _variable("RESPONSE"), n=str(place)), _base("identifier", each)
                ),
                _set("SCORE", _operator("qti-sum", _variable("SCORE"), _copy(share))),
            )
            for place, each in enumerate(right, 1)
        ]

    def _matching(self) -> Iterable[etree._Element]:
        key = self.question.correct_answer
        pairs = key.items() if isinstance(key, dict) else ()
        right = [f"{self.prompts[prompt]} {self.choices[choice]}" for prompt, choice in pairs]
        if not self.question.partial_credit:
            self._declare("multiple", "directedPair", right)
            return [_matched_score()]
        self._declare("multiple", "directedPair", right, dict.fromkeys(right, Decimal(1)))
        return [_mapped_score(str(len(right)))]

    def _numeric(self) -> Iterable[etree._Element]:
        key = self.question.correct_answer
        if isinstance(key, Value):
            self._declare("single", "float", [_number(key.value)])
            test = _operator("qti-equal", _variable("RESPONSE"), _correct(), tolerance=_number(key.tolerance))
            test.set("tolerance-mode", "absolute")
            return [_if(test, _set("SCORE", _variable("MAXSCORE")))]
        ranges = key.ranges if isinstance(key, Ranges) else ()
        best = max(ranges, key=lambda each: each.credit, default=None)
        self._declare("single", "float", [] if best is None else [_number(best.minimum)])
        return [
            _if(
                _operator(
                    "qti-and",
                    _operator("qti-gte", _variable("RESPONSE"), _base("float", _number(each.minimum))),
                    _operator("qti-lte", _variable("RESPONSE"), _base("float", _number(each.maximum))),
                ),
                _best_of(each.credit),
            )
            for each in ranges
        ]

    def _short(self) -> Iterable[etree._Element]:
        key = self.question.correct_answer
        accepted = key.accepted if isinstance(key, AcceptedTexts) else ()
        sensitive = isinstance(key, AcceptedTexts) and key.case_sensitive
        plain = [each.text.replace("\\*", "*") for each in accepted if len(split_at_wildcards(each.text)) == 1]
        self._declare("single", "string", plain[:1])
        rules = []
        for each in accepted:
            if len(split_at_wildcards(each.text)) > 1:
                test = _operator("qti-pattern-match", _variable("RESPONSE"))
                test.set("pattern", pattern_of(each.text, case_sensitive=sensitive))
            else:
                literal = _base("string", each.text.replace("\\*", "*"))
                test = _operator("qti-string-match", _variable("RESPONSE"), literal)
                test.set("case-sensitive", str(sensitive).lower())
            rules.append(_if(test, _best_of(each.credit)))
        return rules

    def _outcomes(self) -> None:
        points = _number(self.question.points)
        score = _add(self.item, "qti-outcome-declaration", identifier="SCORE", cardinality="single")
        score.set("base-type", "float")
        score.set("normal-maximum", points)
        if self.question.kind == "text":
            score.set("external-scored", "human")
        _add(_add(score, "qti-default-value"), "qti-value").text = "0"
        largest = _add(self.item, "qti-outcome-declaration", identifier="MAXSCORE", cardinality="single")
        largest.set("base-type", "float")
        _add(_add(largest, "qti-default-value"), "qti-value").text = points
        if self.question.explanation:
            feedback = _add(self.item, "qti-outcome-declaration", identifier="FEEDBACK", cardinality="single")
            feedback.set("base-type", "identifier")

    def _body(self) -> None:
        question = self.question
        body = _add(self.item, "qti-item-body")
        _fill(_add(body, "div"), question.question_text)
        if question.kind in ("numeric", "short"):
            _interaction(_add(body, "p"), "qti-text-entry-interaction")
        elif question.kind == "text":
            _interaction(body, "qti-extended-text-interaction")
        elif question.kind == "matching":
            interaction = _interaction(body, "qti-match-interaction")
            interaction.set("max-associations", str(len(question.prompts)))
            self._associable(interaction, question.prompts, self.prompts, "1")
            self._associable(interaction, question.choices, self.choices, "0")
        else:
            ordering = question.kind == "ordering"
            interaction = _interaction(body, "qti-order-interaction" if ordering else "qti-choice-interaction")
            if not ordering:
                interaction.set("max-choices", "0" if question.kind == "multiple" else "1")
            for each in question.shown_choices:
                _fill(_add(interaction, "qti-simple-choice", identifier=self.choices[each.id]), each.text)

    def _associable(
        self, interaction: etree._Element, each_side: Iterable[Choice | Prompt], names: Mapping[str, str], most: str
    ) -> None:
        holder = _add(interaction, "qti-simple-match-set")
        for each in each_side:
            element = _add(holder, "qti-simple-associable-choice", identifier=names[each.id])
            element.set("match-max", most)
            _fill(element, each.text)


def _identifiers(each_side: Iterable[Choice | Prompt], kind: str, taken: set[str]) -> dict[str, str]:
    """Identifiers of QTI begin with a letter, and those of an interaction differ."""
    names: dict[str, str] = {}
    for place, each in enumerate(each_side, 1):
        name = each.id if _IDENTIFIER.fullmatch(each.id) and each.id not in taken else f"{kind}-{place}"
        while name in taken:
            name += "_"
        taken.add(name)
        names[each.id] = name
    return names


def _element(name: str, namespace: str, **attributes: str) -> etree._Element:
    return etree.Element(f"{{{namespace}}}{name}", attributes, nsmap={None: namespace})


def _add(parent: etree._Element, name: str, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{etree.QName(parent).namespace}}}{name}", attributes)


def _operator(name: str, *operands: etree._Element, **attributes: str) -> etree._Element:
    operator = _element(name, _ITEMS, **attributes)
    operator.extend(operands)
    return operator


def _variable(identifier: str) -> etree._Element:
    return _element("qti-variable", _ITEMS, identifier=identifier)


def _correct() -> etree._Element:
    return _element("qti-correct", _ITEMS, identifier="RESPONSE")


def _base(base_type: str, value: str) -> etree._Element:
    element = _element("qti-base-value", _ITEMS)
    element.set("base-type", base_type)
    element.text = value
    return element


def _copy(element: etree._Element) -> etree._Element:
    return etree.fromstring(etree.tostring(element))


def _set(outcome: str, value: etree._Element) -> etree._Element:
    return _operator("qti-set-outcome-value", value, identifier=outcome)


def _if(test: etree._Element, *rules: etree._Element) -> etree._Element:
    return _operator("qti-response-condition", _operator("qti-response-if", test, *rules))


def _matched_score() -> etree._Element:
    return _if(_operator("qti-match", _variable("RESPONSE"), _correct()), _set("SCORE", _variable("MAXSCORE")))


def _mapped_score(full: str) -> etree._Element:
    """The points of the answer as a share of those that are all."""
    mapped = _element("qti-map-response", _ITEMS, identifier="RESPONSE")
    share = _operator("qti-divide", mapped, _base("float", full))
    return _set("SCORE", _operator("qti-product", _variable("MAXSCORE"), share))


def _best_of(credit: Decimal) -> etree._Element:
    share = _operator("qti-product", _variable("MAXSCORE"), _base("float", _number(credit / 100)))
    return _set("SCORE", _operator("qti-max", _variable("SCORE"), share))


def _interaction(parent: etree._Element, name: str) -> etree._Element:
    interaction = _add(parent, name)
    interaction.set("response-identifier", "RESPONSE")
    return interaction


def _fill(element: etree._Element, markdown: str) -> None:
    """Puts the XHTML of Markdown into an element."""
    content = to_html(markdown, lambda name: f"../{quote(name)}")
    fragment = html.fragment_fromstring(content, create_parent="div")
    for each in fragment.iter(etree.Element):
        each.tag = f"{{{_ITEMS}}}{each.tag!s}"
    element.text = fragment.text
    element.extend(list(fragment))


def _number(value: Decimal) -> str:
    return format(value.normalize(), "f")


def _dumped(element: etree._Element) -> bytes:
    return etree.tostring(element, encoding="utf-8", xml_declaration=True)
