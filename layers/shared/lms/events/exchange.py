"""Files brought into a course, and courses written into files. Emitted by exchange; answered by content and exam."""

from typing import ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from lms.events import Event


class ImportEvent(Event):
    """`version` is the import's: of one file that is brought into a course."""

    topic: ClassVar[str] = "lms.exchange"
    import_id: UUID
    course_id: UUID

    @property
    def subject(self) -> str:
        return f"import#{self.import_id}"


class ImportReadRequested(ImportEvent):
    """A file was uploaded, and is to be read."""

    type: ClassVar[str] = "lms.import.read_requested.v1"


class ImportDeleted(ImportEvent):
    """The tombstone of an import. What was taken from it into the course stays."""

    type: ClassVar[str] = "lms.import.deleted.v1"


ImportKind = Literal["outline", "bank", "exams"]


class ImportPartRequested(ImportEvent):
    """A part of an import is to become part of the course: the JSON file at `key`, written by exchange.

    Who owns the `kind` does it once, and answers with `ImportPartApplied`. `actor_id` asked for it.
    """

    type: ClassVar[str] = "lms.import.part_requested.v1"
    part: int
    kind: ImportKind
    key: str
    actor_id: UUID


class ItemLeftOut(BaseModel):
    """An item of a part that the course could not take, and why: in words for a teacher, and for readers of other
    languages as a code, with the numbers in the words.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    what: str
    reason: str
    code: str | None = None
    numbers: dict[str, int] = {}


class ImportPartApplied(Event):
    """A part of an import is in the course, but for what was left out; `version` is always 1."""

    type: ClassVar[str] = "lms.import.part_applied.v1"
    topic: ClassVar[str] = "lms.exchange"
    import_id: UUID
    part: int
    added: int
    left_out: tuple[ItemLeftOut, ...]

    @property
    def subject(self) -> str:
        return f"import#{self.import_id}#{self.part}"


CourseExportFormat = Literal["gift", "moodleXml", "qti", "commonCartridge"]


CourseExportPart = Literal["outline", "bank", "exams"]


class CourseExportRequested(Event):
    """Somebody wants a course, or its question bank, as a file; `version` is always 1.

    Who owns one of `parts` writes it as JSON to `<folder><part>.json` and answers with `CourseExportPartAdded`.
    """

    type: ClassVar[str] = "lms.course_export.requested.v1"
    topic: ClassVar[str] = "lms.exchange"
    export_id: UUID
    course_id: UUID
    parts: tuple[CourseExportPart, ...]
    folder: str

    @property
    def subject(self) -> str:
        return f"course_export#{self.export_id}"

    def part_key(self, part: CourseExportPart) -> str:
        """Where a part is written."""
        return f"{self.folder}{part}.json"


class CourseExportPartAdded(Event):
    """A part of the export of a course is written; `version` is always 1."""

    type: ClassVar[str] = "lms.course_export.part_added.v1"
    topic: ClassVar[str] = "lms.exchange"
    export_id: UUID
    part: CourseExportPart

    @property
    def subject(self) -> str:
        return f"course_export#{self.export_id}#{self.part}"
