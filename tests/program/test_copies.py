"""Courses made as copies of others; their contents and exams follow by the event."""

from datetime import date
from uuid import UUID, uuid4

from lms.events.courses import CourseCopied, CourseCreated
from tests.conftest import Outbox
from tests.program.conftest import Program
from tests.world import add_term


def test_a_copy_has_the_terms_of_the_other_course_and_none_of_its_people(program: Program, outbox: Outbox) -> None:
    spring, autumn = add_term(), add_term("Autumn 2027", date(2027, 9, 6))
    source = program.new_course(
        "Agents", teacher=program.teacher, termId=spring, capacity=30, fee="50.00", short_description="All of it"
    )
    program.enroll(source)
    before = program.shown(source)
    answer = program.http.post(
        f"/courses/{source}/copy", {"title": "Agents again", "termId": autumn}, token=program.admin.token
    )
    assert answer.status == 201, answer
    copy = answer.json
    assert answer.headers["location"] == f"/courses/{copy['id']}/details"
    assert (copy["title"], copy["termTitle"], copy["seatsLeft"], copy["teachers"]) == (
        "Agents again",
        "Autumn 2027",
        30,
        [],
    )
    same = ("programId", "short_description", "capacity", "enrollment", "requiresPayment", "fee", "currency")
    assert {name: copy[name] for name in same} == {name: before[name] for name in same}
    assert program.shown(copy["id"]).items() >= copy.items()

    created, copied = (outbox.of(kind)[-1] for kind in (CourseCreated, CourseCopied))
    assert (str(copied.course_id), str(copied.copied_from)) == (copy["id"], source)
    assert (copied.days, copied.version) == ((date(2027, 9, 6) - date(2027, 2, 1)).days, created.version)


def test_a_copy_may_be_in_another_program_and_stays_in_the_term_of_the_other_course(
    program: Program, outbox: Outbox
) -> None:
    source, other = program.new_course(termId=add_term()), program.new_program("Robotics")
    body = {"title": "Agents", "programId": other["id"]}
    copy = program.http.post(f"/courses/{source}/copy", body, token=program.admin.token).json
    assert (copy["programTitle"], copy["termTitle"]) == ("Robotics", "Spring 2027")
    assert outbox.of(CourseCopied)[-1].days == 0


def test_a_copy_needs_a_course_a_program_and_a_term_that_exist(program: Program, outbox: Outbox) -> None:
    source = program.new_course()

    def refused(course: str, **fields: str) -> tuple[int, list[str]]:
        body = {"title": "Agents", **fields}
        answer = program.http.post(f"/courses/{course}/copy", body, token=program.admin.token)
        return answer.status, [error["loc"][-1] for error in answer.json.get("errors", ())]

    assert refused(str(uuid4())) == (404, [])
    assert refused(source, programId=str(uuid4())) == (422, ["programId"])
    assert refused(source, termId=str(uuid4())) == (422, ["termId"])
    assert outbox.of(CourseCopied) == []


def test_a_copy_that_is_asked_for_twice_under_one_key_is_made_once(program: Program, outbox: Outbox) -> None:
    source, key = program.new_course(), {"idempotency-key": "copy-1"}
    first, second = (
        program.http.post(f"/courses/{source}/copy", {"title": "Agents"}, token=program.admin.token, headers=key)
        for _ in range(2)
    )
    assert first.json == second.json
    [copied] = outbox.of(CourseCopied)
    assert copied.course_id == UUID(first.json["id"])
