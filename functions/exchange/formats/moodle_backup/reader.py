"""Reads a backup: sections become modules, activities lessons and drafts of exams, its bank the bank."""

from collections.abc import Iterator

from lxml import etree

from exchange import moodle
from exchange.formats.moodle_backup.activities import Activities, activity_of
from exchange.formats.moodle_backup.documents import LONGEST_TITLE, Documents, index_of, value
from exchange.formats.moodle_backup.files import Files
from exchange.formats.moodle_backup.questions import QuestionBank
from exchange.formats.moodle_backup.quizzes import Quizzes
from exchange.items import Lesson, Module, NotReadable, Package
from exchange.markdown import Converted
from exchange.packages import Opened


def detect(opened: Opened) -> bool:
    return index_of(opened) is not None


def read(opened: Opened) -> Package:
    """The course of a backup; raises `NotReadable` if its table of contents is missing or damaged."""
    index = index_of(opened)
    if index is None:
        raise NotReadable("The file is not a Moodle backup.")
    return _Reader(Documents(opened, index)).package()


class _Reader:
    def __init__(self, backup: Documents) -> None:
        root = backup.index
        if root is None:
            raise NotReadable("The backup's table of contents is damaged.")
        self._root = root
        self._backup = backup
        self._files = Files(backup)
        self._bank = QuestionBank(backup, self._files)
        self._quizzes = Quizzes(self._bank, backup.report)
        self._activities = Activities(backup, self._files, self._bank, self._quizzes)

    def package(self) -> Package:
        modules = tuple(self._modules(self._root))
        for name in self._files.missing:
            self._backup.report.left_out("Files", name, "The file is missing in the backup.")
        return Package(
            title=moodle.short(value(self._root, "information/original_course_fullname"), LONGEST_TITLE),
            modules=modules,
            questions=tuple(self._bank.questions),
            quizzes=tuple(self._quizzes.quizzes),
            files=self._files.all(),
            notes=tuple(self._backup.report.notes),
        )

    def _modules(self, root: etree._Element) -> Iterator[Module]:
        activities = {
            activity.identity: activity
            for activity in map(activity_of, root.iterfind("information/contents/activities/activity"))
        }
        for element in root.iterfind("information/contents/sections/section"):
            identity, folder = value(element, "sectionid"), value(element, "directory").strip("/")
            section = self._backup.parse(f"{folder}/section.xml")
            title = value(element, "title")
            order: list[str] = []
            summary = Converted("")
            if section is not None:
                title = value(section, "name") or title
                order = [part.strip() for part in value(section, "sequence").split(",")]
                find = self._files.of_item("section", identity)
                summary = moodle.as_markdown(value(section, "summary"), value(section, "summaryformat") or "1", find)
            if not title or title.isdigit():
                title = "General" if title in ("", "0") else f"Section {title}"
            title = moodle.short(title, LONGEST_TITLE)
            lessons: list[Lesson] = []
            if summary.text:
                lessons += self._activities.text_lessons(title, title, summary)
            own = [activity for activity in activities.values() if activity.section == identity]
            place = {name: number for number, name in enumerate(order)}
            for activity in sorted(own, key=lambda each: place.get(each.identity, len(place))):
                lessons += self._activities.lessons(activity, title)
            if lessons:
                yield Module(title=title, lessons=tuple(lessons))
