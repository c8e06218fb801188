"""The Outline: the table of contents of each course, one item a course, so that a read is one read and a change atomic.

Content writes it; everybody reads it. A module is a chapter, a lesson is a topic, and its subtopics are its resources.
"""

import zlib
from uuid import UUID

from pydantic import BaseModel, ConfigDict, TypeAdapter
from pynamodb.attributes import BinaryAttribute, UTCDateTimeAttribute, VersionAttribute
from pynamodb.exceptions import DoesNotExist

from lms.dynamo import Table, UUIDAttribute, table_name
from lms.settings import setting


class Subtopic(BaseModel):
    model_config = ConfigDict(frozen=True)

    id: UUID
    title: str
    github_repo_link: str | None = None
    video_link: str | None = None


class Lesson(BaseModel):
    """`duration` is in seconds."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    title: str
    content_url: str | None = None
    duration: int | None = None
    published: bool = True
    asset: str | None = None
    subtopics: tuple[Subtopic, ...] = ()


class Module(BaseModel):
    model_config = ConfigDict(frozen=True)

    id: UUID
    title: str
    description: str = ""
    published: bool = True
    lessons: tuple[Lesson, ...] = ()


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


_modules = TypeAdapter(tuple[Module, ...])


class OutlineItem(Table):
    """The modules as deflated JSON: a whole real course is 5 KB instead of 50."""

    class Meta:
        table_name = table_name("outlines")
        region = setting("AWS_REGION")

    course_id = UUIDAttribute(hash_key=True)
    modules = BinaryAttribute(legacy_encoding=False)
    updated_at = UTCDateTimeAttribute()
    version = VersionAttribute()

    def outline(self) -> Outline:
        return Outline(version=self.version, modules=_modules.validate_json(zlib.decompress(self.modules)))

    def store(self, modules: tuple[Module, ...]) -> None:
        """Sets the modules; the caller's transaction saves the item."""
        self.modules = zlib.compress(_modules.dump_json(modules))


def read_outline(course_id: UUID) -> Outline:
    """The outline of a course, unpublished parts included; an empty one when nothing was written yet."""
    try:
        return OutlineItem.get(course_id, consistent_read=True).outline()
    except DoesNotExist:
        return Outline()
