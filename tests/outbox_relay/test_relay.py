from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from botocore.exceptions import ClientError
from kafka.errors import KafkaTimeoutError, MessageSizeTooLargeError, TopicAuthorizationFailedError
from pynamodb.exceptions import UpdateError

from lms import outbox
from lms.dynamo import transaction
from lms.events import Event
from lms.events.users import Person, UserProvisioned, UserSessionsRevoked
from lms.log import request_id
from lms.outbox import OutboxItem, emit_again
from outbox_relay import relay
from outbox_relay.service import StillPending
from tests import recorded
from tests.conftest import Clock
from tests.outbox_relay.world import Kafka, context, emitted, pending, wake


def fresh(item: OutboxItem) -> OutboxItem:
    return OutboxItem.get(item.subject, item.sequence)


def test_an_event_reaches_kafka_as_a_cloudevent_keyed_by_its_subject(kafka: Kafka, clock: Clock) -> None:
    ada = UUID("018f4e2a-7c1e-7d3b-9a54-2f6f1c0d9e11")
    event = UserProvisioned(
        user_id=ada,
        version=2,
        role="student",
        roll_no="7Q2M5K9XTA",
        person=Person(username="ada", email="ada@example.org", name="Ada Łovelace"),
    )
    token = request_id.set("req-1")
    item = emitted(event, clock.now)
    request_id.reset(token)

    wake(item)

    (record,) = kafka.records
    assert record.topic == "lms.user"
    assert record.key == f"user#{ada}"
    assert UserProvisioned.model_validate_json(record.value) == event
    assert record.headers == {
        "ce_specversion": "1.0",
        "ce_id": str(item.event_id),
        "ce_type": "lms.user.provisioned.v1",
        "ce_source": "/lms/tests",
        "ce_time": clock.now.isoformat().replace("+00:00", "Z"),
        "ce_subject": f"user#{ada}",
        "ce_requestid": "req-1",
        "content-type": "application/json",
    }


def test_what_is_republished_says_so(kafka: Kafka, clock: Clock) -> None:
    ada = uuid4()
    pending(ada, 1, clock.now)
    with transaction() as tx:
        emit_again(tx, UserSessionsRevoked(user_id=ada, version=1), clock.now)
    first, again = sorted(OutboxItem.query(f"user#{ada}"), key=lambda item: item.is_republished)

    wake(first, again)

    assert [record.headers.get("ce_republished") for record in kafka.records] == [None, "true"]


def test_a_published_item_is_no_longer_pending_and_expires_after_a_week(kafka: Kafka, clock: Clock) -> None:
    item = pending(uuid4(), 1, clock.now)

    wake(item)

    item = fresh(item)
    assert not item.is_pending
    assert item.published_at is not None
    assert item.expires_at is not None
    week = item.expires_at - item.published_at
    assert timedelta(days=7) - timedelta(seconds=1) <= week <= timedelta(days=7)


def test_the_data_of_a_published_item_is_no_longer_kept(kafka: Kafka, clock: Clock) -> None:
    item = pending(uuid4(), 1, clock.now)

    wake(item)

    assert fresh(item).data is None
    assert kafka.records[0].value == item.data.encode()


def test_a_repeated_wake_up_call_publishes_nothing_again(kafka: Kafka, clock: Clock) -> None:
    item = pending(uuid4(), 1, clock.now)

    wake(item)
    wake(item)

    assert kafka.ids == [item.event_id]


def test_the_events_of_a_subject_keep_their_order_however_they_are_woken(kafka: Kafka, clock: Clock) -> None:
    ada = uuid4()
    first, second, third = (pending(ada, version, clock.now) for version in (9, 10, 11))

    wake(third, first, second)

    assert kafka.ids == [first.event_id, second.event_id, third.event_id]


def test_an_earlier_event_whose_wake_up_call_was_lost_goes_first(kafka: Kafka, clock: Clock) -> None:
    ada = uuid4()
    wake(pending(ada, 1, clock.now))
    lost, woken = pending(ada, 2, clock.now), pending(ada, 3, clock.now)

    wake(woken)

    assert kafka.ids[1:] == [lost.event_id, woken.event_id]


