"""Reads courses and libraries: chapters become modules, units lessons, problems questions."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import ceil
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from lxml import etree

from exchange.formats.olx.markdown_problems import problem_of_markdown
from exchange.formats.olx.problems import ProblemBlock
from exchange.items import Draw, Lesson, Module, NotReadable, Package, Question, Quiz, Report, Sentence
from exchange.markdown import from_html, from_text
from exchange.measuring import NotScored, number
from exchange.packages import MEGABYTE, Opened
from exchange.xml import parse

_MOST_BYTES = 20 * MEGABYTE
_MOST_BLOCKS = 50_000
_DEEPEST = 12
_LONGEST_TITLE = 200
_CONTAINERS = (
    "vertical",
    "wrapper",
    "conditional",
    "split_test",
    "randomize",
    "problemset",
    "itembank",
    "library_content",
)
_ASSET = re.compile(
    r"^/?(?:asset-v1:[^@]*\+type@asset\+block@|assets/courseware/.*?type@asset\+block@|c4x/[^/]+/[^/]+/asset/)(.+)$"
)
_YOUTUBE = re.compile(r"^[A-Za-z0-9_-]{6,20}$")


def detect(opened: Opened) -> bool:
    """Whether the file is a course or a library of Open edX."""
    return _root(opened) is not None


def read(opened: Opened) -> Package:
    """What the file holds; raises `NotReadable` if it is no course."""
    found = _root(opened)
    if found is None:
        raise NotReadable("The file holds no course of Open edX.")
    reader = _Reader(opened, found)
    reader.read()
    if not reader.report.notes:
        raise NotReadable("The course in the file is empty.")
    return Package(
        title=reader.title,
        modules=tuple(reader.modules),
        questions=tuple(reader.questions),
        quizzes=tuple(reader.quizzes),
        files=opened.files(reader.files),
        notes=tuple(reader.report.notes),
    )


def _root(opened: Opened) -> str | None:
    """The document that a course or a library begins with; of several, the first that leads to something."""
    names = opened.names if opened.is_bare else [each for each in opened.names if _file_name(each) in _ROOTS]
    found = []
    for name in sorted(names, key=lambda each: (each.count("/"), each)):
        try:
            root = _parsed(opened, name)
            if root.tag in ("course", "library") and _is_block(root):
                found.append((name, len(_Reader(opened, name).block(root))))
            elif opened.is_bare and root.tag == "problem":
                found.append((name, 1))
        except NotReadable:
            continue
    return next((name for name, parts in found if parts), None)


_ROOTS = ("course.xml", "library.xml")
_OF_A_ROOT = ("url_name", "org", "course", "library", "display_name")


def _is_block(root: etree._Element) -> bool:
    """Whether it is of Open edX: Moodle, too, keeps a course in `course/course.xml`."""
    return any(root.get(name) for name in _OF_A_ROOT) or root.find("chapter") is not None


def _file_name(name: str) -> str:
    return PurePosixPath(name).name


def _parsed(opened: Opened, name: str) -> etree._Element:
    if opened.size(name) > _MOST_BYTES:
        raise NotReadable(Sentence("It is larger than {megabytes} MB.", megabytes=_MOST_BYTES // MEGABYTE))
    with opened.open(name) as stream:
        return parse(stream)


@dataclass
class _Unit:
    """What the blocks of a unit come to."""

    texts: list[str] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    losses: list[str] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)
    draws: list[Draw] = field(default_factory=list)


@dataclass
class _Reader:
    opened: Opened
    root: str
    report: Report = field(default_factory=Report)
    modules: list[Module] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    quizzes: list[Quiz] = field(default_factory=list)
    files: dict[str, None] = field(default_factory=dict)
    title: str = ""
    sources: set[str] = field(default_factory=set)
    seen: set[str] = field(default_factory=set)
    attached: set[str] = field(default_factory=set)
    blocks: int = 0

    def read(self) -> None:
        root = self.block(_parsed(self.opened, self.root))
        self.title = _title(root) or self._stated_title(root) or _line(root.get("course"))
        if root.tag == "problem":
            self._read_problem(root, _Unit(), "")
            return
        for child in self._children(root):
            if root.tag == "library":
                self._read_block(child, _Unit(), self.title, self.title, 0)
            elif child.tag == "chapter":
                self._read_chapter(child)
            elif child.tag not in ("wiki", "textbook"):
                self.report.left_out("course", _title(child) or str(child.tag), "It stands outside of the chapters.")
        self._read_rest()

    def _read_rest(self) -> None:
        """Problems to which nothing in the outline leads, as those of units that are not published."""
        for name in self.opened.names:
            path = PurePosixPath(name)
            if name in self.seen or path.parent.name != "problem" or path.suffix != ".xml":
                continue
            try:
                problem = _parsed(self.opened, name)
            except NotReadable as refused:
                self.report.left_out(name, path.stem, refused.reason)
                continue
            if problem.tag == "problem":
                problem.set("url_name", problem.get("url_name") or path.stem)
                self._read_problem(problem, _Unit(), "Outside of the outline")

    def _stated_title(self, root: etree._Element) -> str:
        """Policies may name the course instead of its own document."""
        name = self.opened.resolve(f"policies/{root.get('url_name')}/policy.json", self.root)
        if name is None:
            return ""
        try:
            policies = json.loads(self.opened.read(name, _MOST_BYTES))
            (policy,) = [each for each in policies.values() if "display_name" in each][:1] or [{}]
            return _line(str(policy.get("display_name", "")))
        except (NotReadable, ValueError, AttributeError, TypeError, RecursionError):
            return ""

    def _children(self, element: etree._Element) -> Iterator[etree._Element]:
        for child in element.iterchildren(etree.Element):
            yield self.block(child)

    def block(self, element: etree._Element) -> etree._Element:
        """The element itself, or the one in the file that it points to."""
        self.blocks += 1
        if self.blocks > _MOST_BLOCKS:
            raise NotReadable(Sentence("The course has more than {most} parts.", most=_MOST_BLOCKS))
        name = element.get("url_name")
        if name is None or len(element) or (element.text or "").strip():
            return element
        file = self.opened.resolve(f"{element.tag!s}/{name.replace(':', '/')}.xml", self.root)
        if file is None:
            return element
        self.seen.add(file)
        try:
            found = _parsed(self.opened, file)
        except NotReadable as refused:
            return etree.Element("broken", reason=refused.reason, display_name=element.get("display_name") or name)
        for key, value in element.attrib.items():
            if found.get(key) is None:
                found.set(key, value)
        return found

    def _read_chapter(self, chapter: etree._Element) -> None:
        title = _title(chapter) or "Chapter"
        lessons: list[Lesson] = []
        for sequential in self._children(chapter):
            if sequential.tag not in ("sequential", "videosequence", "vertical", "problemset"):
                self._leave_out(sequential, title)
                continue
            lessons += self._read_sequential(sequential, title)
        self.modules.append(Module(title=title, lessons=tuple(lessons)))

    def _read_sequential(self, sequential: etree._Element, chapter: str) -> list[Lesson]:
        title = _title(sequential) or "Section"
        category = f"{chapter}/{title}"
        units = [sequential] if sequential.tag == "vertical" else list(self._children(sequential))
        lessons: list[Lesson] = []
        asked = _Unit()
        for vertical in units:
            unit = _Unit()
            name = _title(vertical)
            shown = title if not name or name == title else f"{title}: {name}"
            self._read_block(vertical, unit, category, shown, 0)
            lessons += self._lessons_of(unit, shown, category)
            asked.questions += unit.questions
            asked.draws += unit.draws
        if (sequential.get("graded") or "").lower() == "true" and (asked.questions or asked.draws):
            self._add_quiz(sequential, title, asked, category)
        return lessons

    def _add_quiz(self, sequential: etree._Element, title: str, asked: _Unit, category: str) -> None:
        limit = number(sequential.get("default_time_limit_minutes"))
        source = _line(sequential.get("url_name")) or category
        self.quizzes.append(
            Quiz(
                source=source,
                title=title,
                questions=tuple(dict.fromkeys(asked.questions)),
                draws=tuple(asked.draws),
                minutes=max(1, ceil(limit)) if limit and limit > 0 else None,
            )
        )
        self.report.took(category, title, asked.losses, quiz=source)

    def _lessons_of(self, unit: _Unit, title: str, where: str) -> list[Lesson]:
        """A unit with only problems is no lesson."""
        title = title[:_LONGEST_TITLE]
        link = unit.links[0][1] if unit.links else None
        texts = [*unit.texts, *(f"[{_escaped(name)}]({_target(address)})" for name, address in unit.links[1:])]
        if not texts and link is None:
            if not unit.questions and not unit.draws:
                self.report.took(where, title, [*unit.losses, "It has neither text nor a link."] if unit.losses else [])
                return [Lesson(title=title)]
            return []
        self.report.took(where, title, list(dict.fromkeys(unit.losses)))
        lessons = [Lesson(title=title, text="\n\n".join(texts), link=link)]
        for name in unit.files:
            if name not in self.attached:
                # A lesson has no attachments here, so a file that it links to follows it.
                self.attached.add(name)
                self.files[name] = None
                lessons.append(Lesson(title=_file_name(name)[:_LONGEST_TITLE], file=name))
        return lessons

    def _read_block(self, block: etree._Element, unit: _Unit, category: str, where: str, depth: int) -> None:
        match block.tag:
            case "html":
                self._read_html(block, unit)
            case "video" | "youtube":
                self._read_video(block, unit, where)
            case "problem":
                self._read_problem(block, unit, category)
            case "library_content" | "itembank" if count := _count(block):
                self._read_draw(block, unit, category, where, count)
            case tag if tag in _CONTAINERS and depth < _DEEPEST:
                for child in self._children(block):
                    self._read_block(child, unit, category, where, depth + 1)
            case _:
                self._leave_out(block, where or category)

    def _leave_out(self, block: etree._Element, where: str) -> None:
        what = _title(block) or str(block.tag)
        unknown = Sentence("There is nothing like a {tag} here.", tag=str(block.tag))
        self.report.left_out(where, what, block.get("reason", "") if block.tag == "broken" else unknown)

    def _read_draw(self, block: etree._Element, unit: _Unit, category: str, where: str, count: int) -> None:
        """So many of its problems are drawn for each student."""
        drawn = _Unit()
        name = f"{category}/{_title(block) or _line(block.get('url_name')) or 'drawn'}"
        for child in self._children(block):
            self._read_block(child, drawn, name, where, 1)
        unit.texts += drawn.texts
        unit.losses += drawn.losses
        if 0 < count < len(drawn.questions):
            unit.draws.append(Draw(category=name, count=count))
        else:
            unit.questions += drawn.questions

    def _read_html(self, block: etree._Element, unit: _Unit) -> None:
        html = self._html_of(block)
        if html is None:
            unit.losses.append("A page of it is missing in the file.")
            return
        converted = from_html(html, self.find)
        self.files.update(dict.fromkeys(converted.images))
        unit.files += converted.files
        unit.losses += converted.losses
        if converted.text:
            unit.texts.append(converted.text)

    def _html_of(self, block: etree._Element) -> str | None:
        file_name = block.get("filename")
        if file_name is None or len(block):
            if not len(block) and not (block.text or "").strip():
                return self._file_of(block.get("url_name") or "") or ""
            parts = [str(etree.tostring(each, encoding="unicode", method="html")) for each in block]
            return (block.text or "") + "".join(parts)
        return self._file_of(file_name)

    def _file_of(self, name: str) -> str | None:
        file = self.opened.resolve(f"html/{name.replace(':', '/')}.html", self.root) if name else None
        if file is None:
            return None
        try:
            return self.opened.read(file, _MOST_BYTES).decode("utf-8", "replace")
        except NotReadable:
            return None

    def _read_video(self, block: etree._Element, unit: _Unit, where: str) -> None:
        title = _title(block) or "Video"
        address = next(_addresses(block), None)
        if address is None:
            self.report.left_out(where, title, "The video has no address of the web.")
        else:
            unit.links.append((title, address))

    def _read_problem(self, block: etree._Element, unit: _Unit, category: str) -> None:
        source = _line(block.get("url_name")) or f"problem-{len(self.sources) + 1}"
        title = _title(block) or "Problem"
        try:
            problem = self._problem(block, source, title)
            if not problem.responses():
                self.report.left_out(category, title, "It asks nothing.")
                return
            for name, question, losses in problem.questions():
                if question is None:
                    self.report.left_out(category, name, losses[0])
                    continue
                unit.questions.append(self._add_question(question, category))
                self.report.took(category, name, losses, question=unit.questions[-1])
            self.files.update(dict.fromkeys(problem.files))
        except NotScored as refused:
            self.report.left_out(category, title, refused.reason)

    def _problem(self, block: etree._Element, source: str, title: str) -> ProblemBlock:
        """Studio keeps what was written in its short form beside the problem; it counts if that is all there is."""
        written = block.get("markdown")
        if (
            written
            and written != "null"
            and not any(str(each.tag).endswith("response") for each in block.iter(etree.Element))
        ):
            found = problem_of_markdown(written)
            found.attrib.update({key: value for key, value in block.attrib.items() if key != "markdown"})
            block = found
        return ProblemBlock(block, source, title, self.find)

    def _add_question(self, question: Question, category: str) -> str:
        source, count = question.source, 2
        while source in self.sources:
            source, count = f"{question.source}~{count}", count + 1
        self.sources.add(source)
        self.questions.append(question.model_copy(update={"source": source, "category": category}))
        return source

    def find(self, link: str) -> str | None:
        path = unquote(urlsplit(link).path) if _is_splittable(link) else link
        asset = _ASSET.match(unquote(link.strip()))
        if asset is not None:
            path = f"/static/{asset[1]}"
        if not path.startswith(("/static/", "static/")):
            return self.opened.pictures.find(link)
        rest = path.lstrip("/").removeprefix("static/")
        names = (rest, rest.replace(" ", "_"), _file_name(rest))
        return next((found for each in names if (found := self.opened.resolve(f"static/{each}", self.root))), None)


def _is_splittable(link: str) -> bool:
    try:
        urlsplit(link)
    except ValueError:
        return False
    return True


def _count(block: etree._Element) -> int:
    count = number(block.get("max_count"))
    return int(count) if count and count > 0 else 0


def _addresses(video: etree._Element) -> Iterator[str]:
    """Where a video is found: on YouTube, else at its sources."""
    ids = [
        video.get("youtube_id_1_0"),
        *(each.rpartition(":")[2] for each in (video.get("youtube") or "").split(",")),
    ]
    for each in ids:
        if each and _YOUTUBE.match(each.strip()):
            yield f"https://www.youtube.com/watch?v={each.strip()}"
    try:
        stated = json.loads(video.get("html5_sources") or "[]")
    except (ValueError, RecursionError):
        stated = []
    sources = [*(stated if isinstance(stated, list) else []), *(each.get("src") for each in video.iter("source"))]
    for each in (*sources, video.get("source")):
        if isinstance(each, str) and each.strip().startswith(("https://", "http://")) and _is_splittable(each):
            yield each.strip()


def _escaped(title: str) -> str:
    return from_text(title).replace("\n", " ")


def _target(address: str) -> str:
    return address.replace("(", "%28").replace(")", "%29").replace(" ", "%20")


def _title(element: etree._Element) -> str:
    return _line(element.get("display_name"))


def _line(given: str | None) -> str:
    return " ".join((given or "").split())
