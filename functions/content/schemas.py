"""What clients send and see."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import ConfigDict, Field, StrictBool, StrictInt, model_validator

from content.rules import Draft
from lms.assets import AssetView, ContentType
from lms.fields import INTEGRAL, CamelBody, CamelChanges, CamelView, Description, Markdown, Name, present
from lms.links import Link
from lms.markdown_images import ImageView

_YEAR_SECONDS = 366 * 24 * 60 * 60
_STRUCTURE = frozenset({"id", "position", "lessons", "subtopics", "asset", "text"})

Seconds = Annotated[int, Field(strict=True, ge=0, le=_YEAR_SECONDS), INTEGRAL]
Position = Annotated[
    int,
    Field(strict=True, ge=0, le=10_000, description="From 0, among its siblings; a number past the end means the end."),
    INTEGRAL,
]

Shown = Annotated[str, Field(max_length=10_000)]
# Percent-encoded, it has to fit into the 2 KB of metadata that storage takes.
FileName = Annotated[Name, Field(max_length=150)]


class Part(CamelChanges):
    """Fields of a part of the outline."""

    def fields(self) -> dict[str, Any]:
        """What was given of the part itself, without its position and what it holds."""
        return {name: value for name, value in self.given().items() if name not in _STRUCTURE}


class TreePart(Part):
    """A part within a tree: an existing one with its `id`, else a new one, which needs a title."""

    model_config = ConfigDict(json_schema_extra={"if": present("id"), "else": {"required": ["title"]}})

    id: UUID | None = None
    title: Name | None = None

    @model_validator(mode="after")
    def _has_a_title_when_new(self) -> "TreePart":
        if self.id is None and self.title is None:
            raise ValueError("A new part needs a title.")
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
    """`text` is Markdown, kept and shown as it is."""

    nullable = frozenset({"content_url", "duration", "text"})

    title: Name
    text: Markdown | None = None
    position: Position | None = None


class LessonUpdate(LessonFields):
    """`asset` is the `key` that POST .../asset gave, once the file is uploaded. Null removes it, and the `text`."""

    nullable = frozenset({"content_url", "duration", "asset", "text"})

    title: Name | None = None
    text: Markdown | None = None
    position: Position | None = None
    asset: Annotated[str, Field(max_length=300)] | None = None


class ShownAsset(CamelBody):
    """A file as GET shows it."""

    key: Shown = ""
    file_name: Shown = ""
    content_type: Shown = ""
    size: StrictInt | None = None
    url: Shown = ""
    expires_in: StrictInt = 0


class OutlineLesson(TreePart, LessonFields):
    """`asset` may stand there as it was read, and changes nothing: PUT /lessons/{lessonId} attaches files."""

    nullable = frozenset({"id", "content_url", "duration", "asset"})

    asset: ShownAsset | None = None

    def draft(self) -> Draft:
        return Draft(self.id, self.fields(), self.subtopic_drafts())


class OutlineModule(TreePart, ModuleFields):
    nullable = frozenset({"id"})

    lessons: list[OutlineLesson] | None = None

    def draft(self) -> Draft:
        lessons = None if self.lessons is None else tuple(lesson.draft() for lesson in self.lessons)
        return Draft(self.id, self.fields(), lessons)


class OutlineUpdate(CamelBody):
    """The whole outline, in order. Parts with an `id` are kept (moved, changed), parts without one are created, parts
    left out are deleted. Fields omitted of a kept part stay."""

    modules: list[OutlineModule]

    def drafts(self) -> list[Draft]:
        return [module.draft() for module in self.modules]


class UploadRequest(CamelBody):
    """`fileName` is what the file will be called when it is read; without one, it is called after its lesson."""

    content_type: ContentType
    file_name: FileName | None = None


class UploadForm(CamelView):
    """A form to send as multipart/form-data: all `fields`, then the `file`."""

    url: str
    fields: dict[str, str]


class Upload(CamelView):
    """`key` is the lesson's `asset` once the file is uploaded and PUT /lessons/{lessonId} names it."""

    upload: UploadForm
    key: str
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
    course_title: str | None
    title: str
    description: str
    position: int
    published: bool
    version: int
    created_at: datetime
    updated_at: datetime


class LessonView(CamelView):
    """`images` are those that the `text` shows as `![...](image:<name>)`, by their names. `duration` is in seconds;
    `version` is the whole outline's: its parts change together."""

    id: UUID
    module_id: UUID
    title: str
    content_url: str | None
    duration: int | None
    position: int
    published: bool
    asset: AssetView | None
    text: str | None
    images: dict[str, ImageView]
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
    asset: AssetView | None
    subtopics: list[SubtopicView]


class OutlineModuleView(CamelView):
    id: UUID
    title: str
    description: str
    published: bool
    lessons: list[OutlineLessonView]


class OutlineView(CamelView):
    """`modules` can be sent back as it is. `version` 0: nothing was written yet."""

    course_id: UUID
    course_title: str | None
    modules: list[OutlineModuleView]
    version: int
    updated_at: datetime | None
