"""Items of others in QTI 2.1, 2.2 and 3.0, scored by the exam's own rules."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from exchange.formats import qti
from exchange.items import NotReadable, Question
from tests.exchange.exam_scores import share
from tests.exchange.material import material, opened

REPOSITORIES = ["instructure/qti", "1EdTech/qti-examples"]
KINDS = {"choice", "inlinechoice", "order", "match", "textentry", "gapmatch", "hottext", "extendedtext"}
_ITEM = re.compile(rb"<(\w+:)?(assessmentItem|qti-assessment-item)[\s>]")


def items(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.suffix in (".xml", ".qti") and path.is_file() and _ITEM.search(path.read_bytes()):
            yield path


@pytest.mark.parametrize("repository", REPOSITORIES)
def test_every_item_is_taken_or_left_out_with_a_reason(repository):
    for path in items(material(repository)):
        with opened(path) as package:
            try:
                read = qti.read(package)
            except NotReadable:
                assert path.name == "audio-video.xml", "the only one that is no XML"
                continue
        assert read.notes
        assert len(read.questions) == sum(note.outcome != "left out" for note in read.notes)
        assert all(bool(note.reason) == (note.outcome != "taken") for note in read.notes)


@pytest.mark.parametrize("repository", REPOSITORIES)
def test_a_key_with_a_standard_template_scores_here_as_there(repository):
    seen = 0
    for path in items(material(repository)):
        item = StandardItem.of(path)
        if item is None:
            continue
        with opened(path) as package:
            read = qti.read(package)
        if not read.questions:
            # Pictures and clips that are not in the repository, and matches of one to several.
            assert re.search("nothing to show|none or with several", read.notes[0].reason), (path, read.notes)
            continue
        (question,) = read.questions
        seen += 1
        for response in item.responses():
            expected = item.share(response)
            given = share(question, item.answer(question, response))
            if "counts the same" not in read.notes[0].reason or expected in (0, 1):
                assert abs(given - expected) < Fraction(1, 1000), (path, response, question)
    assert seen > 20


@dataclass(frozen=True)
class StandardItem:
    """An item with one interaction, a key, and one of the two templates of the standard; scored by their letter."""

    interaction: ElementTree.Element
    cardinality: str
    base_type: str
    template: str
    key: list[str]
    points: dict[str, Fraction]
    default: Fraction
    lower: Fraction | None
    upper: Fraction | None

    @classmethod
    def of(cls, path: Path) -> "StandardItem | None":
        try:
            root = ElementTree.parse(path).getroot()
        except ElementTree.ParseError:
            return None
        for element in root.iter():
            element.tag = element.tag.split("}")[-1].lower().removeprefix("qti-").replace("-", "")
            element.attrib.update({name.replace("-", "").lower(): value for name, value in element.attrib.items()})
        processing = root.find("responseprocessing")
        template = "" if processing is None else processing.get("template", "").split("/")[-1].removesuffix(".xml")
        interactions = [each for each in root.iter() if each.tag.endswith("interaction")]
        declared = root.find("responsedeclaration")
        correct = None if declared is None else declared.find("correctresponse")
        fits = template in ("match_correct", "map_response") and len(interactions) == 1 and correct is not None
        if not fits or interactions[0].tag not in {f"{kind}interaction" for kind in KINDS}:
            return None
        mapping = declared.find("mapping")
        bounds = {} if mapping is None else mapping.attrib
        return cls(
            interaction=interactions[0],
            cardinality=declared.get("cardinality"),
            base_type=declared.get("basetype"),
            template=template,
            key=[" ".join("".join(value.itertext()).split()) for value in correct],
            points={entry.get("mapkey"): Fraction(entry.get("mappedvalue")) for entry in mapping or ()},
            default=Fraction(bounds.get("defaultvalue", 0)),
            lower=Fraction(bounds["lowerbound"]) if "lowerbound" in bounds else None,
            upper=Fraction(bounds["upperbound"]) if "upperbound" in bounds else None,
        )

    def responses(self) -> Iterator[list[str]]:
        """The key, each answer that lacks a part of it, and answers with something wrong in them."""
        yield self.key
        tag = self.interaction.tag
        ids = [each.get("identifier") for each in self.interaction.iter() if each.tag in _CHOICES]
        if tag in ("textentryinteraction", "extendedtextinteraction"):
            yield from ([text] for text in self.points)
            yield ["nothing of the kind"] if self.base_type == "string" else ["-987654"]
        elif self.cardinality == "single":
            yield from ([each] for each in ids)
        elif self.cardinality == "ordered":
            yield self.key[::-1]
            yield [*self.key[1:], self.key[0]]
        elif self.base_type == "identifier":
            yield from (self.key[:place] + self.key[place + 1 :] for place in range(len(self.key)))
            yield from ([each] for each in ids)
            yield from ([*self.key, each] for each in ids if each not in self.key)
            yield ids
        else:
            yield from (self.key[:place] + self.key[place + 1 :] for place in range(len(self.key)))

    def share(self, response: list[str]) -> Fraction:
        return max(Fraction(0), min(Fraction(1), self._score(response) / self._score(self.key)))

    def _score(self, response: list[str]) -> Fraction:
        if self.template == "match_correct":
            ordered = self.cardinality == "ordered"
            return Fraction(response == self.key if ordered else sorted(response) == sorted(self.key))
        if not response:
            return Fraction(0)
        score = sum((self.points.get(each, self.default) for each in set(response)), Fraction(0))
        score = score if self.lower is None else max(self.lower, score)
        return score if self.upper is None else min(self.upper, score)

    def answer(self, question: Question, response: list[str]) -> Any:
        if question.kind == "truefalse":
            texts = {each.get("identifier"): "".join(each.itertext()).strip() for each in self.interaction}
            return texts[response[0]].lower() == "true"
        if question.kind == "matching":
            gaps = [each.get("identifier") for each in self.interaction.iter("gap")]
            ids = {gap: f"gap-{place}" for place, gap in enumerate(gaps, 1)}
            pairs = [[ids.get(side, side) for side in pair.split()] for pair in response]
            prompts = {each.id for each in question.prompts}
            return dict(pair if pair[0] in prompts else pair[::-1] for pair in pairs)
        if question.kind == "numeric":
            return float(response[0])
        return response[0] if question.kind in ("single", "short") else response


_CHOICES = ("simplechoice", "inlinechoice", "hottext")
