"""The rules of assignments: values in, values out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID


@dataclass(frozen=True)
class Assigned:
    """That somebody teaches a course, or once did; `version` grows with every change."""

    course_id: UUID
    active: bool
    version: int


def courses_of(assignments: Sequence[Assigned]) -> list[UUID]:
    """The courses taught now, in the order of their creation."""
    return sorted(assigned.course_id for assigned in assignments if assigned.active)


def change(assignments: Sequence[Assigned], course_id: UUID, *, active: bool) -> tuple[list[Assigned], Assigned] | None:
    """The assignments with one begun or ended, and that one; None when it is so already."""
    old = next((assigned for assigned in assignments if assigned.course_id == course_id), None)
    if (old is not None and old.active) == active:
        return None
    new = replace(old, active=active, version=old.version + 1) if old else Assigned(course_id, active, 1)
    return [*(assigned for assigned in assignments if assigned.course_id != course_id), new], new
