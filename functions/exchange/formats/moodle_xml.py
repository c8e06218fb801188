"""Moodle XML, the format in which Moodle keeps questions with everything: https://docs.moodle.org/en/Moodle_XML_format."""

import base64
import binascii
import io
import re
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import BinaryIO
from urllib.parse import quote, unquote

from lxml import etree

from exchange import moodle
from exchange.items import (
    AcceptedTexts,
    Choice,
    NotReadable,
    Package,
    PackageFile,
    Question,
    Ranges,
    Report,
    Value,
)
from exchange.markdown import Converted, from_html, from_markdown, from_text, images_in, with_images
from exchange.moodle import Answer, Source, Unfit
from exchange.packages import Opened
from exchange.xml import parse

_TYPES = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".webp": "image/webp"}
_PLUGINFILE = "@@PLUGINFILE@@/"
_HALF = Decimal(2)


def detect(opened: Opened) -> bool:
    if not opened.is_bare:
        return False
    with opened.open(opened.name) as stream:
        head = stream.read(20_000)
    return re.search(rb"<\s*quiz[\s>]", head.replace(b"\0", b"")) is not None


def read(opened: Opened) -> Package:
    """The questions of a file; raises `NotReadable` if it is no Moodle XML."""
    with opened.open(opened.name) as stream:
        root = parse(stream)
    if root.tag != "quiz":
        raise NotReadable("The file is not a Moodle question file.")
    report, questions, files = Report(), [], _Files()
    category = ""
    for number, element in enumerate(root.iterchildren("question"), 1):
        where = f"Question {number}"
        kind = element.get("type", "")
        if kind == "category":
            category = moodle.category(_text(element.find("category")))
            report.took(where, f"Category {category}" if category else "Category")
            continue
        source = _source(element, number, category)
        reader = _Reader(element, source, files)
        try:
            question = reader.question(kind)
        except Unfit as reason:
            report.left_out(where, source.title or kind, str(reason))
        else:
            questions.append(question)
            report.took(where, source.title or moodle.short(question.question_text, 80), source.losses)
    return Package(questions=tuple(questions), files=tuple(files.found), notes=tuple(report.notes))


def _source(element: etree._Element, number: int, category: str) -> Source:
    tags = [_text(tag) for tag in element.findall("tags/tag")]
    source = Source(f"question-{number}", title=_text(element.find("name")), category=category, tags=tags)
    points = moodle.decimal(_value(element, "defaultgrade") or "1")
    source.points = Decimal(1) if points is None else points
    if _value(element, "hidden") == "1":
        source.losses.append("It is hidden in the source.")
    return source


class _Files:
    """Files that stand in texts as base64, each under a name of its own."""

    def __init__(self) -> None:
        self.found: list[PackageFile] = []

    def within(self, element: etree._Element, folder: str) -> Callable[[str], str | None]:
        names = {}
        for file in element.iterchildren("file"):
            path = (file.get("path", "/") + file.get("name", "")).lstrip("/")
            try:
                data = base64.b64decode("".join((file.text or "").split()), validate=True)
            except (binascii.Error, ValueError):
                continue
            parts = [part for part in path.split("/") if part not in ("", ".", "..")]
            if not data or not parts:
                continue
            name = f"{folder}/{'/'.join(parts)}"
            if not any(known.name == name for known in self.found):
                suffix = "." + name.rpartition(".")[2].lower()
                self.found.append(PackageFile(name, _TYPES.get(suffix, "application/octet-stream"), _opens(data)))
            names[path] = name
        return lambda link: names.get(unquote(link.removeprefix(_PLUGINFILE))) if _PLUGINFILE in link else None


def _opens(data: bytes) -> Callable[[], BinaryIO]:
    return lambda: io.BytesIO(data)


