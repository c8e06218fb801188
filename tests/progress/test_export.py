"""What progress adds to a person's export."""

import json
from typing import Any
from uuid import uuid4

from lms.events.exports import ExportRequested
from tests.people import Person
from tests.progress.conftest import School


def _part(school: School, bucket: Any, person: Person) -> Any:
    requested = ExportRequested(version=1, export_id=uuid4(), person_id=person.id)
    school.consume(requested)
    key = f"exports/{person.id}/{requested.export_id}/parts/progress.json"
    return json.loads(bucket.Object(key).get()["Body"].read())


def test_a_student_gets_progress_own_attendance_and_what_they_said(school: School, bucket: Any) -> None:
    _, [lesson] = school.outline.add_module(1)
    other = school.new_student()
    school.learn(lesson)
    school.record("2027-03-01", {school.student: "late", other: "absent"})
    school.record("2027-03-02", {other: "present"})
    for student, comment in ((school.student, "Clear."), (other, "Fun.")):
        school.rate(5, student, comment=comment)
    part = _part(school, bucket, school.student)
    assert [progress["done"] for progress in part["Progress"]] == [[str(lesson)]]
    assert part["Attendance"] == [{"course_id": str(school.course), "date": "2027-03-01", "status": "late"}]
    assert [feedback["comment"] for feedback in part["Feedback"]] == ["Clear."]


def test_a_teacher_gets_what_was_said_of_them_and_not_by_whom(school: School, bucket: Any) -> None:
    school.rate(2, comment="Too fast.", instructorId=str(school.teacher.id))
    part = _part(school, bucket, school.teacher)
    assert [feedback["comment"] for feedback in part["Feedback"]] == ["Too fast."]
    assert str(school.student.id) not in json.dumps(part)
