"""Messages to a class."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.conftest import Outbox
from tests.instructor.conftest import School
from tests.people import sign_in


@pytest.fixture
def course(school: School) -> UUID:
    course_id = school.add_course()
    school.assign_teacher(course_id)
    return course_id


SOMEBODY = "018f4e2a-7c1e-7d3b-9a54-2f6f1c0d9e11"


def send(school: School, course: UUID, *, token: str | None = None, headers: Any = None, **fields: Any) -> Any:
    body = {"course_id": str(course), "message": "The exam moves.", "type": "exam", **fields}
    path = f"/instructors/{school.teacher.id}/messages"
    return school.http.post(path, body, token=token or school.teacher.token, headers=headers)


def test_a_message_to_a_class_is_accepted_for_its_active_and_completed_students(
    school: School, course: UUID, outbox: Outbox
) -> None:
    from lms.events.messages import MessageRequested

    for status in ("active", "active", "completed"):
        school.enroll(course, sign_in("student"), status)
    school.enroll(course, sign_in("student"), "dropped")
    answer = send(school, course, subject="Exam", channels=["email", "email"], send_at="2027-01-01T10:00:00+05:00")
    assert (answer.status, answer.json) == (202, {"accepted": 3})
    [requested] = outbox.of(MessageRequested)
    assert (requested.sender_id, requested.course_id, requested.recipient_ids) == (school.teacher.id, course, ())
    assert (requested.kind, requested.subject_line, requested.message) == ("exam", "Exam", "The exam moves.")
    assert (requested.channels, requested.send_at.isoformat()) == (("email",), "2027-01-01T05:00:00+00:00")


def test_a_message_to_some_goes_to_each_of_them_once(school: School, course: UUID, outbox: Outbox) -> None:
    from lms.events.messages import MessageRequested

    people = [sign_in("student") for _ in range(3)]
    school.enroll(course, people[0])
    school.enroll(course, people[1], "completed")
    school.enroll(course, people[2], "dropped")
    ids = [str(person.id) for person in people]
    answer = send(school, course, recipient_ids=[ids[0], ids[1], ids[0]])
    assert (answer.status, answer.json) == (202, {"accepted": 2})
    assert outbox.of(MessageRequested)[0].recipient_ids == (people[0].id, people[1].id)
    for stranger in (ids[2], str(uuid4()), str(school.teacher.id)):
        refused = send(school, course, recipient_ids=[ids[0], stranger])
        assert (refused.status, refused.json["errors"][0]["loc"]) == (422, ["body", "recipient_ids", 1])


def test_a_message_goes_to_an_own_class_alone(school: School, course: UUID) -> None:
    foreign = school.add_course()
    school.assign_teacher(foreign, sign_in("teacher"))
    for other in (foreign, uuid4()):
        assert send(school, other).status == 403
        assert send(school, other, token=school.admin.token).status == 403
        assert send(school, other, type="spam").status == 422
    assert send(school, course, token=school.admin.token).status == 202
    for person in (school.student, sign_in("teacher")):
        assert send(school, course, token=person.token, type="spam").status == 403
    assert send(school, course, token="x", type="spam").status == 401


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("message", ""),
        ("message", " "),
        ("message", "x" * 10_001),
        ("type", "welcome"),
        ("subject", "two\nlines"),
        ("channels", []),
        ("channels", ["pigeon"]),
        ("recipient_ids", []),
        ("recipient_ids", ["x"]),
        ("recipient_ids", ["00000000-0000-4000-8000-000000000001"] * 501),
        ("send_at", "2027-01-01T10:00:00"),
        ("send_at", "9999-12-31T23:59:59-12:00"),
        ("course_id", None),
        ("sender_id", SOMEBODY),
    ],
)
def test_what_cannot_be_accepted_is_named(school: School, course: UUID, field: str, value: Any) -> None:
    answer = send(school, course, **{field: value})
    assert answer.status == 422, answer
    assert answer.json["errors"][0]["loc"][:2] == ["body", field]


def test_a_key_whose_message_was_refused_can_be_used_again(school: School) -> None:
    course, key = school.add_course(), {"idempotency-key": "m-1"}
    assert send(school, course, headers=key).status == 403
    school.assign_teacher(course)
    assert send(school, course, headers=key).status == 202


def test_a_message_sent_twice_with_one_key_goes_out_once(school: School, course: UUID, outbox: Outbox) -> None:
    from lms.events.messages import MessageRequested

    first, second = (send(school, course, headers={"idempotency-key": "m-1"}) for _ in range(2))
    assert (first.status, first.json) == (second.status, second.json) == (202, {"accepted": 0})
    assert len(outbox.of(MessageRequested)) == 1
