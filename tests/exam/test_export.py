"""What exam adds to a person's export."""

import json
from typing import Any
from uuid import uuid4

from lms.events.exports import ExportRequested
from tests.exam.conftest import SINGLE, ExamService


def exported(exam: ExamService, bucket: Any) -> Any:
    requested = ExportRequested(version=1, export_id=uuid4(), person_id=exam.student.id)
    exam.consume(requested)
    key = f"exports/{exam.student.id}/{requested.export_id}/parts/exam.json"
    return json.loads(bucket.Object(key).get()["Body"].read())


def test_answers_are_exported_at_once_and_scores_when_they_are_released(exam: ExamService, bucket: Any) -> None:
    published = exam.publish(SINGLE)
    attempt = exam.sit(published)
    exam.sit(published, student=exam.other)
    part = exported(exam, bucket)
    [standing], [answers] = part["Standings"], part["AttemptAnswers"]
    assert (standing["exam_id"], standing["result"]) == (published["id"], None)
    assert (answers["id"], answers["status"], answers["score"], answers["marks"]) == (
        attempt["id"],
        "submitted",
        None,
        None,
    )
    assert list(answers["answers"].values()) == ["a"]
    exam.pass_(minutes=61)
    part = exported(exam, bucket)
    assert part["Standings"][0]["result"]["score"] == part["AttemptAnswers"][0]["score"] == 100
    assert list(part["AttemptAnswers"][0]["marks"].values()) == ["2.00"]
