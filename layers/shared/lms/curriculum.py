"""What is taught in a course, as frozen values: modules are chapters, lessons topics, subtopics their resources."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict


class Subtopic(BaseModel):
    model_config = ConfigDict(frozen=True)

    id: UUID
    title: str
    github_repo_link: str | None = None
    video_link: str | None = None


class Asset(BaseModel):
    """A lesson's file: an object that was checked when the lesson came to name it. Older ones have a key alone."""

    model_config = ConfigDict(frozen=True)

    key: str
    file_name: str | None = None
    size: int | None = None


def _as_asset(value: Any) -> Any:
    return {"key": value} if isinstance(value, str) else value


class Lesson(BaseModel):
    """`duration` is in seconds; `text_size`, in bytes, says whether there is a text, which content keeps elsewhere."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    title: str
    content_url: str | None = None
    duration: int | None = None
    published: bool = True
    asset: Annotated[Asset | None, BeforeValidator(_as_asset)] = None
    text_size: int = 0
    subtopics: tuple[Subtopic, ...] = ()
    created_at: datetime
    updated_at: datetime

    def without_links(self) -> "Lesson":
        subtopics = tuple(Subtopic(id=part.id, title=part.title) for part in self.subtopics)
        return self.model_copy(update={"subtopics": subtopics, "asset": None})


class Module(BaseModel):
    model_config = ConfigDict(frozen=True)

    id: UUID
    title: str
    description: str = ""
    published: bool = True
    lessons: tuple[Lesson, ...] = ()
    created_at: datetime
    updated_at: datetime

    def as_chapter(self) -> dict[str, Any]:
        """The module in the founding document's words, for views of chapters, topics and subtopics."""
        return {
            "chapter_id": self.id,
            "title": self.title,
            "topics": [
                {
                    "topic_id": lesson.id,
                    "title": lesson.title,
                    "subtopics": [{"subtopic_id": part.id, **vars(part)} for part in lesson.subtopics],
                }
                for lesson in self.lessons
            ],
        }


class Outline(BaseModel):
    """What is taught in a course, in order. `version` 0: nothing yet."""

    model_config = ConfigDict(frozen=True)

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

    def without_links(self) -> "Outline":
        """What those see who do not belong to the course: subtopics without their links, lessons without files."""
        modules = tuple(
            module.model_copy(update={"lessons": tuple(lesson.without_links() for lesson in module.lessons)})
            for module in self.modules
        )
        return self.model_copy(update={"modules": modules})
