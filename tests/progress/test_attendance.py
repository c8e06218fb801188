"""Attendance through its door: sessions recorded, replaced, shown."""

from typing import Any
from uuid import uuid4

import pytest
from botocore.client import BaseClient

from lms.events.progress import AttendanceRecorded
from tests.conftest import Outbox
from tests.people import Person, sign_in
from tests.progress.conftest import School


def _records(answer: Any) -> dict[str, str]:
    return {record["studentId"]: record["status"] for record in answer["records"]}


def _statuses(event: AttendanceRecorded) -> dict[str, str]:
    return {str(record.student_id): record.status for record in event.records}


@pytest.fixture
def students(school: School) -> list[Person]:
    return [school.student, school.new_student(), school.new_student()]


def test_a_session_is_recorded_and_published_whole(school: School, students: list[Person], outbox: Outbox) -> None:
    given = dict(zip(students, ("present", "late", "excused"), strict=True))
    answer = school.record("2027-03-01", given)
    assert answer.status == 201
    assert answer.headers["location"] == f"/attendance/{school.course}"
    expected = {str(student.id): status for student, status in given.items()}
    assert _records(answer.json) == expected
    assert answer.json.items() >= {"courseId": str(school.course), "date": "2027-03-01", "version": 1}.items()
    assert answer.json["courseTitle"] == "Agents"
    assert {record["studentName"] for record in answer.json["records"]} == {school.student.name}
    [event] = outbox.of(AttendanceRecorded)
    assert (event.subject, event.version) == (f"attendance#{school.course}#2027-03-01", 1)
    assert _statuses(event) == expected


def test_the_same_date_replaces_the_session(school: School, students: list[Person], outbox: Outbox) -> None:
    first = school.record("2027-03-01", dict.fromkeys(students, "present")).json
    school.clock.advance(hours=1)
    again = school.record("2027-03-01", {students[0]: "absent"})
    assert (again.status, again.json["version"]) == (201, 2)
    assert again.json["createdAt"] == first["createdAt"]
    assert again.json["updatedAt"] > first["updatedAt"]
    [listed] = school.http.get(f"/attendance/{school.course}", token=school.teacher.token).json["items"]
    assert listed == again.json
    assert [(event.version, len(event.records)) for event in outbox.of(AttendanceRecorded)] == [(1, 3), (2, 1)]


def test_a_session_that_did_not_take_place_is_emptied(school: School, outbox: Outbox) -> None:
    school.record("2027-03-01", {school.student: "absent"})
    assert school.record("2027-03-01", {}).status == 201
    assert outbox.of(AttendanceRecorded)[-1].records == ()


def test_an_administrator_records_too(school: School) -> None:
    body = {"courseId": str(school.course), "date": "2027-03-01", "records": []}
    assert school.http.post("/attendance", body, token=school.admin.token).status == 201


def test_students_must_be_enrolled(school: School) -> None:
    dropped = school.enroll(sign_in("student"), status="dropped")
    for stranger in (dropped, sign_in("student"), school.teacher):
        answer = school.record("2027-03-01", {school.student: "present", stranger: "present"})
        assert (answer.status, answer.json["errors"][0]["loc"]) == (422, ["body", "records", 1, "studentId"])
    done = school.enroll(sign_in("student"), status="completed")
    assert school.record("2027-03-01", {done: "present"}).status == 201


def test_a_session_can_be_corrected_after_somebody_dropped_out(school: School) -> None:
    other = school.new_student()
    school.record("2027-03-01", {school.student: "present", other: "present"})
    school.enroll(other, status="dropped")
    assert school.record("2027-03-01", {school.student: "late", other: "present"}).status == 201
    assert school.record("2027-03-02", {other: "present"}).status == 422


