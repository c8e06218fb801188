"""One student's enrolment: made, dropped, completed, listed."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from lms.roster import StudentStatus
from tests.conftest import Calls, Outbox
from tests.people import Person, put_card, put_student_status, remove_card, sign_in
from tests.program.conftest import Program


def as_admin(program: Program, course: str, student_id: object, **kwargs: Any) -> Any:
    body = {"studentId": str(student_id)}
    return program.http.post(f"/courses/{course}/enrollments", body, token=program.admin.token, **kwargs)


def test_a_student_enrols_and_every_service_knows_at_once(program: Program, outbox: Outbox) -> None:
    from lms import roster
    from lms.events.enrollments import StudentEnrolled

    course = program.new_course()
    answer = program.enroll(course)
    assert answer.status == 201, answer
    assert (
        answer.json.items()
        >= {
            "studentId": str(program.student.id),
            "courseId": course,
            "status": "active",
            "name": "A student",
            "email": program.student.email,
            "rollNo": program.student.roll_no,
            "version": 1,
        }.items()
    )
    assert answer.headers["location"] == f"/progress/{program.student.id}/{course}"
    assert roster.enrollment_of(program.student.id, UUID(course)) == "active"
    assert program.seats_taken(course) == 1
    assert outbox.of(StudentEnrolled) == [
        StudentEnrolled(version=1, course_id=UUID(course), student_id=program.student.id)
    ]


def test_an_administrator_enrols_the_student_they_name(program: Program) -> None:
    course = program.new_course()
    answer = as_admin(program, course, program.student.id)
    assert (answer.status, answer.json["studentId"]) == (201, str(program.student.id))


def test_a_student_is_enrolled_before_the_gateway_knows_them(program: Program) -> None:
    course, invited = program.new_course(), sign_in("student")
    put_card(invited, status="provisioning")
    assert as_admin(program, course, invited.id).status == 201


def test_an_administrator_names_a_student_who_is_not_disabled(program: Program) -> None:
    course, disabled = program.new_course(), sign_in("student")
    put_card(disabled, status="disabled")
    strangers = [uuid4(), program.teacher.id, program.admin.id, disabled.id]
    for student_id in strangers:
        answer = as_admin(program, course, student_id)
        assert (answer.status, answer.json["errors"][0]["loc"]) == (422, ["body", "studentId"])
    for body in (None, {}, {"studentId": None}, {"studentId": "x"}, {"studentId": str(strangers[0]), "more": 1}):
        answer = program.http.post(f"/courses/{course}/enrollments", body, token=program.admin.token)
        assert answer.status == 422
    assert program.seats_taken(course) == 0


@pytest.mark.parametrize("status", ["suspended", "withdrawn", "graduated"])
def test_a_student_who_is_not_in_good_standing_is_not_enrolled(program: Program, status: StudentStatus) -> None:
    course = program.new_course()
    put_student_status(program.student, status)
    assert program.enroll(course).problem == (403, "standing")
    assert as_admin(program, course, program.student.id).problem == (403, "standing")
    assert program.seats_taken(course) == 0
    put_student_status(program.student, "active", version=2)
    assert program.enroll(course).status == 201


def test_who_is_suspended_stays_in_their_courses_and_may_leave_them(program: Program) -> None:
    course = program.new_course()
    program.enroll(course)
    put_student_status(program.student, "suspended")
    answer = program.http.get("/courses/schedule", query={"courseId": course}, token=program.student.token)
    assert answer.status == 200
    assert program.drop(course).status == 204


def test_students_enrol_nobody_but_themselves(program: Program) -> None:
    course, path = program.new_course(), "/courses/{}/enrollments"
    other = {"studentId": str(sign_in("student").id)}
    assert program.http.post(path.format(course), other, token=program.student.token).status == 403
    own = {"studentId": str(program.student.id)}
    assert program.http.post(path.format(course), own, token=program.student.token).status == 201
    assert program.http.post(path.format(course), {}, token=program.teacher.token).status == 403
    assert program.http.post(path.format(course), {}).status == 401
    assert program.http.post(path.format(uuid4()), {}, token=program.student.token).status == 404


def test_nobody_is_enrolled_twice_nor_again_after_completing(program: Program) -> None:
    course = program.new_course()
    program.enroll(course)
    assert program.enroll(course).problem == (409, "enrolled")
    program.set_status(course, program.student, "completed")
    assert program.enroll(course).problem == (409, "enrolled")


def test_a_closed_course_takes_nobody_until_it_opens(program: Program) -> None:
    course = program.new_course(enrollment="closed")
    assert program.enroll(course).problem == (409, "closed")
    assert as_admin(program, course, program.student.id).problem == (409, "closed")
    program.http.put(f"/courses/{course}/update", {"enrollment": "open"}, token=program.admin.token)
    assert program.enroll(course).status == 201


def test_only_active_students_sit_on_seats(program: Program) -> None:
    course = program.new_course(capacity=1)
    first, second, third = program.student, sign_in("student"), sign_in("student")
    assert program.enroll(course, first).status == 201
    assert program.enroll(course, second).problem == (409, "full")
    assert program.drop(course, first).status == 204
    assert program.enroll(course, second).status == 201
    assert program.set_status(course, second, "completed").status == 200
    assert program.enroll(course, third).status == 201
    assert program.set_status(course, second, "active").problem == (409, "full")
    assert program.enroll(course, first).problem == (409, "full")
    assert program.seats_taken(course) == 1


def test_a_lowered_capacity_lets_nobody_in_and_nobody_out(program: Program) -> None:
    course = program.new_course(capacity=3)
    first, second = sign_in("student"), sign_in("student")
    program.enroll(course, first)
    program.enroll(course, second)
    program.http.put(f"/courses/{course}/update", {"capacity": 1}, token=program.admin.token)
    assert program.drop(course, first).status == 204
    assert program.enroll(course, first).problem == (409, "full")
    program.http.put(f"/courses/{course}/update", {"capacity": None}, token=program.admin.token)
    assert program.enroll(course, first).status == 201


def test_a_course_that_costs_takes_those_who_paid(program: Program) -> None:
    course = program.new_course(requiresPayment=True)
    other = program.new_course("Another", requiresPayment=True)
    assert program.enroll(course).problem == (409, "unpaid")
    _pay(program, program.student, course)
    assert program.enroll(other).problem == (409, "unpaid")
    assert program.enroll(course).status == 201
    assert program.enroll(course, sign_in("student")).problem == (409, "unpaid")


def test_a_course_with_a_fee_takes_those_whose_payments_reach_it(program: Program) -> None:
    course = program.new_course(requiresPayment=True, fee="5000")
    _pay(program, program.student, course, "V-1", "1.00")
    _pay(program, program.student, course, "V-2", "4998.99")
    assert program.enroll(course).problem == (409, "unpaid")
    _pay(program, program.student, course, "V-3", "0.01")
    assert program.enroll(course).status == 201


def test_a_payment_that_is_heard_of_again_counts_once(program: Program) -> None:
    course = program.new_course(requiresPayment=True, fee="5000")
    for _ in range(3):
        _pay(program, program.student, course, "V-2", "2500.00")
    assert program.enroll(course).problem == (409, "unpaid")
    _pay(program, program.student, course, "V-1", "2500.00")
    _pay(program, program.student, course, "V-2", "2500.00")
    assert program.enroll(course).status == 201


def test_payments_in_another_currency_do_not_count_towards_a_fee(program: Program) -> None:
    course = program.new_course(requiresPayment=True, fee="100.00", currency="USD")
    _pay(program, program.student, course, "V-1", "5000.00", "PKR")
    _pay(program, program.student, course, "V-2", "99.99", "USD")
    assert program.enroll(course).problem == (409, "unpaid")
    _pay(program, program.student, course, "V-3", "0.01", "USD")
    assert program.enroll(course).status == 201


def test_payments_for_another_course_do_not_count_towards_a_fee(program: Program) -> None:
    course = program.new_course(requiresPayment=True, fee="100.00")
    _pay(program, program.student, program.new_course("Another"), "V-1", "100.00")
    assert program.enroll(course).problem == (409, "unpaid")


def test_a_fee_that_changes_counts_for_the_next_who_enrols(program: Program) -> None:
    course = program.new_course(requiresPayment=True, fee="100.00")
    _pay(program, program.student, course, "V-1", "100.00")
    update = f"/courses/{course}/update"
    program.http.put(update, {"fee": "100.01"}, token=program.admin.token)
    assert program.enroll(course).problem == (409, "unpaid")
    program.http.put(update, {"fee": None}, token=program.admin.token)
    assert program.enroll(course).status == 201


def _pay(
    program: Program,
    student: Person,
    course: str,
    voucher_no: str = "V-1",
    fee: str = "5000.00",
    currency: str = "PKR",
) -> None:
    from datetime import date
    from decimal import Decimal

    from lms.events.payments import PaymentConfirmed

    program.consume(
        PaymentConfirmed(
            version=2,
            voucher_no=voucher_no,
            student_id=student.id,
            course_id=UUID(course),
            quarter="Q4",
            fee=Decimal(fee),
            currency=currency,
            due_date=date(2027, 1, 1),
            paid_at=program.clock(),
        )
    )


def test_a_student_drops_out_and_comes_back(program: Program, outbox: Outbox) -> None:
    from lms import roster
    from lms.events.enrollments import StudentDropped, StudentEnrolled

    course = program.new_course()
    made = program.enroll(course).json
    program.clock.advance(hours=1)
    assert program.drop(course).status == 204
    assert roster.enrollment_of(program.student.id, UUID(course)) == "dropped"
    assert program.drop(course).status == 404
    back = program.enroll(course).json
    assert (back["version"], back["createdAt"]) == (3, made["createdAt"])
    assert back["updatedAt"] > made["updatedAt"]
    assert [event.version for event in outbox.of(StudentEnrolled)] == [1, 3]
    assert [event.version for event in outbox.of(StudentDropped)] == [2]
    assert program.seats_taken(course) == 1


def test_an_enrolment_is_ended_by_its_student_or_an_administrator(program: Program) -> None:
    course = program.new_course(teacher=program.teacher)
    program.enroll(course)
    path = f"/courses/{course}/enrollments/{program.student.id}"
    for person in (program.teacher, sign_in("student")):
        assert program.http.delete(path, token=person.token).status == 403
    assert program.http.delete(path).status == 401
    unknown = f"/courses/{course}/enrollments/{uuid4()}"
    assert program.http.delete(unknown, token=program.student.token).status == 403
    assert program.http.delete(unknown, token=program.admin.token).status == 404
    assert program.http.delete(f"/courses/{course}/enrollments/x", token=program.admin.token).status == 422
    assert program.http.delete(path, token=program.admin.token, headers={"if-match": '"7"'}).status == 412
    assert program.http.delete(path, token=program.admin.token).status == 204


def test_a_completed_course_is_not_dropped(program: Program, outbox: Outbox) -> None:
    from lms import roster
    from lms.events.enrollments import StudentCompleted

    course = program.new_course(teacher=program.teacher)
    program.enroll(course)
    path = f"/courses/{course}/enrollments/{program.student.id}"
    done = program.http.patch(path, {"status": "completed"}, token=program.teacher.token)
    assert (done.status, done.json["status"], done.version) == (200, "completed", 2)
    assert program.drop(course).problem == (409, "completed")
    assert roster.enrollment_of(program.student.id, UUID(course)) == "completed"
    assert program.seats_taken(course) == 0
    again = program.set_status(course, program.student, "completed")
    assert (again.status, again.json["version"]) == (200, 2)
    assert len(outbox.of(StudentCompleted)) == 1
    assert program.set_status(course, program.student, "active").json["version"] == 3
    assert program.seats_taken(course) == 1


def test_refusals_of_a_change_of_status_come_in_order(program: Program) -> None:
    course = program.new_course(teacher=program.teacher)
    path, old = f"/courses/{course}/enrollments/{program.student.id}", {"if-match": '"9"'}
    bad, good = {"status": "dropped"}, {"status": "completed"}
    assert program.http.patch(path, bad).status == 401
    for person in (program.student, sign_in("teacher")):
        assert program.http.patch(path, bad, token=person.token).status == 403
    for person in (program.teacher, program.admin):
        assert program.http.patch(path, bad, token=person.token).status == 422
        assert program.http.patch(path, good, token=person.token, headers=old).status == 404
    program.enroll(course)
    assert program.http.patch(path, good, token=program.teacher.token, headers=old).status == 412
    program.drop(course)
    answer = program.http.patch(path, good, token=program.teacher.token, headers=old)
    assert answer.problem == (409, "dropped")


def test_the_class_is_listed_in_pages_with_everybodys_state(program: Program) -> None:
    course = program.new_course(teacher=program.teacher)
    students = [sign_in("student") for _ in range(7)]
    for student in students:
        program.enroll(course, student)
    program.drop(course, students[0])
    program.set_status(course, students[1], "completed")
    path = f"/courses/{course}/enrollments"
    listed = program.http.list_all(path, limit=3, token=program.teacher.token)
    states = {str(student.id): "active" for student in students}
    states |= {str(students[0].id): "dropped", str(students[1].id): "completed"}
    assert {item["studentId"]: item["status"] for item in listed} == states
    assert {item["email"] for item in listed} == {student.email for student in students}
    for person in (students[2], sign_in("teacher")):
        assert program.http.get(path, token=person.token).status == 403
    assert program.http.get(f"/courses/{uuid4()}/enrollments", token=program.admin.token).status == 404


def test_an_enrolment_sent_twice_with_one_key_happens_once(program: Program, outbox: Outbox) -> None:
    from lms.events.enrollments import StudentEnrolled

    course, headers = program.new_course(), {"idempotency-key": "e-1"}
    first, second = (program.enroll(course, headers=headers) for _ in range(2))
    assert (first.status, first.json) == (second.status, second.json)
    assert len(outbox.of(StudentEnrolled)) == 1


def test_an_erased_student_leaves_their_seats(program: Program, outbox: Outbox) -> None:
    from lms.events.enrollments import StudentDropped
    from lms.events.users import UserErased

    active, done = program.new_course("Active", capacity=1), program.new_course("Done")
    program.enroll(active)
    program.enroll(done)
    program.set_status(done, program.student, "completed")
    remove_card(program.student)
    for _ in range(2):
        program.consume(UserErased(version=5, user_id=program.student.id))
    assert program.seats_taken(active) == 0
    assert [event.course_id for event in outbox.of(StudentDropped)] == [UUID(active)]
    assert program.enroll(active).problem[0] == 422
    [left] = program.http.get(f"/courses/{done}/enrollments", token=program.admin.token).json["items"]
    assert (left["status"], left["name"], left["email"], left["rollNo"]) == ("completed", None, None, None)


@pytest.mark.parametrize("count", [1, 60])
def test_enrolling_costs_the_same_however_many_are_enrolled(
    program: Program, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    from botocore.client import BaseClient

    course = program.new_course()
    for _ in range(count):
        program.enroll(course, sign_in("student"))
    student, seen, make = sign_in("student"), [], BaseClient._make_api_call

    def recorded(client: Any, name: str, arguments: Any) -> Any:
        seen.append((name, len(arguments.get("TransactItems", []))))
        return make(client, name, arguments)

    monkeypatch.setattr(BaseClient, "_make_api_call", recorded)
    assert program.enroll(course, student).status == 201
    assert seen == [("BatchGetItem", 0), ("TransactWriteItems", 6)]


@pytest.mark.parametrize("status", ["active", "completed", "dropped"])
def test_enrolments_of_one_status_are_listed_page_by_page_in_three_calls(
    program: Program, status: str, calls: Calls
) -> None:
    course = program.new_course("AI-201")
    students = [sign_in("student") for _ in range(6)]
    for student in students:
        program.enroll(course, student)
    for student in students[:2]:
        program.drop(course, student)
    for student in students[2:4]:
        program.set_status(course, student, "completed")
    path = f"/courses/{course}/enrollments"
    found = program.http.list_all(path, limit=1, token=program.admin.token, status=status)
    assert [(row["status"], row["courseTitle"]) for row in found] == [(status, "AI-201")] * 2
    calls.clear()
    program.http.get(path, token=program.admin.token, query={"status": status})
    assert [operation for operation, _ in calls] == ["GetItem", "Query", "BatchGetItem"]
    assert program.http.get(path, token=program.admin.token, query={"status": "x"}).status == 422
