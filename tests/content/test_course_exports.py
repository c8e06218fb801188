"""The outline as a part of an export of its course."""

import json
from typing import Any
from uuid import uuid4

from lms.events.exchange import CourseExportPartAdded, CourseExportRequested
from tests.conftest import Outbox
from tests.content.conftest import Content


def requested(content: Content, *parts: Any) -> CourseExportRequested:
    export_id = uuid4()
    folder = f"course-exports/{export_id}/"
    return CourseExportRequested(version=1, export_id=export_id, course_id=content.course, parts=parts, folder=folder)


def test_the_whole_outline_is_added_with_texts_and_files(content: Content, bucket: Any, outbox: Outbox) -> None:
    module = content.add_module(published=False)
    content.add_lesson(module["id"], "Page", text="Hello, *world*.", contentUrl="https://example.com/a")
    for _ in range(2):
        lesson = content.add_lesson(module["id"], "Slides")
        form = content.http.post(
            f"/lessons/{lesson['id']}/asset",
            {"contentType": "application/pdf", "fileName": "Week 1.pdf"},
            token=content.teacher.token,
        ).json
        fields = form["upload"]["fields"]
        metadata = {"file-name": fields["x-amz-meta-file-name"]}
        bucket.put_object(Key=fields["key"], Body=b"%PDF-", ContentType="application/pdf", Metadata=metadata)
        body = {"asset": form["key"]}
        assert content.http.put(f"/lessons/{lesson['id']}", body, token=content.teacher.token).status == 200
    event = requested(content, "outline", "bank")
    content.consume(event, event)
    part = json.loads(bucket.Object(event.part_key("outline")).get()["Body"].read())
    [week] = part["modules"]
    assert week["lessons"] == [
        {"title": "Page", "text": "Hello, *world*.", "link": "https://example.com/a", "file": None},
        {"title": "Slides", "text": "", "link": None, "file": "Week 1.pdf"},
        {"title": "Slides", "text": "", "link": None, "file": "Week 1-2.pdf"},
    ]
    assert [(file["name"], file["size"]) for file in part["files"]] == [("Week 1.pdf", 5), ("Week 1-2.pdf", 5)]
    assert [event.part for event in outbox.of(CourseExportPartAdded)] == ["outline"]


def test_content_adds_nothing_to_an_export_of_the_bank(content: Content, outbox: Outbox) -> None:
    content.consume(requested(content, "bank"))
    assert outbox.of(CourseExportPartAdded) == []
