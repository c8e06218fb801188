"""What clients send and see."""

import unicodedata
from datetime import datetime
from typing import Annotated, Any, ClassVar
from urllib.parse import urlsplit
from uuid import UUID

from pydantic import AfterValidator, Field, StrictBool, StringConstraints, model_validator

from content.files import ContentType
from content.rules import Draft
from lms.fields import CamelBody, CamelView, Description, Name

_YEAR_SECONDS = 366 * 24 * 60 * 60
_STRUCTURE = frozenset({"id", "position", "lessons", "subtopics", "asset"})


def _https_link(value: str) -> str:
    # Spaces may stand in a path, as people copy them; what else is no URL character could mean something to a page.
    if any(char in '\\"<>' or (unicodedata.category(char)[0] in "CZ" and char != " ") for char in value):
        raise ValueError("quotes, backslashes and control characters have to be percent-encoded")
    parts = urlsplit(value)
    if parts.scheme != "https" or not parts.hostname or " " in parts.netloc:
        raise ValueError("a link begins with https:// and a host")
    if "@" in parts.netloc:
        raise ValueError("a link names no user")
    if parts.port == 0:
        raise ValueError("no such port")
    return value


Link = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2048), AfterValidator(_https_link)]
Seconds = Annotated[int, Field(strict=True, ge=0, le=_YEAR_SECONDS)]
Position = Annotated[
    int, Field(strict=True, ge=0, le=10_000, description="From 0, among its siblings; past the end is the end.")
]


class Part(CamelBody):
    """Fields of a part: those given replace, those omitted stay, null empties one of `nullable`."""

    nullable: ClassVar[frozenset[str]] = frozenset()

    @model_validator(mode="after")
    def _has_what_it_cannot_lack(self) -> "Part":
        for name in self.model_fields_set - self.nullable:
            if getattr(self, name) is None:
                raise ValueError(f"{name} cannot be null")
        return self

    def fields(self) -> dict[str, Any]:
        """What was given of the part itself, without its place and what it holds."""
        return {name: getattr(self, name) for name in self.model_fields_set - _STRUCTURE}


class TreePart(Part):
    """A part within a tree: with `id` an old one, else a new one, which needs a title."""

    id: UUID | None = None
    title: Name | None = None

    @model_validator(mode="after")
    def _has_a_title_when_new(self) -> "TreePart":
        if self.id is None and self.title is None:
            raise ValueError("what is new needs a title")
        return self


class SubtopicFields(TreePart):
    nullable = frozenset({"id", "github_repo_link", "video_link"})

    github_repo_link: Link | None = None
    video_link: Link | None = None

    def draft(self) -> Draft:
        return Draft(self.id, self.fields())


class ModuleFields(Part):
    description: Description | None = None
    published: StrictBool | None = None


class NewModule(ModuleFields):
    title: Name
    position: Position | None = None


class ModuleUpdate(ModuleFields):
    title: Name | None = None
    position: Position | None = None


class LessonFields(Part):
    nullable = frozenset({"content_url", "duration"})

    content_url: Link | None = None
    duration: Seconds | None = None
    published: StrictBool | None = None
    subtopics: list[SubtopicFields] | None = None

    def subtopic_drafts(self) -> tuple[Draft, ...] | None:
        return None if self.subtopics is None else tuple(subtopic.draft() for subtopic in self.subtopics)


class NewLesson(LessonFields):
    title: Name
    position: Position | None = None


class LessonUpdate(LessonFields):
    """`asset` is the `key` that POST .../asset gave, once the file was uploaded; null removes it."""

    nullable = frozenset({"content_url", "duration", "asset"})

    title: Name | None = None
    position: Position | None = None
    asset: Annotated[str, Field(max_length=300)] | None = None


class OutlineLesson(TreePart, LessonFields):
    nullable = frozenset({"id", "content_url", "duration"})

    def draft(self) -> Draft:
        return Draft(self.id, self.fields(), self.subtopic_drafts())


class OutlineModule(TreePart, ModuleFields):
    nullable = frozenset({"id"})

    lessons: list[OutlineLesson] | None = None

    def draft(self) -> Draft:
        lessons = None if self.lessons is None else tuple(lesson.draft() for lesson in self.lessons)
        return Draft(self.id, self.fields(), lessons)


class OutlineUpdate(CamelBody):
    """The whole tree in its order. A part with an `id` is kept (moved, changed), one without is made, and one that is
    not named is deleted. What is omitted of a kept part stays."""

    modules: list[OutlineModule]

    def drafts(self) -> list[Draft]:
        return [module.draft() for module in self.modules]


class UploadRequest(CamelBody):
    content_type: ContentType


class UploadForm(CamelView):
    """A form to send as multipart/form-data: all `fields`, then the `file`."""

    url: str
    fields: dict[str, str]


class Upload(CamelView):
    """`key` is the lesson's `asset` once the file is uploaded and PUT /lessons/{lessonId} names it."""

    upload: UploadForm
    key: str
    expires_in: int


class AssetView(CamelView):
    """`url` works for `expires_in` seconds."""

    key: str
    content_type: ContentType
    url: str
    expires_in: int


class SubtopicView(CamelView):
    id: UUID
    title: str
    github_repo_link: str | None
    video_link: str | None


class ModuleView(CamelView):
    """`version` is the whole outline's: its parts change together."""

    id: UUID
    course_id: UUID
    title: str
    description: str
    position: int
    published: bool
    version: int
    created_at: datetime
    updated_at: datetime


class LessonView(CamelView):
    """`duration` is in seconds; `version` is the whole outline's: its parts change together."""

    id: UUID
    module_id: UUID
    title: str
    content_url: str | None
    duration: int | None
    position: int
    published: bool
    asset: AssetView | None
    subtopics: list[SubtopicView]
    version: int
    created_at: datetime
    updated_at: datetime


class OutlineLessonView(CamelView):
    id: UUID
    title: str
    content_url: str | None
    duration: int | None
    published: bool
    subtopics: list[SubtopicView]


class OutlineModuleView(CamelView):
    id: UUID
    title: str
    description: str
    published: bool
    lessons: list[OutlineLessonView]


class OutlineView(CamelView):
    """`modules` may be sent back as it is. `version` 0: nothing was written yet."""

    course_id: UUID
    modules: list[OutlineModuleView]
    version: int
    updated_at: datetime | None
