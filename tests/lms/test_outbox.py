import json
from uuid import UUID, uuid4

import pytest

from lms.due import SHARDS, DueIndex
from lms.dynamo import Stale, transaction
from lms.events import Event
from lms.events.users import UserDisabled, UserEnabled, UserSessionsRevoked
from lms.log import request_id
from lms.outbox import SWEPT_AFTER, OutboxItem, emit, emit_again
from tests.conftest import Clock, Outbox

ADA = UUID("018f4e2a-7c1e-7d3b-9a54-2f6f1c0d9e11")


def emitted(*events: Event, clock: Clock, then: Exception | None = None) -> None:
    """Emits events in one transaction, in whose block `then` is raised."""
    with transaction() as tx:
        for event in events:
            emit(tx, event, clock.now)
        if then is not None:
            raise then


def items() -> list[OutboxItem]:
    return list(OutboxItem.query(f"user#{ADA}"))


def test_an_event_is_written_down_with_all_that_its_record_needs(outbox: Outbox, clock: Clock) -> None:
    token = request_id.set("req-1")
    emitted(UserDisabled(user_id=ADA, version=3), clock=clock)
    request_id.reset(token)

    (item,) = items()
    assert item.sequence == "000000000003.0"
    assert (item.topic, item.type, item.source) == ("lms.user", "lms.user.disabled.v1", "/lms/tests")
    assert json.loads(item.data) == {"version": 3, "user_id": str(ADA)}
    assert (item.request_id, item.created_at) == ("req-1", clock.now)
    assert item.due_shard in SHARDS
    assert item.due_at == clock.now + SWEPT_AFTER
    assert item.is_pending
    assert item.published_at is None
    assert item.expires_at is None


def test_without_its_transaction_an_event_was_never_emitted(outbox: Outbox, clock: Clock) -> None:
    emitted(UserDisabled(user_id=ADA, version=3), clock=clock)

    with pytest.raises(Stale):
        emitted(UserSessionsRevoked(user_id=uuid4(), version=1), UserEnabled(user_id=ADA, version=3), clock=clock)

    assert outbox.all() == [UserDisabled(user_id=ADA, version=3)]


def test_a_block_that_fails_emits_nothing(outbox: Outbox, clock: Clock) -> None:
    with pytest.raises(LookupError):
        emitted(UserDisabled(user_id=ADA, version=1), clock=clock, then=LookupError())

    assert outbox.all() == []


def test_a_version_is_emitted_once(outbox: Outbox, clock: Clock) -> None:
    emitted(UserDisabled(user_id=ADA, version=3), clock=clock)

    with pytest.raises(Stale):
        emitted(UserEnabled(user_id=ADA, version=3), clock=clock)


def test_versions_sort_as_numbers(outbox: Outbox, clock: Clock) -> None:
    for version in (10, 9, 100, 1):
        emitted(UserDisabled(user_id=ADA, version=version), clock=clock)

    assert [json.loads(item.data)["version"] for item in items()] == [1, 9, 10, 100]


def test_an_event_that_is_emitted_again_stands_beside_the_first_under_an_id_of_its_own(
    outbox: Outbox, clock: Clock
) -> None:
    emitted(UserDisabled(user_id=ADA, version=3), clock=clock)
    emitted(UserEnabled(user_id=ADA, version=4), clock=clock)
    for _ in range(2):
        with transaction() as tx:
            emit_again(tx, UserDisabled(user_id=ADA, version=3), clock.now)

    in_order = items()
    assert [json.loads(item.data)["version"] for item in in_order] == [3, 3, 3, 4]
    assert in_order[0].sequence == "000000000003.0"
    assert len({item.event_id for item in in_order}) == 4


def test_what_is_pending_is_found_by_shard_and_age_until_it_is_published(outbox: Outbox, clock: Clock) -> None:
    emitted(UserDisabled(user_id=ADA, version=1), clock=clock)
    clock.advance(minutes=2)
    emitted(UserEnabled(user_id=ADA, version=2), clock=clock)
    first, second = items()

    def pending() -> list[str]:
        before = clock.now + SWEPT_AFTER
        found = [OutboxItem.due_index.query(shard, DueIndex.due_at <= before) for shard in SHARDS]
        return [item.sequence for page in found for item in page]

    assert pending() == [first.sequence, second.sequence]
    first.update([OutboxItem.due_shard.remove()])
    assert pending() == [second.sequence]


def test_all_events_of_a_subject_share_a_shard_and_subjects_spread_over_all(outbox: Outbox, clock: Clock) -> None:
    for version in (1, 2, 3):
        emitted(UserDisabled(user_id=ADA, version=version), clock=clock)
    for number in range(100):
        emitted(UserDisabled(user_id=UUID(int=number), version=1), clock=clock)

    assert len({item.due_shard for item in items()}) == 1
    assert {item.due_shard for item in OutboxItem.scan()} == set(SHARDS)
