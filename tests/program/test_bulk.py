"""Enrolling a list of people."""

from typing import Any
from uuid import UUID, uuid4

from tests.conftest import Outbox
from tests.people import put_card, put_student_status, sign_in
from tests.program.conftest import Program


def bulk(program: Program, course: str, students: list[Any], token: str | None = None, **kwargs: Any) -> Any:
    path = f"/courses/{course}/enrollments/bulk"
    return program.http.post(path, {"students": students}, token=token or program.admin.token, **kwargs)


def outcomes(answer: Any) -> list[str]:
    assert answer.status == 200, answer
    return [row["outcome"] for row in answer.json["outcomes"]]


def test_students_are_named_by_id_email_or_roll_number(program: Program) -> None:
    from lms import roster

    course = program.new_course()
    people = [sign_in("student") for _ in range(3)]
    given = [str(people[0].id), people[1].email.upper(), f" {people[2].roll_no.lower()} "]
    answer = bulk(program, course, given)
    assert answer.json["outcomes"] == [
        {"student": name.strip(), "studentId": str(person.id), "studentName": person.name, "outcome": "enrolled"}
        for name, person in zip(given, people, strict=True)
    ]
    assert {roster.enrollment_of(person.id, UUID(course)) for person in people} == {"active"}


def test_each_row_has_an_outcome_of_its_own(program: Program) -> None:
    course = program.new_course(capacity=2)
    enrolled, fits, late = (sign_in("student") for _ in range(3))
    program.enroll(course, enrolled)
    given = [
        enrolled.email,
        "nobody@example.com",
        fits.email,
        program.teacher.email,
        str(uuid4()),
        fits.roll_no,
        late.email,
        "NOTAROLLNO",
    ]
    assert outcomes(bulk(program, course, given)) == [
        "already-enrolled",
        "unknown",
        "enrolled",
        "unknown",
        "unknown",
        "already-enrolled",
        "full",
        "unknown",
    ]
    assert program.seats_taken(course) == 2


def test_a_suspended_student_has_an_outcome_of_their_own(program: Program) -> None:
    put_student_status(program.student, "suspended")
    assert outcomes(bulk(program, program.new_course(), [program.student.roll_no])) == ["standing"]


def test_an_address_that_nobody_confirmed_is_named_and_enrols_nobody(program: Program) -> None:
    course, stranger = program.new_course(), sign_in("student")
    put_card(stranger, email_confirmed=False)
    answer = bulk(program, course, [stranger.email.upper()])
    expected = {"student": stranger.email.upper(), "studentId": None, "studentName": None, "outcome": "unconfirmed"}
    assert answer.json == {"enrolled": 0, "alreadyEnrolled": 0, "notEnrolled": 1, "outcomes": [expected]}
    assert outcomes(bulk(program, course, [stranger.roll_no])) == ["enrolled"]


def test_people_are_enrolled_before_the_gateway_knows_them(program: Program) -> None:
    course, invited = program.new_course(), sign_in("student")
    put_card(invited, status="provisioning")
    assert outcomes(bulk(program, course, [invited.roll_no])) == ["enrolled"]


def test_the_answer_begins_with_how_many_rows_came_to_what(program: Program) -> None:
    course = program.new_course(capacity=2)
    people = [sign_in("student") for _ in range(3)]
    program.enroll(course, people[0])
    answer = bulk(program, course, [*(person.roll_no for person in people), "NOTAROLLNO"])
    assert outcomes(answer) == ["already-enrolled", "enrolled", "full", "unknown"]
    assert list(answer.json) == ["enrolled", "alreadyEnrolled", "notEnrolled", "outcomes"]
    assert (answer.json["enrolled"], answer.json["alreadyEnrolled"], answer.json["notEnrolled"]) == (1, 1, 2)


def test_a_whole_school_year_is_enrolled_at_once_and_again(program: Program, outbox: Outbox) -> None:
    from lms.events.enrollments import StudentEnrolled

    course = program.new_course(capacity=50)
    people = [sign_in("student") for _ in range(60)]
    given = [person.email for person in people]
    assert outcomes(bulk(program, course, given)) == ["enrolled"] * 50 + ["full"] * 10
    assert program.seats_taken(course) == len(outbox.of(StudentEnrolled)) == 50
    assert outcomes(bulk(program, course, given)) == ["already-enrolled"] * 50 + ["full"] * 10


def test_a_list_sent_twice_with_one_key_gets_the_first_outcomes_again(program: Program) -> None:
    course, headers = program.new_course(), {"idempotency-key": "list-1"}
    given = [sign_in("student").email, "nobody@example.com"]
    for _ in range(2):
        assert outcomes(bulk(program, course, given, headers=headers)) == ["enrolled", "unknown"]
    assert bulk(program, course, given[:1], headers=headers).status == 422


def test_five_hundred_rows_are_taken_and_no_more(program: Program) -> None:
    course = program.new_course()
    assert outcomes(bulk(program, course, [f"{n}@example.com" for n in range(500)])) == ["unknown"] * 500
    for students in ([], ["x"] * 501, ["x" * 255], [""], [1], None, "x"):
        assert bulk(program, course, students).status == 422


def test_a_closed_or_unpaid_course_says_so_on_every_row(program: Program) -> None:
    people = [sign_in("student").email for _ in range(2)]
    assert outcomes(bulk(program, program.new_course(enrollment="closed"), people)) == ["closed"] * 2
    assert outcomes(bulk(program, program.new_course(requiresPayment=True), people)) == ["unpaid"] * 2


def test_only_administrators_enrol_lists(program: Program) -> None:
    course = program.new_course(teacher=program.teacher)
    for person in (program.teacher, program.student):
        assert bulk(program, course, ["x"], person.token).status == 403
    assert bulk(program, str(uuid4()), ["x"]).status == 404
    assert bulk(program, str(uuid4()), []).status == 422
