"""When messages are due: reminders, digests, the days of vouchers."""

from datetime import UTC, date, datetime, time, timedelta

EXAM_REMINDERS = (timedelta(hours=24), timedelta(hours=1))
_MENDING = timedelta(hours=1)
# Past that, a mail about a fact would puzzle more than it says.
_NEWS_FOR = timedelta(hours=24)
KEPT = timedelta(days=365)
# A teacher who publishes a module publishes lesson after lesson: one message names them all.
_COLLECTING = timedelta(minutes=5)
_BETWEEN_DIGESTS = timedelta(hours=1)
_DUE_SOON = timedelta(days=3)
# Bounds what is remembered of a course; redelivered events are minutes old, not hundreds of changes.
_REMEMBERED_VERSIONS = 200


def is_news(emitted_at: datetime, now: datetime, *, republished: bool) -> bool:
    """Whether people should hear of a fact now: not of one published again, and not of yesterday's."""
    return not republished and now - emitted_at <= _NEWS_FOR


def digest_due_at(last_sent_at: datetime | None, now: datetime) -> datetime:
    """When a class hears of material that is new now: soon, and not within an hour of the last time."""
    soon = now + _COLLECTING
    return soon if last_sent_at is None else max(soon, last_sent_at + _BETWEEN_DIGESTS)


def is_overdue(due_at: datetime, now: datetime) -> bool:
    """Whether a digest should have gone out long ago: what held it up must not hold up what is collected after it."""
    return due_at + _BETWEEN_DIGESTS < now


def is_counted(version: int, seen: list[int]) -> bool:
    """Whether a version of an outline is in a digest already, or too old to know."""
    return version in seen or (len(seen) >= _REMEMBERED_VERSIONS and version < min(seen))


def remember(version: int, seen: list[int]) -> list[int]:
    return sorted([*seen, version])[-_REMEMBERED_VERSIONS:]


def cancelled_at(opens_at: datetime, closes_at: datetime, now: datetime) -> datetime:
    """When a class hears that an exam is off that is withdrawn now and stays so: a day before it would have opened.

    Not within an hour, which is time to mend the exam.
    """
    return min(max(opens_at - EXAM_REMINDERS[0], now + _MENDING), closes_at)


def due_soon_at(due_date: date) -> datetime:
    """Three days before the due date begins, in UTC."""
    return datetime.combine(due_date, time(), UTC) - _DUE_SOON


def overdue_at(due_date: date) -> datetime:
    """Once the due date is over, in UTC: it is the last day to pay."""
    return datetime.combine(due_date, time(), UTC) + timedelta(days=1)
