"""When an exam may be sat, by whom, and when its results are out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from exam.rules.grading import Sitting

ReleaseMode = Literal["onClose", "onSubmit", "manual"]
Shown = Literal["nothing", "score", "everything"]
Refusal = Literal["paper", "not-open", "closed", "attempts"]


@dataclass(frozen=True)
class Terms:
    """On what terms an exam is sat; `last_closing` is when the last student's own closing has passed.

    `closed_at`: since when nobody begins any more, because its teachers closed it before its time.
    """

    published: bool
    paper: bool
    opens_at: datetime
    closes_at: datetime
    last_closing: datetime
    duration: timedelta
    attempts_allowed: int
    release: ReleaseMode
    closed_at: datetime | None
    released_at: datetime | None


@dataclass(frozen=True)
class Accommodation:
    """What one student was granted. `extra` lengthens each attempt, and moves the student's closing as well."""

    extra: timedelta = timedelta()
    closes_at: datetime | None = None
    extra_attempts: int = 0


def own_closing(terms: Terms, granted: Accommodation) -> datetime:
    """When the exam closes for one student: when no attempt of theirs takes answers any more."""
    closing = terms.closes_at + granted.extra
    return closing if granted.closes_at is None else max(closing, granted.closes_at)


def begins_until(terms: Terms, granted: Accommodation) -> datetime:
    """Until when (exclusively) one student may begin an attempt."""
    closing = own_closing(terms, granted)
    return closing if terms.closed_at is None else min(closing, terms.closed_at)


def last_closing(terms: Terms, granted: Iterable[Accommodation]) -> datetime:
    return max([terms.closes_at, *(own_closing(terms, accommodation) for accommodation in granted)])


def deadline(terms: Terms, granted: Accommodation, started_at: datetime) -> datetime:
    """Until when (exclusively) an attempt takes answers."""
    return min(started_at + terms.duration + granted.extra, own_closing(terms, granted))


def running(sittings: Iterable[Sitting]) -> Sitting | None:
    """The attempt that was not submitted yet, be its deadline past or not: there is one at most."""
    return next((sitting for sitting in sittings if sitting.progress == "running"), None)


def why_not_start(terms: Terms, granted: Accommodation, attempts: int, now: datetime) -> Refusal | None:
    """Why a student who made so many attempts may not begin another one now."""
    if terms.paper:
        return "paper"
    if now < terms.opens_at:
        return "not-open"
    if terms.released_at is not None or now >= begins_until(terms, granted):
        return "closed"
    if attempts >= terms.attempts_allowed + granted.extra_attempts:
        return "attempts"
    return None


def begins_or_answers(terms: Terms, granted: Accommodation, sittings: Sequence[Sitting], now: datetime) -> bool:
    """Whether a student may begin an attempt, or has one that takes answers."""
    sits = running(sittings)
    if sits is not None and now < deadline(terms, granted, sits.started_at):
        return True
    return why_not_start(terms, granted, len(sittings), now) is None


def is_closing(terms: Terms) -> bool:
    """Whether the exam was closed before its time, and its results wait for those who are still at work."""
    return terms.closed_at is not None and terms.released_at is None


def is_closed(terms: Terms, now: datetime) -> bool:
    """Whether every student's own closing has passed."""
    return now >= terms.last_closing


def released(terms: Terms, now: datetime) -> Shown:
    """What of their results students may see, as far as the exam is concerned."""
    if not terms.published:
        return "nothing"
    if terms.release == "manual":
        return "everything" if terms.released_at is not None else "nothing"
    if is_closed(terms, now):
        return "everything"
    return "score" if terms.release == "onSubmit" else "nothing"


def keys_are_out(terms: Terms, now: datetime) -> bool:
    """Whether any student may have seen keys: then all may have, for students talk to one another."""
    return released(terms, now) == "everything"


def shown(terms: Terms, granted: Accommodation, sittings: Sequence[Sitting], now: datetime) -> Shown:
    """What one student may see: no key while they may still answer."""
    level = released(terms, now)
    if level == "everything" and begins_or_answers(terms, granted, sittings, now):
        return "score" if terms.release == "onSubmit" else "nothing"
    return level


def due_at(terms: Terms, granted: Accommodation, sittings: Iterable[Sitting]) -> datetime | None:
    """When a student's standing changes by the clock alone, apart from the closing of the exam for all."""
    sits = running(sittings)
    return None if sits is None else deadline(terms, granted, sits.started_at)


def next_closing(terms: Terms, now: datetime) -> datetime | None:
    """When the whole class is to be looked at next: when the exam closes, and when it has closed for the last one.

    Never, once its teachers have closed it.
    """
    if terms.closed_at is not None:
        return None
    return min((closing for closing in (terms.closes_at, terms.last_closing) if closing > now), default=None)
