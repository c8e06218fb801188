"""When an exam closes, for one student and for all, and until when an attempt takes answers."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from exam.rules.settings import Accommodation, ExamSettings


def own_closing(settings: ExamSettings, granted: Accommodation) -> datetime:
    """When the exam closes for one student: none of their attempts takes answers any more."""
    closing = settings.closes_at + _extra(settings, granted)
    return closing if granted.closes_at is None else max(closing, granted.closes_at)


def begins_until(settings: ExamSettings, granted: Accommodation) -> datetime:
    """Until when (exclusively) one student may begin an attempt."""
    closing = own_closing(settings, granted)
    return closing if settings.closed_at is None else min(closing, settings.closed_at)


def deadline(settings: ExamSettings, granted: Accommodation, started_at: datetime) -> datetime:
    """Until when (exclusively) an attempt takes answers."""
    return min(started_at + settings.duration + _extra(settings, granted), own_closing(settings, granted))


def last_closing(settings: ExamSettings, granted: Iterable[Accommodation]) -> datetime:
    """When the exam has closed for every student, given all accommodations."""
    closings = [settings.closes_at]
    for accommodation in granted:
        closings += [own_closing(settings, accommodation), accommodation.reopened_until or settings.closes_at]
    return max(closings)


def moved(moment: datetime, days: int, zone: ZoneInfo) -> datetime:
    """A moment some days later, at the same time of the day where the institute is."""
    return (moment.astimezone(zone) + timedelta(days=days)).astimezone(UTC)


def is_closed(settings: ExamSettings, now: datetime) -> bool:
    """Whether the exam has closed for every student."""
    return now >= settings.last_closing


def is_closing(settings: ExamSettings) -> bool:
    """Whether the exam was closed early, and its results wait for the students who are still answering."""
    return settings.closed_at is not None and settings.released_at is None


def next_closing(settings: ExamSettings, now: datetime) -> datetime | None:
    """When the whole class is due next: when the exam closes, and when it has closed for the last student.

    None once its teachers have closed it.
    """
    if settings.closed_at is not None:
        return None
    return min((closing for closing in (settings.closes_at, settings.last_closing) if closing > now), default=None)


def _extra(settings: ExamSettings, granted: Accommodation) -> timedelta:
    return timedelta(minutes=granted.extra_minutes) + settings.duration * granted.extra_percent / 100
