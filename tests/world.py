"""What the worlds of the services' tests have in common: a door, somebody of each role, and courses in the Roster."""

from datetime import date, timedelta
from importlib import import_module
from typing import Any
from uuid import UUID, uuid4

from lms import roster
from lms.dynamo import transaction
from lms.events import Event
from lms.ids import uuid7
from lms.institute import kept
from lms.roster import EnrollmentStatus
from tests.clients import Client, kafka_event
from tests.conftest import Clock
from tests.people import Person, publish_key, sign_in


class World:
    """A service, somebody of each role, and short ways to courses, which are written as their owners do."""

    service: str

    def __init__(self, clock: Clock) -> None:
        publish_key()
        self.http = Client(import_module(f"{self.service}.api").handler)
        self.clock = clock
        self.admin, self.teacher, self.student = sign_in("admin"), sign_in("teacher"), sign_in("student")

    def consume(self, *events: Event, **envelope: Any) -> None:
        """Hands events to the service's consumer, as its trigger does."""
        import_module(f"{self.service}.consumer").handler(kafka_event(*events, **envelope), None)

    def add_course(self, title: str = "Agents", program_id: UUID | None = None) -> UUID:
        course_id = uuid7()
        with transaction() as tx:
            roster.put_course(
                tx, course_id, title=title, program_id=program_id or uuid4(), requires_payment=False, version=1
            )
        return course_id

    @staticmethod
    def course_title(course_id: UUID) -> str:
        course = roster.find_course(course_id)
        assert course is not None
        return course.title

    def delete_course(self, course_id: UUID) -> None:
        with transaction() as tx:
            roster.remove_course(tx, course_id, title=self.course_title(course_id))

    def assign(self, teacher: Person, course_id: UUID) -> None:
        with transaction() as tx:
            roster.put_assignment(tx, teacher.id, course_id, version=1)

    def add_student(self, student: Person, course_id: UUID, status: EnrollmentStatus = "active") -> None:
        with transaction() as tx:
            roster.put_enrollment(tx, student.id, course_id, status, version=1)


def add_term(title: str = "Spring 2027", starts_on: date = date(2027, 2, 1)) -> str:
    """What institute writes when an administrator makes a term of half a year."""
    term_id = uuid7()
    ends_on = starts_on + timedelta(days=182)
    with transaction() as tx:
        roster.put_term(tx, term_id, title=title, starts_on=starts_on, ends_on=ends_on, version=1)
    return str(term_id)


def set_currency(currency: str) -> None:
    set_institute(currency=currency)


def set_institute(**settings: Any) -> None:
    """What institute writes when an administrator sets it, a minute later."""
    with transaction() as tx:
        roster.put_institute(tx, settings, version=1)
    kept.forget()
