"""Which student's learning a caller may see, and in which courses."""

from dataclasses import dataclass
from uuid import UUID

from lms import roster
from lms.callers import Caller
from lms.errors import Forbidden


class NotTheirTeacher(Forbidden):
    detail = "Only the student, their teachers and administrators can do this."


@dataclass(frozen=True)
class Access:
    """What a caller sees of a student: all courses (None), or for teachers the ones that both share."""

    student_id: UUID
    shared: tuple[roster.Membership, ...] | None

    @property
    def is_full(self) -> bool:
        return self.shared is None

    def memberships(self) -> list[roster.Membership]:
        """The student's memberships in the courses that the caller sees, in the order of the courses' creation."""
        found = roster.courses_of("student", self.student_id) if self.shared is None else self.shared
        return sorted(found, key=lambda item: item.course_id)


def access_to(student_id: UUID, caller: Caller) -> Access:
    """What the caller sees of a student, existing or not; raises `NotTheirTeacher` when that is nothing.

    A teacher sees the active and completed students of their courses.
    """
    if caller.role == "admin" or caller.id == student_id:
        return Access(student_id, None)
    shared = _shared(caller.id, student_id) if caller.role == "teacher" else ()
    if not shared:
        raise NotTheirTeacher
    return Access(student_id, shared)


def _shared(teacher_id: UUID, student_id: UUID) -> tuple[roster.Membership, ...]:
    taught = {item.course_id for item in roster.courses_of("teacher", teacher_id)}
    enrolled = (item for item in roster.courses_of("student", student_id) if item.status in roster.ENROLLED)
    return tuple(item for item in enrolled if item.course_id in taught)
