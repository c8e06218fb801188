import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from lms.events.messages import MessageRequested
from notification.service import broadcasts, fan_out, notifications
from notification.tables import Broadcast, Notification
from tests.conftest import Outbox, stored
from tests.notification.world import School
from tests.people import Person, sign_in


@pytest.fixture
def small_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fan_out, "SLICE", 3)


def crowd(school: School, count: int) -> list[Person]:
    return [school.enroll(sign_in("student")) for _ in range(count)]


def in_app() -> list[Notification]:
    return [row for row in Notification.scan() if row.channel == "in_app"]


def test_a_class_is_notified_slice_by_slice_and_everybody_once(school: School, small_slices: None) -> None:
    crowd(school, 9)
    school.consume(school.requested())

    # Ten active ones are slices of 3, 3, 3 and 1; one more looks for completed ones.
    assert school.fan_out() == 5

    assert len(in_app()) == 10
    assert len({row.recipient_id for row in in_app()}) == 10


def test_the_consumer_only_queues(school: School) -> None:
    school.consume(school.requested())

    assert list(Notification.scan()) == []
    (entry,) = school.broadcasts.entries()
    assert set(json.loads(entry["Body"])) == {"id"}


def test_a_slice_that_broke_off_is_completed_and_nobody_gets_it_twice(
    school: School, small_slices: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    crowd(school, 5)
    school.consume(school.requested())
    monkeypatch.setattr(notifications, "_WRITTEN_TOGETHER", 2)
    put = notifications._put

    def breaks_off(rows: Sequence[Notification]) -> None:
        if len(list(Notification.scan())) == 4:
            raise ConnectionError
        put(rows)

    (broadcast,) = stored(Broadcast)
    with monkeypatch.context() as patch:
        patch.setattr(notifications, "_put", breaks_off)
        with pytest.raises(ConnectionError):
            fan_out.send_slice({"id": str(broadcast.id)}, school.clock.now)
    assert len(in_app()) == 2

    school.fan_out()

    assert len(in_app()) == len({row.recipient_id for row in in_app()}) == 6
    assert len(school.deliveries.bodies()) == 6


def test_two_that_work_on_one_slice_at_once_notify_everybody_once(
    school: School, small_slices: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    crowd(school, 2)
    school.consume(school.requested())
    monkeypatch.setattr(notifications, "_WRITTEN_TOGETHER", 4)
    (broadcast,) = stored(Broadcast)
    put = notifications._put

    def is_overtaken(rows: Sequence[Notification]) -> None:
        monkeypatch.setattr(notifications, "_put", put)
        fan_out.send_slice({"id": str(broadcast.id)}, school.clock.now)
        put(rows)

    monkeypatch.setattr(notifications, "_put", is_overtaken)
    fan_out.send_slice({"id": str(broadcast.id)}, school.clock.now)

    assert len(list(Notification.scan())) == 6
    # Both queue the mails, for neither knows that the other will: whoever sends one holds it.
    assert len({body["id"] for body in school.deliveries.bodies()}) == 3


def test_a_broadcast_that_did_not_reach_the_queue_is_found_by_the_tick(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*_: Any) -> None:
        raise ConnectionError

    with monkeypatch.context() as patch:
        patch.setattr(broadcasts, "send_all", down)
        with pytest.raises(ConnectionError):
            school.consume(school.scheduled())
    # When it comes again, the event is known; what it planned is due all the same.
    school.process(school.scheduled())
    assert school.kinds() == []

    school.pass_time(minutes=1)

    assert school.kinds() == ["exam_scheduled"]


def test_what_was_handed_on_is_due_no_more(school: School) -> None:
    school.process(school.requested())
    school.tick()

    assert school.fan_out() == 0


def test_a_mail_waits_in_the_queue_for_each_who_wants_mail(school: School) -> None:
    [without] = crowd(school, 1)
    school.prefer(without, channels={"announcement": ["in_app"]})

    school.process(school.requested())

    assert school.deliveries.bodies() == [{"id": str(school.row_of("announcement", channel="email").id)}]
    assert school.kinds(without) == ["announcement"]


def test_only_the_channels_that_were_asked_for_are_used(school: School) -> None:
    school.process(school.requested(channels=("email",)))

    assert school.kinds() == []
    assert school.kinds(channel="email") == ["announcement"]


def test_a_message_to_a_class_is_accepted_with_the_number_of_its_readers(school: School, outbox: Outbox) -> None:
    crowd(school, 2)
    school.enroll(sign_in("student"), "completed")
    school.enroll(sign_in("student"), "dropped")

    answer = school.send(school.teacher, course_id=str(school.course), subject="Read this")

    assert (answer.status, answer.json) == (202, {"accepted": 4})
    (event,) = outbox.of(MessageRequested)
    assert (event.course_id, event.sender_id, event.kind) == (school.course, school.teacher.id, "announcement")
    assert (event.subject_line, event.message, event.recipient_ids) == ("Read this", "Hello class", ())


def test_what_was_accepted_arrives(school: School, outbox: Outbox) -> None:
    other = school.enroll(sign_in("student"))
    school.send(school.admin, recipient_ids=[str(school.student.id), str(school.student.id)])

    school.process(*outbox.of(MessageRequested))

    assert [item["message"] for item in school.inbox()] == ["Hello class"]
    assert school.inbox(other) == []


def test_a_message_that_is_sent_again_under_its_key_is_accepted_once(school: School, outbox: Outbox) -> None:
    body = {"message": "Hello", "type": "exam", "course_id": str(school.course)}
    headers = {"idempotency-key": "once"}

    answers = [
        school.http.post("/notifications/send", body, token=school.teacher.token, headers=headers) for _ in range(2)
    ]

    assert [answer.status for answer in answers] == [202, 202]
    assert len(outbox.of(MessageRequested)) == 1


def test_a_message_that_was_refused_can_be_mended_and_sent_under_its_key(school: School) -> None:
    body = {"message": "Hello", "type": "exam", "recipient_ids": [str(uuid4())]}
    mended = {**body, "recipient_ids": [str(school.student.id)]}
    headers = {"idempotency-key": "once"}

    answers = [
        school.http.post("/notifications/send", sent, token=school.admin.token, headers=headers)
        for sent in (body, mended)
    ]

    assert [answer.status for answer in answers] == [422, 202]


def test_who_may_write_to_whom(school: School) -> None:
    course, outsider = str(school.course), sign_in("student")
    assert school.send(school.student, course_id=course).status == 403
    assert school.send(sign_in("teacher"), course_id=course).status == 403
    assert school.send(school.teacher, course_id=str(uuid4())).status == 403
    assert school.send(school.teacher, recipient_ids=[str(school.student.id)]).status == 403
    assert school.send(school.teacher, course_id=course, recipient_ids=[str(outsider.id)]).status == 422
    assert school.send(school.admin, course_id=str(uuid4())).status == 404
    assert school.send(school.admin, recipient_ids=[str(uuid4())]).status == 422
    assert school.send(school.admin, recipient_ids=[str(outsider.id)]).json == {"accepted": 1}


def test_a_message_goes_out_within_the_next_year(school: School) -> None:
    at = school.clock.now + timedelta(days=365)
    course = str(school.course)
    assert school.send(school.teacher, course_id=course, send_at=at.isoformat()).status == 202
    late = school.send(school.teacher, course_id=course, send_at=(at + timedelta(seconds=1)).isoformat())
    assert (late.status, late.json["errors"][0]["loc"]) == (422, ["body", "send_at"])


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"recipient_ids": []},
        {"recipient_ids": [str(uuid4()) for _ in range(501)]},
        {"message": " "},
        {"message": "x" * 10_001},
        {"type": "welcome"},
        {"subject": "a\r\nBcc: eve@example.org"},
        {"channels": []},
        {"channels": ["pigeon"]},
        {"send_at": "2027-03-01T10:00:00"},
        {"send_at": "2999-03-01T10:00:00Z"},
        {"sender_id": str(uuid4())},
    ],
)
def test_a_message_that_is_none_is_refused(school: School, change: dict[str, Any]) -> None:
    fields = {"course_id": str(school.course), **change} if change else {}

    assert school.send(school.admin, **fields).status == 422


def test_a_message_for_later_is_planned_for_its_time(school: School, outbox: Outbox) -> None:
    send_at = school.clock.now + timedelta(hours=3)
    school.send(school.teacher, course_id=str(school.course), send_at=send_at.isoformat())

    school.process(*outbox.of(MessageRequested))

    (planned,) = stored(Broadcast)
    assert planned.due_at == send_at
    assert school.kinds() == []