class _Reader:
    """One question of the file."""

    def __init__(self, element: etree._Element, source: Source, files: _Files) -> None:
        self._element = element
        self._source = source
        self._files = files

    def question(self, kind: str) -> Question:
        source = self._source
        source.text = self._markdown(self._element.find("questiontext"), "html")
        source.explanation = self._markdown(self._element.find("generalfeedback"), "html")
        if self._element.find("hint") is not None:
            source.losses.append("Hints were left out.")
        readers: dict[str, Callable[[], Question]] = {
            "multichoice": self._choice,
            "multichoiceset": lambda: self._choice(all_or_nothing=True),
            "truefalse": self._true_false,
            "shortanswer": self._short,
            "numerical": self._numeric,
            "matching": self._matching,
            "essay": lambda: moodle.essay(source),
            "ordering": self._ordering,
            "gapselect": self._gaps,
            "ddwtos": self._gaps,
        }
        if kind == "description":
            raise Unfit("This is a text without a question.")
        if kind in ("cloze", "multianswer"):
            raise Unfit("A text with several gaps has no place in the bank.")
        if kind not in readers:
            raise Unfit(f"The bank has no questions of the type {moodle.short(kind, 50)}.")
        return readers[kind]()

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

    def _choice(self, *, all_or_nothing: bool = False) -> Question:
        single = not all_or_nothing and _value(self._element, "single").lower() in ("true", "1", "")
        all_or_nothing = all_or_nothing or _value(self._element, "allornothing") == "1"
        return moodle.choice(self._source, self._answers(), single=single, all_or_nothing=all_or_nothing)

    def _true_false(self) -> Question:
        said = {answer.plain.strip().lower(): answer for answer in self._answers()}
        true, false = said.get("true"), said.get("false")
        if true is None and false is None:
            raise Unfit("Neither true nor false is right.")
        key = true.fraction > 0 if true else bool(false and false.fraction <= 0)
        return moodle.true_false(
            self._source, key=key, if_true=true.feedback if true else "", if_false=false.feedback if false else ""
        )

    def _short(self) -> Question:
        case_sensitive = _value(self._element, "usecase") == "1"
        return moodle.short_answer(self._source, self._answers(), case_sensitive=case_sensitive)

    def _numeric(self) -> Question:
        if self._element.find("units/unit") is not None:
            self._source.losses.append("Units were left out: the number alone is asked for.")
        return moodle.numeric(self._source, self._answers())

    def _matching(self) -> Question:
        pairs = [
            (self._markdown(pair, "html"), from_text(_text(pair.find("answer"))))
            for pair in self._element.findall("subquestion")
        ]
        partial_credit = _value(self._element, "allornothing") != "1"
        return moodle.matching(self._source, pairs, partial_credit=partial_credit)

    def _ordering(self) -> Question:
        answers = self._element.findall("answer")
        # Their place stands where other types have the fraction.
        answers = sorted(answers, key=lambda answer: moodle.decimal(answer.get("fraction", "0")) or Decimal(0))
        partial_credit = _value(self._element, "gradingtype").upper() not in ("ALL_OR_NOTHING", "-1")
        return moodle.ordering(
            self._source, [self._markdown(answer, "html") for answer in answers], partial_credit=partial_credit
        )

    def _gaps(self) -> Question:
        """Words for gaps, `[[2]]`, are matched with the gaps."""
        words = [
            from_text(_text(box)) for box in (*self._element.findall("selectoption"), *self._element.findall("dragbox"))
        ]
        gaps = [int(number) for number in re.findall(r"\\?\[\\?\[(\d{1,3})\\?\]\\?\]", self._source.text)]
        if not gaps or any(not 0 < gap <= len(words) for gap in gaps):
            raise Unfit("Its gaps and words do not fit together.")
        places = iter(range(1, len(gaps) + 1))
        self._source.text = re.sub(
            r"\\?\[\\?\[\d{1,3}\\?\]\\?\]", lambda _: rf"\_\_({next(places)})\_\_", self._source.text
        )
        pairs = [(f"({place})", words[gap - 1]) for place, gap in enumerate(gaps, 1)]
        self._source.losses.append("Its gaps are matched with their words.")
        return moodle.matching(self._source, [*pairs, *(("", word) for word in words)])

    def _markdown(self, element: etree._Element | None, fallback: str) -> str:
        if element is None:
            return ""
        text, kind = _text(element), element.get("format", fallback)
        find = self._files.within(element, self._source.name)
        converted = as_markdown(text, kind, find)
        self._source.losses += converted.losses
        return converted.text


def as_markdown(text: str, kind: str, find: Callable[[str], str | None]) -> Converted:
    """Text in one of Moodle's formats."""
    if kind in ("plain_text", "plain", "2"):
        return Converted(from_text(text))
    if kind in ("markdown", "4"):
        return from_markdown(with_pluginfiles(text, find), find)
    if kind in ("moodle_auto_format", "moodle", "0"):
        text = text.replace("\n", "<br>")
    return from_html(text, find)


def with_pluginfiles(text: str, find: Callable[[str], str | None]) -> str:
    """Markdown in which pictures of the package have their names."""

    def named(match: re.Match[str]) -> str:
        name = find(match[2])
        return match[0] if name is None else f"{match[1]}image:{quote(name, safe='/')})"

    return re.sub(r"(!\[(?:[^\[\]\\]|\\.)*\]\()(@@PLUGINFILE@@/[^\s()<>]+)\)", named, text)


def _text(element: etree._Element | None) -> str:
    if element is None:
        return ""
    inner = element.find("text")
    found = inner if inner is not None else element
    return "".join(part for part in found.itertext() if isinstance(part, str)).strip()


def _value(element: etree._Element, name: str) -> str:
    return (element.findtext(name) or "").strip()
