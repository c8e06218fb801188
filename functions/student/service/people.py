"""Students: their record, made from the Roster's card when nobody told of them yet; found, listed, kept, forgotten.

What is the account's is read from the Roster each time: auth writes it there in its own transactions.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from lms import roster, uploads
from lms.dynamo import next_version, read_together, retry_stale, transaction
from lms.errors import Forbidden, NotFound
from lms.etags import Precondition, require_match
from lms.pages import Page, PageRequest, query_page
from lms.roster import RosterItem, StudentStatus
from student import pictures
from student.schemas import StandingUpdate, StudentProfile, StudentSummary
from student.service import cards
from student.tables import Student

_LISTED = "listed"


@dataclass(frozen=True)
class Person:
    record: Student
    card: RosterItem
    account: RosterItem | None

    @property
    def version(self) -> int:
        """Grows with each change of the record and of the account."""
        return int(self.record.version) + int(self.card.version)


@retry_stale
def find(student_id: UUID, now: datetime) -> Person | None:
    """A student; None for anybody else, and for one who was erased."""
    person = _find(student_id, now)
    if person is not None and person.record.version is None:
        _put(person)
    return person


def _find(student_id: UUID, now: datetime) -> Person | None:
    """As `find`, but a record that was not there yet has no version and is not stored."""
    record, card, account = read_together(
        [(Student, student_id, None), roster.user_key(student_id), roster.profile_key(student_id)]
    )
    if card is None or card.role != "student":
        return None
    return Person(record or Student(id=student_id, created_at=now, updated_at=now), card, account)


def _put(person: Person) -> None:
    with transaction() as tx:
        if person.record.version is None:
            roster.require_user(tx, person.card)
        tx.put(person.record)


def get(student_id: UUID, now: datetime) -> Person:
    """As `find`, but raises `NotFound`."""
    person = find(student_id, now)
    if person is None:
        raise NotFound("There is no such student.")
    return person


def get_caller(student_id: UUID, now: datetime) -> Person:
    """The student who asks; raises `Forbidden` when they were erased since their token was made."""
    person = find(student_id, now)
    if person is None:
        raise gone()
    return person


def gone() -> Forbidden:
    return Forbidden("This account was deleted.", code="erased")


def forget(student_id: UUID, now: datetime) -> None:
    """Forgets what is known of an erased person. What was told of their learning stays, under an id of nobody.

    Nothing makes the record again: there is no card any more to make it from.
    """
    cards.forget_words(student_id, now)
    _remove(student_id)
    pictures.remove_all(student_id)


@retry_stale
def _remove(student_id: UUID) -> None:
    [record] = read_together([(Student, student_id, None)])
    if record is not None:
        with transaction() as tx:
            tx.delete(record)
            roster.remove_student_status(tx, student_id)


@retry_stale
def change_standing(student_id: UUID, update: StandingUpdate, if_match: Precondition, now: datetime) -> StudentProfile:
    """Replaces what the school decides of a student; raises `NotFound`, `PreconditionFailed`."""
    person = get(student_id, now)
    require_match(person.version, if_match)
    for field, value in update.given().items():
        setattr(person.record, field, value)
    return save(person, now, with_status="status" in update.model_fields_set)


def save(person: Person, now: datetime, *, with_status: bool = False) -> StudentProfile:
    """Stores a changed record, and if asked its status for all services; the profile as it is then."""
    person.record.updated_at = now
    version = next_version(person.record)
    with transaction() as tx:
        tx.put(person.record)
        if with_status:
            roster.put_student_status(tx, person.record.id, cast(StudentStatus, person.record.status), version=version)
    return profile(person, version + int(person.card.version))


def list_students(paging: PageRequest) -> Page[StudentSummary]:
    """All students, in the order of their registration."""
    found, after = query_page(Student.directory_index, [_LISTED], paging)
    known = roster.find_users(record.id for record in found)
    # An erased student's card is gone at once, the record a moment later.
    people = [Person(record, known[record.id], None) for record in found if record.id in known]
    return paging.page([summary(person) for person in people], after)


def list_one(roll_no: str, paging: PageRequest, now: datetime) -> Page[StudentSummary]:
    """The student who has a roll number, as a list of one, or of none."""
    student_id = find_id(roll_no)
    person = None if student_id is None else find(student_id, now)
    return paging.page([] if person is None else [summary(person)], None)


def find_id(roll_no: str) -> UUID | None:
    """Whose a roll number is."""
    return roster.find_by_name([roll_no]).get(roll_no)


def summary(person: Person) -> StudentSummary:
    record, card = person.record, person.card
    return StudentSummary(
        id=record.id,
        roll_no=card.roll_no,
        name=card.name,
        email=card.email,
        program=record.program,
        status=record.status,
        version=person.version,
        created_at=record.created_at,
        updated_at=record.updated_at,
    )


def profile(person: Person, version: int) -> StudentProfile:
    record, card, account = person.record, person.card, person.account
    return StudentProfile(
        student_id=record.id,
        user_id=record.id,
        student_status=record.status,
        name=card.name,
        email=card.email,
        mobile_number=account.mobile_number if account else None,
        city=account.city if account else None,
        country=account.country if account else None,
        address=record.own.address,
        date_of_birth=record.own.date_of_birth,
        additional_details=account.additional_details if account else {},
        roll_no=card.roll_no,
        program=record.program,
        enrollment_year=record.enrollment_year,
        profile_picture_url=uploads.link(record.picture) if record.picture else None,
        version=version,
        created_at=record.created_at,
        updated_at=record.updated_at,
    )