def test_sessions_are_listed_in_pages_the_last_first(school: School) -> None:
    dates = [f"2027-03-{day:02d}" for day in range(1, 8)]
    for date in dates:
        school.record(date, {school.student: "present"})
    path = f"/attendance/{school.course}"
    for reader in (school.teacher, school.admin, school.student):
        listed = school.http.list_all(path, limit=3, token=reader.token)
        assert [session["date"] for session in listed] == dates[::-1]


def test_a_student_sees_their_own_records_alone(school: School, students: list[Person]) -> None:
    school.record("2027-03-01", dict.fromkeys(students, "present"))
    school.record("2027-03-02", {students[1]: "late"})
    path = f"/attendance/{school.course}"
    own = school.http.list_all(path, limit=5, token=students[1].token)
    assert [_records(session) for session in own] == [{str(students[1].id): "late"}, {str(students[1].id): "present"}]
    [session] = school.http.list_all(path, limit=1, token=students[0].token)
    assert _records(session) == {str(students[0].id): "present"}


def test_a_thousand_students_are_one_session_of_few_calls(
    school: School, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lms.roster.memberships import EnrollmentRow

    ids = [uuid4() for _ in range(1_001)]
    with EnrollmentRow.batch_write() as batch:
        for student_id in ids:
            batch.save(
                EnrollmentRow(
                    student_id,
                    school.course,
                    status="active",
                    person_id=student_id,
                    membership=f"{school.course}#student#active",
                    version=1,
                )
            )
    calls, make = [], BaseClient._make_api_call

    def recorded(client: Any, name: str, arguments: Any) -> Any:
        calls.append(name)
        return make(client, name, arguments)

    monkeypatch.setattr(BaseClient, "_make_api_call", recorded)
    records = [{"studentId": str(student_id), "status": "present"} for student_id in ids]
    body = {"courseId": str(school.course), "date": "2027-03-01", "records": records}
    assert school.http.post("/attendance", body, token=school.teacher.token).status == 422
    body["records"] = records[:-1]
    answer = school.http.post("/attendance", body, token=school.teacher.token, headers={"idempotency-key": "a"})
    assert (answer.status, len(answer.json["records"])) == (201, 1_000)
    assert calls.count("BatchGetItem") == 22
    assert calls.count("TransactWriteItems") == 1
    assert len(outbox.of(AttendanceRecorded)[0].records) == 1_000


def test_a_session_sent_twice_with_one_key_is_recorded_once(school: School, outbox: Outbox) -> None:
    calls = [
        school.record("2027-03-01", {school.student: "present"}, headers={"idempotency-key": "s-1"}) for _ in range(2)
    ]
    assert calls[0].json == calls[1].json
    assert len(outbox.of(AttendanceRecorded)) == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("date", "2027-02-29"),
        ("date", "2027-03-01T00:00:00"),
        ("date", 1_700_000_000),
        ("date", "1.3.2027"),
        ("date", None),
        ("records", None),
        ("records", [{"status": "present"}]),
        ("records", [{"studentId": "x", "status": "present"}]),
        ("records", [{"studentId": str(uuid4()), "status": "asleep"}]),
        ("records", [{"studentId": str(uuid4()), "status": "late", "minutes": 5}]),
        ("version", 3),
    ],
)
def test_a_bad_session_is_refused_field_by_field(school: School, field: str, value: Any) -> None:
    body = {"courseId": str(school.course), "date": "2027-03-01", "records": [], field: value}
    answer = school.http.post("/attendance", body, token=school.teacher.token)
    assert (answer.status, answer.json["errors"][0]["loc"][:2]) == (422, ["body", field])


def test_a_student_is_named_once(school: School) -> None:
    record = {"studentId": str(school.student.id), "status": "present"}
    body = {"courseId": str(school.course), "date": "2027-03-01", "records": [record, {**record, "status": "late"}]}
    answer = school.http.post("/attendance", body, token=school.teacher.token)
    assert (answer.status, answer.json["errors"][0]["loc"]) == (422, ["body", "records"])


