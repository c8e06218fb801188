"""Courses: made, changed, deleted."""

from decimal import Decimal
from uuid import UUID, uuid4

import pytest

from tests.conftest import Outbox
from tests.people import sign_in
from tests.program.conftest import Program
from tests.roster_rows import rows
from tests.world import set_currency

FIELDS = {
    "title": "AI-201",
    "short_description": "Fundamentals",
    "quarter": "Q4",
    "capacity": 30,
    "enrollment": "closed",
    "requiresPayment": True,
    "fee": "5000.00",
    "currency": "PKR",
}


def test_a_fee_is_in_the_institutes_currency_unless_another_is_named(program: Program) -> None:
    set_currency("USD")
    program.new_course("One", fee="100")
    program.new_course("Two", fee="100", currency="EUR")
    listed = program.http.get(f"/programs/{program.id}/courses").json["items"]
    assert {course["title"]: course["currency"] for course in listed} == {"One": "USD", "Two": "EUR"}


def test_a_new_course_is_answered_emitted_and_known_to_every_service(program: Program, outbox: Outbox) -> None:
    from lms import roster
    from lms.events.courses import CourseCreated

    path = f"/programs/{program.id}/courses/create"
    answer = program.http.post(path, FIELDS, token=program.admin.token)
    assert answer.status == 201, answer
    made = answer.json
    assert made.items() >= {**FIELDS, "programId": program.id, "version": 1}.items()
    term = {"termId", "termTitle", "termStartsOn", "termEndsOn"}
    known = {"id", "programId", "programTitle", "teachers", "seatsLeft", "version", "createdAt", "updatedAt"}
    assert set(made) == {*FIELDS, *term, *known}
    assert (answer.headers["location"], answer.version) == (f"/courses/{made['id']}/details", 1)
    [event] = outbox.of(CourseCreated)
    assert (event.title, event.capacity, event.enrollment, event.requires_payment) == ("AI-201", 30, "closed", True)
    card = roster.find_course(UUID(made["id"]))
    assert card is not None
    assert (card.title, str(card.program_id), card.requires_payment) == ("AI-201", program.id, True)
    assert rows()[f"course#{made['id']}", "card"]["version"]["N"] == "1"


def test_a_course_needs_only_a_title(program: Program) -> None:
    answer = program.http.post(f"/programs/{program.id}/courses/create", {"title": "A"}, token=program.admin.token)
    assert (
        answer.json.items()
        >= {
            "short_description": "",
            "quarter": None,
            "capacity": None,
            "enrollment": "open",
            "requiresPayment": False,
            "fee": None,
            "currency": "PKR",
        }.items()
    )


def test_a_course_belongs_to_a_program_that_exists(program: Program) -> None:
    path = "/programs/{}/courses/create"
    assert program.http.post(path.format(uuid4()), {"title": "A"}, token=program.admin.token).status == 404
    program.http.delete(f"/programs/{program.id}/delete", token=program.admin.token)
    assert program.http.post(path.format(program.id), {"title": "A"}, token=program.admin.token).status == 404


def test_an_update_replaces_what_it_names_and_null_empties(program: Program, outbox: Outbox) -> None:
    from lms.events.courses import CourseUpdated

    course = program.new_course(**{**FIELDS, "title": "Old"})
    path = f"/courses/{course}/update"
    body = {"title": "New", "capacity": None, "quarter": None, "enrollment": "open"}
    answer = program.http.put(path, body, token=program.admin.token)
    assert answer.status == 200, answer
    assert answer.json.items() >= {**body, "short_description": "Fundamentals", "requiresPayment": True}.items()
    assert (answer.json["version"], answer.version) == (2, 2)
    shown = program.http.get(f"/courses/{course}/details", token=program.student.token)
    assert shown.json == {**answer.json, "ownEnrollment": None, "tableOfContents": []}
    [event] = outbox.of(CourseUpdated)
    assert (event.version, event.title, event.capacity, event.quarter) == (2, "New", None, None)


def test_money_is_set_by_administrators_alone(program: Program, outbox: Outbox) -> None:
    from lms.events.courses import CourseUpdated

    course = program.new_course(teacher=program.teacher, requiresPayment=True, fee="5000.00")
    path = f"/courses/{course}/update"
    for field, value in (("requiresPayment", False), ("fee", "1.00"), ("fee", None), ("currency", "USD")):
        answer = program.http.put(path, {"title": "Mine", field: value}, token=program.teacher.token)
        assert answer.problem == (403, "administrators-only")
    shown = program.http.get(f"/courses/{course}/details", token=program.teacher.token).json
    assert (shown["title"], shown["requiresPayment"], shown["fee"], shown["version"]) == ("AI-201", True, "5000.00", 1)
    changed = program.http.put(path, {"fee": "6000.5", "currency": "USD"}, token=program.admin.token)
    assert (changed.json["fee"], changed.json["currency"]) == ("6000.50", "USD")
    [published] = outbox.of(CourseUpdated)
    assert (published.fee, published.currency) == (Decimal("6000.50"), "USD")


