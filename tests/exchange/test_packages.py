"""Uploaded archives are opened without trusting them."""

import io
import random
import struct
import tarfile
import tracemalloc
import zipfile
from collections.abc import Callable
from typing import BinaryIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange import packages
from exchange.items import NotReadable
from exchange.packages import MEGABYTE, open_package


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> io.BytesIO:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return file


def tarred(files: dict[str, bytes], mode: str = "w:gz") -> io.BytesIO:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode=mode) as archive:  # type: ignore[call-overload]
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return file


def everything(file: BinaryIO, name: str = "upload") -> dict[str, bytes]:
    with open_package(file, name) as opened:
        return {each: opened.read(each) for each in opened.names}


def refusal(file: BinaryIO) -> str:
    with pytest.raises(NotReadable) as caught:
        everything(file)
    return caught.value.reason


FILES = {"course.xml": b"<course/>", "static/image.png": bytes(range(256)) * 300, "static/empty": b""}
ARCHIVES: list[Callable[[dict[str, bytes]], io.BytesIO]] = [
    zipped,
    lambda files: zipped(files, zipfile.ZIP_STORED),
    tarred,
    lambda files: tarred(files, "w:"),
]


@pytest.mark.parametrize("archive", ARCHIVES)
def test_an_archive_holds_its_files(archive):
    assert everything(archive(FILES)) == FILES


def test_a_file_without_an_archive_is_itself():
    with open_package(io.BytesIO(b"::title:: 1 + 1 = {=2}"), "folder/questions.gift") as opened:
        assert opened.is_bare
        assert opened.names == ("questions.gift",)
        assert opened.read("questions.gift") == b"::title:: 1 + 1 = {=2}"


@pytest.mark.parametrize("archive", ARCHIVES)
def test_a_file_can_be_read_several_times_at_once(archive):
    with open_package(archive(FILES), "upload") as opened:
        first, second = opened.open("static/image.png"), opened.open("static/image.png")
        start = first.read(1000)
        assert second.read() == FILES["static/image.png"]
        assert start + first.read() == FILES["static/image.png"]
        assert not opened.is_bare


@pytest.mark.parametrize("archive", ARCHIVES)
@pytest.mark.parametrize(
    "name",
    ["../evil", "a/../../evil", "/etc/passwd", "C:\\evil", "\\\\host\\evil", "a\\..\\..\\evil", "a\nb", "x" * 1001],
)
def test_names_that_point_out_of_the_archive_are_refused(archive, name):
    assert "name that is not allowed" in refusal(archive({name: b"x"}))


@pytest.mark.parametrize("archive", ARCHIVES)
def test_two_files_of_one_name_are_refused(archive):
    assert "same name" in refusal(archive({"a/b": b"1", "a//./b": b"2"}))


@pytest.mark.parametrize("archive", ARCHIVES)
def test_names_are_normalised(archive):
    files = {"./a\\b.txt": b"1", "u\u0308.txt": b"2", "__MACOSX/a": b"3", "a/._b.txt": b"4"}
    assert everything(archive(files)) == {"a/b.txt": b"1", "\u00fc.txt": b"2"}


def test_a_zip_may_hold_utf8_names_without_saying_so():
    file = zipped({"aaaa.txt": b"1"})
    assert everything(io.BytesIO(file.getvalue().replace(b"aaaa.txt", "éé.txt".encode()))) == {"éé.txt": b"1"}


def test_names_in_an_old_code_page_are_kept_apart():
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", encoding="latin-1") as archive:
        for name in ("\u00e9.txt", "\u00e8.txt"):
            archive.addfile(tarfile.TarInfo(name))
    assert sorted(everything(file)) == ["\u00e8.txt", "\u00e9.txt"]


@pytest.mark.parametrize("archive", ARCHIVES)
def test_names_that_differ_in_case_are_two_files(archive):
    files = {"A.txt": b"1", "a.txt": b"2"}
    assert everything(archive(files)) == files


def test_a_zip_with_the_fields_of_zip64_is_read():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive, archive.open("a.txt", "w", force_zip64=True) as stream:
        stream.write(b"hello")
    assert everything(file) == {"a.txt": b"hello"}


def test_a_zip_of_which_one_file_is_named_by_many_entries_is_bounded():
    """Entries that share their bytes unpack to much more than the archive is."""
    file = zipped({f"{number:05d}": b"" for number in range(3)} | {"zeros": bytes(1000) * 25_000})
    data = file.getvalue()
    with zipfile.ZipFile(file) as archive:
        [*others, zeros] = archive.infolist()
    shared = bytearray(data)
    for other in others:
        at = shared.rindex(other.filename.encode())
        # Its entry in the table of contents: sizes, checksum and place of the large file.
        entry = at - 46
        struct.pack_into("<LLL", shared, entry + 16, zeros.CRC, zeros.compress_size, zeros.file_size)
        struct.pack_into("<H", shared, entry + 10, zeros.compress_type)
        struct.pack_into("<L", shared, entry + 42, zeros.header_offset)
    assert refusal(io.BytesIO(bytes(shared)))


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE])
def test_links_and_devices_in_a_tar_are_refused(kind):
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as archive:
        member = tarfile.TarInfo("link")
        member.type, member.linkname = kind, "/etc/passwd"
        archive.addfile(member)
    assert "links or devices" in refusal(file)


def test_links_in_a_zip_are_refused():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        link = zipfile.ZipInfo("link")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    assert "links or devices" in refusal(file)


