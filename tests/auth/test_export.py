"""What auth adds to a person's export."""

import json
from typing import Any
from uuid import UUID, uuid4

from lms.events.exports import ExportRequested
from tests.auth.conftest import Auth


def test_the_account_is_exported_without_what_signs_the_person_in(auth: Auth, bucket: Any) -> None:
    from auth.tables import RequestedCourses

    student = auth.student("amina", name="Amina Khan", city="Lahore")
    course_id = uuid4()
    RequestedCourses(UUID(student.id), course_ids={str(course_id)}).save()
    auth.forget(email=student.email)
    requested = ExportRequested(version=1, export_id=uuid4(), person_id=UUID(student.id))
    auth.consume(requested)
    key = f"exports/{student.id}/{requested.export_id}/parts/auth.json"
    text = bucket.Object(key).get()["Body"].read().decode()
    part = json.loads(text)
    account, profile, words, courses = part["Users"]
    assert courses == {"requested_courses": [str(course_id)]}
    assert (account["email"], profile["city"], "khan" in words["found_by"]) == (student.email, "Lahore", True)
    assert {entry["sent"] for entry in part["Codes"]} == {"reset", "account#email"}
    assert [session["address"] for session in part["Sessions"]] == ["203.0.113.7"]
    assert not {"argon2", "issuer", "password"} & set(text.replace('"', " ").split()), text


def test_of_who_was_erased_meanwhile_nothing_is_exported(auth: Auth, bucket: Any) -> None:
    requested = ExportRequested(version=1, export_id=uuid4(), person_id=uuid4())
    auth.consume(requested)
    key = f"exports/{requested.person_id}/{requested.export_id}/parts/auth.json"
    assert json.loads(bucket.Object(key).get()["Body"].read()) == {"Users": [], "Codes": [], "Sessions": []}
