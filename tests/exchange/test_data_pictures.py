"""Pictures that stand in texts as `data:` links come along as files, whatever the format."""

import base64
import html
import io
from collections.abc import Callable

import pytest

from exchange import data_pictures
from exchange.formats import FORMATS
from exchange.items import Package
from exchange.markdown import images_in
from exchange.packages import open_package
from tests.exchange.test_packages import tarred, zipped

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 100
JPEG = b"\xff\xd8\xff" + bytes(200)
WEBP = b"RIFF\x00\x00\x00\x00WEBP" + bytes(200)


def link(data: bytes, kind: str = "image/png") -> str:
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"


def shown(*links: str) -> str:
    return "".join(f'<p>Look: <img src="{each}" alt="A picture"></p>' for each in links)


def gift(text: str) -> bytes:
    escaped = text.replace("\\", "\\\\").replace("=", "\\=").replace(":", "\\:").replace("{", "\\{")
    return f"::Title::[html]{escaped}{{TRUE}}".encode()


def moodle_xml(text: str) -> bytes:
    asked = f"<questiontext format='html'><text>{html.escape(text)}</text></questiontext>"
    return f"<quiz><question type='essay'><name><text>Title</text></name>{asked}</question></quiz>".encode()


def moodle_backup(text: str) -> bytes:
    question = (
        f"<question id='1'><qtype>essay</qtype><name>Title</name><questiontext>{html.escape(text)}</questiontext>"
    )
    bank = f"<question_categories><question_category id='1'><questions>{question}</question></questions>"
    files = {
        "moodle_backup.xml": b"<moodle_backup/>",
        "questions.xml": f"{bank}</question_category></question_categories>".encode(),
    }
    return zipped(files).getvalue()


def qti(text: str) -> bytes:
    body = text.replace('alt="A picture">', 'alt="A picture"/>')
    return (
        "<assessmentItem xmlns='http://www.imsglobal.org/xsd/imsqti_v2p1' identifier='a' title='Title'>"
        "<responseDeclaration identifier='RESPONSE' cardinality='single' baseType='string'/>"
        f"<itemBody>{body}<extendedTextInteraction responseIdentifier='RESPONSE'/></itemBody></assessmentItem>"
    ).encode()


def common_cartridge(text: str) -> bytes:
    material = f"<material><mattext texttype='text/html'>{html.escape(text)}</mattext></material>"
    item = f"<item ident='a' title='Title'><presentation>{material}<response_str ident='r'/></presentation></item>"
    return f"<questestinterop>{item}</questestinterop>".encode()


def olx(text: str) -> bytes:
    files = {
        "course/course.xml": b"<course url_name='r' org='o' course='c'/>",
        "course/course/r.xml": b"<course display_name='C'><chapter url_name='a'/></course>",
        "course/chapter/a.xml": b"<chapter display_name='A'><sequential url_name='s'/></chapter>",
        "course/sequential/s.xml": b"<sequential><vertical url_name='v'/></sequential>",
        "course/vertical/v.xml": b"<vertical display_name='Title'><html url_name='h'/></vertical>",
        "course/html/h.xml": b"<html filename='h'/>",
        "course/html/h.html": text.encode(),
    }
    return tarred(files).getvalue()


DOCUMENTS: dict[str, Callable[[str], bytes]] = {
    "gift": gift,
    "moodleXml": moodle_xml,
    "moodleBackup": moodle_backup,
    "qti": qti,
    "commonCartridge": common_cartridge,
    "olx": olx,
}


def read(name: str, text: str) -> Package:
    module = dict(FORMATS)[name]
    with open_package(io.BytesIO(DOCUMENTS[name](text)), "") as opened:
        assert module.detect(opened)
        package: Package = module.read(opened)
        texts = [each.question_text for each in package.questions]
        texts += [lesson.text for each in package.modules for lesson in each.lessons]
        assert [each.name for each in package.files] == list(dict.fromkeys(images_in("".join(texts))))
        for file in package.files:
            CONTENTS[file.name] = file.open().read()
        return package


CONTENTS: dict[str, bytes] = {}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_pictures_within_texts_become_files(name: str) -> None:
    package = read(name, shown(link(PNG), link(JPEG, "image/jpeg"), link(WEBP, "image/webp"), link(PNG)))
    # The same picture is one file.
    assert [CONTENTS[each.name] for each in package.files[:3]] == [PNG, JPEG, WEBP]
    assert [each.content_type for each in package.files[:3]] == ["image/png", "image/jpeg", "image/webp"]
    assert all("picture" not in note.reason for note in package.notes)


@pytest.mark.parametrize("name", DOCUMENTS)
@pytest.mark.parametrize(
    ("data", "kind", "reason"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml", "A picture is neither PNG, JPEG nor WebP."),
        (b"<svg><script/></svg>", "image/png", "A picture that stands inside of the text was left out."),
        (b"", "image/png", "A picture that stands inside of the text was left out."),
    ],
)
def test_whatever_is_no_picture_is_left_out_and_said(name: str, data: bytes, kind: str, reason: str) -> None:
    package = read(name, shown(link(data, kind)))
    assert package.files == ()
    assert [note.reason for note in package.notes if note.reason] == [reason]


def test_pictures_are_bounded_one_by_one_and_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data_pictures, "LARGEST", len(PNG))
    monkeypatch.setattr(data_pictures, "MOST_TOGETHER", 2 * len(PNG))
    pictures = data_pictures.DataPictures()
    assert pictures.find(link(PNG + bytes(10))) is None
    assert [pictures.find(link(PNG[:-1] + bytes([last]))) is not None for last in (1, 2, 3)] == [True, True, False]


def test_a_picture_that_is_longer_than_a_text_leaves_the_text_whole() -> None:
    [question] = read("commonCartridge", shown(link(PNG + bytes(1_000_000))) + "The end").questions
    assert question.question_text.endswith("The end")


def test_a_picture_of_markdown_comes_along() -> None:
    document = moodle_xml(f"![A]({link(PNG)})").replace(b"format='html'", b"format='markdown'")
    with open_package(io.BytesIO(document), "") as opened:
        package = dict(FORMATS)["moodleXml"].read(opened)
    assert package.questions[0].question_text == f"![A](image:{package.files[0].name})"
    assert package.files[0].open().read() == PNG
