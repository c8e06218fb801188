"""Moodle XML, the format in which Moodle keeps questions with everything: https://docs.moodle.org/en/Moodle_XML_format."""

import base64
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import BinaryIO
from urllib.parse import quote, unquote

from lxml import etree

from exchange import cloze, gapfill, moodle
from exchange.data_pictures import DataPictures
from exchange.embedded_files import Document
from exchange.items import (
    AcceptedTexts,
    Key,
    NotReadable,
    Package,
    PackageFile,
    Question,
    Range,
    Ranges,
    Report,
    Sentence,
    Value,
)
from exchange.markdown import from_text, images_in, with_images
from exchange.moodle import Answer, Source, Unfit
from exchange.packages import Opened
from exchange.xml import parse

_TYPES = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".webp": "image/webp"}
_PLUGINFILE = "@@PLUGINFILE@@/"


def detect(opened: Opened) -> bool:
    if not opened.is_bare:
        return False
    with opened.open(opened.name) as stream:
        head = stream.read(20_000)
    return re.search(rb"<\s*quiz[\s>]", head.replace(b"\0", b"")) is not None


def read(opened: Opened) -> Package:
    """The questions of a file; raises `NotReadable` if it is no Moodle XML."""
    document = Document(opened)
    with document.open() as stream:
        root = parse(stream)
    if root.tag != "quiz":
        raise NotReadable("The file is not a Moodle question file.")
    report, files = Report(), _Files(document)
    questions: list[Question] = []
    names: set[str] = set()
    category = ""
    for number, element in enumerate(root.iterchildren("question"), 1):
        where = f"Question {number}"
        kind = element.get("type", "")
        if kind == "category":
            category = moodle.category(_text(element.find("category")))
            report.took(where, f"Category {category}" if category else "Category")
            continue
        source = _source(element, number, category)
        if source.name in names:
            source.name = f"{source.name}-{number}"
        names.add(source.name)
        try:
            parts = _Reader(element, source, files).parts(kind)
        except Unfit as unfit:
            report.left_out(where, source.title or kind, unfit.reason)
            continue
        for part, read_question in parts:
            moodle.take(report, questions, where, part, read_question)
    return Package(questions=tuple(questions), files=files.found, notes=tuple(report.notes))


def _source(element: etree._Element, number: int, category: str) -> Source:
    tags = [_text(tag) for tag in element.findall("tags/tag")]
    source = Source(
        _value(element, "idnumber") or f"question-{number}",
        title=_text(element.find("name")),
        category=category,
        tags=tags,
    )
    points = moodle.decimal(_value(element, "defaultgrade") or "1")
    source.points = Decimal(1) if points is None else points
    if _value(element, "hidden") == "1":
        source.losses.append("It is hidden in the source.")
    return source


def _with_facts(question: Question, element: etree._Element) -> Question:
    """What `write` adds, and Moodle does not look at."""
    difficulty = _value(element, "difficulty")
    key = question.correct_answer
    ranged = [answer.get("range") == "1" for answer in element.findall("answer")]
    if isinstance(key, Value) and ranged == [True]:
        low, high = key.value - key.tolerance, key.value + key.tolerance
        key = Ranges(ranges=(Range(minimum=low, maximum=high),))
    return question.model_copy(
        update={
            "correct_answer": key,
            "difficulty": difficulty if difficulty in ("easy", "medium", "hard") else None,
            "partial_credit": question.partial_credit and _value(element, "allornothing") != "1",
        }
    )


