"""The rules of assignments: values in, values out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID


@dataclass(frozen=True)
class Assignment:
    """That a teacher teaches a course, or once did; `version` grows with every change."""

    course_id: UUID
    active: bool
    version: int


def courses_of(assignments: Sequence[Assignment]) -> list[UUID]:
    """The courses taught now, in the order of their creation."""
    return sorted(assignment.course_id for assignment in assignments if assignment.active)


def change(
    assignments: Sequence[Assignment], course_id: UUID, *, active: bool
) -> tuple[list[Assignment], Assignment] | None:
    """All assignments after one has begun or ended, and that one; None when nothing changes."""
    old = next((assignment for assignment in assignments if assignment.course_id == course_id), None)
    if (old is not None and old.active) == active:
        return None
    new = replace(old, active=active, version=old.version + 1) if old else Assignment(course_id, active, 1)
    return [*(assignment for assignment in assignments if assignment.course_id != course_id), new], new
