"""The files of a backup, by where Moodle keeps them."""

import re
from collections.abc import Callable
from functools import partial
from urllib.parse import unquote

from exchange.formats.moodle_backup.documents import Documents, value, whole
from exchange.items import PackageFile

Find = Callable[[str], str | None]
_PLUGINFILE = "@@PLUGINFILE@@/"


class Files:
    """`missing` are those that the backup names and does not hold."""

    def __init__(self, documents: Documents) -> None:
        self._opened = documents.opened
        self.files: dict[str, PackageFile] = {}
        self.missing: list[str] = []
        self._by_context: dict[str, dict[str, str]] = {}
        self._by_item: dict[tuple[str, str], dict[str, str]] = {}
        self._contents: dict[str, list[tuple[int, str]]] = {}
        root = documents.parse("files.xml")
        for element in root.iterchildren("file") if root is not None else ():
            name = value(element, "filename")
            digest = value(element, "contenthash")
            if name in ("", ".") or not re.fullmatch(r"[0-9a-f]{40}", digest):
                continue
            inner = (value(element, "filepath") + name).lstrip("/")
            parts = [part for part in inner.split("/") if part not in ("", ".", "..")]
            component, area = value(element, "component"), value(element, "filearea")
            context, item = value(element, "contextid"), value(element, "itemid")
            if component in ("user", "backup", "mod_scorm", "block_html") or not parts:
                continue
            full = f"{component}-{context}/{area}/{item}/{'/'.join(parts)}"
            path = documents.path(f"files/{digest[:2]}/{digest}")
            if path is None:
                if area != "content":
                    self.missing.append(inner)
                continue
            mime = value(element, "mimetype")
            self.files[full] = PackageFile(full, mime or "application/octet-stream", partial(self._opened.open, path))
            if component.startswith(("question", "qtype")) or (component, area) == ("course", "section"):
                self._by_item.setdefault((area, item), {})[inner] = full
            else:
                self._by_context.setdefault(context, {})[inner] = full
                if area == "content":
                    entry = (-whole(value(element, "sortorder")), full)
                    self._contents.setdefault(context, []).append(entry)

    def of_item(self, area: str, item: str) -> Find:
        """Finds what the texts of an item show, as of a question or a section."""
        return self._find_in(self._by_item.get((area, item), {}))

    def of_context(self, context: str) -> Find:
        """Finds what the texts of an activity show."""
        return self._find_in(self._by_context.get(context, {}))

    def beside(self, context: str) -> Find:
        """Finds what a web page of an activity shows, by its path beside the page."""
        own = self._by_context.get(context, {})
        return lambda link: own.get(unquote(link.partition("?")[0])) or self._opened.pictures.find(link)

    def contents(self, context: str) -> list[str]:
        """The files that an activity consists of, its main file first."""
        return [name for _, name in sorted(self._contents.get(context, ()), key=lambda each: each[0])]

    def all(self) -> tuple[PackageFile, ...]:
        """With the pictures that stand within texts."""
        return *self.files.values(), *self._opened.pictures.files.values()

    def _find_in(self, files: dict[str, str]) -> Find:
        def find(link: str) -> str | None:
            _, mark, path = link.partition(_PLUGINFILE)
            return files.get(unquote(path.partition("?")[0])) if mark else self._opened.pictures.find(link)

        return find
