"""Reads cartridges: the organization becomes the outline, assessments quizzes and question banks."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from math import ceil
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from lxml import etree

from exchange.formats.common_cartridge.assessments import DIFFICULTIES, Item, line, metadata, points_of
from exchange.items import Draw, Lesson, Module, NotReadable, Package, Question, Quiz, Report, Sentence
from exchange.markdown import from_html
from exchange.measuring import NotScored, number
from exchange.packages import MEGABYTE, Opened
from exchange.xml import local_name, parse

_MOST_BYTES = 20 * MEGABYTE
"""Of one XML or HTML document."""
_LONGEST_TITLE = 200
_DEEPEST = 20
_FILE_BASE = ("$IMS-CC-FILEBASE$", "$IMS_CC_FILEBASE$", "$1EdTech-CC-FILEBASE$")
_CANVAS = "non_cc_assessments"
_PAGES = (".html", ".htm", ".xhtml")
_KINDS = {"imswl": "link", "imsdt": "discussion", "imsbasiclti": "tool", "imsqti": "quiz", "assignment": "assignment"}


def detect(opened: Opened) -> bool:
    """Whether the file is a cartridge, or an assessment in QTI 1.2."""
    if opened.is_bare:
        return _root_of(opened, opened.names[0]) == "questestinterop"
    manifest = _manifest(opened)
    if manifest is None:
        return False
    try:
        root = _parsed(opened, manifest)
    except NotReadable:
        return False
    types = [(each.get("type") or "").lower() for each in root.iter("resource")]
    schema = line(root.findtext("metadata/schema")).lower()
    return "common cartridge" in schema or any(
        each.startswith(("imswl", "imsdt", "imsbasiclti", "imsqti_xmlv1")) or "imscc" in each for each in types
    )


def read(opened: Opened) -> Package:
    """What the file holds; raises `NotReadable` if it holds nothing."""
    reader = _Reader(opened)
    if opened.is_bare:
        reader.read_assessment(opened.names[0], opened.name)
    else:
        reader.read_manifest()
    if not reader.report.notes and not reader.modules:
        raise NotReadable("The file holds no pages, links or questions.")
    return Package(
        title=reader.title,
        modules=tuple(reader.modules),
        questions=tuple(reader.questions),
        quizzes=tuple(reader.quizzes),
        files=opened.files(reader.files),
        notes=tuple(reader.report.notes),
    )


def _manifest(opened: Opened) -> str | None:
    manifests = [name for name in opened.names if PurePosixPath(name).name.lower() == "imsmanifest.xml"]
    return min(manifests, key=len, default=None)


def _parsed(opened: Opened, name: str) -> etree._Element:
    """A document in which no element has a namespace."""
    if opened.size(name) > _MOST_BYTES:
        raise NotReadable(Sentence("It is larger than {megabytes} MB.", megabytes=_MOST_BYTES // MEGABYTE))
    with opened.open(name) as stream:
        root = parse(stream)
    for element in root.iter(etree.Element):
        element.tag = local_name(element)
    return root


def _root_of(opened: Opened, name: str) -> str | None:
    try:
        return str(_parsed(opened, name).tag)
    except NotReadable:
        return None


@dataclass
class _Resource:
    identifier: str
    kind: str
    file: str | None
    files: list[str]


@dataclass
class _Bank:
    category: str
    sources: list[str]


@dataclass
class _Reader:
    opened: Opened
    report: Report = field(default_factory=Report)
    modules: list[Module] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    quizzes: list[Quiz] = field(default_factory=list)
    files: dict[str, None] = field(default_factory=dict)
    title: str = ""
    banks: dict[str, "_Bank"] = field(default_factory=dict)
    """By their idents."""
    used: set[str] = field(default_factory=set)
    """Identifiers of the resources that were read."""
    places: dict[str, int] = field(default_factory=dict)
    """Of the questions, by their sources."""

    def read_manifest(self) -> None:
        manifest = _manifest(self.opened)
        if manifest is None:
            raise NotReadable("The file holds no manifest.")
        root = _parsed(self.opened, manifest)
        self.title = line(" ".join(root.xpath("metadata/lom/general/title//text()")))[:_LONGEST_TITLE]
        self.resources = {each.identifier: each for each in self._resources(root, manifest)}
        self.shown = {
            resource.file
            for item in root.iter("item")
            if (resource := self.resources.get(item.get("identifierref") or "")) and resource.file
        }
        self._read_banks()
        for organization in root.iter("organization"):
            self._read_organization(organization)
            break
        self._read_rest()

    def _read_banks(self) -> None:
        """Before the quizzes, which refer to them."""
        for resource in self.resources.values():
            if resource.kind == "bank":
                self._read_quiz(resource, "")
        # Canvas keeps its banks in files that no resource names as such.
        quizzes = {f"{_CANVAS}/{each.identifier}.xml.qti" for each in self.resources.values() if each.kind == "quiz"}
        for name in self.opened.names:
            if name.startswith(_CANVAS) and name.endswith(".xml.qti") and name not in quizzes:
                self.read_assessment(name, "")

    def _resources(self, root: etree._Element, manifest: str) -> Iterator[_Resource]:
        for each in root.iter("resource"):
            hrefs = [each.get("href"), *(file.get("href") for file in each.iterchildren("file"))]
            found = [self.opened.resolve(href, manifest) for href in hrefs if href]
            files = list(dict.fromkeys(name for name in found if name))
            stated = (each.get("type") or "").lower()
            kind = next((kind for start, kind in _KINDS.items() if stated.startswith(start)), "content")
            if "question-bank" in stated:
                kind = "bank"
            elif kind == "content" and stated not in ("webcontent",) and "associatedcontent" not in stated:
                kind = "unknown"
            yield _Resource(each.get("identifier") or "", kind, self._main_file(kind, files), files)

    def _main_file(self, kind: str, files: list[str]) -> str | None:
        """Of a resource that names several files, the one that it is."""
        wanted = _PAGES if kind == "content" else (".xml",)
        return next((name for name in files if name.lower().endswith(wanted)), files[0] if files else None)

    def _read_organization(self, organization: etree._Element) -> None:
        roots = list(organization.iterchildren("item"))
        # A cartridge has one item around all others; some write the modules themselves there.
        if len(roots) == 1 and not roots[0].get("identifierref"):
            roots = list(roots[0].iterchildren("item"))
        loose: list[Lesson] = []
        for item in roots:
            if item.find("item") is None and item.get("identifierref"):
                loose += self._lessons(item, self.title or "Course")
                continue
            self._add_module(self.title or "Course", loose)
            loose = []
            title = _title(item) or "Module"
            lessons = self._lessons(item, title) if item.get("identifierref") else []
            for child in item.iterchildren("item"):
                lessons += self._lessons(child, title)
            self._add_module(title, lessons, even_empty=True)
        self._add_module(self.title or "Course", loose)

    def _add_module(self, title: str, lessons: list[Lesson], *, even_empty: bool = False) -> None:
        if lessons or even_empty:
            self.modules.append(Module(title=title, lessons=tuple(lessons)))

    def _lessons(self, item: etree._Element, where: str, depth: int = 0) -> list[Lesson]:
        """An item of the outline, and those below it."""
        title = _title(item) or "Untitled"
        reference = item.get("identifierref")
        lessons: list[Lesson] = []
        if reference:
            lessons += self._lesson(reference, title, where)
        elif depth < _DEEPEST:
            self.report.took(where, title, ["A heading within a module became a lesson without text."])
            lessons.append(Lesson(title=title))
        if depth < _DEEPEST:
            for child in item.iterchildren("item"):
                lessons += self._lessons(child, where, depth + 1)
        return lessons

    def _lesson(self, reference: str, title: str, where: str) -> list[Lesson]:
        resource = self.resources.get(reference)
        if resource is None or resource.file is None:
            self.report.left_out(where, title, "What it refers to is missing in the file.")
            return []
        first = resource.identifier not in self.used
        self.used.add(resource.identifier)
        try:
            if resource.kind == "quiz":
                if first:
                    self._read_quiz(resource, title)
                return []
            return self._lesson_of(resource, resource.file, title, where)
        except NotReadable as refused:
            self.report.left_out(where, title, refused.reason)
            return []

    def _lesson_of(self, resource: _Resource, file: str, title: str, where: str) -> list[Lesson]:
        match resource.kind:
            case "link":
                return self._link(file, title, where)
            case "discussion":
                text = _parsed(self.opened, file).find("text")
                loss = "A discussion became a page; what is written in it would not be seen."
                return self._page(_content(text), file, title, where, [loss])
            case "assignment":
                root = _parsed(self.opened, file)
                text = root.find("text") if root.find("text") is not None else root.find("instructor_text")
                return self._page(_content(text), file, title, where, ["An assignment became a page."])
            case "tool":
                raise NotReadable("Tools of other sites are not taken.")
            case "unknown" | "bank":
                raise NotReadable("There is nothing of its kind here.")
        if file.lower().endswith(_PAGES):
            html = self.opened.read(file, _MOST_BYTES).decode("utf-8", "replace")
            settings = any(PurePosixPath(name).name == "assignment_settings.xml" for name in resource.files)
            return self._page(html, file, title, where, ["An assignment became a page."] if settings else [])
        self.files[file] = None
        self.report.took(where, title)
        return [Lesson(title=title, file=file)]

    def _link(self, file: str, title: str, where: str) -> list[Lesson]:
        url = _parsed(self.opened, file).find("url")
        address = ("" if url is None else url.get("href") or "").strip()
        try:
            scheme = urlsplit(address).scheme
        except ValueError:
            scheme = ""
        if scheme not in ("http", "https"):
            raise NotReadable("It links to no address of the web.")
        self.report.took(where, title)
        return [Lesson(title=title, link=address)]

    def _page(self, html: str, file: str, title: str, where: str, losses: list[str]) -> list[Lesson]:
        converted = from_html(html, lambda link: self.find(link, file))
        self.files.update(dict.fromkeys(converted.images))
        lessons = [Lesson(title=title, text=converted.text)]
        for name in converted.files:
            if name in self.shown or name in self.files or name.lower().endswith(_PAGES):
                continue
            # A page has no attachments here, so a file that it links to follows it.
            self.files[name] = None
            lessons.append(Lesson(title=PurePosixPath(name).name[:_LONGEST_TITLE], file=name))
        self.report.took(where, title, [*losses, *converted.losses])
        return lessons

    def find(self, link: str, base: str) -> str | None:
        path = unquote(link.strip())
        for mark in _FILE_BASE:
            if path.startswith(mark):
                rest = path.removeprefix(mark).lstrip("/")
                folders = (base, "", "web_resources/x")
                return next((name for folder in folders if (name := self.opened.resolve(rest, folder))), None)
        return self.opened.resolve(link, base)

    def _read_rest(self) -> None:
        """Pages, links, discussions and quizzes that stand outside of the outline."""
        lessons: list[Lesson] = []
        for resource in self.resources.values():
            name = resource.file
            if resource.identifier in self.used or name is None:
                continue
            is_page = resource.kind == "content" and name.lower().endswith(_PAGES) and name not in self.shown
            if resource.kind == "quiz":
                self._read_quiz(resource, "")
            elif is_page or resource.kind in ("link", "discussion", "assignment"):
                lessons += self._lesson(resource.identifier, self._own_title(name), "outside of the outline")
        self._add_module("More pages", lessons)

    def _own_title(self, name: str) -> str:
        fallback = PurePosixPath(name).stem
        try:
            if name.lower().endswith(_PAGES):
                soup = etree.HTML(self.opened.read(name, _MOST_BYTES))
                found = "" if soup is None else soup.findtext(".//title")
            else:
                found = _parsed(self.opened, name).findtext("title")
        except (NotReadable, etree.XMLSyntaxError, ValueError):
            return fallback
        return line(found)[:_LONGEST_TITLE] or fallback

    def _read_quiz(self, resource: _Resource, title: str) -> None:
        self.used.add(resource.identifier)
        if resource.file is not None:
            self.read_assessment(self._fullest(resource, resource.file), title, self._settings(resource))

    def _fullest(self, resource: _Resource, file: str) -> str:
        """Canvas writes each quiz twice; its own file has the kinds that the cartridge's profile has not."""
        own = f"{_CANVAS}/{resource.identifier}.xml.qti"
        return max((name for name in (file, own) if name in self.opened), key=self._count_items)

    def _count_items(self, name: str) -> int:
        try:
            return sum(1 for _ in _parsed(self.opened, name).iter("item"))
        except NotReadable:
            return -1

    def _settings(self, resource: _Resource) -> dict[str, str]:
        """What Canvas keeps of a quiz beside it."""
        name = f"{resource.identifier}/assessment_meta.xml"
        if name not in self.opened:
            return {}
        try:
            root = _parsed(self.opened, name)
        except NotReadable:
            return {}
        return {str(each.tag): each.text or "" for each in root.iterchildren(etree.Element)}

    def read_assessment(self, name: str, title: str, settings: dict[str, str] | None = None) -> None:
        try:
            root = _parsed(self.opened, name)
        except NotReadable as refused:
            self.report.left_out(name, title or name, refused.reason)
            return
        for bank in root.iter("objectbank"):
            facts = metadata(bank)
            category = facts.get("bank_title") or line(bank.get("title")) or title
            read = [source for item in bank.iter("item") for source in self._read_items(item, name, category)]
            self.banks[line(bank.get("ident"))] = _Bank(category, read)
        for assessment in root.iter("assessment"):
            self._read_assessment(assessment, name, title, settings or {})
        for item in root.iterchildren("item"):
            self._read_items(item, name, "")

    def _read_assessment(self, assessment: etree._Element, name: str, title: str, settings: dict[str, str]) -> None:
        facts = metadata(assessment)
        title = (line(assessment.get("title")) or title or PurePosixPath(name).stem)[:_LONGEST_TITLE]
        sources: list[str] = []
        draws: list[Draw] = []
        losses: list[str] = []
        points: dict[str, Decimal] = {}
        for section in assessment.iter("section"):
            if section.find("section") is not None and section.find("item") is None:
                continue
            chosen = number(section.findtext("selection_ordering/selection/selection_number"))
            bank = line(section.findtext("selection_ordering/selection/sourcebank_ref"))
            wanted = {
                each.get("mdname") or "": line(each.text)
                for each in section.iterfind("selection_ordering/selection/selection_metadata")
            }
            category = wanted.get("qmd_keywords") or self._drawn_from(bank) or line(section.get("title")) or title
            items = list(section.iterchildren("item"))
            drawn = chosen is not None and chosen > 0 and (not items or chosen < len(items))
            read = [self._read_items(item, name, category if drawn else "", points) for item in items]
            taken = [source for sources_of_item in read for source in sources_of_item]
            if not all(read) or section.find("bankentry_item") is not None:
                losses.append("Some of its questions could not be taken.")
            if not drawn:
                sources += taken
            elif taken or bank in self.banks:
                each = number(section.findtext("selection_ordering/selection/selection_extension/points_per_item"))
                draws.append(
                    Draw(
                        category=category,
                        count=int(chosen or 1),
                        points=points_of(each),
                        difficulty=DIFFICULTIES.get(wanted.get("qmd_levelofdifficulty", "").lower()),
                    )
                )
            else:
                losses.append("The question bank that it draws from is missing in the file.")
        if not sources and not draws:
            has_some = next(assessment.iter("item", "sourcebank_ref"), None) is not None
            reason = "None of its questions could be taken." if has_some else "The file holds no questions of it."
            self.report.left_out(name, title, reason)
            return
        limit = number(facts.get("qmd_timelimit")) or number(settings.get("time_limit"))
        attempts = number(settings.get("allowed_attempts")) or number(facts.get("cc_maxattempts"))
        source = line(assessment.get("ident")) or name
        self.quizzes.append(
            Quiz(
                source=source,
                title=title,
                instructions=self._instructions(assessment, name, settings.get("description", "")),
                questions=tuple(dict.fromkeys(sources)),
                points=points,
                draws=tuple(draws),
                minutes=max(1, ceil(limit)) if limit and limit > 0 else None,
                attempts=int(attempts) if attempts and attempts > 0 else None,
                shuffle=settings.get("shuffle_questions") == "true" or _is_shuffled(assessment),
            )
        )
        self.report.took(name, title, losses, quiz=source)

    def _drawn_from(self, ident: str) -> str | None:
        """The category of a bank; one without a title gets its ident as soon as a quiz draws from it."""
        bank = self.banks.get(ident)
        if bank is None:
            return None
        if not bank.category:
            bank.category = ident
            self.questions = [
                each.model_copy(update={"category": ident}) if each.source in bank.sources else each
                for each in self.questions
            ]
        return bank.category

    def _instructions(self, assessment: etree._Element, name: str, description: str) -> str:
        texts = [each.text or "" for each in assessment.iterfind("rubric//mattext")] or [description]
        converted = [from_html(each, lambda link: self.find(link, name)) for each in texts]
        self.files.update(dict.fromkeys(image for each in converted for image in each.images))
        return "\n\n".join(each.text for each in converted)

    def _read_items(
        self, element: etree._Element, name: str, category: str, points: dict[str, Decimal] | None = None
    ) -> list[str]:
        """The sources of the questions that an item became; none if it could not be taken.

        An item that was read already, as programs write those of a bank again in each quiz, is that question; what it
        counts there goes to `points`.
        """
        parts = Item(element, lambda link: self.find(link, name)).parts()
        return [source for part in parts if (source := self._read_part(part, name, category, points))]

    def _read_part(self, item: Item, name: str, category: str, points: dict[str, Decimal] | None) -> str | None:
        what = item.title or item.source or "question"
        try:
            question = item.question()
        except NotScored as refused:
            self.report.left_out(name, what, refused.reason)
            return None
        known = self.questions[self.places[question.source]] if question.source in self.places else None
        if known is not None and _asks_the_same(known, question):
            if points is not None and question.points != known.points:
                points[known.source] = question.points
            self.report.took(name, what, item.losses, question=known.source)
            return known.source
        is_new = question.source and known is None
        source = question.source if is_new else f"{name}#{len(self.questions) + 1}"
        self.places[source] = len(self.questions)
        self.questions.append(question.model_copy(update={"source": source, "category": question.category or category}))
        self.files.update(dict.fromkeys(item.files))
        self.report.took(name, what, item.losses, question=source)
        return source


def _asks_the_same(one: Question, other: Question) -> bool:
    apart = {"points", "category"}
    return one.model_dump(exclude=apart) == other.model_dump(exclude=apart)


def _is_shuffled(assessment: etree._Element) -> bool:
    orders = assessment.iterfind(".//selection_ordering/order")
    return any((each.get("order_type") or "").lower() == "random" for each in orders)


def _title(item: etree._Element) -> str:
    return line(item.findtext("title"))[:_LONGEST_TITLE]


def _content(text: etree._Element | None) -> str:
    """The HTML of a discussion or an assignment, which stands in it as text."""
    if text is None:
        return ""
    content = "".join(map(str, text.itertext()))
    plain = (text.get("texttype") or "text/html").lower() == "text/plain"
    return content.replace("&", "&amp;").replace("<", "&lt;") if plain else content
