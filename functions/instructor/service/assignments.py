"""Who teaches what: begun and ended by administrators, ended with the course or the teacher."""

from datetime import datetime
from uuid import UUID

from instructor import rules
from instructor.rules import Assigned
from instructor.schemas import InstructorView
from instructor.service import people
from instructor.tables import Instructor
from lms import roster
from lms.dynamo import Transaction, next_version, retry_stale, transaction
from lms.errors import Conflict, NotFound
from lms.etags import Precondition, require_match
from lms.events import AssignmentEvent, InstructorAssigned, InstructorUnassigned
from lms.outbox import emit


@retry_stale
def assign(instructor_id: UUID, course_id: UUID, if_match: Precondition, now: datetime) -> InstructorView:
    """Makes somebody a teacher of a course; one who is already stays it.

    Raises `NotFound` without the teacher or the course, `Conflict` for a teacher whose account is disabled,
    `PreconditionFailed`.
    """
    instructor = people.get(instructor_id, now)
    card = roster.find_user(instructor_id)
    if card is None:
        raise NotFound("There is no such instructor.")
    if roster.find_course(course_id) is None:
        raise _no_course()
    if card.status == "disabled":
        raise Conflict("The teacher's account is disabled.", code="inactive")
    require_match(instructor.version, if_match)
    changed = rules.change(people.assignments_of(instructor), course_id, active=True)
    if changed is None:
        return people.view(instructor, instructor.version)
    assignments, begun = changed
    version = next_version(instructor)
    with transaction() as tx:
        roster.require_user(tx, card)
        roster.require_course_exists(tx, course_id, _no_course())
        people.put(tx, instructor, assignments, now)
        roster.put_assignment(tx, instructor_id, course_id, version=begun.version)
        emit(tx, told(instructor_id, begun), now)
    return people.view(instructor, version)


@retry_stale
def unassign(instructor_id: UUID, course_id: UUID, if_match: Precondition, now: datetime) -> None:
    """Ends an assignment; raises `NotFound` when there is none, `PreconditionFailed`."""
    instructor = people.get(instructor_id, now)
    changed = rules.change(people.assignments_of(instructor), course_id, active=False)
    if changed is None:
        raise NotFound("The instructor does not teach this course.")
    require_match(instructor.version, if_match)
    with transaction() as tx:
        _end(tx, instructor, *changed, now)


@retry_stale
def end_course(course_id: UUID, now: datetime) -> None:
    """Ends every assignment to a course that was deleted."""
    for instructor_id in roster.teachers_of(course_id):
        instructor = people.find(instructor_id)
        changed = instructor and rules.change(people.assignments_of(instructor), course_id, active=False)
        if instructor and changed:
            with transaction() as tx:
                _end(tx, instructor, *changed, now)


@retry_stale
def forget(instructor_id: UUID, user_version: int, now: datetime) -> None:
    """Ends the assignments of somebody who was erased, and keeps nothing of their person."""
    instructor = people.find(instructor_id)
    if instructor is None or instructor.directory == people.ERASED:
        return
    for course_id in rules.courses_of(people.assignments_of(instructor)):
        changed = rules.change(people.assignments_of(instructor), course_id, active=False)
        if changed:
            with transaction() as tx:
                _end(tx, instructor, *changed, now)
    instructor.directory, instructor.name, instructor.email = people.ERASED, None, None
    instructor.user_version, instructor.updated_at = user_version, now
    with transaction() as tx:
        tx.put(instructor)


def told(instructor_id: UUID, assigned: Assigned) -> AssignmentEvent:
    """The event that tells an assignment as it is."""
    event = InstructorAssigned if assigned.active else InstructorUnassigned
    return event(version=assigned.version, course_id=assigned.course_id, instructor_id=instructor_id)


def _end(tx: Transaction, instructor: Instructor, assignments: list[Assigned], ended: Assigned, now: datetime) -> None:
    people.put(tx, instructor, assignments, now)
    roster.remove_assignment(tx, instructor.id, ended.course_id)
    emit(tx, told(instructor.id, ended), now)


def _no_course() -> NotFound:
    return NotFound("There is no such course.")
