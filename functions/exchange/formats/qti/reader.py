"""Reads items, tests and content packages of QTI 2.1, 2.2 and 3.0."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import ceil
from pathlib import PurePosixPath

from lxml import etree

from exchange.formats.qti.documents import html_of, line, parsed, root_name
from exchange.formats.qti.item import items
from exchange.formats.qti.vocabulary import attribute, child, children, holds, text
from exchange.items import Difficulty, Draw, NotReadable, Package, Question, Quiz, Report
from exchange.markdown import from_html
from exchange.measuring import NotScored, number
from exchange.packages import Opened

_ITEM, _TEST = "assessmentitem", "assessmenttest"
_DIFFICULTIES: dict[str, Difficulty] = {
    "very easy": "easy",
    "easy": "easy",
    "medium": "medium",
    "difficult": "hard",
    "very difficult": "hard",
}


def detect(opened: Opened) -> bool:
    """Whether the file is an item or a test of QTI 2 or 3, or holds some."""
    return any(root_name(opened, name) in (_ITEM, _TEST) for name in _documents(opened))


def read(opened: Opened) -> Package:
    """What the file holds; raises `NotReadable` if it holds no item."""
    reader = _Reader(opened)
    reader.read()
    if not reader.report.notes:
        raise NotReadable("The file holds no questions in QTI 2.1, 2.2 or 3.0.")
    return Package(
        title=reader.title,
        questions=tuple(question for several in reader.questions.values() for question in several),
        quizzes=tuple(reader.quizzes),
        files=opened.files(reader.files),
        notes=tuple(reader.report.notes),
    )


def _documents(opened: Opened) -> Iterator[str]:
    """The files that may be items and tests: the manifest's resources in its order, then all other XML files."""
    seen = set()
    for manifest in sorted(_named(opened, "imsmanifest.xml"), key=len)[:1]:
        for resource in _resources(opened, manifest):
            name = opened.resolve(attribute(resource, "href") or "", manifest)
            if name is not None and name not in seen:
                seen.add(name)
                yield name
    for name in opened.names:
        if name not in seen and (opened.is_bare or name.lower().endswith((".xml", ".qti"))):
            yield name


def _named(opened: Opened, file_name: str) -> list[str]:
    return [name for name in opened.names if PurePosixPath(name).name.lower() == file_name]


def _resources(opened: Opened, manifest: str) -> list[etree._Element]:
    try:
        root = parsed(opened, manifest)
    except NotReadable:
        return []
    return list(root.iter("resource"))


@dataclass
class _Reader:
    opened: Opened
    report: Report = field(default_factory=Report)
    questions: dict[str, list[Question]] = field(default_factory=dict)
    """By the name of the item's file."""
    sources: set[str] = field(default_factory=set)
    quizzes: list[Quiz] = field(default_factory=list)
    files: dict[str, None] = field(default_factory=dict)
    title: str = ""

    def read(self) -> None:
        described = self._descriptions()
        tests = []
        for name in _documents(self.opened):
            kind = root_name(self.opened, name)
            if kind == _TEST:
                tests.append(name)
            elif kind == _ITEM:
                self._read_item(name, described.get(name))
            elif kind is None and self.opened.is_bare:
                parsed(self.opened, name)
        for name in tests:
            try:
                self._read_test(name, parsed(self.opened, name))
            except NotReadable as refused:
                self.report.left_out(name, "test", refused.reason)

    def _descriptions(self) -> dict[str, etree._Element]:
        """The manifest's metadata of each file."""
        for manifest in sorted(_named(self.opened, "imsmanifest.xml"), key=len)[:1]:
            resources = _resources(self.opened, manifest)
            named = [(self.opened.resolve(attribute(each, "href") or "", manifest), each) for each in resources]
            return {name: each for name, each in named if name is not None}
        return {}

    def _read_item(self, name: str, description: etree._Element | None) -> None:
        what = PurePosixPath(name).name
        try:
            root = parsed(self.opened, name)
            what = line(attribute(root, "title")) or line(attribute(root, "identifier")) or what
            parts = items(self.opened, name, root)
        except (NotScored, NotReadable) as refused:
            self.report.left_out(name, what, refused.reason)
            return
        for part in parts:
            shown = part.title or what
            try:
                question = part.question()
            except NotScored as refused:
                self.report.left_out(name, shown, refused.reason)
                continue
            is_new = question.source and question.source not in self.sources
            source = question.source if is_new else f"{name}-{part.place + 1}" if part.is_a_part else name
            self.sources.add(source)
            described = _described(question, description).model_copy(update={"source": source})
            self.questions.setdefault(name, []).append(described)
            self.files.update(dict.fromkeys(part.files))
            self.report.took(name, shown, part.losses, question=source)

    def _read_test(self, name: str, root: etree._Element) -> None:
        test = _Test(self, name)
        for part in children(root, "testpart"):
            test.read_limits(part)
            test.read_sections(part, name)
        test.read_limits(root)
        title = line(attribute(root, "title")) or line(attribute(root, "identifier")) or PurePosixPath(name).name
        self.title = self.title or title
        if not test.questions and not test.draws:
            self.report.left_out(name, title, "None of its questions could be taken.")
            return
        self.quizzes.append(
            Quiz(
                source=name,
                title=title,
                instructions="\n\n".join(test.instructions),
                questions=tuple(dict.fromkeys(test.questions)),
                draws=tuple(test.draws),
                minutes=test.minutes,
                shuffle=test.shuffle,
            )
        )
        self.report.took(name, title, test.losses, quiz=name)


