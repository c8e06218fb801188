"""The rules of assignments, and of what waits in a class: values in, values out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict


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


class Exam(BaseModel):
    """A published exam as of its `version`; of a cancelled one the version alone."""

    model_config = ConfigDict(frozen=True)

    version: int
    title: str | None = None
    opens_at: datetime | None = None
    closes_at: datetime | None = None


def with_exam(exams: Mapping[str, Any], exam_id: UUID, exam: Exam) -> dict[str, Any] | None:
    """All exams of a course once one is as it is at its version; None where something newer is known."""
    known = exams.get(str(exam_id))
    if known is not None and known["version"] >= exam.version:
        return None
    return {**exams, str(exam_id): exam.model_dump(mode="json", exclude_none=True)}


def next_exam(exams: Mapping[str, Any], now: datetime) -> tuple[UUID, Exam] | None:
    """The exam that is open or opens next, with its id."""
    known = [(UUID(exam_id), Exam.model_validate(exam)) for exam_id, exam in exams.items()]
    ahead = [(exam_id, exam) for exam_id, exam in known if exam.opens_at and exam.closes_at and exam.closes_at > now]
    return min(ahead, key=lambda entry: (entry[1].opens_at, entry[0]), default=None)
