"""Calendars as programs read them (RFC 5545)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

_A_YEAR = timedelta(days=366)
_PRODUCT = "-//Education LMS//Calendar//EN"
_REFRESHED = timedelta(hours=1)


@dataclass(frozen=True)
class Entry:
    """Something in a calendar: from a moment to a moment, or all day long. `uid` stays the same when it changes."""

    uid: str
    title: str
    begin: datetime | date
    end: datetime | date
    changed_at: datetime
    version: int


def write(name: str, entries: Sequence[Entry], zone: ZoneInfo) -> bytes:
    """A calendar, its times in a zone that is described in it; the same for the same entries."""
    # 150 ms, which only calendars need.
    from icalendar import Calendar, Event

    calendar = Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    calendar.calendar_name = name
    calendar.add("x-wr-timezone", zone.key)
    calendar.add("refresh-interval", _REFRESHED, parameters={"value": "DURATION"})
    for entry in entries:
        event = Event()
        event.add("uid", entry.uid)
        event.add("summary", entry.title)
        event.add("dtstart", _in_zone(entry.begin, zone))
        event.add("dtend", _in_zone(entry.end, zone))
        # Without a METHOD, DTSTAMP is when what it describes was last changed: two readers get the same bytes.
        event.add("dtstamp", entry.changed_at)
        event.add("last-modified", entry.changed_at)
        event.add("sequence", entry.version)
        calendar.add_component(event)
    days = [_day(moment) for entry in entries for moment in (entry.begin, entry.end)]
    if days:
        calendar.add_missing_timezones(min(days) - _A_YEAR, max(days) + _A_YEAR)
    return bytes(calendar.to_ical())


def _in_zone(moment: datetime | date, zone: ZoneInfo) -> datetime | date:
    return moment.astimezone(zone) if isinstance(moment, datetime) else moment


def _day(moment: datetime | date) -> date:
    return moment.date() if isinstance(moment, datetime) else moment
