"""People's calendars: a secret address that shows a person's exams, payments and terms to calendar programs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from institute import ical, rules
from institute.ical import Entry
from institute.schemas import CalendarView
from institute.service import agenda, terms
from institute.tables import Calendar, CalendarToken, CourseExams, DueVoucher, PersonPreferences, Term
from institute.words import words
from lms import roster
from lms.dynamo import Key, read_together, retry_stale, transaction
from lms.errors import NotFound
from lms.idempotency import IdempotentAnswer
from lms.institute import current_institute
from lms.roster import ENROLLED
from lms.settings import setting
from lms.zones import find_zone

_SHOWN_FOR = timedelta(days=366)
_DAY = timedelta(days=1)


class CalendarNotFound(NotFound):
    detail = "There is no such calendar."


@retry_stale
def open_calendar(person_id: UUID, idempotent: IdempotentAnswer) -> CalendarView:
    """Gives a person's calendar a new secret address; the old one shows nothing from now on."""
    token = rules.new_token()
    view = CalendarView(url=f"{setting('PUBLIC_URL')}{location(token)}")
    calendar = Calendar.find(person_id, "") or Calendar(person_id=person_id, item="")
    with transaction() as tx:
        if calendar.token_hash is not None:
            tx.delete(CalendarToken(token_hash=calendar.token_hash, item=""))
        calendar.token_hash = rules.token_hash(token)
        tx.put(calendar)
        tx.put(CalendarToken(token_hash=calendar.token_hash, item="", person_id=person_id))
        idempotent.record(tx, view, location=location(token))
    return view


@retry_stale
def close_calendar(person_id: UUID) -> None:
    """Ends the address of a person's calendar; raises `CalendarNotFound`."""
    calendar = Calendar.find(person_id, "")
    if calendar is None:
        raise CalendarNotFound
    with transaction() as tx:
        tx.delete(calendar)
        tx.delete(CalendarToken(token_hash=calendar.token_hash, item=""))


def location(token: str) -> str:
    return f"/calendar/{token}.ics"


def feed(token: str, now: datetime) -> bytes:
    """The calendar of a secret address, without what ended more than a year ago; raises `CalendarNotFound`."""
    found = CalendarToken.find(rules.token_hash(token), "")
    if found is None:
        raise CalendarNotFound
    person_id = found.person_id
    vouchers = list(DueVoucher.query(person_id, DueVoucher.voucher_no.startswith("")))
    due = [voucher for voucher in vouchers if not voucher.closed]
    courses = _courses_of(person_id)
    known = _read(person_id, courses, {voucher.course_id for voucher in due})
    person = known.items[roster.user_key(person_id)]
    if person is None or person.status == "disabled":
        raise CalendarNotFound
    institute = current_institute()
    chosen = known.items[_preferences_key(person_id)] or PersonPreferences()
    say = words(chosen.language or institute.language)
    entries = [*_exams(courses, known), *_payments(due, known, say), *_terms(terms.all_terms(), say)]
    shown = [entry for entry in entries if _moment(entry.end) > now - _SHOWN_FOR]
    return ical.write(institute.name, shown, find_zone(chosen.time_zone or institute.time_zone))


def _courses_of(person_id: UUID) -> list[UUID]:
    """The courses in which a person learns or has learned, and those that they teach."""
    learned = [item.course_id for item in roster.courses_of("student", person_id) if item.status in ENROLLED]
    return [*learned, *(item.course_id for item in roster.courses_of("teacher", person_id))]


@dataclass(frozen=True)
class _Known:
    items: dict[Key, Any]

    def title(self, course_id: UUID) -> str | None:
        """None for a course that was deleted."""
        card = self.items[roster.course_key(course_id)]
        return str(card.title) if card else None


def _read(person_id: UUID, courses: list[UUID], others: set[UUID]) -> _Known:
    keys = [
        roster.user_key(person_id),
        _preferences_key(person_id),
        *(roster.course_key(course_id) for course_id in {*courses, *others}),
        *(_exams_key(course_id) for course_id in set(courses)),
    ]
    return _Known(dict(zip(keys, read_together(keys), strict=True)))


def _preferences_key(person_id: UUID) -> Key:
    return PersonPreferences, person_id, ""


def _exams_key(course_id: UUID) -> Key:
    return CourseExams, course_id, ""


def _exams(courses: list[UUID], known: _Known) -> Iterator[Entry]:
    for course_id in courses:
        course = known.title(course_id)
        if course is None:
            continue
        for exam_id, exam in agenda.exams_of(known.items[_exams_key(course_id)]).items():
            if exam.title and exam.opens_at and exam.closes_at:
                title = f"{exam.title} ({course})"
                yield Entry(str(exam_id), title, exam.opens_at, exam.closes_at, exam.changed_at, exam.version)


def _payments(vouchers: list[DueVoucher], known: _Known, say: Mapping[str, str]) -> Iterator[Entry]:
    for voucher in vouchers:
        course = known.title(voucher.course_id)
        about = f"{course}, {voucher.quarter}" if course else voucher.quarter
        fee = f"{voucher.fee} {voucher.currency}"
        yield _all_day(
            f"voucher-{voucher.voucher_no}",
            say["payment"].format(fee=fee, about=about),
            voucher.due_date,
            voucher.changed_at,
            int(voucher.source_version),
        )


def _terms(found: list[Term], say: Mapping[str, str]) -> Iterator[Entry]:
    for term in found:
        for what, day in (("begins", term.starts_on), ("ends", term.ends_on)):
            yield _all_day(f"{term.id}-{what}", say[what].format(term=term.title), day, term.updated_at, term.version)


def _all_day(uid: str, title: str, day: date, changed_at: datetime, version: int) -> Entry:
    return Entry(uid, title, day, day + _DAY, changed_at, version)


def _moment(end: datetime | date) -> datetime:
    return end if isinstance(end, datetime) else datetime.combine(end, time(), UTC)
