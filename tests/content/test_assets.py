"""Lessons' files: POST /lessons/{lessonId}/asset, the key in PUT /lessons/{lessonId}, the link in the lesson's view."""

import base64
import json
import subprocess
import sys
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from uuid import uuid4

import pytest

from operations.source import ROOT
from tests.clients import Answer
from tests.content.conftest import Content
from tests.template import ENVIRONMENT

PDF = "application/pdf"
BEGINNINGS = {
    PDF: b"%PDF-1.7",
    "video/mp4": b"\0\0\0\x18ftypmp42",
    "audio/mpeg": b"ID3\x04",
    "image/png": b"\x89PNG\r\n\x1a\n",
    "image/jpeg": b"\xff\xd8\xff\xe0",
    "image/webp": b"RIFF\0\0\0\0WEBP",
}
OFFICE = "application/vnd.openxmlformats-officedocument."
DOCX, PPTX, XLSX = (
    f"{OFFICE}{kind}" for kind in ("wordprocessingml.document", "presentationml.presentation", "spreadsheetml.sheet")
)


@pytest.fixture
def lesson(content: Content, bucket: Any) -> Any:
    return content.add_lesson(content.add_module()["id"], "Week 1: “Agents”")


def _upload_form(content: Content, lesson: Any, content_type: str = PDF, **fields: str) -> Any:
    body = {"contentType": content_type, **fields}
    answer = content.http.post(f"/lessons/{lesson['id']}/asset", body, token=content.teacher.token)
    assert answer.status == 200, answer
    return answer.json


def _upload(bucket: Any, form: Any, body: bytes | None = None, content_type: str | None = None) -> None:
    """What storage makes of a form that was sent."""
    fields = form["upload"]["fields"]
    kind = content_type or fields["Content-Type"]
    metadata = {name.removeprefix("x-amz-meta-"): fields[name] for name in fields if name.startswith("x-amz-meta-")}
    body = BEGINNINGS.get(kind, b"PK\x03\x04") if body is None else body
    bucket.put_object(Key=fields["key"], Body=body, ContentType=kind, Metadata=metadata)


def _attach(content: Content, lesson: Any, key: str | None, **kwargs: Any) -> Answer:
    return content.http.put(f"/lessons/{lesson['id']}", {"asset": key}, token=content.teacher.token, **kwargs)


def test_a_form_admits_one_key_one_type_and_200_mb_for_an_hour(content: Content, lesson: Any) -> None:
    form = _upload_form(content, lesson)
    assert form["key"].startswith(f"courses/{content.course}/lessons/{lesson['id']}/")
    fields = form["upload"]["fields"]
    assert form["expiresIn"] == 3600
    assert fields["key"] == f"uploads/{form['key']}"
    conditions = json.loads(base64.b64decode(fields["policy"]))["conditions"]
    assert {"key": fields["key"]} in conditions
    assert {"Content-Type": PDF} in conditions
    assert ["content-length-range", 1, 200 * 1024 * 1024] in conditions
    assert _upload_form(content, lesson)["key"] != form["key"]
    assert content.lessons(lesson["moduleId"]) == [lesson]


@pytest.mark.parametrize("content_type", ["text/html", "image/svg+xml", "", None, "application/pdf; charset=x", 7])
def test_other_types_are_refused(content: Content, lesson: Any, content_type: Any) -> None:
    path = f"/lessons/{lesson['id']}/asset"
    assert content.http.post(path, {"contentType": content_type}, token=content.teacher.token).status == 422


def test_an_uploaded_file_that_the_lesson_names_is_read_by_those_who_may(
    content: Content, lesson: Any, bucket: Any
) -> None:
    form = _upload_form(content, lesson)
    _upload(bucket, form, b"%PDF-1.7")
    answer = _attach(content, lesson, form["key"])
    assert answer.status == 200, answer
    for reader in (content.student, content.teacher, content.admin):
        asset = content.lessons(lesson["moduleId"], reader)[0]["asset"]
        assert (asset["key"], asset["contentType"], asset["expiresIn"]) == (form["key"], PDF, 300)
        link = urlsplit(asset["url"])
        assert link.path.endswith(f"/{form['key']}")
        query = {name: values[0] for name, values in parse_qs(link.query).items()}
        assert query["X-Amz-Expires"] == "300"
        assert query["response-content-type"] == PDF
        assert query["response-content-disposition"].startswith("inline; filename*=UTF-8''Week%201")
    assert bucket.Object(form["key"]).get()["Body"].read() == b"%PDF-1.7"


