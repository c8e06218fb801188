"""What a course teaches. Emitted by content."""

from typing import ClassVar
from uuid import UUID

from lms.events import Event


class OutlineChanged(Event):
    """A course's outline has a new version; the outline itself is read from the Outline read model."""

    type: ClassVar[str] = "lms.outline.changed.v1"
    topic: ClassVar[str] = "lms.content"
    course_id: UUID
    modules: int
    lessons: int

    @property
    def subject(self) -> str:
        return f"outline#{self.course_id}"


class MaterialPublished(Event):
    """Lessons became visible to students with this version of the outline: how many, and the first ten titles."""

    type: ClassVar[str] = "lms.material.published.v1"
    topic: ClassVar[str] = "lms.content"
    course_id: UUID
    count: int
    lessons: tuple[str, ...]

    @property
    def subject(self) -> str:
        return f"material#{self.course_id}"
