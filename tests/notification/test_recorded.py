"""The recorded events of the fan-out queue and of the clock, each as its function takes it."""

from typing import Any
from uuid import UUID

import pytest

from lms.dynamo import transaction
from notification import fanout, tick
from notification.messages.announcements import Announcement
from notification.service import broadcasts
from tests import recorded
from tests.notification.world import Minute, School

ENTRY = UUID("5f8d2c1e-6a3b-5c4d-9e7f-0a1b2c3d4e5f")


@pytest.fixture(autouse=True)
def recorded_id(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(broadcasts, "source_id", lambda _: ENTRY)


def plan(school: School) -> None:
    with transaction() as tx:
        broadcasts.plan(tx, Announcement(message="Hello"), "a-source", school.clock.now, course_id=school.course)


def test_a_recorded_entry_notifies_a_class(school: School) -> None:
    context: Any = None
    plan(school)

    assert fanout.handler(recorded.event("notification_fanout"), context) == {"batchItemFailures": []}

    assert school.kinds() == ["announcement"]


def test_a_recorded_tick_hands_on_what_is_due(school: School) -> None:
    context: Any = Minute()
    plan(school)
    school.clock.advance(minutes=1)

    tick.handler(recorded.event("notification_tick"), context)
    assert school.fan_out() > 0

    assert school.kinds() == ["announcement"]
