"""Who teaches a course, by events, so that the catalogue reads it with the course."""

from uuid import UUID

from lms.dynamo import retry_stale, transaction
from lms.events.enrollments import AssignmentEvent
from program.tables import CourseTeachers


@retry_stale
def record(event: AssignmentEvent, *, active: bool) -> None:
    """Stores how an assignment is, unless something newer is known of it."""
    known = CourseTeachers.find(event.course_id) or CourseTeachers(course_id=event.course_id)
    teacher_id = str(event.teacher_id)
    version, _ = known.assignments.get(teacher_id, (0, False))
    if version >= event.version:
        return
    known.assignments = {**known.assignments, teacher_id: [event.version, active]}
    with transaction() as tx:
        tx.put(known)


def active(known: CourseTeachers | None) -> list[UUID]:
    """The teachers of a course now, in the order in which they first became one."""
    return [UUID(teacher_id) for teacher_id, (_, is_active) in known.assignments.items() if is_active] if known else []
