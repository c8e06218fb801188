"""The routes of institute."""

from typing import Annotated
from urllib.parse import urlsplit
from uuid import UUID

from fastapi import Depends, Path, Query, Response

from institute import rules
from institute.schemas import (
    AuditEntryView,
    CalendarView,
    ExportView,
    InstituteUpdate,
    InstituteView,
    NewTerm,
    TermUpdate,
    TermView,
    Today,
)
from institute.service import audit, calendars, exports, settings, terms, today
from lms.callers import Caller
from lms.dependencies import Idempotent, IfMatch, Now, Paging, set_etag
from lms.errors import Forbidden, refuses
from lms.events.audit import AuditAction
from lms.fields import Moment
from lms.http import LambdaHandler, create_app
from lms.pages import Page
from lms.security import Admin, AnySignedIn, Public

app = create_app("institute")

TermId = Annotated[UUID, Path(alias="termId")]
PersonId = Annotated[UUID, Path(alias="personId")]


@app.get("/institute", dependencies=[Public])
def get_institute(response: Response) -> InstituteView:
    """What everybody may know of the institute."""
    view = settings.show()
    set_etag(response, view.version)
    return view


@app.put("/institute")
@refuses(rules.ScaleWithoutZero, rules.ScaleAmbiguous)
def update_institute(
    caller: Admin, if_match: IfMatch, body: InstituteUpdate, response: Response, now: Now
) -> InstituteView:
    """Replaces the fields given; every service obeys within a minute."""
    view = settings.update(body, caller.id, if_match, now)
    set_etag(response, view.version)
    return view


@app.get("/institute/today")
def get_today(_: Admin, now: Now) -> Today:
    """What happened today, in numbers, and what could not be processed."""
    return today.show(now)


@app.post("/terms", status_code=201)
@refuses(rules.TermEndsBeforeItStarts)
def create_term(caller: Admin, idempotent: Idempotent, form: NewTerm, response: Response, now: Now) -> TermView:
    """Makes a term."""
    view = terms.create(form, caller.id, idempotent, now)
    response.headers["Location"] = terms.LOCATION
    set_etag(response, view.version)
    return view


@app.get("/terms", dependencies=[Public])
def list_terms(paging: Paging) -> Page[TermView]:
    """All terms."""
    return terms.list_terms(paging)


@app.put("/terms/{termId}")
@refuses(terms.TermNotFound, rules.TermEndsBeforeItStarts)
def update_term(
    caller: Admin, term_id: TermId, if_match: IfMatch, body: TermUpdate, response: Response, now: Now
) -> TermView:
    """Replaces the fields given."""
    view = terms.update(term_id, body, caller.id, if_match, now)
    set_etag(response, view.version)
    return view


@app.delete("/terms/{termId}", status_code=204)
@refuses(terms.TermNotFound, terms.TermHasCourses)
def delete_term(caller: Admin, term_id: TermId, if_match: IfMatch, now: Now) -> None:
    """Deletes a term that no course names."""
    terms.delete(term_id, caller.id, if_match, now)


@app.get("/audit")
@refuses(rules.PeriodEndsBeforeItBegins)
def list_audit_entries(
    _: Admin,
    paging: Paging,
    now: Now,
    subject: Annotated[str | None, Query(min_length=1, max_length=100)] = None,
    actor: UUID | None = None,
    action: AuditAction | None = None,
    begin: Annotated[Moment | None, Query(alias="from")] = None,
    end: Annotated[Moment | None, Query(alias="to")] = None,
) -> Page[AuditEntryView]:
    """Who did what to whom, the newest first: by the id of what was changed or of whom, by who did it, by what it was.

    `from` counts, `to` does not.
    """
    return audit.list_entries(audit.Filters(subject, actor, action, begin, end), paging, now)


class AnotherPerson(Forbidden):
    detail = "This is another person's data."


@refuses(AnotherPerson)
def _self_or_admin(person_id: PersonId, caller: AnySignedIn) -> Caller:
    if caller.role != "admin" and caller.id != person_id:
        raise AnotherPerson
    return caller


SelfOrAdmin = Annotated[Caller, Depends(_self_or_admin)]


@app.post("/people/{personId}/export", status_code=201)
@refuses(exports.PersonNotFound)
def request_export(
    caller: SelfOrAdmin, person_id: PersonId, idempotent: Idempotent, response: Response, now: Now
) -> ExportView:
    """Asks for everything that the system holds about a person; it is there within a minute."""
    view = exports.request(person_id, caller.id, idempotent, now)
    response.headers["Location"] = exports.location(view)
    return view


@app.get("/people/{personId}/export/{exportId}")
@refuses(exports.ExportNotFound)
def get_export(
    _: SelfOrAdmin, person_id: PersonId, export_id: Annotated[UUID, Path(alias="exportId")], now: Now
) -> ExportView:
    """An export; once it is complete, with a link to one JSON file, for 24 hours after it was asked for."""
    return exports.show(person_id, export_id, now)


@app.post("/calendar", status_code=201)
def open_calendar(caller: AnySignedIn, idempotent: Idempotent, response: Response) -> CalendarView:
    """Gives the caller's calendar a new secret address; the old one ends."""
    view = calendars.open_calendar(caller.id, idempotent)
    response.headers["Location"] = urlsplit(view.url).path
    return view


@app.delete("/calendar", status_code=204)
@refuses(calendars.CalendarNotFound)
def close_calendar(caller: AnySignedIn) -> None:
    """Ends the address of the caller's calendar."""
    calendars.close_calendar(caller.id)


class CalendarFile(Response):
    media_type = "text/calendar"


_EXAMPLE = """\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Education LMS//Calendar//EN
BEGIN:VEVENT
UID:0198c2f4-7711-7e42-a1b3-0d5c8f2e6b20
SUMMARY:Midterm (Building agents)
DTSTART;TZID=Asia/Karachi:20270320T140000
DTEND;TZID=Asia/Karachi:20270320T160000
DTSTAMP:20270304T080000Z
END:VEVENT
END:VCALENDAR
"""


@app.get(
    "/calendar/{token}.ics",
    dependencies=[Public],
    response_class=CalendarFile,
    responses={200: {"content": {"text/calendar": {"example": _EXAMPLE}}}},
)
@refuses(calendars.CalendarNotFound)
def get_calendar(token: Annotated[str, Path(max_length=100)], now: Now) -> CalendarFile:
    """The calendar of a secret address: exams, payments and terms, in the person's time zone (RFC 5545)."""
    return CalendarFile(calendars.feed(token, now))


handler = LambdaHandler(app)
