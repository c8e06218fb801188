"""Students: their records, made from the Roster's card where no event has come yet; found, listed, changed, erased.

What belongs to the account is read from the Roster each time: auth writes it there in its own transactions.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from lms import roster, uploads
from lms.audit import audit
from lms.dynamo import read_together, retry_stale, transaction
from lms.etags import Precondition, require_match
from lms.pages import Page, PageRequest, query_page
from lms.refusals import AccountErased
from lms.roster import StudentStatus
from student import pictures
from student.schemas import StandingUpdate, StudentProfile, StudentSummary
from student.service import report_cards
from student.service.enrollments import StudentNotFound
from student.tables import Student

_LISTED = "listed"


@dataclass(frozen=True)
class StudentRecord:
    """A student as they are stored here, and their card and account on the Roster."""

    student: Student
    card: roster.User
    account: roster.Profile | None

    @property
    def version(self) -> int:
        """Grows with each change of the record and of the account."""
        return int(self.student.version) + int(self.card.version)


@retry_stale
def find(student_id: UUID, now: datetime) -> StudentRecord | None:
    """A student's record, made if there was none yet; None for anyone who is not a student or was erased."""
    student, card, account = read_together(
        [(Student, student_id, None), roster.user_key(student_id), roster.profile_key(student_id)]
    )
    if card is None or card.role != "student":
        return None
    if student is None:
        student = Student(id=student_id, created_at=now, updated_at=now)
        with transaction() as tx:
            roster.require_user(tx, card)
            tx.put(student)
    return StudentRecord(student, card, account)


def get(student_id: UUID, now: datetime) -> StudentRecord:
    """As `find`, but raises `StudentNotFound`."""
    record = find(student_id, now)
    if record is None:
        raise StudentNotFound
    return record


def get_caller(student_id: UUID, now: datetime) -> StudentRecord:
    """The student who asks; raises `AccountErased` when they were erased after their token was made."""
    record = find(student_id, now)
    if record is None:
        raise AccountErased
    return record


def erase(student_id: UUID, now: datetime) -> None:
    """Deletes what is known of an erased person; their results stay under an id that belongs to nobody.

    Nothing makes the record again: the card to make it from is gone.
    """
    report_cards.erase_comments(student_id, now)
    _remove(student_id)
    pictures.remove_all(student_id)


@retry_stale
def _remove(student_id: UUID) -> None:
    student = Student.find(student_id)
    if student is not None:
        with transaction() as tx:
            tx.delete(student)
            roster.remove_student_status(tx, student_id)


@retry_stale
def change_standing(
    student_id: UUID, update: StandingUpdate, admin_id: UUID, if_match: Precondition, now: datetime
) -> StudentProfile:
    """Replaces what the institute decides about a student; raises `StudentNotFound`, `PreconditionFailed`."""
    record = get(student_id, now)
    require_match(record.version, if_match)
    student, given = record.student, update.given()
    before = _audited(student, given)
    for field, value in given.items():
        setattr(student, field, value)
    student.updated_at = now
    with transaction() as tx:
        version = tx.put(student)
        if "status" in given:
            roster.put_student_status(tx, student.id, cast(StudentStatus, student.status), version=version)
        after = _audited(student, given)
        audit(tx, now, "student.changed", admin_id, {"user": student_id}, before=before, after=after)
    return profile(record, version + int(record.card.version))


def _audited(student: Student, fields: Iterable[str]) -> dict[str, str | None]:
    """Which fields change, and of the status how: what and when somebody studies is theirs."""
    return {field: student.status if field == "status" else None for field in fields}


def save(record: StudentRecord, now: datetime) -> StudentProfile:
    """Stores a changed record; answers the profile as it then is."""
    record.student.updated_at = now
    with transaction() as tx:
        version = tx.put(record.student)
    return profile(record, version + int(record.card.version))


def list_students(paging: PageRequest) -> Page[StudentSummary]:
    """All students, in the order of their registration."""
    found, after = query_page(Student.directory_index, [_LISTED], paging)
    known = roster.find_users(student.id for student in found)
    # An erased student's card is gone at once, the record a moment later; who has another role keeps the record.
    records = [
        StudentRecord(student, card, None)
        for student in found
        if (card := known.get(student.id)) and card.role == "student"
    ]
    return paging.page([summary(record) for record in records], after)


def list_one(roll_no: str, paging: PageRequest, now: datetime) -> Page[StudentSummary]:
    """A list of the student with a roll number, empty when there is none."""
    student_id = find_id(roll_no)
    record = None if student_id is None else find(student_id, now)
    return paging.page([] if record is None else [summary(record)], None)


def find_id(roll_no: str) -> UUID | None:
    """The student with a roll number."""
    return roster.find_by_name([roll_no]).get(roll_no)


def summary(record: StudentRecord) -> StudentSummary:
    student, card = record.student, record.card
    return StudentSummary(
        view="summary",
        id=student.id,
        roll_no=card.roll_no,
        name=card.name,
        email=card.email,
        program=student.program,
        status=student.status,
        version=record.version,
        created_at=student.created_at,
        updated_at=student.updated_at,
    )


def profile(record: StudentRecord, version: int) -> StudentProfile:
    student, card, account = record.student, record.card, record.account
    return StudentProfile(
        view="full",
        student_id=student.id,
        user_id=student.id,
        student_status=student.status,
        name=card.name,
        email=card.email,
        mobile_number=account.mobile_number if account else None,
        city=account.city if account else None,
        country=account.country if account else None,
        address=student.own.address,
        date_of_birth=student.own.date_of_birth,
        additional_details=account.additional_details if account else {},
        roll_no=card.roll_no,
        program=student.program,
        enrollment_year=student.enrollment_year,
        profile_picture_url=uploads.link(student.picture) if student.picture else None,
        version=version,
        created_at=student.created_at,
        updated_at=student.updated_at,
    )
