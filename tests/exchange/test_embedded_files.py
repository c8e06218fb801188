"""Files within an XML document are decoded when they are opened, and are not in memory before."""

import base64
import io
import random
import subprocess
import sys
from pathlib import Path

import pytest

from exchange.formats import moodle_xml
from exchange.packages import open_package

MEGABYTE = 1_000_000

READ = """
import resource, sys
from exchange.formats import moodle_xml
from exchange.packages import open_package
with open(sys.argv[1], "rb") as file, open_package(file, "questions.xml") as opened:
    package = moodle_xml.read(opened)
    sizes = [0] * len(package.files)
    for number, each in enumerate(package.files):
        with each.open() as stream:
            while piece := stream.read(65_536):
                sizes[number] += len(piece)
unit = 1 if sys.platform == "darwin" else 1_024
print(len(package.questions), len(sizes), sum(sizes), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit)
"""


def quiz(*files: bytes) -> bytes:
    asked = b"".join(
        b'<question type="essay"><name><text>%d</text></name><questiontext format="html">'
        b'<text>Look: &lt;img src="@@PLUGINFILE@@/a.png"&gt;</text>'
        b'<file name="a.png" path="/" encoding="base64">%b</file>'
        b"</questiontext></question>" % (number, file)
        for number, file in enumerate(files)
    )
    return b"<quiz>%b</quiz>" % asked


def contents(document: bytes) -> list[bytes]:
    """What the files of a document hold."""
    with open_package(io.BytesIO(document), "questions.xml") as opened:
        return [file.open().read() for file in moodle_xml.read(opened).files]


@pytest.mark.parametrize("encode", [base64.b64encode, base64.encodebytes])
@pytest.mark.parametrize("size", [1, 8_000, 12_288, 100_001, 1_000_000])
def test_files_of_every_size_are_what_they_were(encode, size: int) -> None:  # type: ignore[no-untyped-def]
    made = [random.Random(seed).randbytes(size + seed) for seed in range(3)]
    assert contents(quiz(*map(encode, made))) == made


def test_a_damaged_file_is_left_out() -> None:
    good = base64.b64encode(bytes(90_000))
    assert contents(quiz(b"=" + good, good)) == [bytes(90_000)]
    assert contents(quiz(good[:50_000] + b"*" + good[50_001:], good)) == [bytes(90_000)]


def test_a_document_cannot_name_the_place_of_a_file_itself() -> None:
    good = base64.b64encode(bytes(90_000))
    for forged in (b"@0-999999999@", b"@99999999999-1@", b"@16384-98304@", b"@16384-98304@" * 20):
        assert contents(quiz(good, forged)) == [bytes(90_000)]


@pytest.mark.parametrize(("count", "size"), [(1, 142 * MEGABYTE), (2_300, 60_000)])
def test_two_hundred_megabytes_are_read_in_little_memory(tmp_path: Path, count: int, size: int) -> None:
    path = tmp_path / "questions.xml"
    document = quiz(base64.b64encode(random.Random(1).randbytes(size)))
    question = document.removeprefix(b"<quiz>").removesuffix(b"</quiz>")
    with path.open("wb") as file:
        file.write(b"<quiz>")
        file.writelines(question for _ in range(count))
        file.write(b"</quiz>")
    assert 180 * MEGABYTE < path.stat().st_size < 200 * MEGABYTE
    # A program starts with the most memory that the one which started it had: the shell, not pytest.
    shell = ["sh", "-c", '"$0" -c "$1" "$2"; exit $?', sys.executable, READ, str(path)]
    environment = {"PYTHONPATH": ":".join(sys.path)}
    said = subprocess.run(shell, check=True, capture_output=True, text=True, env=environment)
    questions, files, read_bytes, most_memory = map(int, said.stdout.split())
    assert (questions, files, read_bytes) == (count, count, count * size)
    assert most_memory < 512 * MEGABYTE, most_memory
