"""Who teaches what: administrators begin and end assignments; they end with the course or the teacher, too."""

from datetime import datetime
from uuid import UUID

from instructor import rules
from instructor.rules import Assignment
from instructor.schemas import InstructorView
from instructor.service import teachers
from instructor.tables import Teacher
from lms import roster
from lms.audit import audit
from lms.dynamo import Transaction, retry_stale, transaction
from lms.errors import Conflict, NotFound
from lms.etags import Precondition, require_match
from lms.events.enrollments import AssignmentEvent, InstructorAssigned, InstructorUnassigned
from lms.outbox import emit
from lms.refusals import CourseNotFound, TeacherNotFound


class TeacherDisabled(Conflict):
    code = "inactive"
    detail = "The teacher's account is disabled."


class LeftBefore(Conflict):
    code = "left"
    detail = "The instructor has taught this course before."


class NotAssigned(NotFound):
    detail = "The instructor does not teach this course."


@retry_stale
def assign(
    teacher_id: UUID,
    course_id: UUID,
    actor_id: UUID,
    if_match: Precondition,
    now: datetime,
    *,
    may_return: bool = True,
) -> InstructorView:
    """Makes a teacher one of the course's; whoever is already stays it.

    Raises `TeacherNotFound`, `CourseNotFound`, `TeacherDisabled`, `PreconditionFailed`, and without `may_return`
    `LeftBefore` for whoever was one once.
    """
    teacher = teachers.get(teacher_id, now)
    card = roster.find_user(teacher_id)
    if card is None or card.role != "teacher":
        raise TeacherNotFound
    if roster.find_course(course_id) is None:
        raise CourseNotFound
    if card.status == "disabled":
        raise TeacherDisabled
    require_match(teacher.version, if_match)
    changed = rules.change(teachers.assignments_of(teacher), course_id, active=True)
    if changed is None:
        return teachers.view(teacher, teacher.version)
    assignments, begun = changed
    if begun.version > 1 and not may_return:
        raise LeftBefore
    with transaction() as tx:
        roster.require_user(tx, card, joining_at=now)
        roster.require_course_exists(tx, course_id, CourseNotFound())
        version = teachers.put(tx, teacher, assignments, now)
        roster.put_assignment(tx, teacher_id, course_id, version=begun.version)
        emit(tx, event_of(teacher_id, begun), now)
        audit(tx, now, "course.assigned", actor_id, {"course": course_id, "user": teacher_id})
    return teachers.view(teacher, version)


@retry_stale
def unassign(teacher_id: UUID, course_id: UUID, actor_id: UUID, if_match: Precondition, now: datetime) -> None:
    """Ends an assignment; raises `TeacherNotFound`, `NotAssigned`, `PreconditionFailed`."""
    teacher = teachers.get(teacher_id, now)
    changed = rules.change(teachers.assignments_of(teacher), course_id, active=False)
    if changed is None:
        raise NotAssigned
    require_match(teacher.version, if_match)
    with transaction() as tx:
        _end(tx, teacher, *changed, now)
        audit(tx, now, "course.unassigned", actor_id, {"course": course_id, "user": teacher_id})


@retry_stale
def end_course(course_id: UUID, now: datetime) -> None:
    """Ends every assignment to a deleted course."""
    for teacher_id in roster.teachers_of(course_id):
        teacher = Teacher.find(teacher_id)
        changed = teacher and rules.change(teachers.assignments_of(teacher), course_id, active=False)
        if teacher and changed:
            with transaction() as tx:
                _end(tx, teacher, *changed, now)


@retry_stale
def erase(teacher_id: UUID, user_version: int, now: datetime) -> None:
    """Ends the assignments of an erased teacher, and deletes their name and address."""
    teacher = Teacher.find(teacher_id)
    if teacher is None or teacher.directory == teachers.ERASED:
        return
    for course_id in rules.courses_of(teachers.assignments_of(teacher)):
        changed = rules.change(teachers.assignments_of(teacher), course_id, active=False)
        if changed:
            with transaction() as tx:
                _end(tx, teacher, *changed, now)
    teacher.directory, teacher.name, teacher.email = teachers.ERASED, None, None
    teacher.user_version, teacher.updated_at = user_version, now
    with transaction() as tx:
        tx.put(teacher)


def event_of(teacher_id: UUID, assignment: Assignment) -> AssignmentEvent:
    """The event that says how an assignment is."""
    event = InstructorAssigned if assignment.active else InstructorUnassigned
    return event(version=assignment.version, course_id=assignment.course_id, teacher_id=teacher_id)


def _end(tx: Transaction, teacher: Teacher, assignments: list[Assignment], ended: Assignment, now: datetime) -> None:
    teachers.put(tx, teacher, assignments, now)
    roster.remove_assignment(tx, teacher.id, ended.course_id)
    emit(tx, event_of(teacher.id, ended), now)