def test_what_is_uploaded_later_by_the_same_form_is_not_served(content: Content, lesson: Any, bucket: Any) -> None:
    form = _upload_form(content, lesson)
    _upload(bucket, form, b"%PDF-checked")
    _attach(content, lesson, form["key"])
    _upload(bucket, form, b"<html>")
    assert _attach(content, lesson, form["key"]).status == 200
    assert bucket.Object(form["key"]).get()["Body"].read() == b"%PDF-checked"


@pytest.mark.parametrize(
    ("content_type", "kind"),
    [
        (PDF, "inline"),
        ("video/mp4", "inline"),
        ("image/png", "inline"),
        ("image/jpeg", "inline"),
        ("image/webp", "inline"),
        ("application/zip", "attachment"),
        ("audio/mpeg", "attachment"),
        (DOCX, "attachment"),
        (PPTX, "attachment"),
        (XLSX, "attachment"),
    ],
)
def test_each_type_is_served_as_itself(
    content: Content, lesson: Any, bucket: Any, content_type: str, kind: str
) -> None:
    form = _upload_form(content, lesson, content_type)
    _upload(bucket, form)
    asset = _attach(content, lesson, form["key"]).json["asset"]
    query = parse_qs(urlsplit(asset["url"]).query)
    assert asset["contentType"] == content_type == query["response-content-type"][0]
    assert query["response-content-disposition"][0].startswith(f"{kind};")
    assert bucket.Object(form["key"]).content_type == content_type


def test_a_key_that_was_not_given_out_for_this_lesson_is_refused(content: Content, lesson: Any, bucket: Any) -> None:
    other = content.add_lesson(lesson["moduleId"], "other")
    foreign = _upload_form(content, other)
    _upload(bucket, foreign)
    folder = f"courses/{content.course}/lessons/{lesson['id']}/"
    bucket.put_object(Key=f"uploads/{folder}x.pdf", Body=b"x", ContentType=PDF)
    for key in (
        foreign["key"],
        foreign["upload"]["fields"]["key"],
        f"{folder}x.pdf",
        f"{folder}{uuid4()}.html",
        f"{folder}{uuid4()}",
        f"{folder}../{uuid4()}.pdf",
        f"{folder}{uuid4()}.pdf/../x",
        "",
        "x" * 301,
    ):
        assert _attach(content, lesson, key).status == 422, key
    assert content.lessons(lesson["moduleId"])[0]["asset"] is None


def test_a_file_that_is_missing_empty_or_of_another_type_is_refused(content: Content, lesson: Any, bucket: Any) -> None:
    form = _upload_form(content, lesson)
    codes = [_attach(content, lesson, form["key"]).json["errors"][0]["type"]]
    _upload(bucket, form, b"")
    codes.append(_attach(content, lesson, form["key"]).json["errors"][0]["type"])
    _upload(bucket, form, b"<html>", "text/html")
    codes.append(_attach(content, lesson, form["key"]).json["errors"][0]["type"])
    assert codes == ["asset_missing", "asset_missing", "asset_kind"]
    assert list(bucket.objects.filter(Prefix="courses/")) == []