def test_the_catalogue_shows_what_a_course_costs(program: Program) -> None:
    program.new_course(fee="100", currency="USD")
    [shown] = program.http.get(f"/programs/{program.id}/courses").json["items"]
    assert (shown["fee"], shown["currency"]) == ("100.00", "USD")


def test_a_course_is_changed_by_its_own_teachers_and_administrators(program: Program) -> None:
    course = program.new_course(teacher=program.teacher)
    path, body = f"/courses/{course}/update", {"title": "New"}
    assert program.http.put(path, body, token=program.teacher.token).status == 200
    assert program.http.put(path, body, token=program.admin.token).status == 200
    assert program.http.put(path, body, token=sign_in("teacher").token).status == 403
    assert program.http.put(path, body, token=program.student.token).status == 403


def test_refusals_come_in_order(program: Program) -> None:
    course, missing = program.new_course(), uuid4()
    stranger, admin, old = program.teacher.token, program.admin.token, {"if-match": '"9"'}
    for path in (f"/courses/{course}/update", f"/courses/{missing}/update", "/courses/not-an-id/update"):
        assert program.http.put(path, raw=b"x" * 300_000, token=stranger).status == 413
        assert program.http.put(path, {"bad": 1}).status == 401
        assert program.http.put(path, {"bad": 1}, token=program.student.token).status == 403
    for path in (f"/courses/{course}/update", f"/courses/{missing}/update"):
        assert program.http.put(path, {"bad": 1}, token=stranger).status == 403
        assert program.http.put(path, {"bad": 1}, token=admin).status == 422
    assert program.http.put(f"/courses/{missing}/update", {"title": "A"}, token=admin, headers=old).status == 404
    assert program.http.put(f"/courses/{course}/update", {"title": "A"}, token=admin, headers=old).status == 412
    assert program.http.delete(f"/courses/{missing}/delete", token=stranger).status == 403
    assert program.http.delete(f"/courses/{missing}/delete", token=admin, headers=old).status == 404
    assert program.http.delete(f"/courses/{course}/delete", token=admin, headers=old).status == 412
    program.enroll(course)
    assert program.http.delete(f"/courses/{course}/delete", token=admin, headers=old).status == 409


def test_a_course_with_active_students_is_not_deleted(program: Program, outbox: Outbox) -> None:
    from lms import roster
    from lms.events.courses import CourseDeleted

    course = program.new_course()
    path = f"/courses/{course}/delete"
    assert program.enroll(course).status == 201
    assert program.http.delete(path, token=program.admin.token).problem == (409, "active-students")
    assert program.set_status(course, program.student, "completed").status == 200
    assert program.http.delete(path, token=program.admin.token).status == 204
    assert program.http.delete(path, token=program.admin.token).status == 404
    assert program.http.get(f"/courses/{course}/details", token=program.admin.token).status == 404
    assert program.http.get(f"/programs/{program.id}/courses").json["items"] == []
    assert roster.find_course(UUID(course)) is None
    assert roster.enrollment_of(program.student.id, UUID(course)) == "completed"
    assert [event.version for event in outbox.of(CourseDeleted)] == [2]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", ""),
        ("title", None),
        ("short_description", None),
        ("short_description", "x" * 10_001),
        ("shortDescription", "x"),
        ("capacity", 0),
        ("capacity", 2.5),
        ("capacity", "30"),
        ("enrollment", "maybe"),
        ("enrollment", None),
        ("requiresPayment", "yes"),
        ("requires_payment", True),
        ("fee", 5000),
        ("fee", "0.00"),
        ("fee", "-1"),
        ("fee", "1.005"),
        ("fee", "NaN"),
        ("currency", "RUPEES"),
        ("currency", None),
        ("programId", "00000000-0000-4000-8000-000000000001"),
        ("version", 3),
    ],
)
def test_what_cannot_be_accepted_is_named(program: Program, field: str, value: object) -> None:
    create = f"/programs/{program.id}/courses/create"
    for answer in (
        program.http.post(create, {"title": "A", field: value}, token=program.admin.token),
        program.http.put(f"/courses/{program.new_course()}/update", {field: value}, token=program.admin.token),
    ):
        assert answer.status == 422, answer
        assert answer.json["errors"][0]["loc"] == ["body", field]
