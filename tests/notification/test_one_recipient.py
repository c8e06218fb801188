"""What goes wrong with one recipient, message or list stops no other."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lms.due import Unfinished
from notification import fanout
from notification.queues import sqs
from notification.service import fan_out, notifications
from notification.tables import Broadcast, Notification, StoredPreferences
from tests.notification.servers import MailServer
from tests.notification.world import School, record
from tests.people import Person, sign_in


@pytest.fixture
def others(school: School, monkeypatch: pytest.MonkeyPatch) -> list[Person]:
    """Who is in the class with the student; the class is several slices."""
    monkeypatch.setattr(fan_out, "SLICE", 4)
    return [school.enroll(sign_in("student")) for _ in range(9)]


def work_off(school: School) -> list[dict[str, Any]]:
    """Works the fan-out queue as Lambda does; the bodies of the entries that should come again."""
    again: list[dict[str, Any]] = []
    while entries := school.broadcasts.entries():
        answer = fanout.handler({"Records": [record(entry) for entry in entries]}, None)  # type: ignore[arg-type]
        failed = {failure["itemIdentifier"] for failure in answer["batchItemFailures"]}
        again += [entry for entry in entries if entry["MessageId"] in failed]
    return again


def spoil(person: Person, **fields: Any) -> None:
    StoredPreferences(**{"user": person.id, "channels": {}, "updated_at": datetime.now(UTC), **fields}).save()


def no_clock(person: Person, _: pytest.MonkeyPatch) -> None:
    spoil(person, quiet_from="noon", quiet_until="07:00")


def no_channels(person: Person, _: pytest.MonkeyPatch) -> None:
    spoil(person, channels={"announcement": None})


def refused_by_the_table(person: Person, patch: pytest.MonkeyPatch) -> None:
    put = notifications._put

    def refuse(rows: Sequence[Notification]) -> None:
        if any(row.recipient_id == person.id for row in rows):
            raise ValueError("Item size has exceeded the maximum allowed size")
        put(rows)

    patch.setattr(notifications, "_put", refuse)


@pytest.mark.parametrize("fault", [no_clock, no_channels, refused_by_the_table])
def test_one_recipients_fault_stops_no_other_and_is_kept(
    school: School,
    others: list[Person],
    fault: Callable[[Person, pytest.MonkeyPatch], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fault(school.student, monkeypatch)
    school.consume(school.requested())

    [stuck] = work_off(school)

    assert all(school.kinds(person) == ["announcement"] for person in others)
    assert all(school.kinds(person, "email") == ["announcement"] for person in others)
    assert str(school.student.id) in stuck["Body"]


def test_a_recipient_whose_fault_is_mended_is_notified(school: School, others: list[Person]) -> None:
    spoil(school.student, quiet_from="noon", quiet_until="07:00")
    school.consume(school.requested())
    [stuck] = work_off(school)
    school.prefer(quiet_hours=None)

    assert fanout.handler({"Records": [record(stuck)]}, None) == {"batchItemFailures": []}  # type: ignore[arg-type]

    assert school.kinds() == ["announcement"]


def test_people_named_one_by_one_are_notified_although_one_cannot_be(school: School, others: list[Person]) -> None:
    spoil(others[3], channels={"announcement": None})
    school.consume(school.requested(course_id=None, recipient_ids=[person.id for person in others]))

    [stuck] = work_off(school)

    assert [school.kinds(person) for person in others].count(["announcement"]) == 8
    school.prefer(others[3], channels={"announcement": ["in_app"]})
    assert fanout.handler({"Records": [record(stuck)]}, None) == {"batchItemFailures": []}  # type: ignore[arg-type]
    assert all(school.kinds(person) == ["announcement"] for person in others)


def test_a_fault_that_everybody_has_is_not_looked_for_in_halves(
    school: School, others: list[Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> None:
        raise ValueError

    monkeypatch.setattr(notifications, "_rows", broken)
    school.consume(school.requested())

    [stuck] = work_off(school)

    assert "recipient" not in stuck["Body"]


@pytest.mark.parametrize("zone", ["Asia/Lost_City", "localtime", "Factory", "posixrules", "../etc/passwd", ""])
def test_a_zone_that_is_one_no_more_falls_back(school: School, others: list[Person], zone: str) -> None:
    spoil(school.student, quiet_from="22:00", quiet_until="07:00", time_zone=zone)

    school.process(school.scheduled())

    assert school.kinds() == ["exam_scheduled"]
    assert "(UTC)" in school.inbox()[0]["message"]
    assert all(school.kinds(person) == ["exam_scheduled"] for person in others)


@pytest.mark.parametrize("broken", [Notification, Broadcast])
def test_a_list_that_cannot_be_read_stops_no_other(
    school: School, broken: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    school.prefer(quiet_hours={"from": "00:00", "until": "23:59"}, time_zone="UTC")
    school.process(school.requested())
    school.consume(school.requested(send_at=school.clock.now + timedelta(hours=2)))

    def unreadable(*_: Any, **__: Any) -> Any:
        raise ValueError

    monkeypatch.setattr(broken.due_index, "query", unreadable)
    school.clock.advance(hours=26)

    with pytest.raises(Unfinished):
        school.tick()

    assert len(school.deliveries.bodies()) == (0 if broken is Notification else 1)
    assert len(school.broadcasts.entries()) == (0 if broken is Broadcast else 1)


def test_an_entry_that_cannot_be_postponed_stops_no_other(
    school: School, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    school.enroll(sign_in("student"))
    school.process(school.requested())
    held, free = [row for row in Notification.scan() if row.channel == "email"]
    held.update([Notification.leased_until.set(school.clock.now + timedelta(seconds=60))])

    def refuse(**_: Any) -> None:
        raise ClientError({"Error": {"Code": "InvalidParameterValue"}}, "ChangeMessageVisibility")

    monkeypatch.setattr(sqs(), "change_message_visibility", refuse)

    assert school.deliver() == 1
    held.refresh()
    free.refresh()
    assert (held.status, free.status) == ("pending", "sent")
