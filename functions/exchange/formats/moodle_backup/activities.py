"""What the activities of a course are in the outline."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from pathlib import PurePosixPath

from lxml import etree

from exchange import moodle
from exchange.formats.moodle_backup.documents import LONGEST_TITLE, Documents, value
from exchange.formats.moodle_backup.files import Files, Find
from exchange.formats.moodle_backup.questions import QuestionBank
from exchange.formats.moodle_backup.quizzes import Quizzes
from exchange.items import Lesson, Question, Sentence
from exchange.markdown import LONGEST, Converted, from_html
from exchange.moodle import Answer, Source

_LONGEST_LESSON = 50_000
# What other activities have of use for a lesson: their description.
_DESCRIBED = {
    "assign": "Handing in work was left out; its description is a lesson.",
    "choice": "The vote was left out; its description is a lesson.",
    "feedback": "The survey was left out; its description is a lesson.",
}


@dataclass
class Activity:
    identity: str
    section: str
    kind: str
    title: str
    folder: str


def activity_of(element: etree._Element) -> Activity:
    return Activity(
        identity=value(element, "moduleid"),
        section=value(element, "sectionid"),
        kind=re.sub(r"\W", "", value(element, "modulename")),
        title=moodle.short(value(element, "title"), LONGEST_TITLE),
        folder=value(element, "directory").strip("/"),
    )


class Activities:
    def __init__(self, backup: Documents, files: Files, bank: QuestionBank, quizzes: Quizzes) -> None:
        self._backup = backup
        self._files = files
        self._bank = bank
        self._quizzes = quizzes

    def lessons(self, activity: Activity, where: str) -> list[Lesson]:
        """What an activity is in the outline; quizzes become exam drafts."""
        root = self._backup.parse(f"{activity.folder}/{activity.kind}.xml")
        element = root.find(activity.kind) if root is not None else None
        if root is None or element is None:
            reason = "Its part of the backup is missing or damaged."
            self._backup.report.left_out(where, activity.title or activity.kind, reason)
            return []
        title = moodle.short(value(element, "name") or activity.title, LONGEST_TITLE) or activity.kind.title()
        context = root.get("contextid", "")
        find = self._files.of_context(context)
        intro = moodle.as_markdown(value(element, "intro"), value(element, "introformat") or "1", find)
        readers: dict[str, Callable[[], list[Lesson]]] = {
            "page": lambda: self._page(where, title, element, find, intro),
            "label": lambda: self.text_lessons(where, title, intro),
            "url": lambda: self._link_lesson(where, title, value(element, "externalurl"), intro),
            "resource": lambda: self._file_lessons(where, title, context, intro, only_first=True),
            "folder": lambda: self._file_lessons(where, title, context, intro),
            "book": lambda: self._chapters(where, title, element, find, intro),
            "lesson": lambda: self._lesson_pages(where, title, element, find, intro),
        }
        if activity.kind == "quiz":
            self._quizzes.read(where, title, element, intro)
            return []
        if activity.kind in readers:
            return readers[activity.kind]()
        if activity.kind in _DESCRIBED and intro.text:
            return self.text_lessons(where, title, intro, _DESCRIBED[activity.kind])
        self._backup.report.left_out(
            where, title, Sentence("There is no place for an activity of the type {kind}.", kind=activity.kind)
        )
        return []

    def _page(self, where: str, title: str, element: etree._Element, find: Find, intro: Converted) -> list[Lesson]:
        text = moodle.as_markdown(value(element, "content"), value(element, "contentformat") or "1", find)
        return self.text_lessons(where, title, text if text.text or text.files else intro)

    def text_lessons(self, where: str, title: str, text: Converted, *losses: str) -> list[Lesson]:
        """A lesson of text, and one for each file to which it links."""
        said = [*text.losses, *losses]
        shown = text.text
        if len(shown) > _LONGEST_LESSON:
            shown = shown[:_LONGEST_LESSON].rsplit("\n", 1)[0]
            said.append("The end of its text was cut off.")
        if not shown and not text.files:
            self._backup.report.left_out(where, title, "There is nothing in it to show.")
            return []
        self._backup.report.took(where, title, said)
        lessons = [Lesson(title=title, text=shown)] if shown else []
        return [*lessons, *(self._file_lesson(name) for name in text.files)]

    def _file_lesson(self, name: str) -> Lesson:
        return Lesson(title=moodle.short(PurePosixPath(name).name, LONGEST_TITLE), file=name)

    def _link_lesson(self, where: str, title: str, link: str, intro: Converted) -> list[Lesson]:
        link = link.strip()
        if not re.match(r"https?://[^\s/]+\S*$", link, re.IGNORECASE):
            self._backup.report.left_out(where, title, "Its link does not lead into the web.")
            return []
        self._backup.report.took(where, title, intro.losses)
        return [Lesson(title=title, text=intro.text[:_LONGEST_LESSON], link=link)]

    def _file_lessons(
        self, where: str, title: str, context: str, intro: Converted, *, only_first: bool = False
    ) -> list[Lesson]:
        """The files of a folder, or the main file of a resource, to which its others belong."""
        names = self._files.contents(context)
        if not names:
            self._backup.report.left_out(where, title, "Its file is missing in the backup.")
            return []
        if PurePosixPath(names[0]).suffix.lower() in (".html", ".htm"):
            return self._web_page(where, title, names[0], context)
        others = [] if only_first else names[1:]
        left = len(names) - 1 - len(others)
        losses = [Sentence("Files that belong to its main file were left out: {files}.", files=left)] if left else []
        self._backup.report.took(where, title, [*intro.losses, *losses])
        first = Lesson(title=title, text=intro.text[:_LONGEST_LESSON], file=names[0])
        return [first, *(self._file_lesson(name) for name in others)]

    def _web_page(self, where: str, title: str, name: str, context: str) -> list[Lesson]:
        """An HTML file is a lesson of text."""
        with self._files.files[name].open() as stream:
            html = stream.read(LONGEST).decode("utf-8", "replace")
        text = from_html(html, self._files.beside(context))
        if not text.text:
            self._backup.report.left_out(where, title, "Its web page shows nothing without its scripts.")
            return []
        return self.text_lessons(where, title, text)

    def _chapters(self, where: str, title: str, element: etree._Element, find: Find, intro: Converted) -> list[Lesson]:
        lessons = self.text_lessons(where, title, intro) if intro.text else []
        for chapter in element.iterfind("chapters/chapter"):
            text = moodle.as_markdown(value(chapter, "content"), value(chapter, "contentformat") or "1", find)
            name = moodle.short(value(chapter, "title"), LONGEST_TITLE) or title
            lessons += self.text_lessons(f"{where} / {title}", name, text)
        return lessons

    def _lesson_pages(
        self, where: str, title: str, element: etree._Element, find: Find, intro: Converted
    ) -> list[Lesson]:
        """The pages of a Moodle lesson in their order; its questions go to the bank."""
        lessons = self.text_lessons(where, title, intro) if intro.text else []
        within = f"{where} / {title}"
        for page in _in_order(element.findall("pages/page")):
            name = moodle.short(value(page, "title"), LONGEST_TITLE) or title
            text = moodle.as_markdown(value(page, "contents"), value(page, "contentsformat") or "1", find)
            kind = value(page, "qtype")
            if kind == "20":
                lessons += self.text_lessons(within, name, text)
            elif kind in ("1", "2", "3", "8", "10"):
                source = Source(f"lesson-page-{page.get('id')}", title=name, text=text.text, category=title)
                source.losses += text.losses
                self._bank.take(within, source, partial(_page_question, page, kind, source, find))
            elif kind not in ("21", "30", "31"):
                self._backup.report.left_out(within, name, "There is no place for this kind of page.")
        return lessons


def _in_order(pages: list[etree._Element]) -> Iterable[etree._Element]:
    """Each page names the one before and behind it; where that is broken, they stay as they stand in the file."""
    by_id = {page.get("id", ""): page for page in pages}
    here: etree._Element | None = next((page for page in pages if value(page, "prevpageid") == "0"), None)
    ordered: dict[str, etree._Element] = {}
    while here is not None and here.get("id", "") not in ordered:
        ordered[here.get("id", "")] = here
        here = by_id.get(value(here, "nextpageid"))
    return [*ordered.values(), *(page for name, page in by_id.items() if name not in ordered)]


def _page_question(page: etree._Element, kind: str, source: Source, find: Find) -> Question:
    if kind == "10":
        return moodle.essay(source)
    answers = []
    for element in page.iterfind("answers/answer"):
        text = moodle.as_markdown(value(element, "answer_text"), "1", find).text
        is_right = Decimal(value(element, "score").isdigit() and value(element, "score") != "0") or Decimal(
            value(element, "jumpto") not in ("0", "")
        )
        answers.append(Answer(text=text, plain=value(element, "answer_text"), fraction=100 * is_right))
    if kind == "1":
        return moodle.short_answer(source, answers)
    if kind == "8":
        return moodle.numeric(source, answers)
    if value(page, "qoption") == "1":
        right = sum(1 for answer in answers if answer.fraction)
        shared = [
            Answer(text=answer.text, plain=answer.plain, fraction=answer.fraction / max(1, right)) for answer in answers
        ]
        return moodle.choice(source, shared, single=False)
    return moodle.choice(source, answers, single=True)