def test_a_file_over_200_mb_is_refused(
    content: Content, lesson: Any, bucket: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from content import files

    form = _upload_form(content, lesson)
    _upload(bucket, form, b"%PDF-1.7")
    monkeypatch.setattr(files, "MAX_BYTES", 5)
    assert _attach(content, lesson, form["key"]).json["errors"][0]["type"] == "asset_kind"


def test_null_removes_a_file_and_other_changes_keep_it(content: Content, lesson: Any, bucket: Any) -> None:
    form = _upload_form(content, lesson)
    _upload(bucket, form)
    _attach(content, lesson, form["key"])
    outline = content.outline()["modules"]
    assert content.put_outline(outline).status == 200
    renamed = content.http.put(f"/lessons/{lesson['id']}", {"title": "x"}, token=content.teacher.token)
    assert renamed.json["asset"]["key"] == form["key"]
    assert _attach(content, lesson, None).json["asset"] is None


def test_storage_that_is_away_for_a_moment_is_503(
    content: Content, lesson: Any, bucket: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from botocore.exceptions import EndpointConnectionError

    from lms import uploads

    form = _upload_form(content, lesson)

    def refuse(**_: object) -> None:
        raise EndpointConnectionError(endpoint_url="x")

    monkeypatch.setattr(uploads._s3(), "get_object", refuse)
    assert _attach(content, lesson, form["key"]).status == 503


@pytest.mark.parametrize(
    ("endpoint", "start"),
    [
        (None, f"https://assetsbucket.s3.{ENVIRONMENT['AWS_REGION']}.amazonaws.com/"),
        ("http://127.0.0.1:4566", "http://127.0.0.1:4566/assetsbucket"),
    ],
)
def test_links_and_forms_lead_where_a_client_can_go(
    monkeypatch: pytest.MonkeyPatch, endpoint: str | None, start: str
) -> None:
    from lms import aws, uploads

    if endpoint:
        monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    monkeypatch.setattr(uploads, "client", aws.client.__wrapped__)
    form = uploads.upload_form("a/key.pdf", 10, PDF)
    assert form.url.startswith(start)
    assert uploads.link(form.key, ResponseContentType=PDF).startswith(start)


def test_the_name_that_a_file_is_saved_by_is_its_lessons() -> None:
    from lms.assets import show
    from lms.curriculum import Asset

    shown = show(Asset(key="courses/a/lessons/b/c.zip"), 'a"b; c\\d é 🎓' + "x" * 300)
    assert shown is not None
    [served] = parse_qs(urlsplit(shown.url).query)["response-content-disposition"]
    name = served.removeprefix("attachment; filename*=UTF-8''")
    assert name.isascii()
    assert not set(name) & set('"; \\\r\n')
    assert unquote(name) == ('a"b; c\\d é 🎓' + "x" * 300)[:60] + ".zip"


def test_the_client_of_storage_is_made_when_a_file_is_first_handled() -> None:
    code = "import content.api, lms.aws; assert lms.aws.client.cache_info().currsize == 0; print('ok')"
    path = [str(ROOT / "functions"), str(ROOT / "layers" / "shared")]
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path[:0] = {path!r}; {code}"],
        env={**ENVIRONMENT, "PATH": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "ok\n"


@pytest.mark.parametrize(
    ("content_type", "given", "shown"),
    [
        (PDF, "Folien “1” é.pdf", "Folien “1” é.pdf"),
        (PDF, "slides", "slides.pdf"),
        (PDF, "page.html", "page.html.pdf"),
        ("image/jpeg", "photo.JPEG", "photo.JPEG"),
        (DOCX, "🎓" * 150, "🎓" * 60 + ".docx"),
    ],
)
def test_a_file_has_the_name_that_its_upload_gave_it(
    content: Content, lesson: Any, bucket: Any, content_type: str, given: str, shown: str
) -> None:
    form = _upload_form(content, lesson, content_type, fileName=given)
    _upload(bucket, form)
    asset = _attach(content, lesson, form["key"]).json["asset"]
    assert (asset["fileName"], asset["size"] > 0) == (shown, True)
    assert sum(map(len, form["upload"]["fields"].values())) < 8000


@pytest.mark.parametrize("content_type", [*BEGINNINGS, "application/zip", DOCX, PPTX, XLSX])
def test_a_file_that_does_not_begin_like_its_type_is_refused(
    content: Content, lesson: Any, bucket: Any, content_type: str
) -> None:
    form = _upload_form(content, lesson, content_type)
    _upload(bucket, form, b"<html>")
    assert _attach(content, lesson, form["key"]).json["errors"][0]["type"] == "asset_kind"


def test_the_outline_shows_the_file_to_members_and_can_be_sent_back(content: Content, lesson: Any, bucket: Any) -> None:
    form = _upload_form(content, lesson, fileName="a.pdf")
    _upload(bucket, form)
    _attach(content, lesson, form["key"])
    outline = content.outline(content.student)
    assert outline["modules"][0]["lessons"][0]["asset"]["fileName"] == "a.pdf"
    answer = content.put_outline(outline["modules"])
    assert answer.status == 200, answer
    assert answer.json["modules"][0]["lessons"][0]["asset"]["key"] == form["key"]


def test_a_file_of_early_days_is_read_by_its_key_alone(content: Content, lesson: Any) -> None:
    from lms.assets import show
    from lms.curriculum import Lesson

    at = content.clock()
    old = Lesson.model_validate(
        {"id": uuid4(), "title": "Old", "asset": "courses/a/lessons/b/c.zip", "created_at": at, "updated_at": at}
    )
    shown = show(old.asset, old.title)
    assert shown is not None
    assert (shown.file_name, shown.size, shown.content_type) == ("Old.zip", None, "application/zip")