def test_refusals_come_in_order(school: School) -> None:
    stranger = sign_in("student")
    record = [{"studentId": str(stranger.id), "status": "present"}]
    good = {"courseId": str(school.course), "date": "2027-03-01", "records": record}
    assert school.http.post("/attendance", {"bad": 1}).status == 401
    assert school.http.post("/attendance", {"bad": 1}, token=school.student.token).status == 403
    foreign = sign_in("teacher")
    assert school.http.post("/attendance", {"bad": 1}, token=foreign.token).status == 422
    # Not 422: teachers of other courses must not learn who is enrolled.
    assert school.http.post("/attendance", good, token=foreign.token).status == 403
    assert school.http.post("/attendance", good, token=school.teacher.token).status == 422
    gone = {**good, "courseId": str(uuid4())}
    assert school.http.post("/attendance", gone, token=school.teacher.token).status == 403
    assert school.http.post("/attendance", gone, token=school.admin.token).status == 404


def test_sessions_are_for_those_who_belong_to_the_course(school: School) -> None:
    path, bad = f"/attendance/{school.course}", {"limit": "0"}
    assert school.http.get(path, query=bad).status == 401
    for stranger in (sign_in("student"), sign_in("teacher"), school.enroll(sign_in("student"), status="dropped")):
        assert school.http.get(path, token=stranger.token, query=bad).status == 403
    assert school.http.get(path, token=school.student.token, query=bad).status == 422
    assert school.http.get(f"/attendance/{uuid4()}", token=school.admin.token).status == 404
    assert school.http.get(f"/attendance/{uuid4()}", token=school.teacher.token).status == 403


def test_one_date_is_listed_alone(school: School, students: list[Person]) -> None:
    for date in ("2027-03-01", "2027-03-02"):
        school.record(date, dict.fromkeys(students, "present"))

    def dates(reader: Person, date: str) -> list[str]:
        answer = school.http.get(f"/attendance/{school.course}", token=reader.token, query={"date": date})
        assert answer.status == 200, answer
        return [session["date"] for session in answer.json["items"]]

    for reader in (school.teacher, students[1]):
        assert dates(reader, "2027-03-02") == ["2027-03-02"]
        assert dates(reader, "2027-03-03") == []
    bad = school.http.get(f"/attendance/{school.course}", token=school.teacher.token, query={"date": "2027-02-29"})
    assert bad.status == 422


def test_a_session_is_deleted_once_and_recorded_anew_at_a_higher_version(school: School, outbox: Outbox) -> None:
    school.record("2027-03-01", {school.student: "absent"})
    school.record("2027-03-02", {school.student: "present"})
    path = f"/attendance/{school.course}/2027-03-01"
    assert school.http.delete(path, token=school.teacher.token, headers={"if-match": '"2"'}).status == 412
    assert school.http.delete(path, token=school.teacher.token, headers={"if-match": '"1"'}).status == 204
    assert school.http.delete(path, token=school.teacher.token).status == 404
    listed = school.http.list_all(f"/attendance/{school.course}", limit=5, token=school.student.token)
    assert [session["date"] for session in listed] == ["2027-03-02"]
    gone = outbox.of(AttendanceRecorded)[-1]
    assert (gone.version, gone.records) == (2, ())
    school.clock.advance(hours=1)
    again = school.record("2027-03-01", {school.student: "late"}).json
    assert (again["version"], again["createdAt"]) == (3, again["updatedAt"])


def test_a_session_is_deleted_by_teachers_of_its_course_alone(school: School) -> None:
    school.record("2027-03-01", {})
    path = f"/attendance/{school.course}/2027-03-01"
    for stranger in (school.student, sign_in("teacher")):
        assert school.http.delete(path, token=stranger.token).status == 403
    assert school.http.delete(f"/attendance/{school.course}/1.3.2027", token=school.teacher.token).status == 422
    assert school.http.delete(path, token=school.admin.token).status == 204
