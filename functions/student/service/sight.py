"""Of whom, and in which courses, a caller may see what students learn."""

from dataclasses import dataclass
from uuid import UUID

from lms import roster
from lms.callers import Caller
from lms.errors import Forbidden
from lms.roster import RosterItem


@dataclass(frozen=True)
class Sight:
    """What a caller sees of a student: everything, or for teachers what concerns the courses that they share."""

    student_id: UUID
    courses: frozenset[UUID] | None

    @property
    def is_whole(self) -> bool:
        return self.courses is None

    def memberships(self) -> list[RosterItem]:
        """How the student belongs to each course that the caller sees, in the order of the courses' creation."""
        found = roster.courses_of("student", self.student_id)
        seen = (item for item in found if self.courses is None or item.course_id in self.courses)
        return sorted(seen, key=lambda item: item.course_id)


def sight_of(caller: Caller, student_id: UUID) -> Sight:
    """What the caller sees of a student, existing or not; raises `Forbidden` when that is nothing.

    A teacher sees the active and completed students of their courses.
    """
    if caller.role == "admin" or caller.id == student_id:
        return Sight(student_id, None)
    shared = _shared(caller.id, student_id) if caller.role == "teacher" else frozenset()
    if not shared:
        raise Forbidden("Only the student, their teachers and administrators can do this.")
    return Sight(student_id, shared)


def _shared(teacher_id: UUID, student_id: UUID) -> frozenset[UUID]:
    taught = {item.course_id for item in roster.courses_of("teacher", teacher_id)}
    attended = roster.courses_of("student", student_id)
    return frozenset(
        item.course_id for item in attended if item.course_id in taught and item.status in ("active", "completed")
    )
