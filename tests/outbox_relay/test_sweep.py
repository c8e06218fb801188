from datetime import timedelta
from uuid import uuid4

import pytest
from kafka.errors import KafkaTimeoutError, MessageSizeTooLargeError

from lms.clock import now
from lms.due import Unfinished
from lms.outbox import OutboxItem
from outbox_relay import sweep
from outbox_relay.sweep import OverdueEvents
from tests import recorded
from tests.outbox_relay.world import Kafka, context, pending, sweep_now, wake

OVERDUE = timedelta(minutes=3)


def test_what_has_been_pending_for_two_minutes_is_published(kafka: Kafka) -> None:
    overdue = pending(uuid4(), 1, now() - OVERDUE)
    pending(uuid4(), 1, now())

    sweep_now()

    assert kafka.ids == [overdue.event_id]
    assert not OutboxItem.get(overdue.subject, overdue.sequence).is_pending


def test_a_newer_event_of_an_overdue_subject_goes_along_in_order(kafka: Kafka) -> None:
    ada = uuid4()
    items = [pending(ada, 1, now() - OVERDUE), pending(ada, 2, now())]

    sweep_now()

    assert kafka.ids == [item.event_id for item in items]


def test_every_page_of_every_shard_is_swept(kafka: Kafka, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(OverdueEvents, "page_size", 4)
    ada = uuid4()
    items = [pending(ada, version, now() - OVERDUE) for version in range(1, 11)]
    items += [pending(uuid4(), 1, now() - OVERDUE) for _ in range(20)]

    sweep_now()

    assert sorted(kafka.ids) == sorted(item.event_id for item in items)
    assert [key for key in kafka.ids if key in {item.event_id for item in items[:10]}] == [
        item.event_id for item in items[:10]
    ]


def test_published_and_parked_events_are_not_swept(kafka: Kafka) -> None:
    published, parked = pending(uuid4(), 1, now() - OVERDUE), pending(uuid4(), 1, now() - OVERDUE)
    kafka.refusals[parked.subject] = MessageSizeTooLargeError("2 MB")
    wake(published, parked)
    kafka.refusals.clear()

    sweep_now()

    assert kafka.ids == [published.event_id]


def test_a_stuck_subject_is_tried_once_a_sweep_and_reported(kafka: Kafka, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(OverdueEvents, "page_size", 4)
    ada, eve = uuid4(), uuid4()
    stuck = [pending(ada, version, now() - OVERDUE) for version in range(1, 11)]
    other = pending(eve, 1, now() - OVERDUE)
    kafka.refusals[stuck[0].subject] = KafkaTimeoutError("Expiring 1 record(s)")
    tries: list[str] = []
    kafka.before_answer = tries.append

    with pytest.raises(Unfinished, match="1 failed"):
        sweep_now()

    assert sorted(tries) == sorted([stuck[0].subject, other.subject])
    assert kafka.ids == [other.event_id]


def test_what_time_does_not_allow_is_left_to_the_next_sweep(kafka: Kafka) -> None:
    item = pending(uuid4(), 1, now() - OVERDUE)

    sweep_now(seconds=20)
    assert kafka.records == []

    sweep_now()
    assert kafka.ids == [item.event_id]


def test_the_recorded_schedule_event_starts_a_sweep(kafka: Kafka) -> None:
    item = pending(uuid4(), 1, now() - OVERDUE)

    sweep.handler(recorded.event("outbox_sweep"), context(55))

    assert kafka.ids == [item.event_id]
