"""Accounts for a list of people: POST /auth/users/import."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest

from lms import roster
from lms.dynamo import transaction
from lms.events.audit import Audited
from lms.events.users import CourseRequestRefused, CoursesRequested, UserRegistered
from tests.auth.conftest import PASSWORD, Auth, Desk, calls_noted
from tests.clients import Answer
from tests.conftest import Outbox

TABLE = """Email;Name;is_type;Roll No;City
amina@example.com;امینہ خان;Student;BSCS-19-045;Lahore
tariq@example.com;"Aziz; Tariq";teacher;;

info@example.com;Bilal Ahmed;student;BSCS-19-046;
"""


def test_a_table_of_a_spreadsheet_becomes_accounts_with_invitations(auth: Auth, desk: Desk, outbox: Outbox) -> None:
    answer = send(auth, desk, b"\xef\xbb\xbf" + TABLE.replace("\n", "\r\n").encode()).json
    assert (answer["created"], answer["refused"], answer["dry_run"]) == (3, 0, False)
    amina, tariq, bilal = (desk.user(row["user_id"]) for row in answer["outcomes"])
    assert (amina["name"], amina["roll_no"], amina["city"], amina["status"]) == (
        "امینہ خان",
        "BSCS-19-045",
        "Lahore",
        "invited",
    )
    assert (tariq["name"], tariq["is_type"], tariq["username"]) == ("Aziz; Tariq", "teacher", "tariq")
    assert bilal["username"].startswith("info-")
    auth.process_events()
    assert auth.reset_by_link(auth.invitation("amina"), PASSWORD).status == 200
    assert auth.login("bscs-19-045").status == 200
    assert [e.action for e in outbox.of(Audited)][-3:] == ["account.created"] * 3


def test_the_same_table_again_changes_nothing_and_a_corrected_one_only_what_differs(
    auth: Auth, desk: Desk, outbox: Outbox
) -> None:
    send(auth, desk, TABLE.encode())
    auth.process_events()
    emitted = len(outbox.all())
    again = send(auth, desk, TABLE.encode()).json
    assert (again["unchanged"], len(outbox.all())) == (3, emitted)
    corrected = send(auth, desk, TABLE.replace("Bilal Ahmed", "Bilal Ahmad").replace("Lahore", "Multan").encode()).json
    assert [row["outcome"] for row in corrected["outcomes"]] == ["unchanged", "unchanged", "updated"]
    assert desk.names(q="ahmad") == [desk.user(corrected["outcomes"][2]["user_id"])["username"]]


def test_a_dry_run_says_the_same_and_does_nothing(auth: Auth, desk: Desk, outbox: Outbox) -> None:
    people = [person(), person(username="tariq"), person(name=""), person(email="bilal@example.com", roll_no="1")]
    emitted = len(outbox.all())
    dry = send(auth, desk, people, dryRun="true").json
    assert (dry["dry_run"], len(outbox.all())) == (True, emitted)
    done = send(auth, desk, people).json
    assert [row["outcome"] for row in dry["outcomes"]] == [row["outcome"] for row in done["outcomes"]]
    assert len(outbox.of(UserRegistered)) == 3, "the administrator and two of the rows"


def test_a_refused_row_says_which_field_and_why_and_hinders_no_other(auth: Auth, desk: Desk) -> None:
    auth.student("bilal")
    people: list[Any] = [
        person(email="x"),
        person(is_type="pupil"),
        person(phone="1"),
        person(mobile_number="03001234567"),
        person(is_type="teacher", roll_no="1"),
        person(username="BILAL"),
        person(email="bilal@example.com", is_type="teacher"),
        "Amina",
        person(email="one@example.com", roll_no="7"),
        person(email="two@example.com", roll_no="7"),
        person(email="one@example.com"),
        person(email="three@example.com"),
    ]
    rows = send(auth, desk, people).json["outcomes"]
    assert [(row["row"], row["field"]) for row in rows if row["outcome"] == "refused"] == [
        (1, "email"),
        (2, "is_type"),
        (3, "phone"),
        (4, "mobile_number"),
        (5, None),
        (6, "username"),
        (7, "is_type"),
        (8, None),
        (10, "roll_no"),
        (11, "email"),
    ]
    assert all(row["reason"] and row["code"] for row in rows if row["outcome"] == "refused")


def test_rows_for_which_no_time_is_left_are_refused_and_done_when_the_list_comes_again(
    auth: Auth, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("auth.service.people_import._SECONDS", 0)
    assert send(auth, desk, [person()]).json["outcomes"][0]["reason"].endswith("Send the list again.")
    monkeypatch.setattr("auth.service.people_import._SECONDS", 20)
    assert send(auth, desk, [person()]).json["created"] == 1


def test_a_name_that_is_taken_meanwhile_refuses_its_row_alone(
    auth: Auth, desk: Desk, meanwhile: Callable[..., None]
) -> None:
    people = [person(email=f"{name}@example.com") for name in ("amina", "bilal", "zara")]
    desk.names()  # The administrator is there before anything is written meanwhile.
    meanwhile(lambda: auth.register("bilal"))
    rows = send(auth, desk, people).json["outcomes"]
    assert [(row["outcome"], row["field"]) for row in rows] == [
        ("created", None),
        ("refused", "username"),
        ("created", None),
    ]
    assert {desk.user(row["user_id"])["username"] for row in rows if row["user_id"]} == {"amina", "zara"}


def test_several_rows_are_one_call_of_the_storage(auth: Auth, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    people = [person(email=f"amina{n}@example.com") for n in range(10)]
    asked = calls_noted(monkeypatch)
    assert send(auth, desk, people).json["created"] == 10
    calls = [size for operation, size in asked if operation == "TransactWriteItems"]
    assert len(calls) <= 3
    assert max(calls) <= 100


@pytest.mark.parametrize(
    "table",
    [
        b"",
        b"\xff\xfe",
        b"email,name\n",
        b"email,pet\na@example.com,cat\n",
        b"email,email\na,b\n",
        b"email\n" + b"a\n" * 501,
    ],
)
def test_what_is_no_table_of_people_is_refused_as_a_whole(auth: Auth, desk: Desk, table: bytes) -> None:
    assert send(auth, desk, table).status == 422


def test_rows_are_numbered_as_spreadsheets_show_them(auth: Auth, desk: Desk) -> None:
    rows = send(auth, desk, TABLE.encode()).json["outcomes"]
    assert [(row["row"], row["email"], row["name"]) for row in rows] == [
        (2, "amina@example.com", "امینہ خان"),
        (3, "tariq@example.com", "Aziz; Tariq"),
        (5, "info@example.com", "Bilal Ahmed"),
    ]


def test_an_imported_person_is_to_be_in_the_courses_of_their_row(auth: Auth, desk: Desk, outbox: Outbox) -> None:
    biology, physics = put_course("Biology"), put_course("Physics")
    table = f"""email,name,is_type,courses