def _described(question: Question, resource: etree._Element | None) -> Question:
    """With what a manifest says of an item: keywords, difficulty, and its place in a classification."""
    if resource is None:
        return question
    keywords = [line(text(each)) for each in resource.iter("keyword")]
    levels = [line(text(value)).lower() for each in resource.iter("difficulty") for value in each.iter("value")]
    taxons = [[line(text(entry)) for entry in path.iter("entry")] for path in resource.iter("taxonpath")]
    return question.model_copy(
        update={
            "tags": tuple(dict.fromkeys(each for each in keywords if each)),
            "difficulty": next((_DIFFICULTIES[each] for each in levels if each in _DIFFICULTIES), None),
            "category": next(("/".join(filter(None, path)) for path in taxons if any(path)), ""),
        }
    )


@dataclass
class _Test:
    reader: _Reader
    name: str
    questions: list[str] = field(default_factory=list)
    draws: list[Draw] = field(default_factory=list)
    instructions: list[str] = field(default_factory=list)
    losses: list[str] = field(default_factory=list)
    minutes: int | None = None
    shuffle: bool = False
    depth: int = 0

    def read_limits(self, element: etree._Element) -> None:
        limits = child(element, "timelimits")
        seconds = number(attribute(limits, "maxTime")) if limits is not None else None
        if seconds:
            self.minutes = max(1, ceil(seconds / 60))
        if holds(element, "precondition", "branchrule"):
            self.losses.append("Conditions on the way through the test were left out.")

    def read_sections(self, holder: etree._Element, base: str) -> None:
        for element in holder:
            if element.tag == "assessmentsection":
                self._read_section(element, base)
            elif element.tag == "assessmentsectionref":
                self._read_section_of_a_file(element, base)

    def _read_section_of_a_file(self, reference: etree._Element, base: str) -> None:
        name = self.reader.opened.resolve(attribute(reference, "href") or "", base)
        if name is None or self.depth > 5:
            self.losses.append("A section of the test is missing in the file.")
            return
        self.depth += 1
        try:
            self._read_section(parsed(self.reader.opened, name), name)
        except NotReadable:
            self.losses.append("A section of the test could not be read.")
        self.depth -= 1

    def _read_section(self, section: etree._Element, base: str) -> None:
        for block in children(section, "rubricblock"):
            if "candidate" in (attribute(block, "view") or "candidate"):
                converted = from_html(html_of(block), lambda link: self.reader.opened.resolve(link, base))
                self.instructions.append(converted.text)
                self.reader.files.update(dict.fromkeys(converted.images))
        order = child(section, "ordering")
        if order is not None and attribute(order, "shuffle") == "true":
            self.shuffle = True
        before = len(self.questions)
        for element in section:
            if element.tag == "assessmentitemref":
                self._read_reference(element, base)
        self.read_sections(section, base)
        selection = child(section, "selection")
        count = number(attribute(selection, "select")) if selection is not None else None
        chosen = self.questions[before:]
        if count is not None and 0 < count < len(chosen):
            self._draw(section, chosen, int(count))
            del self.questions[before:]

    def _read_reference(self, element: etree._Element, base: str) -> None:
        name = self.reader.opened.resolve(attribute(element, "href") or "", base)
        found = self.reader.questions.get(name or "", [])
        if not found:
            self.losses.append("Some of its questions could not be taken.")
        self.questions += [question.source for question in found]

    def _draw(self, section: etree._Element, sources: Sequence[str], count: int) -> None:
        """Questions are drawn from a category or tag, so the section becomes one."""
        title = line(attribute(section, "title")) or line(attribute(section, "identifier")) or self.name
        for name, found in self.reader.questions.items():
            self.reader.questions[name] = [
                question.model_copy(update={"tags": (*question.tags, title)})
                if question.source in sources
                else question
                for question in found
            ]
        self.draws.append(Draw(category=title, count=count))
