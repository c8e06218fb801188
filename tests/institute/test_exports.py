"""Everything that the system holds about a person, in one file: asked for, gathered, erased."""

import json
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.clients import Answer
from tests.conftest import Outbox, stored
from tests.institute.conftest import Institute
from tests.people import Person


@pytest.fixture(autouse=True)
def _bucket_is_there(bucket: Any) -> None:
    """Files go there."""


def test_a_person_asks_and_the_file_is_there_when_every_service_has_added_its_part(
    institute: Institute, bucket: Any
) -> None:
    export = asked(institute, institute.student)
    assert (export.status, export.json["status"], export.json["url"]) == (201, "gathering", None)
    institute.deliver()
    assert shown(institute, export).json["status"] == "gathering"

    add_parts(institute, export, {"Students": [{"address": "12 Canal Road"}]})

    complete = shown(institute, export).json
    assert complete["status"] == "complete"
    assert f"exports/{institute.student.id}/{complete['id']}/export.json" in complete["url"]
    file = file_of(bucket, institute.student)
    assert file["personId"] == str(institute.student.id)
    assert file["data"]["student"] == {"Students": [{"address": "12 Canal Road"}]}


def test_institutes_part_has_what_calendars_and_the_trail_know_of_the_person(institute: Institute, bucket: Any) -> None:
    from lms.events.users import UserPreferencesChanged

    institute.consume(UserPreferencesChanged(version=1, user_id=institute.student.id, time_zone="Asia/Karachi"))
    institute.consume(institute.audited(reason="The student was ill."))
    export = asked(institute, institute.student)
    institute.deliver()
    add_parts(institute, export, {})
    part = file_of(bucket, institute.student)["data"]["institute"]
    assert [row.get("time_zone") for row in part["Institute"]] == ["Asia/Karachi"]
    reasons = {entry["action"]: entry["reason"] for entry in part["Audit"]}
    assert reasons["attempt.marked"] == "The student was ill."


def test_parts_that_come_again_or_after_the_last_one_change_nothing(institute: Institute) -> None:
    from lms.events.exports import ExportRequested

    export = asked(institute, institute.student)
    requested = ExportRequested(version=1, export_id=UUID(export.json["id"]), person_id=institute.student.id)
    institute.consume(requested, requested)
    add_parts(institute, export, {})
    institute.deliver()
    first = shown(institute, export).json["completedAt"]
    institute.clock.advance(minutes=5)
    add_parts(institute, export, {})
    assert shown(institute, export).json["completedAt"] == first is not None


def test_an_administrator_asks_for_anybody_and_it_is_in_the_audit_trail(institute: Institute) -> None:
    answer = institute.http.post(f"/people/{institute.student.id}/export", token=institute.admin.token)
    assert answer.status == 201
    institute.deliver()
    [entry] = institute.trail(action="export.requested")
    assert (entry["actorId"], entry["about"][0]["id"]) == (str(institute.admin.id), str(institute.student.id))
    assert institute.http.get(answer.headers["location"], token=institute.admin.token).status == 200


def test_nobody_else_asks_or_reads(institute: Institute) -> None:
    export = asked(institute, institute.student)
    for path, call in ((f"/people/{institute.student.id}/export", "POST"), (export.headers["location"], "GET")):
        assert institute.http(call, path, token=institute.teacher.token).status == 403
        assert institute.http(call, path).status == 401


def test_nobody_who_is_not_there_is_exported(institute: Institute) -> None:
    assert institute.http.post(f"/people/{uuid4()}/export", token=institute.admin.token).status == 404
    path = f"/people/{institute.student.id}/export/{uuid4()}"
    assert institute.http.get(path, token=institute.student.token).status == 404


def test_an_export_is_over_after_a_day(institute: Institute) -> None:
    export = asked(institute, institute.student)
    institute.clock.advance(hours=24)
    assert shown(institute, export).status == 404


def test_an_erased_persons_exports_are_gone_and_parts_that_come_late_too(
    institute: Institute, bucket: Any, outbox: Outbox
) -> None:
    from institute.tables import Export
    from lms.events.users import UserErased

    export = asked(institute, institute.student)
    institute.deliver()
    add_parts(institute, export, {"Students": [{"address": "12 Canal Road"}]})
    assert list(bucket.objects.all())
    institute.consume(UserErased(version=9, user_id=institute.student.id))
    assert (list(bucket.objects.all()), stored(Export)) == ([], [])
    add_parts(institute, export, {"Students": [{"address": "12 Canal Road"}]})
    assert list(bucket.objects.all()) == []


def test_a_person_erased_while_their_file_is_written_leaves_none(
    institute: Institute, bucket: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lms import uploads
    from lms.events.users import UserErased

    export = asked(institute, institute.student)
    institute.deliver()
    write = uploads.write

    def erased_meanwhile(key: str, *args: Any) -> None:
        if key.endswith("export.json"):
            monkeypatch.setattr(uploads, "write", write)
            institute.consume(UserErased(version=9, user_id=institute.student.id))
        write(key, *args)

    monkeypatch.setattr(uploads, "write", erased_meanwhile)
    institute.deliver()
    add_parts(institute, export, {"Students": [{"address": "12 Canal Road"}]})
    assert uploads.write is write
    assert list(bucket.objects.all()) == []


def asked(institute: Institute, person: Person) -> Answer:
    answer = institute.http.post(f"/people/{person.id}/export", token=person.token)
    assert answer.status == 201, answer
    return answer


def shown(institute: Institute, export: Answer) -> Answer:
    return institute.http.get(export.headers["location"], token=institute.student.token)


def add_parts(institute: Institute, export: Answer, of_student: Any) -> None:
    """What the other services do, and their events, student's the last; institute's own reach it too."""
    from lms import exports, uploads
    from lms.events.exports import ExportPartAdded

    person_id, export_id = institute.student.id, UUID(export.json["id"])
    institute.deliver()
    for service in sorted({*exports.SERVICES} - {"institute"}, key="student".__eq__):
        part = of_student if service == "student" else {}
        uploads.write(exports.part_key(person_id, export_id, service), exports.dump(part), exports.JSON)
        institute.consume(ExportPartAdded(version=1, export_id=export_id, person_id=person_id, service=service))


def file_of(bucket: Any, person: Person) -> Any:
    [found] = [
        each for each in bucket.objects.filter(Prefix=f"exports/{person.id}/") if each.key.endswith("export.json")
    ]
    return json.loads(found.get()["Body"].read())