amina@example.com,Amina Khan,student,"biology ; {physics};BIOLOGY"
tariq@example.com,Tariq Aziz,teacher,Physics
"""
    dry = send(auth, desk, table.encode(), dryRun="true").json["outcomes"]
    assert outbox.of(CoursesRequested) == []
    rows = send(auth, desk, table.encode()).json["outcomes"]
    in_both = [
        {"course_id": str(biology), "course_title": "Biology"},
        {"course_id": str(physics), "course_title": "Physics"},
    ]
    assert [row["courses"] for row in dry] == [row["courses"] for row in rows] == [in_both, in_both[1:]]
    asked = outbox.of(CoursesRequested)
    assert [(event.role, set(event.course_ids)) for event in asked] == [
        ("student", {biology, physics}),
        ("teacher", {physics}),
    ]
    assert {str(event.user_id) for event in asked} == {row["user_id"] for row in rows}
    assert {event.requested_by for event in asked} == {outbox.of(Audited)[-1].actor_id}
    assert len({event.import_id for event in asked}) == 1


def test_who_has_an_account_is_asked_for_once_in_each_course(auth: Auth, desk: Desk, outbox: Outbox) -> None:
    biology, physics, history = put_course("Biology"), put_course("Physics"), put_course("History")
    amina = UUID(auth.register())
    with transaction() as tx:
        roster.put_enrollment(tx, amina, history, "dropped", version=2)
    row = person(name="amina", courses="Biology;History")

    def courses_asked_for() -> list[set[UUID]]:
        return [set(event.course_ids) for event in outbox.of(CoursesRequested)]

    assert [outcome(auth, desk, row) for _ in range(2)] == ["updated", "unchanged"]
    assert courses_asked_for() == [{biology}]
    assert outcome(auth, desk, row | {"courses": "Physics;Biology"}) == "updated"
    assert courses_asked_for() == [{biology}, {physics}]


@pytest.mark.parametrize(("reason", "again"), [("full", "updated"), ("left", "unchanged")])
def test_a_course_that_was_refused_is_asked_for_again_unless_the_person_had_left_it(
    auth: Auth, desk: Desk, outbox: Outbox, reason: Any, again: str
) -> None:
    biology = put_course("Biology")
    row = person(courses="Biology")
    outcome(auth, desk, row)
    [asked] = outbox.of(CoursesRequested)
    refused = {name: getattr(asked, name) for name in ("import_id", "user_id", "requested_by")}
    auth.consume(*[CourseRequestRefused(version=1, course_id=biology, reason=reason, **refused)] * 2)
    assert outcome(auth, desk, row) == again


def test_a_refusal_that_comes_after_the_erasure_leaves_nothing(auth: Auth, desk: Desk) -> None:
    from auth.tables import RequestedCourses

    amina = uuid4()
    auth.consume(
        CourseRequestRefused(
            version=1, course_id=uuid4(), reason="full", import_id=uuid4(), user_id=amina, requested_by=uuid4()
        )
    )
    assert RequestedCourses.find(amina) is None


def test_a_course_that_nobody_can_tell_refuses_the_row(auth: Auth, desk: Desk, outbox: Outbox) -> None:
    unknown = uuid4()
    put_course("Biology")
    deleted = put_course("Physics")
    with transaction() as tx:
        roster.remove_course(tx, deleted, title="Physics")
    put_course("Chemistry")
    put_course("chemistry")
    rows = [
        person(courses="Bioology"),
        person(courses=str(unknown)),
        person(courses="Physics"),
        person(courses="Biology;Chemistry"),
        person(courses=";".join(map(str, range(21)))),
        person(courses="Biology", is_type="admin"),
    ]
    people = [row | {"email": f"{number}@example.com"} for number, row in enumerate(rows)]
    refusals = send(auth, desk, people).json["outcomes"]
    assert [row["field"] for row in refusals] == ["courses"] * 6
    assert [row["reason"] for row in refusals][:4] == [
        "There is no course Bioology.",
        f"There is no course {unknown}.",
        "There is no course Physics.",
        "Several courses are called Chemistry. Give the id of one.",
    ]
    assert refusals[5]["reason"] == "Only students and teachers belong to courses."
    assert [(row["code"], row["texts"]) for row in refusals] == [
        ("unknown-course", {"name": "Bioology"}),
        ("unknown-course", {"name": str(unknown)}),
        ("unknown-course", {"name": "Physics"}),
        ("several-courses", {"name": "Chemistry"}),
        ("too_long", {}),
        ("no-courses-for-role", {}),
    ]
    assert outbox.of(CoursesRequested) == []


def outcome(auth: Auth, desk: Desk, row: dict[str, str]) -> str:
    [answered] = send(auth, desk, [row]).json["outcomes"]
    said: str = answered["outcome"]
    return said


def put_course(title: str) -> UUID:
    course_id = uuid4()
    with transaction() as tx:
        roster.put_course(tx, course_id, title=title, program_id=uuid4(), requires_payment=False, version=1)
    return course_id


def person(**fields: str) -> dict[str, str]:
    return {"email": "amina@example.com", "name": "Amina Khan", "is_type": "student", **fields}


def send(auth: Auth, desk: Desk, people: bytes | list[Any], **query: str) -> Answer:
    sent: dict[str, Any] = {"body": {"people": people}}
    if isinstance(people, bytes):
        sent = {"raw": people, "headers": {"content-type": "text/csv"}}
    return auth.http.post("/auth/users/import", token=desk._token, query=query, **sent)