class _Files:
    """Files that stand in texts as base64, each under a name of its own."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._pictures = DataPictures(document.file)
        self._found: dict[str, PackageFile] = {}

    @property
    def found(self) -> tuple[PackageFile, ...]:
        return *self._found.values(), *self._pictures.files.values()

    def within(self, element: etree._Element, folder: str) -> Callable[[str], str | None]:
        names = {}
        for file in element.iterchildren("file"):
            path = (file.get("path", "/") + file.get("name", "")).lstrip("/")
            parts = [part for part in path.split("/") if part not in ("", ".", "..")]
            opens = self._document.file(file.text or "")
            if opens is None or not parts:
                continue
            name = f"{folder}/{'/'.join(parts)}"
            suffix = "." + name.rpartition(".")[2].lower()
            self._found.setdefault(name, PackageFile(name, _TYPES.get(suffix, "application/octet-stream"), opens))
            names[path] = name

        def find(link: str) -> str | None:
            if link.startswith(_PLUGINFILE):
                return names.get(unquote(link.removeprefix(_PLUGINFILE)))
            return self._pictures.find(link)

        return find


class _Reader:
    """One question of the file."""

    def __init__(self, element: etree._Element, source: Source, files: _Files) -> None:
        self._element = element
        self._source = source
        self._files = files

    def parts(self, kind: str) -> list[tuple[Source, Callable[[], Question]]]:
        """Its sources, of which only a text with several gaps has more than one, and what reads each."""
        source = self._source
        source.explanation = self._markdown(self._element.find("generalfeedback"), "html")
        if self._element.find("hint") is not None:
            source.losses.append("Hints were left out.")
        if self._element.find("image_base64") is not None:
            source.losses.append("Its picture, as Moodle 1.9 kept it, was left out.")
        text = self._element.find("questiontext")
        if kind in ("cloze", "multianswer") and text is not None:
            find = self._files.within(text, source.name)
            return cloze.parts(source, _text(text), text.get("format", "html"), find)
        if kind == "gapfill" and text is not None:
            find = self._files.within(text, source.name)
            return gapfill.parts(source, _text(text), text.get("format", "html"), find, self._gapfill_settings())
        source.text = self._markdown(text, "html")
        return [(source, lambda: _with_facts(self._question(kind), self._element))]

    def _gapfill_settings(self) -> gapfill.Settings:
        return gapfill.Settings(
            delimiters=_value(self._element, "delimitchars"),
            is_typed=_value(self._element, "answerdisplay") == "gapfill",
            case_sensitive=_value(self._element, "casesensitive") == "1",
            is_plain=_value(self._element, "disableregex") == "1",
            counts_once=_value(self._element, "noduplicates") == "1",
            others=tuple(
                _text(answer)
                for answer in self._element.findall("answer")
                if not moodle.decimal(answer.get("fraction", "0"))
            ),
        )

    def _question(self, kind: str) -> Question:
        if kind == "description":
            raise Unfit("This is a text without a question.")
        if kind not in READERS:
            raise Unfit(Sentence("The bank has no questions of the type {kind}.", kind=moodle.short(kind, 50)))
        return READERS[kind](self)

    def _answers(self) -> list[Answer]:
        return [self._answer(element) for element in self._element.findall("answer")]

    def _answer(self, element: etree._Element) -> Answer:
        return Answer(
            text=self._markdown(element, "html"),
            plain=_text(element),
            fraction=moodle.decimal(element.get("fraction", "0")) or Decimal(0),
            feedback=self._markdown(element.find("feedback"), "html"),
            tolerance=moodle.decimal(_value(element, "tolerance") or "0") or Decimal(0),
        )

    def essay(self) -> Question:
        return moodle.essay(self._source)

    def choice_of_all(self) -> Question:
        return self.choice(all_or_nothing=True)

    def choice(self, *, all_or_nothing: bool = False) -> Question:
        single = not all_or_nothing and _value(self._element, "single").lower() in ("true", "1", "")
        all_or_nothing = all_or_nothing or _value(self._element, "allornothing") == "1"
        return moodle.choice(self._source, self._answers(), single=single, all_or_nothing=all_or_nothing)

    def response_of_several(self) -> Question:
        """A type of the Open University: each right choice is a share, and more choices than right ones cost shares."""
        return moodle.choice(self._source, moodle.in_equal_shares(self._source, self._answers()), single=False)

    def true_false(self) -> Question:
        said = {answer.plain.strip().lower(): answer for answer in self._answers()}
        true, false = said.get("true"), said.get("false")
        if true is None and false is None:
            raise Unfit("Neither true nor false is right.")
        key = true.fraction > 0 if true else bool(false and false.fraction <= 0)
        return moodle.true_false(
            self._source, key=key, if_true=true.feedback if true else "", if_false=false.feedback if false else ""
        )

    def short(self) -> Question:
        case_sensitive = _value(self._element, "usecase") == "1"
        return moodle.short_answer(self._source, self._answers(), case_sensitive=case_sensitive)

    def numeric(self) -> Question:
        if self._element.find("units/unit") is not None:
            self._source.losses.append("Units were left out: the number alone is asked for.")
        return moodle.numeric(self._source, self._answers())

    def matching(self) -> Question:
        pairs = [
            (self._markdown(pair, "html"), self._markdown(pair.find("answer"), "plain_text"))
            for pair in self._element.findall("subquestion")
        ]
        partial_credit = _value(self._element, "allornothing") != "1"
        return moodle.matching(self._source, pairs, partial_credit=partial_credit)

    def ordering(self) -> Question:
        answers = self._element.findall("answer")
        # Their place stands where other types have the fraction.
        answers = sorted(answers, key=lambda answer: moodle.decimal(answer.get("fraction", "0")) or Decimal(0))
        partial_credit = _value(self._element, "gradingtype").upper() not in ("ALL_OR_NOTHING", "-1")
        return moodle.ordering(
            self._source, [self._markdown(answer, "html") for answer in answers], partial_credit=partial_credit
        )

    def gaps(self) -> Question:
        boxes = (*self._element.findall("selectoption"), *self._element.findall("dragbox"))
        return moodle.gaps(self._source, [from_text(_text(box)) for box in boxes])

    def _markdown(self, element: etree._Element | None, fallback: str) -> str:
        if element is None:
            return ""
        text, kind = _text(element), element.get("format", fallback)
        find = self._files.within(element, self._source.name)
        converted = moodle.as_markdown(text, kind, find)
        self._source.losses += converted.losses
        return converted.text


READERS: dict[str, Callable[[_Reader], Question]] = {
    "multichoice": _Reader.choice,
    "multichoiceset": _Reader.choice_of_all,
    "oumultiresponse": _Reader.response_of_several,
    "truefalse": _Reader.true_false,
    "shortanswer": _Reader.short,
    "numerical": _Reader.numeric,
    "matching": _Reader.matching,
    "essay": _Reader.essay,
    "ordering": _Reader.ordering,
    "gapselect": _Reader.gaps,
    "ddwtos": _Reader.gaps,
}
"""By the types of questions, but for texts with gaps that are several questions: `cloze` and `gapfill`."""


def _text(element: etree._Element | None) -> str:
    if element is None:
        return ""
    inner = element.find("text")
    found = inner if inner is not None else element
    return "".join(part for part in found.itertext() if isinstance(part, str)).strip()


def _value(element: etree._Element, name: str) -> str:
    return (element.findtext(name) or "").strip()


def write(package: Package, target: BinaryIO) -> None:
    """Writes the questions of a package, with the pictures that they show.

    What Moodle has no place for stands in elements of our own, which it does not look at.
    """
    files = {file.name: file for file in package.files}
    with etree.xmlfile(target, encoding="utf-8") as document:
        document.write_declaration()
        with document.element("quiz"):
            category = ""
            for question in package.questions:
                if question.category != category:
                    category = question.category
                    document.write(_written_category(category))
                document.write(_written(question, files))


def _written_category(category: str) -> etree._Element:
    element = etree.Element("question", type="category")
    path = "$course$/top/" + category if category else "$course$/top"
    _add_text(element, "category", path)
    return element


def _written(question: Question, files: dict[str, PackageFile]) -> etree._Element:
    kind = {
        "single": "multichoice",
        "multiple": "multichoice",
        "short": "shortanswer",
        "numeric": "numerical",
        "text": "essay",
    }.get(question.kind, question.kind)
    element = etree.Element("question", type=kind)
    _add_text(element, "name", question.title)
    _add_markdown(element, "questiontext", question.question_text, files)
    _add_markdown(element, "generalfeedback", question.explanation, files)
    etree.SubElement(element, "defaultgrade").text = f"{question.points:f}"
    etree.SubElement(element, "idnumber").text = question.source
    if not question.partial_credit:
        etree.SubElement(element, "allornothing").text = "1"
    if question.difficulty:
        etree.SubElement(element, "difficulty").text = question.difficulty
    for answer in _written_answers(question, files):
        element.append(answer)
    if question.kind in ("single", "multiple"):
        etree.SubElement(element, "single").text = "true" if question.kind == "single" else "false"
    key = question.correct_answer
    if isinstance(key, AcceptedTexts):
        etree.SubElement(element, "usecase").text = "1" if key.case_sensitive else "0"
    if question.tags:
        tags = etree.SubElement(element, "tags")
        for tag in question.tags:
            _add_text(tags, "tag", tag)
    return element


def _written_answers(question: Question, files: dict[str, PackageFile]) -> Iterator[etree._Element]:
    key = question.correct_answer
    match question.kind:
        case "truefalse":
            for value in (True, False):
                yield _answer_element("true" if value else "false", moodle.FULL if value is key else Decimal(0))
        case "single" | "multiple":
            for choice, weight in moodle.weights(question):
                answer = etree.Element("answer", fraction=f"{weight:f}")
                _fill_markdown(answer, choice.text, files)
                yield answer
        case "ordering" if isinstance(key, tuple):
            texts = {choice.id: choice.text for choice in question.choices}
            for place, name in enumerate(key, 1):
                answer = etree.Element("answer", fraction=str(place))
                _fill_markdown(answer, texts[name], files)
                yield answer
        case "matching" if isinstance(key, dict):
            texts = {choice.id: choice.text for choice in question.choices}
            free = [("", choice.text) for choice in question.choices if choice.id not in key.values()]
            for left, right in [*((prompt.text, texts[key[prompt.id]]) for prompt in question.prompts), *free]:
                pair = etree.Element("subquestion")
                _fill_markdown(pair, left, files)
                answer = etree.SubElement(pair, "answer")
                if from_text(right) != right:
                    answer.set("format", "markdown")
                etree.SubElement(answer, "text").text = right
                yield pair
        case _:
            yield from _written_key(key)


def _written_key(key: Key) -> Iterator[etree._Element]:
    if isinstance(key, AcceptedTexts):
        for accepted in key.accepted:
            yield _answer_element(accepted.text, accepted.credit)
    elif isinstance(key, Value):
        yield _number_element(key.value, key.tolerance, moodle.FULL)
    elif isinstance(key, Ranges):
        for each in key.ranges:
            half = (each.maximum - each.minimum) / 2
            yield _number_element(each.minimum + half, half, each.credit, is_range=True)


def _answer_element(text: str, fraction: Decimal) -> etree._Element:
    answer = etree.Element("answer", fraction=f"{fraction:f}", format="plain_text")
    etree.SubElement(answer, "text").text = text
    return answer


def _number_element(value: Decimal, tolerance: Decimal, credit: Decimal, *, is_range: bool = False) -> etree._Element:
    answer = _answer_element(f"{value:f}", credit)
    etree.SubElement(answer, "tolerance").text = f"{tolerance:f}"
    if is_range:
        answer.set("range", "1")
    return answer


def _add_text(parent: etree._Element, name: str, text: str) -> None:
    etree.SubElement(etree.SubElement(parent, name), "text").text = text


def _add_markdown(parent: etree._Element, name: str, text: str, files: dict[str, PackageFile]) -> None:
    _fill_markdown(etree.SubElement(parent, name), text, files)


def _fill_markdown(element: etree._Element, text: str, files: dict[str, PackageFile]) -> None:
    element.set("format", "markdown")
    etree.SubElement(element, "text").text = with_images(text, lambda name: _PLUGINFILE + quote(name.split("/")[-1]))
    for name in dict.fromkeys(images_in(text)):
        if name in files:
            file = etree.SubElement(element, "file", name=name.split("/")[-1], path="/", encoding="base64")
            with files[name].open() as stream:
                file.text = base64.b64encode(stream.read()).decode()
