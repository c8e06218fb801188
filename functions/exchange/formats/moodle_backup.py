"""Moodle's course backups (.mbz), as tar.gz and as zip, of Moodle 2 to 5."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from pathlib import PurePosixPath
from urllib.parse import unquote

from lxml import etree

from exchange import cloze, gapfill, moodle
from exchange.items import Draw, Lesson, Module, NotReadable, Package, PackageFile, Question, Quiz, Report, Sentence
from exchange.markdown import LONGEST, Converted, from_html, from_text
from exchange.moodle import Answer, Source, Unfit
from exchange.packages import Opened
from exchange.xml import parse

_INDEX = "moodle_backup.xml"
_LONGEST_LESSON = 50_000
_LONGEST_TITLE = 200
_NULL = "$@NULL@$"
_PLUGINFILE = "@@PLUGINFILE@@/"
# What other activities have of use for a lesson: their description.
_DESCRIBED = {
    "assign": "Handing in work was left out; its description is a lesson.",
    "choice": "The vote was left out; its description is a lesson.",
    "feedback": "The survey was left out; its description is a lesson.",
}


def detect(opened: Opened) -> bool:
    return _index(opened) is not None


def _index(opened: Opened) -> str | None:
    """The table of contents, which stands at the top, or in the one folder there."""
    found = [name for name in opened.names if PurePosixPath(name).name == _INDEX and name.count("/") <= 1]
    return min(found, key=len, default=None)


def read(opened: Opened) -> Package:
    """The course of a backup; raises `NotReadable` if its table of contents is missing or damaged."""
    index = _index(opened)
    if index is None:
        raise NotReadable("The file is not a Moodle backup.")
    return _Backup(opened, index.removesuffix(_INDEX)).package()


@dataclass
class _Activity:
    identity: str
    section: str
    kind: str
    title: str
    folder: str


@dataclass
class _Stored:
    """Files by where Moodle keeps them."""

    by_context: dict[str, dict[str, str]] = field(default_factory=dict)
    by_item: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict)
    contents: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Drawn:
    """What a random question of a quiz is drawn from: what a category has with all of these tags, by their ids."""

    category: str
    from_subcategories: bool = False
    tags: tuple[str, ...] = ()


class _Backup:
    def __init__(self, opened: Opened, prefix: str) -> None:
        self._opened = opened
        self._prefix = prefix
        self._report = Report()
        self._files: dict[str, PackageFile] = {}
        self._stored = _Stored()
        self._questions: list[Question] = []
        self._categories: dict[str, str] = {}
        # By id of a question, and of its entry in the bank: its source, or for a random one what it draws from.
        self._sources: dict[str, str] = {}
        self._draws: dict[str, _Drawn] = {}
        self._tag_names: dict[str, str] = {}
        # The texts of questions that are gaps of another, by their ids; and what such another became.
        self._embedded: dict[str, str] = {}
        self._parts: dict[str, list[str]] = {}
        self._quizzes: list[Quiz] = []

    def package(self) -> Package:
        root = self._parse(_INDEX)
        if root is None:
            raise NotReadable("The backup's table of contents is damaged.")
        self._read_files()
        self._read_questions()
        modules = tuple(self._modules(root))
        for name in self._stored.missing:
            self._report.left_out("Files", name, "The file is missing in the backup.")
        title = moodle.short(_value(root, "information/original_course_fullname"), _LONGEST_TITLE)
        return Package(
            title=title,
            modules=modules,
            questions=tuple(self._questions),
            quizzes=tuple(self._quizzes),
            files=(*self._files.values(), *self._opened.pictures.files.values()),
            notes=tuple(self._report.notes),
        )

    def _parse(self, name: str) -> etree._Element | None:
        path = self._prefix + name
        if path not in self._opened:
            return None
        try:
            with self._opened.open(path) as stream:
                return parse(stream)
        except NotReadable:
            self._report.left_out("Backup", name, "This part of the backup is damaged.")
            return None

    def _read_files(self) -> None:
        root = self._parse("files.xml")
        for element in root.iterchildren("file") if root is not None else ():
            name = _value(element, "filename")
            digest = _value(element, "contenthash")
            if name in ("", ".") or not re.fullmatch(r"[0-9a-f]{40}", digest):
                continue
            inner = (_value(element, "filepath") + name).lstrip("/")
            parts = [part for part in inner.split("/") if part not in ("", ".", "..")]
            component, area = _value(element, "component"), _value(element, "filearea")
            context, item = _value(element, "contextid"), _value(element, "itemid")
            if component in ("user", "backup", "mod_scorm", "block_html") or not parts:
                continue
            full = f"{component}-{context}/{area}/{item}/{'/'.join(parts)}"
            path = f"{self._prefix}files/{digest[:2]}/{digest}"
            if path not in self._opened:
                if area != "content":
                    self._stored.missing.append(inner)
                continue
            mime = _value(element, "mimetype")
            self._files[full] = PackageFile(full, mime or "application/octet-stream", partial(self._opened.open, path))
            if component.startswith(("question", "qtype")) or (component, area) == ("course", "section"):
                self._stored.by_item.setdefault((area, item), {})[inner] = full
            else:
                self._stored.by_context.setdefault(context, {})[inner] = full
                if area == "content":
                    entry = (-_whole(_value(element, "sortorder")), full)
                    self._stored.contents.setdefault(context, []).append(entry)

    # The outline.

    def _modules(self, root: etree._Element) -> Iterator[Module]:
        activities = {
            activity.identity: activity
            for activity in map(_activity, root.iterfind("information/contents/activities/activity"))
        }
        for element in root.iterfind("information/contents/sections/section"):
            identity, folder = _value(element, "sectionid"), _value(element, "directory").strip("/")
            section = self._parse(f"{folder}/section.xml")
            title = _value(element, "title")
            order: list[str] = []
            summary = Converted("")
            if section is not None:
                title = _value(section, "name") or title
                order = [part.strip() for part in _value(section, "sequence").split(",")]
                find = _find_in(self._opened, self._stored.by_item.get(("section", identity), {}))
                summary = moodle.as_markdown(_value(section, "summary"), _value(section, "summaryformat") or "1", find)
            if not title or title.isdigit():
                title = "General" if title in ("", "0") else f"Section {title}"
            title = moodle.short(title, _LONGEST_TITLE)
            lessons: list[Lesson] = []
            if summary.text:
                lessons += self._text_lessons(title, title, summary)
            own = [activity for activity in activities.values() if activity.section == identity]
            place = {name: number for number, name in enumerate(order)}
            for activity in sorted(own, key=lambda each: place.get(each.identity, len(place))):
                lessons += self._lessons(activity, title)
            if lessons:
                yield Module(title=title, lessons=tuple(lessons))

    def _lessons(self, activity: _Activity, where: str) -> list[Lesson]:
        """What an activity is in the outline; quizzes become exam drafts."""
        root = self._parse(f"{activity.folder}/{activity.kind}.xml")
        element = root.find(activity.kind) if root is not None else None
        if root is None or element is None:
            reason = "Its part of the backup is missing or damaged."
            self._report.left_out(where, activity.title or activity.kind, reason)
            return []
        title = moodle.short(_value(element, "name") or activity.title, _LONGEST_TITLE) or activity.kind.title()
        context = root.get("contextid", "")
        find = self._finder(context)
        intro = moodle.as_markdown(_value(element, "intro"), _value(element, "introformat") or "1", find)
        readers: dict[str, Callable[[], list[Lesson]]] = {
            "page": lambda: self._page(where, title, element, find, intro),
            "label": lambda: self._text_lessons(where, title, intro),
            "url": lambda: self._link_lesson(where, title, _value(element, "externalurl"), intro),
            "resource": lambda: self._file_lessons(where, title, context, intro, only_first=True),
            "folder": lambda: self._file_lessons(where, title, context, intro),
            "book": lambda: self._chapters(where, title, element, find, intro),
            "lesson": lambda: self._lesson_pages(where, title, element, find, intro),
            "quiz": lambda: self._quiz(where, title, element, intro),
        }
        if activity.kind in readers:
            return readers[activity.kind]()
        if activity.kind in _DESCRIBED and intro.text:
            return self._text_lessons(where, title, intro, _DESCRIBED[activity.kind])
        self._report.left_out(
            where, title, Sentence("There is no place for an activity of the type {kind}.", kind=activity.kind)
        )
        return []

    def _page(
        self, where: str, title: str, element: etree._Element, find: Callable[[str], str | None], intro: Converted
    ) -> list[Lesson]:
        text = moodle.as_markdown(_value(element, "content"), _value(element, "contentformat") or "1", find)
        return self._text_lessons(where, title, text if text.text or text.files else intro)

    def _finder(self, context: str) -> Callable[[str], str | None]:
        return _find_in(self._opened, self._stored.by_context.get(context, {}))

    def _text_lessons(self, where: str, title: str, text: Converted, *losses: str) -> list[Lesson]:
        """A lesson of text, and one for each file to which it links."""
        said = [*text.losses, *losses]
        shown = text.text
        if len(shown) > _LONGEST_LESSON:
            shown = shown[:_LONGEST_LESSON].rsplit("\n", 1)[0]
            said.append("The end of its text was cut off.")
        if not shown and not text.files:
            self._report.left_out(where, title, "There is nothing in it to show.")
            return []
        self._report.took(where, title, said)
        lessons = [Lesson(title=title, text=shown)] if shown else []
        return [*lessons, *(self._file_lesson(name) for name in text.files)]

    def _file_lesson(self, name: str) -> Lesson:
        return Lesson(title=moodle.short(PurePosixPath(name).name, _LONGEST_TITLE), file=name)

    def _link_lesson(self, where: str, title: str, link: str, intro: Converted) -> list[Lesson]:
        link = link.strip()
        if not re.match(r"https?://[^\s/]+\S*$", link, re.IGNORECASE):
            self._report.left_out(where, title, "Its link does not lead into the web.")
            return []
        self._report.took(where, title, intro.losses)
        return [Lesson(title=title, text=intro.text[:_LONGEST_LESSON], link=link)]

    def _file_lessons(
        self, where: str, title: str, context: str, intro: Converted, *, only_first: bool = False
    ) -> list[Lesson]:
        """The files of a folder, or the main file of a resource, to which its others belong."""
        names = [name for _, name in sorted(self._stored.contents.get(context, ()), key=lambda each: each[0])]
        if not names:
            self._report.left_out(where, title, "Its file is missing in the backup.")
            return []
        if PurePosixPath(names[0]).suffix.lower() in (".html", ".htm"):
            return self._web_page(where, title, names[0], context)
        others = [] if only_first else names[1:]
        left = len(names) - 1 - len(others)
        losses = [Sentence("Files that belong to its main file were left out: {files}.", files=left)] if left else []
        self._report.took(where, title, [*intro.losses, *losses])
        first = Lesson(title=title, text=intro.text[:_LONGEST_LESSON], file=names[0])
        return [first, *(self._file_lesson(name) for name in others)]

    def _web_page(self, where: str, title: str, name: str, context: str) -> list[Lesson]:
        """An HTML file is a lesson of text."""
        with self._files[name].open() as stream:
            html = stream.read(LONGEST).decode("utf-8", "replace")
        own = self._stored.by_context.get(context, {})
        text = from_html(
            html, lambda link: own.get(unquote(link.partition("?")[0])) or self._opened.pictures.find(link)
        )
        if not text.text:
            self._report.left_out(where, title, "Its web page shows nothing without its scripts.")
            return []
        return self._text_lessons(where, title, text)

    def _chapters(
        self, where: str, title: str, element: etree._Element, find: Callable[[str], str | None], intro: Converted
    ) -> list[Lesson]:
        lessons = self._text_lessons(where, title, intro) if intro.text else []
        for chapter in element.iterfind("chapters/chapter"):
            text = moodle.as_markdown(_value(chapter, "content"), _value(chapter, "contentformat") or "1", find)
            name = moodle.short(_value(chapter, "title"), _LONGEST_TITLE) or title
            lessons += self._text_lessons(f"{where} / {title}", name, text)
        return lessons

    def _lesson_pages(
        self, where: str, title: str, element: etree._Element, find: Callable[[str], str | None], intro: Converted
    ) -> list[Lesson]:
        """The pages of a Moodle lesson in their order; its questions go to the bank."""
        lessons = self._text_lessons(where, title, intro) if intro.text else []
        within = f"{where} / {title}"
        for page in _in_order(element.findall("pages/page")):
            name = moodle.short(_value(page, "title"), _LONGEST_TITLE) or title
            text = moodle.as_markdown(_value(page, "contents"), _value(page, "contentsformat") or "1", find)
            kind = _value(page, "qtype")
            if kind == "20":
                lessons += self._text_lessons(within, name, text)
            elif kind in ("1", "2", "3", "8", "10"):
                source = Source(f"lesson-page-{page.get('id')}", title=name, text=text.text, category=title)
                source.losses += text.losses
                self._take(within, source, partial(_page_question, page, kind, source, find))
            elif kind not in ("21", "30", "31"):
                self._report.left_out(within, name, "There is no place for this kind of page.")
        return lessons

    # Questions and quizzes.

    def _read_questions(self) -> None:
        root = self._parse("questions.xml")
        if root is None:
            return
        self._categories = _category_paths(root)
        self._embedded = {
            question.get("id", ""): _value(question, "questiontext")
            for question in root.iter("question")
            if _value(question, "parent") not in ("", "0")
        }
        for category in root.iterfind("question_category"):
            path = self._categories[category.get("id", "")]
            for entry, question in _entries(category):
                identity = question.get("id", "")
                if _value(question, "qtype") == "random":
                    # Moodle 2 and 3 keep there whether subcategories count.
                    self._draws[identity] = _Drawn(category.get("id", ""), _value(question, "questiontext") == "1")
                    continue
                if _value(question, "parent") not in ("", "0"):
                    continue  # A part of a question with several gaps.
                self._sources[identity] = self._sources[f"entry-{entry}"] = f"question-{identity}"
                self._read_question(question, path)

    def _read_question(self, element: etree._Element, category: str) -> None:
        identity, kind = element.get("id", ""), _value(element, "qtype")
        named = {
            tag.get("id", ""): _value(tag, "rawname") or _value(tag, "name") for tag in element.iterfind("tags/tag")
        }
        tags = [moodle.short(tag, moodle.LONGEST_TAG) for tag in named.values()]
        self._tag_names |= dict(zip(named, tags, strict=True))
        source = Source(f"question-{identity}", title=_value(element, "name"), category=category, tags=tags)
        points = moodle.decimal(_value(element, "defaultmark") or "1")
        source.points = Decimal(1) if points is None else points
        where = "Question bank"
        read_parts = {"multianswer": self._gaps_of_text, "gapfill": self._gapfill}.get(kind)
        if read_parts is None:
            self._take(where, source, partial(self._question, element, kind, source))
            return
        try:
            parts = read_parts(element, source)
        except Unfit as unfit:
            self._report.left_out(where, source.title or source.name, unfit.reason)
            return
        self._parts[source.name] = [part.name for part, _ in parts]
        for part, read_question in parts:
            self._take(where, part, read_question)

    def _take(self, where: str, source: Source, read_question: Callable[[], Question]) -> None:
        moodle.take(self._report, self._questions, where, source, read_question)

    def _gaps_of_text(self, element: etree._Element, source: Source) -> list[tuple[Source, Callable[[], Question]]]:
        """The parts of a text with gaps, which are questions of their own in the backup: their text is the gap's."""
        identity = element.get("id", "")
        text = _value(element, "questiontext")
        sequence = _value(element, "plugin_qtype_multianswer_question/multianswer/sequence").split(",")
        for place, part in enumerate(sequence[: cloze.MOST_GAPS], 1):
            # Each stands in one place only, so that the text cannot grow out of all proportion.
            text = text.replace(f"{{#{place}}}", self._embedded.pop(part.strip(), ""), 1)
        source.explanation = self._markdown(element, "generalfeedback", "generalfeedback", identity, source)
        find = _find_in(self._opened, self._stored.by_item.get(("questiontext", identity), {}))
        return cloze.parts(source, text, _value(element, "questiontextformat") or "1", find)

    def _gapfill(self, element: etree._Element, source: Source) -> list[tuple[Source, Callable[[], Question]]]:
        identity, plugin = element.get("id", ""), element.find("plugin_qtype_gapfill_question")
        stated = None if plugin is None else plugin.find("gapfill")
        if plugin is None or stated is None:
            raise Unfit("It has no gap with answers.")
        answers = plugin.findall("answers/answer")
        settings = gapfill.Settings(
            delimiters=_value(stated, "delimitchars"),
            is_typed=_value(stated, "answerdisplay") == "gapfill",
            case_sensitive=_value(stated, "casesensitive") == "1",
            is_plain=_value(stated, "disableregex") == "1",
            counts_once=_value(stated, "noduplicates") == "1",
            others=tuple(
                _value(each, "answertext") for each in answers if not moodle.decimal(_value(each, "fraction"))
            ),
        )
        source.explanation = self._markdown(element, "generalfeedback", "generalfeedback", identity, source)
        find = _find_in(self._opened, self._stored.by_item.get(("questiontext", identity), {}))
        text_format = _value(element, "questiontextformat") or "1"
        return gapfill.parts(source, _value(element, "questiontext"), text_format, find, settings)

    def _question(self, element: etree._Element, kind: str, source: Source) -> Question:
        identity = element.get("id", "")
        source.text = self._markdown(element, "questiontext", "questiontext", identity, source)
        source.explanation = self._markdown(element, "generalfeedback", "generalfeedback", identity, source)
        if kind == "description":
            raise Unfit("This is a text without a question.")
        plugin = element.find(f"plugin_qtype_{kind}_question")
        if plugin is None:
            plugin = element
        if kind == "essay":
            return moodle.essay(source)
        if kind == "match":
            pairs = [
                (
                    self._markdown(pair, "questiontext", "subquestion", pair.get("id", ""), source),
                    from_text(_value(pair, "answertext")),
                )
                for pair in plugin.iterfind("matches/match")
            ]
            return moodle.matching(source, pairs)
        tolerances = {
            _value(record, "answer"): _value(record, "tolerance")
            for record in plugin.iterfind("numerical_records/numerical_record")
        }
        answers = {
            answer.get("id", ""): self._answer(answer, tolerances.get(answer.get("id", ""), "0"), source)
            for answer in plugin.iterfind("answers/answer")
        }
        match kind:
            case "multichoice" | "multichoiceset" | "oumultiresponse":
                are_shares = kind == "oumultiresponse"
                given = moodle.in_equal_shares(source, answers.values()) if are_shares else list(answers.values())
                single = kind == "multichoice" and _value(plugin, "multichoice/single") != "0"
                return moodle.choice(source, given, single=single, all_or_nothing=kind == "multichoiceset")
            case "truefalse":
                true = answers.get(_value(plugin, "truefalse/trueanswer"))
                false = answers.get(_value(plugin, "truefalse/falseanswer"))
                if true is None or false is None:
                    raise Unfit("Neither true nor false is right.")
                return moodle.true_false(source, key=true.fraction > 0, if_true=true.feedback, if_false=false.feedback)
            case "shortanswer":
                case_sensitive = _value(plugin, "shortanswer/usecase") == "1"
                return moodle.short_answer(source, list(answers.values()), case_sensitive=case_sensitive)
            case "numerical":
                if plugin.find("numerical_units/numerical_unit") is not None:
                    source.losses.append("Units were left out: the number alone is asked for.")
                return moodle.numeric(source, list(answers.values()))
            case "gapselect" | "ddwtos":
                return moodle.gaps(source, [from_text(answer.plain) for answer in answers.values()])
            case "ordering":
                ordered = sorted(answers.values(), key=lambda answer: answer.fraction)
                return moodle.ordering(source, [answer.text for answer in ordered])
        raise Unfit(Sentence("The bank has no questions of the type {kind}.", kind=moodle.short(kind, 50)))

    def _answer(self, element: etree._Element, tolerance: str, source: Source) -> Answer:
        identity = element.get("id", "")
        return Answer(
            text=self._markdown(element, "answertext", "answer", identity, source),
            plain=_value(element, "answertext"),
            fraction=100 * (moodle.decimal(_value(element, "fraction")) or Decimal(0)),
            feedback=self._markdown(element, "feedback", "answerfeedback", identity, source),
            tolerance=moodle.decimal(tolerance) or Decimal(0),
        )

    def _markdown(self, element: etree._Element, name: str, area: str, item: str, source: Source) -> str:
        text = _value(element, name)
        kind = _value(element, f"{name}format") or _value(element, "answerformat") or "1"
        converted = moodle.as_markdown(text, kind, _find_in(self._opened, self._stored.by_item.get((area, item), {})))
        source.losses += converted.losses
        return converted.text

    def _quiz(self, where: str, title: str, element: etree._Element, intro: Converted) -> list[Lesson]:
        taken = {question.source: question for question in self._questions}
        points: dict[str, Decimal] = {}
        draws: Counter[tuple[str, Decimal]] = Counter()
        lost = 0
        losses = list(intro.losses)
        for slot in _slots(element):
            source, drawn = self._slot(slot)
            mark = _mark(slot)
            if mark == 0:
                losses.append("Questions that counted nothing there count here.")
            named = [taken[each] for each in self._parts.get(source or "", [source]) if each in taken]
            tag = self._tag_of(drawn) if drawn else None
            if named:
                whole = sum(each.points for each in named)
                # Of a text with several gaps, each gap has its share.
                points |= {each.source: round(mark * each.points / whole, 2) if mark else each.points for each in named}
            elif tag:
                draws[tag, mark or Decimal(1)] += 1
            else:
                lost += 1
        if lost:
            losses.append(Sentence("Questions of it that could not be taken: {questions}.", questions=lost))
        if not points and not draws:
            self._report.left_out(where, title, "It has no question that could be taken.")
            return []
        seconds, attempts = _value(element, "timelimit"), _value(element, "attempts_number")
        quiz = f"quiz-{element.get('id')}"
        self._quizzes.append(
            Quiz(
                source=quiz,
                title=title,
                instructions=intro.text[: moodle.LONGEST_TEXT],
                questions=tuple(points),
                points={source: given for source, given in points.items() if given != taken[source].points},
                draws=tuple(Draw(category=tag, count=count, points=given) for (tag, given), count in draws.items()),
                minutes=-(-int(seconds) // 60) if re.fullmatch(r"[1-9]\d{0,6}", seconds) else None,
                attempts=int(attempts) if re.fullmatch(r"[1-9]\d?", attempts) else None,
                shuffle=_value(element, "shufflequestions") == "1",
            )
        )
        self._report.took(where, title, losses, quiz=quiz)
        return []

    def _tag_of(self, drawn: _Drawn) -> str | None:
        """The tag by which just these questions are drawn: their category's, else one more that they get."""
        category = self._categories.get(drawn.category)
        if not category:
            return None
        wanted = {self._tag_names.get(each, "") for each in drawn.tags}
        tag = category + "".join(f" #{each}" for each in sorted(wanted))
        within = f"{category}/" if drawn.from_subcategories else None
        chosen = {
            question.source
            for question in self._questions
            if (question.category == category or (within and question.category.startswith(within)))
            and wanted <= set(question.tags)
        }
        if any(question.source in chosen and question.category != category for question in self._questions):
            tag += "/*"
        if tag != category:
            self._questions = [
                question.model_copy(update={"tags": tuple(dict.fromkeys((tag, *question.tags)))})
                if question.source in chosen
                else question
                for question in self._questions
            ]
        return tag if chosen else None

    def _slot(self, slot: etree._Element) -> tuple[str | None, _Drawn | None]:
        """The source of a slot's question, or what one is drawn from."""
        entry = _value(slot, "question_reference/questionbankentryid")
        if entry:
            return self._sources.get(f"entry-{entry}"), None
        condition = _value(slot, "question_set_reference/filtercondition")
        if condition:
            return None, _drawn(condition)
        identity = _value(slot, "questionid") or _value(slot, "question")
        return self._sources.get(identity), self._draws.get(identity)


def _activity(element: etree._Element) -> _Activity:
    return _Activity(
        identity=_value(element, "moduleid"),
        section=_value(element, "sectionid"),
        kind=re.sub(r"\W", "", _value(element, "modulename")),
        title=moodle.short(_value(element, "title"), _LONGEST_TITLE),
        folder=_value(element, "directory").strip("/"),
    )


def _find_in(opened: Opened, files: dict[str, str]) -> Callable[[str], str | None]:
    def find(link: str) -> str | None:
        _, mark, path = link.partition(_PLUGINFILE)
        return files.get(unquote(path.partition("?")[0])) if mark else opened.pictures.find(link)

    return find


def _in_order(pages: list[etree._Element]) -> Iterable[etree._Element]:
    """Each page names the one before and behind it; where that is broken, they stay as they stand in the file."""
    by_id = {page.get("id", ""): page for page in pages}
    here: etree._Element | None = next((page for page in pages if _value(page, "prevpageid") == "0"), None)
    ordered: dict[str, etree._Element] = {}
    while here is not None and here.get("id", "") not in ordered:
        ordered[here.get("id", "")] = here
        here = by_id.get(_value(here, "nextpageid"))
    return [*ordered.values(), *(page for name, page in by_id.items() if name not in ordered)]


def _page_question(page: etree._Element, kind: str, source: Source, find: Callable[[str], str | None]) -> Question:
    if kind == "10":
        return moodle.essay(source)
    answers = []
    for element in page.iterfind("answers/answer"):
        text = moodle.as_markdown(_value(element, "answer_text"), "1", find).text
        is_right = Decimal(_value(element, "score").isdigit() and _value(element, "score") != "0") or Decimal(
            _value(element, "jumpto") not in ("0", "")
        )
        answers.append(Answer(text=text, plain=_value(element, "answer_text"), fraction=100 * is_right))
    if kind == "1":
        return moodle.short_answer(source, answers)
    if kind == "8":
        return moodle.numeric(source, answers)
    if _value(page, "qoption") == "1":
        right = sum(1 for answer in answers if answer.fraction)
        shared = [
            Answer(text=answer.text, plain=answer.plain, fraction=answer.fraction / max(1, right)) for answer in answers
        ]
        return moodle.choice(source, shared, single=False)
    return moodle.choice(source, answers, single=True)


def _category_paths(root: etree._Element) -> dict[str, str]:
    """By id; a category stands within another, and the outermost is called top."""
    named = {
        category.get("id", ""): (_value(category, "name"), _value(category, "parent"))
        for category in root.iterfind("question_category")
    }
    paths = {}
    for identity in named:
        parts: list[str] = []
        here, seen = identity, set[str]()
        while here in named and here not in seen:
            seen.add(here)
            name, parent = named[here]
            if not (name == "top" and parent not in named):
                parts.append(name.replace("/", "-"))
            here = parent
        paths[identity] = moodle.short("/".join(reversed(parts)), 100)
    return paths


def _entries(category: etree._Element) -> Iterator[tuple[str, etree._Element]]:
    """The questions of a category: as Moodle 2 and 3 wrote them, and the newest version of each, as 4 and 5 do."""
    for question in category.iterfind("questions/question"):
        yield "", question
    for entry in category.iterfind("question_bank_entries/question_bank_entry"):
        versions = entry.findall("question_version/question_versions")
        newest = max(versions, key=lambda each: _whole(_value(each, "version")), default=None)
        found = newest.find("questions/question") if newest is not None else None
        if found is not None:
            yield entry.get("id", ""), found


def _slots(element: etree._Element) -> list[etree._Element]:
    slots = element.findall("question_instances/question_instance")
    order = [part for part in _value(element, "questions").split(",") if part not in ("", "0")]
    if order:
        place = {name: number for number, name in enumerate(order)}
        return sorted(slots, key=lambda slot: place.get(_value(slot, "question"), len(place)))
    return sorted(slots, key=lambda slot: _whole(_value(slot, "slot")))


def _mark(slot: etree._Element) -> Decimal | None:
    """The points of a question in a quiz; None where the quiz does not say, or says what the exam cannot have."""
    mark = moodle.decimal(_value(slot, "maxmark") or _value(slot, "grade"))
    return round(mark, 2) if mark is not None and 0 <= mark <= moodle.MOST_POINTS else None


def _whole(text: str) -> int:
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else 0


def _drawn(condition: str) -> _Drawn | None:
    """The filter of a random question, as 4.0 and as later versions write it."""
    try:
        found = json.loads(condition)
        if "questioncategoryid" in found:
            from_all = str(found.get("includingsubcategories") or "0") != "0"
            # Each tag is its id, a comma, and its name.
            tags = tuple(str(tag).partition(",")[0] for tag in found.get("tags") or ())
            return _Drawn(str(found["questioncategoryid"]), from_all, tags)
        category = found["filter"]["category"]
        from_all = bool(category.get("filteroptions", {}).get("includesubcategories"))
        tags = tuple(map(str, found["filter"].get("qtagids", {}).get("values", ())))
        return _Drawn(str(category["values"][0]), from_all, tags)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError):
        return None


def _value(element: etree._Element, path: str) -> str:
    text = (element.findtext(path) or "").strip()
    return "" if text == _NULL else text
