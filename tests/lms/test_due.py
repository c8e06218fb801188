"""Due work: found by shard and time, done item by item while there is time, with failures counted and logged."""

import itertools
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from pynamodb.attributes import NumberAttribute, UnicodeAttribute, UTCDateTimeAttribute

from lms.due import SHARDS, DueHandler, DueIndex, DueWork, Unfinished, run_each, shard_of
from lms.dynamo import Table
from tests.conftest import Clock

Logged = Callable[[], list[dict[str, Any]]]


class Reminder(Table):
    class Meta:
        table_name = "Reminders"
        region = "eu-central-1"

    id = UnicodeAttribute(hash_key=True)
    due_shard = NumberAttribute(null=True)
    due_at = UTCDateTimeAttribute(null=True)
    due_index = DueIndex["Reminder"]()


class Reminders(DueWork[Reminder]):
    index = Reminder.due_index
    page_size = 2
    sent: list[str]
    broken: set[str]

    def run(self, item: Reminder) -> None:
        if item.id in self.broken:
            raise RuntimeError(f"{item.id} is broken")
        item.update([Reminder.due_shard.remove()])
        self.sent.append(item.id)


@pytest.fixture(autouse=True)
def reminders(aws: None, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Reminders, "sent", [], raising=False)
    monkeypatch.setattr(Reminders, "broken", set(), raising=False)
    Reminder.create_table(wait=True, billing_mode="PAY_PER_REQUEST")


def plan(clock: Clock, *ids: str, minutes: float = 0) -> None:
    for id_ in ids:
        Reminder(id_, due_shard=shard_of(id_), due_at=clock.now + timedelta(minutes=minutes)).save()


def context(*seconds: float) -> Any:
    """A context that has so many seconds left at each look, and as many as at the last one from then on."""
    looks = itertools.chain(seconds, itertools.repeat(seconds[-1]))
    return SimpleNamespace(get_remaining_time_in_millis=lambda: next(looks) * 1000)


def tick(*seconds: float) -> None:
    DueHandler(Reminders)({}, context(*(seconds or (55,))))


def test_what_is_due_is_done_once_in_all_shards_and_pages_and_nothing_else_is(clock: Clock) -> None:
    ids = [str(number) for number in range(50)]
    assert {shard_of(id_) for id_ in ids} == set(SHARDS)
    plan(clock, *ids)
    plan(clock, "later", minutes=1)
    tick()
    assert sorted(Reminders.sent) == sorted(ids)
    clock.advance(minutes=1)
    tick()
    assert sorted(Reminders.sent) == sorted([*ids, "later"])


def test_within_a_shard_the_oldest_comes_first(clock: Clock) -> None:
    first, *others = [id_ for id_ in map(str, range(100)) if shard_of(id_) == 0][:5]
    plan(clock, *others, minutes=-1)
    plan(clock, first, minutes=-2)
    tick()
    assert Reminders.sent[0] == first


def test_what_fails_is_logged_counted_and_left_due_and_stops_no_other(clock: Clock, logged: Logged) -> None:
    plan(clock, *"abcdefgh")
    Reminders.broken |= {"a", "e"}
    with pytest.raises(Unfinished, match="2 failed"):
        tick()
    assert sorted(Reminders.sent) == list("bcdfgh")
    assert sorted(line["item"] for line in logged() if line["message"] == "due work failed") == ["a", "e"]
    assert [(line["work"], line["due"], line["failed"]) for line in logged() if line["message"] == "due work"] == [
        ("Reminders", 8, 2)
    ]
    Reminders.broken.clear()
    tick()
    assert sorted(Reminders.sent) == list("abcdefgh")


def test_a_shard_that_cannot_be_read_stops_no_other(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    plan(clock, *"abcdefgh")
    pages, unreadable = Reminders.pages, shard_of("a")

    def fail_for_one(work: Reminders, shard: int) -> Any:
        if shard == unreadable:
            raise RuntimeError("this partition cannot be read")
        return pages(work, shard)

    monkeypatch.setattr(Reminders, "pages", fail_for_one)
    with pytest.raises(Unfinished, match="1 failed"):
        tick()
    assert sorted(Reminders.sent) == [id_ for id_ in "abcdefgh" if shard_of(id_) != unreadable]


def test_what_time_does_not_allow_is_left_to_the_next_minute(clock: Clock) -> None:
    plan(clock, *"abcdefgh")
    tick(9)
    assert Reminders.sent == []
    tick(55, 55, 55, 9)
    assert 0 < len(Reminders.sent) < 4
    tick()
    assert sorted(Reminders.sent) == list("abcdefgh")


def test_kinds_of_work_come_in_turn_and_one_that_fails_stops_no_other(clock: Clock) -> None:
    class Urgent(Reminders):
        def run(self, item: Reminder) -> None:
            self.sent.append(f"urgent {item.id}")
            raise RuntimeError

    plan(clock, "a")
    with pytest.raises(Unfinished, match="1 failed"):
        DueHandler(Urgent, Reminders)({}, context(55))
    assert Reminders.sent == ["urgent a", "a"]


@pytest.mark.parametrize("threads", [1, 4])
def test_each_item_runs_whatever_becomes_of_the_others(threads: int, logged: Logged) -> None:
    done: list[int] = []

    def run(number: int) -> None:
        if number % 3 == 0:
            raise ValueError(number)
        done.append(number)

    assert run_each(run, range(10), threads=threads) == 4
    assert sorted(done) == [1, 2, 4, 5, 7, 8]
    assert sorted(line["item"] for line in logged()) == ["0", "3", "6", "9"]
