"""What clients send and see."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, PlainSerializer

from lms.addresses import Email
from lms.events.audit import AuditAction
from lms.fields import JSON_NUMBER, CamelBody, CamelChanges, CamelView, Day, Name
from lms.institute import Registration
from lms.languages import Language
from lms.links import Link
from lms.money import Currency
from lms.profile_fields import Country
from lms.zones import TimeZone


def _once_each(languages: tuple[Language, ...]) -> tuple[Language, ...]:
    return tuple(dict.fromkeys(languages))


Letter = Annotated[Name, Field(max_length=5)]
Percentage = Annotated[Decimal, Field(ge=0, le=100, decimal_places=2), JSON_NUMBER]
# Counted in hundredths, it is the same number in JSON as a float writes it.
PercentageView = Annotated[Decimal, PlainSerializer(float, return_type=float)]


class GradeStepBody(CamelBody):
    """A letter, and the lowest percentage that it stands for."""

    letter: Letter
    lowest: Annotated[Percentage, Field(alias="from")]


class GradeStepView(CamelView):
    letter: str
    lowest: Annotated[PercentageView, Field(alias="from")]


class InstituteUpdate(CamelChanges):
    """Fields to replace. `gradeScale` names the letters of all percentages from 0 to 100.

    The first of `languages` is that of messages to people who chose none.
    """

    nullable: ClassVar[frozenset[str]] = frozenset({"logo_url", "country", "contact_email"})

    name: Name | None = None
    logo_url: Link | None = None
    time_zone: TimeZone | None = None
    languages: Annotated[tuple[Language, ...], Field(min_length=1, max_length=2), AfterValidator(_once_each)] | None = (
        None
    )
    country: Country | None = None
    currency: Currency | None = None
    registration: Registration | None = None
    grade_scale: Annotated[tuple[GradeStepBody, ...], Field(min_length=1, max_length=20)] | None = None
    contact_email: Email | None = None


class InstituteView(CamelView):
    """What everybody may know of the institute; `updatedAt` is null while nobody has set anything."""

    name: str
    logo_url: str | None
    time_zone: str
    languages: tuple[Language, ...]
    country: str | None
    currency: str
    registration: Registration
    grade_scale: tuple[GradeStepView, ...]
    contact_email: str | None
    version: int
    updated_at: datetime | None


class NewTerm(CamelBody):
    """From the first day to the last."""

    title: Name
    starts_on: Day
    ends_on: Day


class TermUpdate(CamelChanges):
    title: Name | None = None
    starts_on: Day | None = None
    ends_on: Day | None = None


class TermView(CamelView):
    id: UUID
    title: str
    starts_on: date
    ends_on: date
    version: int
    created_at: datetime
    updated_at: datetime


class AuditSubject(CamelView):
    """Something or somebody that an entry is about; `name` for people, courses and programs that are still there."""

    kind: str
    id: str
    name: str | None


class AuditEntryView(CamelView):
    """Who did what, when and why. `actorId` null: a command of an operator.

    `service` and `requestId` say where: they name the request in the logs. `reason` is null for people who were erased.
    """

    id: UUID
    at: datetime
    actor_id: UUID | None
    actor_name: str | None
    action: AuditAction
    about: list[AuditSubject]
    before: dict[str, Any]
    after: dict[str, Any]
    reason: str | None
    service: str
    request_id: str


class CalendarView(CamelView):
    """The secret address of the caller's calendar, to give to a calendar program; it is shown only now."""

    url: str


class ExportView(CamelView):
    """An export of everything that the system holds about a person. `url` leads to the file once it is complete."""

    id: UUID
    person_id: UUID
    person_name: str | None
    status: Literal["gathering", "complete"]
    url: str | None
    requested_at: datetime
    completed_at: datetime | None
    valid_until: datetime


class DeadLetterReason(CamelView):
    """Which service could not process an event of which topic, and why; and how many of those looked at."""

    reason: str
    count: int


class DeadLetters(CamelView):
    """How many events or messages could not be processed; `reasons` are those of up to 50 of them."""

    count: int
    reasons: list[DeadLetterReason]


class Today(CamelView):
    """What happened on the institute's own day: people `registered`, students `enrolled`, vouchers `paid`."""

    day: Annotated[date, Field(alias="date")]
    registered: int
    enrolled: int
    paid: int
    dead_letters: DeadLetters