def test_a_zip_with_a_password_is_refused():
    data = bytearray(zipped({"a": b"1"}).getvalue())
    data[data.index(b"PK\x01\x02") + 8] |= 1
    assert "password" in refusal(io.BytesIO(data))


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_uncommon_compression_is_refused_since_it_unpacks_without_bounds(method):
    assert "ordinary zip" in refusal(zipped({"a": b"1" * 1000}, method))


@pytest.mark.parametrize("archive", [zipped, tarred])
def test_a_bomb_is_refused_without_being_held_in_memory(archive):
    bomb = archive({"zeros": bytes(60 * MEGABYTE)})
    tracemalloc.start()
    assert "out of all proportion" in refusal(bomb)
    assert tracemalloc.get_traced_memory()[1] < 10 * MEGABYTE
    tracemalloc.stop()


def test_a_bomb_of_many_files_is_refused():
    assert "out of all proportion" in refusal(zipped({f"zeros{n}": bytes(15 * MEGABYTE) for n in range(3)}))


def test_a_bomb_in_an_archive_stays_packed():
    bomb = zipped({"zeros": bytes(60 * MEGABYTE)}).getvalue()
    assert everything(zipped({"bomb.zip": bomb})) == {"bomb.zip": bomb}


def test_a_zip_that_understates_a_file_gives_no_more_than_it_states():
    data = zipped({"zeros": bytes(5 * MEGABYTE)}).getvalue()
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = data.index(signature) + offset
        data = data[:at] + struct.pack("<L", 10) + data[at + 4 :]
    assert "damaged" in refusal(io.BytesIO(data))


@pytest.mark.parametrize("archive", ARCHIVES)
def test_bounds_of_number_and_size(archive, monkeypatch):
    monkeypatch.setattr(packages, "MAX_FILES", 3)
    assert everything(archive(FILES)) == FILES
    assert "more than 3 files" in refusal(archive({**FILES, "one more": b""}))
    monkeypatch.setattr(packages, "MAX_UNPACKED", 90_000)
    assert everything(archive(FILES)) == FILES
    assert "larger than" in refusal(archive({**FILES, "static/empty": bytes(20_000)}))
    monkeypatch.setattr(packages, "MAX_BYTES", 100)
    assert refusal(archive(FILES)) == "The file is larger than 0 MB."


def test_an_endless_table_of_contents_is_refused():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for number in range(100):
            entry = zipfile.ZipInfo(f"{number}")
            entry.comment = b"x" * 65_535
            archive.writestr(entry, b"")
        for number in range(100, 130):
            entry = zipfile.ZipInfo(f"{number}")
            entry.comment = b"x" * 65_535
            archive.writestr(entry, b"")
    assert "table of contents" in refusal(file)


def test_a_long_header_of_a_tar_is_refused():
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as archive:
        member = tarfile.TarInfo("a")
        member.pax_headers = {"comment": "x" * 2 * MEGABYTE}
        archive.addfile(member)
    assert "table of contents" in refusal(file)


def test_a_file_that_is_too_large_to_read_at_once_is_streamed():
    with open_package(zipped(FILES), "upload") as opened:
        with pytest.raises(NotReadable):
            opened.read("static/image.png", at_most=1000)
        assert len(opened.open("static/image.png").read()) == 76_800


@pytest.mark.parametrize(
    "data", [b"", b"PK\x03\x04", b"PK\x05\x06" + bytes(10), b"\x1f\x8b", b"\x1f\x8b\x08" + bytes(50)]
)
def test_what_is_no_file_is_refused(data):
    assert refusal(io.BytesIO(data))


def test_links_find_their_files():
    with open_package(zipped({"a/Page one.html": b"", "a/b/image.png": b"", "x%20y": b""}), "upload") as opened:
        assert opened.resolve("b/image.png?v=1#top", "a/Page one.html") == "a/b/image.png"
        assert opened.resolve("../Page%20One.html", "a/b/image.png") == "a/Page one.html"
        assert opened.resolve("/a/b/IMAGE.png", "anywhere/else") == "a/b/image.png"
        assert opened.resolve("x%20y") == "x%20y"
        outside = (
            "../../../a/b/image.png",
            "https://example.org/a/b/image.png",
            "//a/b/image.png",
            "",
            "#",
            "http://[",
            "a",
        )
        assert [opened.resolve(link, "a/b/image.png") for link in outside] == [None] * 7


SEEDS = [archive(FILES).getvalue() for archive in ARCHIVES]


@settings(deadline=None)
@given(st.sampled_from(SEEDS), st.randoms(use_true_random=False), st.integers(1, 8))
def test_a_damaged_archive_is_read_or_refused(seed: bytes, chance: random.Random, changes: int):
    data = bytearray(seed)
    for _ in range(changes):
        at = chance.randrange(len(data))
        match chance.randrange(4):
            case 0:
                data[at] = chance.randrange(256)
            case 1:
                del data[at : at + chance.randrange(1, 40)]
            case 2:
                data[at : at + 8] = chance.choice([b"\xff" * 8, bytes(8), b"77777777", b"\x80" + bytes(7)])
            case _:
                del data[at:]
        if not data:
            break
    try:
        names = everything(io.BytesIO(data))
    except NotReadable:
        return
    assert all(not name.startswith("/") and ".." not in name.split("/") for name in names)


@settings(deadline=None)
@given(
    st.binary(max_size=2000),
    st.sampled_from([b"", b"PK\x03\x04", b"PK\x05\x06", b"PK\x05\x06" + bytes(18), b"\x1f\x8b\x08"]),
)
def test_anything_is_read_or_refused(data: bytes, start: bytes):
    try:
        files = everything(io.BytesIO(start + data))
    except NotReadable:
        return
    assert files
