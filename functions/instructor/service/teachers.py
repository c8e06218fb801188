"""Teachers as their accounts say: found, listed, kept up to date."""

from datetime import datetime
from uuid import UUID

from instructor import rules
from instructor.rules import Assignment
from instructor.schemas import InstructorView
from instructor.tables import AssignmentAttribute, Teacher
from lms import roster
from lms.dynamo import Transaction, retry_stale, transaction
from lms.events.users import Person
from lms.pages import Page, PageRequest, query_page
from lms.refusals import TeacherNotFound

LISTED, FORMER, ERASED = "listed", "former", "erased"


def get(teacher_id: UUID, now: datetime) -> Teacher:
    """A teacher; one whose events are still to come is made from the Roster's card. Raises `TeacherNotFound`."""
    teacher = Teacher.find(teacher_id) or _from_roster(teacher_id, now)
    if teacher is None or teacher.directory == ERASED:
        raise TeacherNotFound
    if teacher.directory == FORMER:
        # Whoever teaches again may do so before the event that says it has come.
        card = roster.find_user(teacher_id)
        if card is None or card.role != "teacher":
            raise TeacherNotFound
    return teacher


@retry_stale
def _from_roster(teacher_id: UUID, now: datetime) -> Teacher | None:
    card = roster.find_user(teacher_id)
    if card is None or card.role != "teacher":
        return None
    teacher = Teacher(
        id=teacher_id,
        directory=LISTED,
        name=card.name,
        email=card.email,
        user_version=card.version,
        created_at=now,
        updated_at=now,
    )
    with transaction() as tx:
        roster.require_user(tx, card)
        tx.put(teacher)
    return teacher


def list_teachers(paging: PageRequest) -> Page[InstructorView]:
    """All teachers, in the order of their registration."""
    found, after = query_page(Teacher.directory_index, [LISTED], paging)
    return paging.page([view(teacher, teacher.version) for teacher in found], after)


@retry_stale
def update_person(teacher_id: UUID, person: Person, user_version: int, now: datetime) -> None:
    """Takes over a teacher's name and address, unless something newer is known.

    A new teacher is made from the Roster's card: an erased person has none, however late their events are.
    """
    teacher = Teacher.find(teacher_id) or _from_roster(teacher_id, now)
    if teacher is None or teacher.user_version >= user_version:
        return
    teacher.directory = LISTED
    teacher.name, teacher.email = person.name, person.email
    teacher.user_version, teacher.updated_at = user_version, now
    with transaction() as tx:
        tx.put(teacher)


@retry_stale
def end(user_id: UUID, user_version: int, now: datetime) -> None:
    """Lists somebody who has another role no longer, unless something newer is known; most never taught."""
    teacher = Teacher.find(user_id)
    if teacher is None or teacher.user_version >= user_version:
        return
    teacher.directory, teacher.user_version, teacher.updated_at = FORMER, user_version, now
    with transaction() as tx:
        tx.put(teacher)


def assignments_of(teacher: Teacher) -> list[Assignment]:
    return [Assignment(stored.course_id, stored.active, int(stored.version)) for stored in teacher.assignments]


def put(tx: Transaction, teacher: Teacher, assignments: list[Assignment], now: datetime) -> int:
    """Stores a teacher with these assignments; answers the version that the teacher gets."""
    teacher.assignments = [
        AssignmentAttribute(  # type: ignore[no-untyped-call]  # PynamoDB leaves it untyped
            course_id=assignment.course_id, active=assignment.active, version=assignment.version
        )
        for assignment in assignments
    ]
    teacher.updated_at = now
    return tx.put(teacher)


def view(teacher: Teacher, version: int) -> InstructorView:
    return InstructorView(
        id=teacher.id,
        name=teacher.name,
        email=teacher.email,
        assigned_courses=rules.courses_of(assignments_of(teacher)),
        version=version,
        created_at=teacher.created_at,
        updated_at=teacher.updated_at,
    )
