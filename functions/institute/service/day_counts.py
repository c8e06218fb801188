"""How often something happened on a day, counted from events."""

from datetime import date, datetime, timedelta
from typing import Literal, get_args
from uuid import UUID
from zoneinfo import ZoneInfo

from institute.tables import CountedEvent, DayCount
from lms.dynamo import read_together, transaction
from lms.institute import current_institute

Fact = Literal["registered", "enrolled", "paid"]
_FACTS: tuple[Fact, ...] = get_args(Fact)
_KEPT = timedelta(days=7)


class _Counted(Exception):
    """The event is counted."""


def count(fact: Fact, event_id: UUID, at: datetime) -> None:
    """Counts an event for the day on which it was emitted; once, however often it comes."""
    day, expires_at = day_of(at).isoformat(), at + _KEPT
    try:
        with transaction() as tx:
            counted = CountedEvent(day=day, event_id=event_id, expires_at=expires_at)
            tx.put(counted, CountedEvent.day.does_not_exist(), refuse=_Counted())
            tx.update(DayCount(day=day, fact=fact), [DayCount.number.add(1), DayCount.expires_at.set(expires_at)])
    except _Counted:
        return


def read(day: date) -> dict[Fact, int]:
    rows = read_together([(DayCount, day.isoformat(), fact) for fact in _FACTS])
    return {fact: int(row.number) if row else 0 for fact, row in zip(_FACTS, rows, strict=True)}


def day_of(at: datetime) -> date:
    """The day that it is where the institute is."""
    return at.astimezone(ZoneInfo(current_institute().time_zone)).date()
