"""The XML documents of a backup."""

import re
from pathlib import PurePosixPath

from lxml import etree

from exchange.items import NotReadable, Report
from exchange.packages import Opened
from exchange.xml import parse

LONGEST_TITLE = 200
_INDEX = "moodle_backup.xml"
_NULL = "$@NULL@$"


class Documents:
    """The documents of a backup, of which the table of contents stands at the top, or in the one folder there."""

    def __init__(self, opened: Opened, index: str) -> None:
        self.opened = opened
        self.report = Report()
        self._prefix = index.removesuffix(_INDEX)

    @property
    def index(self) -> etree._Element | None:
        return self.parse(_INDEX)

    def path(self, name: str) -> str | None:
        """The name that a file of the backup has in the archive; None if it is not there."""
        path = self._prefix + name
        return path if path in self.opened else None

    def parse(self, name: str) -> etree._Element | None:
        """A document; None, with a line in the report, where it is damaged."""
        path = self.path(name)
        if path is None:
            return None
        try:
            with self.opened.open(path) as stream:
                return parse(stream)
        except NotReadable:
            self.report.left_out("Backup", name, "This part of the backup is damaged.")
            return None


def index_of(opened: Opened) -> str | None:
    found = [name for name in opened.names if PurePosixPath(name).name == _INDEX and name.count("/") <= 1]
    return min(found, key=len, default=None)


def value(element: etree._Element, path: str) -> str:
    """What a field holds; nothing where it has Moodle's mark for that."""
    text = (element.findtext(path) or "").strip()
    return "" if text == _NULL else text


def whole(text: str) -> int:
    """A number without a fraction; 0 for what is none."""
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else 0
