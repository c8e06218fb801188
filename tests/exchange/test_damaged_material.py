"""Real files, damaged: whatever is in them, a reader answers or refuses, soon and within its memory."""

import io
import random
import time
import tracemalloc
import zipfile
from contextlib import suppress
from pathlib import Path
from types import ModuleType

import pytest

from exchange.formats import common_cartridge, olx, qti
from exchange.items import NotReadable
from exchange.packages import MEGABYTE, open_package
from tests.exchange.material import material

_SECONDS = 10
_PIECES = [b"<", b">", b"&", b'"', b"identifier", b"<x>", b"</x>", b"1e999", b"\x00", b"\xff", b"..", b"-1"]


@pytest.mark.parametrize(
    ("module", "repository", "pattern"),
    [
        (qti, "1EdTech/qti-examples", "*.zip"),
        (qti, "instructure/qti", "*.xml"),
        (common_cartridge, "instructure/common-cartridge-viewer", "*.imscc"),
        (common_cartridge, "instructure/qti", "*1.2*.xml"),
        (olx, "SkillUpTech/openedx_courses", "problem/*.xml"),
    ],
)
def test_a_damaged_file_is_read_or_refused(module: ModuleType, repository: str, pattern: str):
    chance = random.Random(20)
    paths = sorted(material(repository).rglob(pattern))
    ends = time.monotonic() + _SECONDS
    tracemalloc.start()
    while time.monotonic() < ends:
        path = chance.choice(paths)
        begun = time.monotonic()
        with suppress(NotReadable), open_package(damaged(path, chance), path.name) as opened:
            if module.detect(opened):
                package = module.read(opened)
                assert package.notes or package.modules
        assert time.monotonic() - begun < 30, path
    assert tracemalloc.get_traced_memory()[1] < 300 * MEGABYTE
    tracemalloc.stop()


def damaged(path: Path, chance: random.Random) -> io.BytesIO:
    """The bytes of a file with some changes; of an archive, those of files in it."""
    data = path.read_bytes()
    if not zipfile.is_zipfile(path):
        return io.BytesIO(changed(data, chance) or b"x")
    copy = io.BytesIO()
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(copy, "w") as target:
        for name in dict.fromkeys(source.namelist()):
            content = source.read(name)
            is_text = name.endswith((".xml", ".html", ".qti"))
            target.writestr(name, changed(content, chance) if is_text and chance.random() < 0.3 else content)
    return copy


def changed(data: bytes, chance: random.Random) -> bytes:
    for _ in range(chance.randrange(1, 5)):
        at = chance.randrange(len(data) + 1)
        match chance.randrange(3):
            case 0:
                data = data[:at] + chance.choice(_PIECES) + data[at:]
            case 1:
                data = data[:at] + data[at + chance.randrange(1, 200) :]
            case _:
                other = chance.randrange(len(data) + 1)
                data = data[:at] + data[other : other + 200] + data[at:]
    return data
