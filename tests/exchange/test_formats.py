"""The formats at the door: a bank is read, exported and read again; whatever is broken fails with a reason."""

import gzip
import io
import tarfile
import zipfile
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exchange.formats import FORMATS, WRITERS
from exchange.items import Package, Question
from exchange.packages import open_package
from tests.exchange import test_moodle_backup
from tests.exchange.conftest import Exchange
from tests.exchange.readers import formats_of

GIFT = b"""$CATEGORY: Loops/While

::Squares:: Is 4 a square? {T}

::Capitals:: What is the capital of Pakistan? {=Islamabad ~Karachi ~Lahore}
"""
XML = b"""<?xml version="1.0" encoding="UTF-8"?>
<quiz><question type="truefalse"><name><text>Squares</text></name>
<questiontext format="html"><text><![CDATA[<p>Is 4 a <b>square</b>?</p>]]></text></questiontext>
<answer fraction="100"><text>true</text></answer><answer fraction="0"><text>false</text></answer></question></quiz>
"""
NAMES = {"gift": "bank.gift", "moodleXml": "bank.xml"}


@pytest.mark.parametrize(("name", "body"), [("gift", GIFT), ("moodleXml", XML)])
def test_a_bank_is_read_and_reported(exchange: Exchange, bucket: Any, name: str, body: bytes) -> None:
    import_id = exchange.ready(bucket, body, file_name=NAMES[name])
    shown = exchange.shown(import_id)
    assert (shown["state"], shown["format"], shown["reason"]) == ("ready", name, None)
    assert 1 <= shown["contents"]["questions"] <= len(exchange.report(import_id))


@pytest.mark.parametrize("name", sorted(WRITERS))
def test_what_a_writer_writes_is_of_its_format_for_the_door(exchange: Exchange, bucket: Any, name: str) -> None:
    question = Question(source="q1", kind="truefalse", question_text="Is it?", correct_answer=True, title="One")
    written = io.BytesIO()
    WRITERS[name](Package(title="Bank", questions=(question,)), written)
    import_id = exchange.ready(bucket, written.getvalue(), file_name=NAMES.get(name, "bank.zip"))
    shown = exchange.shown(import_id)
    assert (shown["state"], shown["format"], shown["contents"]["questions"]) == ("ready", name, 1)


def _zipped(files: dict[str, bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name, body in files.items():
            archive.writestr(name, body)
    return written.getvalue()


def _tarred(files: dict[str, bytes]) -> bytes:
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w:gz") as archive:
        for name, body in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(body)
            archive.addfile(info, io.BytesIO(body))
    return written.getvalue()


SEEDS = [
    GIFT,
    XML,
    _zipped({"imsmanifest.xml": b"<manifest xmlns='http://www.imsglobal.org/xsd/imscp_v1p1'><resources/></manifest>"}),
    _zipped({"../../etc/passwd": b"x"}),
    _tarred({"course/course.xml": b"<course url_name='1' org='a' course='b'/>", "course/course/1.xml": b"<course/>"}),
    _tarred({"moodle_backup.xml": b"<moodle_backup/>"}),
    b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><quiz>&e;</quiz>',
    gzip.compress(b"\0" * 100_000),
]


ITEM = b'<qti-assessment-item xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" identifier="i"/>'
MANIFEST = b"<manifest><metadata><schema>%b</schema></metadata><resources>%b</resources></manifest>"
BACKUP = {
    **test_moodle_backup.contents(),
    "course/course.xml": b"<course id='2' contextid='9'><shortname>A</shortname><fullname>B</fullname></course>",
}
FILES = {
    "gift": ("bank.txt", GIFT),
    "moodleXml": ("bank.xml", XML),
    "moodleBackup": ("course.mbz", _zipped(BACKUP)),
    "moodleBackup in tar.gz": ("course.mbz", _tarred(BACKUP)),
    "qti": ("items.zip", _zipped({"imsmanifest.xml": MANIFEST % (b"QTI Package", b""), "items/i.xml": ITEM})),
    "qti in one file": ("item.xml", ITEM),
    "commonCartridge": (
        "course.imscc",
        _zipped({"imsmanifest.xml": MANIFEST % (b"IMS Common Cartridge", b"<resource type='webcontent'/>")}),
    ),
    "commonCartridge of QTI 1.2": ("quiz.xml", b"<questestinterop><assessment ident='a'/></questestinterop>"),
    "olx": (
        "course.tar.gz",
        _tarred({
            "course/course.xml": b"<course url_name='1' org='a' course='b'/>",
            "course/course/1.xml": b"<course><chapter/></course>",
        }),
    ),
    "olx library": (
        "library.tar.gz",
        _tarred({"library/library.xml": b"<library org='a' library='b'><problem/></library>"}),
    ),
    "none, of a web site": (
        "site.zip",
        _zipped({"index.html": b"<html><body/></html>", "course.xml": b"<course><title>A</title></course>"}),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_of_one_format_alone(name: str) -> None:
    file_name, body = FILES[name]
    with open_package(io.BytesIO(body), file_name) as opened:
        assert formats_of(opened) == ([] if name.startswith("none") else name.split(" ")[:1])


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(data=st.data())
def test_whatever_is_uploaded_is_read_or_fails_with_a_reason(exchange: Exchange, bucket: Any, data: Any) -> None:
    body = bytearray(data.draw(st.sampled_from(SEEDS)))
    for _ in range(data.draw(st.integers(0, 4))):
        at = data.draw(st.integers(0, len(body) - 1))
        body[at : at + data.draw(st.integers(0, 8))] = data.draw(st.binary(max_size=8))
    import_id = exchange.ready(bucket, bytes(body) or b"\0", file_name="anything.zip")
    shown = exchange.shown(import_id)
    assert shown["state"] in ("ready", "failed")
    assert (shown["state"] == "failed") == bool(shown["reason"])
    assert "fault of the system" not in (shown["reason"] or "")
    assert len(FORMATS) >= 2
