"""Cartridges of others."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest

from exchange.formats import common_cartridge
from exchange.items import Package
from tests.exchange.material import material, opened

REPOSITORIES = ["openedx/cc2olx", "instructure/common-cartridge-viewer"]


def cartridges(folder: Path, scratch: Path) -> Iterator[Path]:
    yield from sorted(folder.rglob("*.imscc"))
    for place, manifest in enumerate(sorted(folder.rglob("imsmanifest.xml"))):
        yield Path(shutil.make_archive(str(scratch / f"{place}"), "zip", manifest.parent))


@pytest.mark.parametrize("repository", REPOSITORIES)
def test_the_outline_is_that_of_the_cartridge(repository, tmp_path):
    seen = 0
    for path in cartridges(material(repository), tmp_path):
        with opened(path) as package:
            assert common_cartridge.detect(package), path
            root = ElementTree.fromstring(package.read("imsmanifest.xml"))
            read = common_cartridge.read(package)
        modules = outline(root)
        seen += len(modules)
        assert [each.title for each in read.modules][: len(modules)] == [title for title, _ in modules], path
        for (_, titles), module in zip(modules, read.modules, strict=False):
            reported = set(shown(read)) | {each.title for each in module.lessons}
            assert [title for title in titles if title not in reported] == [], path
            lessons = [each.title for each in module.lessons]
            assert [title for title in titles if title in lessons] == [title for title in lessons if title in titles], (
                path
            )
    assert seen


def outline(root: ElementTree.Element) -> list[tuple[str, list[str]]]:
    """The titles of modules, and of what is in them but quizzes, which have titles of their own."""
    resources = [each for each in root.iter() if tag(each) == "resource"]
    quizzes = {each.get("identifier") for each in resources if each.get("type", "").startswith("imsqti")}
    modules = root.findall(".//{*}organization/{*}item/{*}item")
    return [(title(module), [title(each) for each in items(module, quizzes)]) for module in modules]


def items(module: ElementTree.Element, without: set[str | None]) -> Iterator[ElementTree.Element]:
    for each in module.iter():
        if tag(each) == "item" and each is not module and each.get("identifierref") not in without:
            yield each


def title(item: ElementTree.Element) -> str:
    return " ".join((item.findtext("{*}title") or "").split())


def tag(element: ElementTree.Element) -> str:
    return element.tag.split("}")[-1]


def shown(read: Package) -> Iterator[str]:
    yield from (each.what for each in read.notes)
    yield from (each.title for each in read.quizzes)
