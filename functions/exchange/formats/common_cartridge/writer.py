"""Writes a course as a Common Cartridge 1.3: its outline, its files, and its bank and exams in QTI 1.2."""

import shutil
import zipfile
from typing import BinaryIO
from urllib.parse import quote

from lxml import etree

from exchange.formats.common_cartridge.assessment_writer import assessment, bank
from exchange.formats.common_cartridge.documents import add, dumped
from exchange.items import Lesson, Package
from exchange.markdown import to_html

_CARTRIDGE = "http://www.imsglobal.org/xsd/imsccv1p3/imscp_v1p1"
_METADATA = "http://ltsc.ieee.org/xsd/imsccv1p3/LOM/manifest"
_LINK = "http://www.imsglobal.org/xsd/imsccv1p3/imswl_v1p3"
_BANK = "bank.xml"


def write(package: Package, target: BinaryIO) -> None:
    """Writes the modules, questions and files of a package. A lesson with a text and a link, or a file, becomes two."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        _CartridgeWriter(package, archive).write()


class _CartridgeWriter:
    def __init__(self, package: Package, archive: zipfile.ZipFile) -> None:
        self.package = package
        self.archive = archive
        self.names = {file.name for file in package.files}
        self.count = 0
        self.manifest = etree.Element(f"{{{_CARTRIDGE}}}manifest", {"identifier": "manifest"}, nsmap={None: _CARTRIDGE})
        metadata = add(self.manifest, "metadata")
        add(metadata, "schema").text = "IMS Common Cartridge"
        add(metadata, "schemaversion").text = "1.3.0"
        lom = etree.SubElement(metadata, f"{{{_METADATA}}}lom", nsmap={"lomimscc": _METADATA})
        add(add(add(lom, "general"), "title"), "string").text = package.title
        self.organizations = add(self.manifest, "organizations")
        self.resources = add(self.manifest, "resources")

    def write(self) -> None:
        organization = add(self.organizations, "organization", identifier="outline", structure="rooted-hierarchy")
        root = add(organization, "item", identifier="root")
        for place, module in enumerate(self.package.modules, 1):
            item = add(root, "item", identifier=f"module-{place}")
            add(item, "title").text = module.title
            for lesson in module.lessons:
                self._write_lesson(item, lesson)
        for file in self.package.files:
            with file.open() as source, self.archive.open(file.name, "w") as copy:
                shutil.copyfileobj(source, copy)
        if self.package.questions:
            name = self._free_name(_BANK)
            self.archive.writestr(name, dumped(bank(self.package.questions)))
            self._resource("imsqti_xmlv1p2/imscc_xmlv1p3/question-bank", name)
        questions = {question.source: question for question in self.package.questions}
        for place, quiz in enumerate(self.package.quizzes, 1):
            name = self._free_name(f"assessments/assessment-{place}.xml")
            self.archive.writestr(name, dumped(assessment(quiz, questions)))
            self._resource("imsqti_xmlv1p2/imscc_xmlv1p3/assessment", name)
        self.archive.writestr("imsmanifest.xml", dumped(self.manifest))

    def _write_lesson(self, module: etree._Element, lesson: Lesson) -> None:
        if lesson.text:
            name = self._free_name(f"pages/page-{self.count + 1}.html")
            self.archive.writestr(name, _page(lesson))
            self._item(module, lesson.title, self._resource("webcontent", name))
        if lesson.link:
            name = self._free_name(f"links/link-{self.count + 1}.xml")
            self.archive.writestr(name, _link(lesson))
            self._item(module, lesson.title, self._resource("imswl_xmlv1p3", name))
        if lesson.file:
            self._item(module, lesson.title, self._resource("webcontent", lesson.file))
        if not (lesson.text or lesson.link or lesson.file):
            self._item(module, lesson.title, None)

    def _item(self, module: etree._Element, title: str, resource: str | None) -> None:
        self.count += 1
        item = add(module, "item", identifier=f"item-{self.count}")
        if resource is not None:
            item.set("identifierref", resource)
        add(item, "title").text = title

    def _resource(self, kind: str, name: str) -> str:
        identifier = f"resource-{len(self.resources) + 1}"
        resource = add(self.resources, "resource", identifier=identifier, type=kind)
        if kind == "webcontent":
            resource.set("href", quote(name))
        add(resource, "file", href=quote(name))
        return identifier

    def _free_name(self, wanted: str) -> str:
        name = wanted
        while name in self.names:
            name = f"_{name}"
        self.names.add(name)
        return name


def _page(lesson: Lesson) -> str:
    page = etree.Element("html")
    title = etree.SubElement(etree.SubElement(page, "head"), "title")
    title.text = lesson.title
    head = etree.tostring(page, encoding="unicode", method="html").removesuffix("</html>")
    body = to_html(lesson.text, lambda name: f"$IMS-CC-FILEBASE$/{quote(name)}")
    return f"<!DOCTYPE html>\n{head}<body>\n{body}\n</body></html>\n"


def _link(lesson: Lesson) -> bytes:
    link = etree.Element(f"{{{_LINK}}}webLink", nsmap={None: _LINK})
    add(link, "title").text = lesson.title
    add(link, "url", href=lesson.link or "", target="_blank")
    return dumped(link)
