"""The rules of progress, attendance and feedback: values in, decisions out."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID, uuid5

from lms.curriculum import Outline
from lms.errors import InvalidField

Rating = int
RATINGS: tuple[Rating, ...] = (1, 2, 3, 4, 5)
_PROGRESS_ID = UUID("8d6c6d0e-6f0b-4a56-9a2e-0f1f6a3c7f42")


class StudentNotEnrolled(InvalidField):
    field = ("studentId",)
    code = "not_enrolled"
    detail = "This student is not enrolled in the course."


class UnknownModule(InvalidField):
    field = ("currentModule",)
    code = "unknown"
    detail = "The course has no such module."


def progress_id(student_id: UUID, course_id: UUID) -> UUID:
    """The id of a student's progress in a course: known before it is written, so that there is only one."""
    return uuid5(_PROGRESS_ID, f"{student_id} {course_id}")


@dataclass(frozen=True)
class Completion:
    """How far a student is: `done` of the `present` lessons; `completed` once all were done, and it stays."""

    percentage: int
    completed: bool
    current_module: UUID | None
    lessons_done: tuple[UUID, ...]


def completion(
    outline: Outline, done: AbstractSet[UUID], *, stated: int, completed: bool, current_module: UUID | None
) -> Completion:
    """How far a student is in an outline as students see it now.

    `stated` counts only where there are no lessons, and completes nothing. A module that is gone is not current.
    """
    present = [lesson.id for module in outline.modules for lesson in module.lessons]
    lessons_done = tuple(lesson for lesson in present if lesson in done)
    return Completion(
        percentage=percentage(len(lessons_done), len(present)) if present else stated,
        completed=completed or (len(lessons_done) == len(present) > 0),
        current_module=current_module if any(module.id == current_module for module in outline.modules) else None,
        lessons_done=lessons_done,
    )


def percentage(done: int, present: int) -> int:
    """Half up; 100 only when nothing is left."""
    if done == present:
        return 100
    return min(99, (200 * done + present) // (2 * present))


def module_of(outline: Outline, lesson_id: UUID) -> UUID | None:
    """The module that a lesson is in, None for a lesson that students do not see."""
    return next(
        (module.id for module in outline.modules if any(lesson.id == lesson_id for lesson in module.lessons)), None
    )


def require_module(outline: Outline, module_id: UUID | None) -> None:
    """Raises `UnknownModule` for a module that students do not see; None names none."""
    if module_id is not None and all(module.id != module_id for module in outline.modules):
        raise UnknownModule


@dataclass(frozen=True)
class Summary:
    """The ratings of a course: how many, their mean with two places (None without any), how many of each."""

    count: int
    average: Decimal | None
    histogram: dict[Rating, int]


def summary(counts: Sequence[int]) -> Summary:
    """The summary of so many ratings of 1, of 2, up to 5."""
    histogram = dict(zip(RATINGS, counts, strict=True))
    count = sum(counts)
    total = sum(rating * number for rating, number in histogram.items())
    average = (Decimal(total) / count).quantize(Decimal("0.01"), ROUND_HALF_UP) if count else None
    return Summary(count, average, histogram)
