"""What is taught in a course, as frozen values: modules are chapters, lessons topics, subtopics their resources."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class Subtopic(BaseModel):
    model_config = ConfigDict(frozen=True, defer_build=True)

    id: UUID
    title: str
    github_repo_link: str | None = None
    video_link: str | None = None


class Lesson(BaseModel):
    """`duration` is in seconds; `asset` is the key of an object that was checked when it was named."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    id: UUID
    title: str
    content_url: str | None = None
    duration: int | None = None
    published: bool = True
    asset: str | None = None
    subtopics: tuple[Subtopic, ...] = ()
    created_at: datetime
    updated_at: datetime


class Module(BaseModel):
    model_config = ConfigDict(frozen=True, defer_build=True)

    id: UUID
    title: str
    description: str = ""
    published: bool = True
    lessons: tuple[Lesson, ...] = ()
    created_at: datetime
    updated_at: datetime


class Outline(BaseModel):
    """What is taught in a course, in order. `version` 0: nothing yet."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    version: int = 0
    modules: tuple[Module, ...] = ()

    def published(self) -> "Outline":
        """What students see: published lessons of published modules."""
        modules = tuple(
            module.model_copy(update={"lessons": tuple(lesson for lesson in module.lessons if lesson.published)})
            for module in self.modules
            if module.published
        )
        return self.model_copy(update={"modules": modules})