def test_a_republished_fact_is_found_though_it_sorts_before_a_published_one(
    kafka: Kafka, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = uuid4()
    first = pending(ada, 1, clock.now)
    fact = UserSessionsRevoked(user_id=ada, version=1)
    again = [republished(fact, clock.now, monkeypatch, counter) for counter in (UUID(int=2), UUID(int=1))]

    wake(first, again[0])
    later = republished(fact, clock.now, monkeypatch, UUID(int=0))
    wake(later)

    assert kafka.ids == [first.event_id, again[1].event_id, again[0].event_id, later.event_id]


def republished(fact: Event, now: datetime, monkeypatch: pytest.MonkeyPatch, counter: UUID) -> OutboxItem:
    """A repetition whose place among the others of its version is chosen; it is random otherwise."""
    monkeypatch.setattr(outbox, "uuid4", lambda: counter)
    with transaction() as tx:
        emit_again(tx, fact, now)
    return OutboxItem.get(fact.subject, f"{fact.version:012d}.{counter.hex}")


def test_the_published_past_of_a_busy_subject_is_not_read_again(
    kafka: Kafka, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = uuid4()
    wake(*(pending(ada, version, clock.now) for version in range(1, 31)))
    read = 0
    query = OutboxItem.query

    def counting(*args: Any, **kwargs: Any) -> Any:
        nonlocal read
        for item in query(*args, **kwargs):
            read += 1
            yield item

    monkeypatch.setattr(OutboxItem, "query", counting)
    wake(pending(ada, 31, clock.now))

    assert len(kafka.records) == 31
    assert read == 2


def test_a_passing_fault_holds_back_its_subject_alone_and_brings_the_batch_again(kafka: Kafka, clock: Clock) -> None:
    ada, eve = uuid4(), uuid4()
    first, second = pending(ada, 1, clock.now), pending(ada, 2, clock.now)
    other = pending(eve, 1, clock.now)
    kafka.refusals_once[first.subject] = KafkaTimeoutError("Expiring 1 record(s)")

    with pytest.raises(StillPending, match="1 subjects wait: KafkaTimeoutError"):
        wake(first, second, other)
    assert kafka.ids == [other.event_id]
    assert fresh(first).is_pending

    wake(first, second, other)
    assert kafka.ids == [other.event_id, first.event_id, second.event_id]


def test_after_a_fault_a_new_producer_is_made_and_otherwise_one_serves_for_all(kafka: Kafka, clock: Clock) -> None:
    items = [pending(uuid4(), 1, clock.now) for _ in range(3)]
    wake(items[0])
    wake(items[1])
    assert len(kafka.producers) == 1

    kafka.refusals[items[2].subject] = KafkaTimeoutError("Expiring 1 record(s)")
    with pytest.raises(StillPending):
        wake(items[2])
    kafka.refusals.clear()
    wake(items[2])

    assert len(kafka.producers) == 2
    assert len(kafka.records) == 3


def test_done_means_written_and_not_that_a_broker_remembers_a_sequence_number(kafka: Kafka, clock: Clock) -> None:
    wake(pending(uuid4(), 1, clock.now))
    (config,) = kafka.producers
    assert (config["acks"], config["enable_idempotence"]) == ("all", False)


def test_an_event_too_large_for_the_brokers_is_parked_with_its_reason_and_the_next_one_goes_on(
    kafka: Kafka, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    ada = uuid4()
    large, small = pending(ada, 1, clock.now), pending(ada, 2, clock.now)

    kafka.refusals_once[large.subject] = MessageSizeTooLargeError("2 MB")

    wake(large, small)

    assert kafka.ids == [small.event_id]
    large = fresh(large)
    assert not large.is_pending
    assert large.parked_reason == "[Error 10] MessageSizeTooLargeError: 2 MB"
    assert large.expires_at is None
    (line,) = [line for line in caplog.records if line.levelname == "ERROR"]
    assert (line.msg, line.event_id, line.reason) == ("event parked", str(large.event_id), large.parked_reason)


def test_an_event_for_a_topic_that_does_not_exist_is_parked(kafka: Kafka, clock: Clock) -> None:
    item = pending(uuid4(), 1, clock.now)
    kafka.topics.clear()

    wake(item)

    assert fresh(item).parked_reason == "there is no topic lms.user"


def test_a_cluster_that_does_not_answer_parks_nothing(kafka: Kafka, clock: Clock) -> None:
    item = pending(uuid4(), 1, clock.now)
    kafka.silent = True

    with pytest.raises(StillPending):
        wake(item)

    assert fresh(item).is_pending
    kafka.silent = False
    wake(item)
    assert kafka.ids == [item.event_id]


def test_a_missing_right_parks_nothing(kafka: Kafka, clock: Clock) -> None:
    item = pending(uuid4(), 1, clock.now)
    kafka.refusals[item.subject] = TopicAuthorizationFailedError("lms.user")

    with pytest.raises(StillPending, match="TopicAuthorizationFailedError"):
        wake(item)

    assert fresh(item).is_pending


def test_an_item_that_is_deleted_while_it_is_sent_harms_nobody(kafka: Kafka, clock: Clock) -> None:
    gone, other = pending(uuid4(), 1, clock.now), pending(uuid4(), 1, clock.now)
    kafka.before_answer = lambda key: gone.delete() if key == gone.subject else None

    wake(gone, other)

    assert [item.subject for item in OutboxItem.scan()] == [other.subject]
    assert not fresh(other).is_pending


def test_an_event_whose_mark_is_throttled_comes_again(
    kafka: Kafka, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = pending(uuid4(), 1, clock.now)
    throttled = ClientError({"Error": {"Code": "ThrottlingException"}}, "UpdateItem")

    def update(*args: Any, **kwargs: Any) -> None:
        raise UpdateError("throttled", throttled)

    with monkeypatch.context() as patch:
        patch.setattr(OutboxItem, "update", update)
        with pytest.raises(StillPending, match="UpdateError"):
            wake(item)
    wake(item)

    assert kafka.ids == [item.event_id, item.event_id]
    assert not fresh(item).is_pending


def test_nothing_is_begun_that_the_time_limit_could_cut_off(kafka: Kafka, clock: Clock) -> None:
    item = pending(uuid4(), 1, clock.now)

    with pytest.raises(StillPending, match="no time left"):
        wake(item, seconds=20)

    assert kafka.records == []
    assert fresh(item).is_pending


def test_a_batch_of_many_subjects_is_published_by_one_producer(kafka: Kafka, clock: Clock) -> None:
    items = [pending(uuid4(), version, clock.now) for version in (1, 2) for _ in range(30)]

    wake(*items)

    assert sorted(kafka.ids) == sorted(item.event_id for item in items)
    assert len(kafka.producers) == 1
    assert not any(fresh(item).is_pending for item in items)


def test_the_recorded_stream_event_wakes_the_relay_for_its_subject(kafka: Kafka, clock: Clock) -> None:
    ada = UUID("018f4e2a-7c1e-7d3b-9a54-2f6f1c0d9e11")
    items = [pending(ada, version, clock.now) for version in (1, 2)]

    relay.handler(recorded.event("outbox_stream"), context(60))

    assert kafka.ids == [item.event_id for item in items]
