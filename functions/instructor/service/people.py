"""Instructors as auth tells of them: found, listed, kept up to date, forgotten."""

from datetime import datetime
from uuid import UUID

from pynamodb.exceptions import DoesNotExist

from instructor import rules
from instructor.rules import Assigned
from instructor.schemas import InstructorView
from instructor.tables import Assignment, Instructor
from lms import roster
from lms.dynamo import Transaction, retry_stale, transaction
from lms.errors import NotFound
from lms.events import Person
from lms.pages import Page, PageRequest, query_page

LISTED, ERASED = "listed", "erased"


def get(instructor_id: UUID, now: datetime) -> Instructor:
    """An instructor; one not heard of yet is made from the Roster's card. Raises `NotFound` for anybody else."""
    instructor = find(instructor_id) or _hear_of(instructor_id, now)
    if instructor is None or instructor.directory == ERASED:
        raise NotFound("There is no such instructor.")
    return instructor


def find(instructor_id: UUID) -> Instructor | None:
    """What is stored of an instructor, a tombstone too."""
    try:
        return Instructor.get(instructor_id, consistent_read=True)
    except DoesNotExist:
        return None


@retry_stale
def _hear_of(instructor_id: UUID, now: datetime) -> Instructor | None:
    card = roster.find_user(instructor_id)
    if card is None or card.role != "teacher":
        return None
    instructor = Instructor(
        id=instructor_id,
        directory=LISTED,
        name=card.name,
        email=card.email,
        user_version=card.version,
        created_at=now,
        updated_at=now,
    )
    with transaction() as tx:
        roster.require_user(tx, card)
        tx.put(instructor)
    return instructor


def list_instructors(paging: PageRequest) -> Page[InstructorView]:
    """All instructors, in the order of their registration."""
    found, after = query_page(Instructor.directory_index, [LISTED], paging)
    return paging.page([view(instructor, instructor.version) for instructor in found], after)


@retry_stale
def note(instructor_id: UUID, told: Person, user_version: int, now: datetime) -> None:
    """Takes over what auth told of a teacher, unless something newer is known.

    Whoever is new comes from the Roster's card: it has no card of somebody erased, however late their events are.
    """
    instructor = find(instructor_id) or _hear_of(instructor_id, now)
    if instructor is None or instructor.user_version >= user_version:
        return
    instructor.name, instructor.email = told.name, told.email
    instructor.user_version, instructor.updated_at = user_version, now
    with transaction() as tx:
        tx.put(instructor)


def assignments_of(instructor: Instructor) -> list[Assigned]:
    return [Assigned(entry.course_id, entry.active, int(entry.version)) for entry in instructor.assignments]


def put(tx: Transaction, instructor: Instructor, assignments: list[Assigned], now: datetime) -> None:
    """Stores an instructor with these assignments."""
    instructor.assignments = [_entry(assigned) for assigned in assignments]
    instructor.updated_at = now
    tx.put(instructor)


def _entry(assigned: Assigned) -> Assignment:
    return Assignment(  # type: ignore[no-untyped-call]  # PynamoDB leaves it untyped
        course_id=assigned.course_id, active=assigned.active, version=assigned.version
    )


def view(instructor: Instructor, version: int) -> InstructorView:
    return InstructorView(
        id=instructor.id,
        name=instructor.name,
        email=instructor.email,
        assigned_courses=rules.courses_of(assignments_of(instructor)),
        version=version,
        created_at=instructor.created_at,
        updated_at=instructor.updated_at,
    )
