"""When an exam closes, for one student and for all, and until when an attempt takes answers."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from exam.rules.terms import Accommodation, ExamTerms


def own_closing(terms: ExamTerms, granted: Accommodation) -> datetime:
    """When the exam closes for one student: none of their attempts takes answers any more."""
    closing = terms.closes_at + _extra(terms, granted)
    return closing if granted.closes_at is None else max(closing, granted.closes_at)


def begins_until(terms: ExamTerms, granted: Accommodation) -> datetime:
    """Until when (exclusively) one student may begin an attempt."""
    closing = own_closing(terms, granted)
    return closing if terms.closed_at is None else min(closing, terms.closed_at)


def deadline(terms: ExamTerms, granted: Accommodation, started_at: datetime) -> datetime:
    """Until when (exclusively) an attempt takes answers."""
    return min(started_at + terms.duration + _extra(terms, granted), own_closing(terms, granted))


def last_closing(terms: ExamTerms, granted: Iterable[Accommodation]) -> datetime:
    """When the exam has closed for every student, given all accommodations."""
    closings = [terms.closes_at]
    for accommodation in granted:
        closings += [own_closing(terms, accommodation), accommodation.reopened_until or terms.closes_at]
    return max(closings)


def moved(moment: datetime, days: int, zone: ZoneInfo) -> datetime:
    """A moment some days later, at the same time of the day where the institute is."""
    return (moment.astimezone(zone) + timedelta(days=days)).astimezone(UTC)


def is_closed(terms: ExamTerms, now: datetime) -> bool:
    """Whether the exam has closed for every student."""
    return now >= terms.last_closing


def is_closing(terms: ExamTerms) -> bool:
    """Whether the exam was closed early, and its results wait for the students who are still answering."""
    return terms.closed_at is not None and terms.released_at is None


def next_closing(terms: ExamTerms, now: datetime) -> datetime | None:
    """When the whole class is due next: when the exam closes, and when it has closed for the last student.

    None once its teachers have closed it.
    """
    if terms.closed_at is not None:
        return None
    return min((closing for closing in (terms.closes_at, terms.last_closing) if closing > now), default=None)


def _extra(terms: ExamTerms, granted: Accommodation) -> timedelta:
    return timedelta(minutes=granted.extra_minutes) + terms.duration * granted.extra_percent / 100
