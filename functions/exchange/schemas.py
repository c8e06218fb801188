"""What clients send and see."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from exchange.rules import KINDS, ExportState, FormatName, Outcome, State, TargetKind
from lms.events.exchange import CourseExportFormat, ImportKind
from lms.fields import CamelBody, CamelView, Name

FileName = Annotated[Name, Field(max_length=150)]


class NewImport(CamelBody):
    """`fileName` is what the file is called where it comes from."""

    file_name: FileName


class Selection(CamelBody):
    """What of the file is to become part of the course. Exams take their questions from the bank, so both come."""

    include: Annotated[list[ImportKind], Field(min_length=1, max_length=3)] = Field(default_factory=lambda: list(KINDS))


class ImportUploadForm(CamelView):
    """A form to send as multipart/form-data: all `fields`, then the `file`; it works for `expiresIn` seconds."""

    url: str
    fields: dict[str, str]
    expires_in: int


class ImportProgress(CamelView):
    """How many items are done, and of how many; `total` is null until that is known."""

    done: int
    total: int | None


class ImportContents(CamelView):
    """How much of each kind the file holds that can be taken."""

    modules: int
    lessons: int
    files: int
    questions: int
    exams: int


class ReportCounts(CamelView):
    """How many lines of the report have each outcome."""

    taken: int
    changed: int
    left_out: int


class AppliedCounts(CamelView):
    """What became of the items of a kind; the report says why those left out were."""

    kind: ImportKind
    added: int
    left_out: int


class ReasonView(CamelView):
    """A sentence of a reason, as text in English, and for readers of other languages as a code.

    A code keeps its meaning; `numbers` and `texts` are what the sentence names. Null: the sentence has no code yet.
    """

    code: str | None
    numbers: dict[str, int]
    texts: dict[str, str]
    text: str


class ImportView(CamelView):
    """A file that is brought into a course.

    `state` is waiting (for the upload), reading, ready (to be applied), failed, applying or applied; `reason` says why
    it failed, and `reasons` the same with a code. `progress` is that of reading, or of applying. `contents` and
    `outcomes` are null until it is read; `applied` has the kinds that were applied so far. `appliedBefore` is an import
    of the same file that is part of the course already: what is applied of both is there twice.
    """

    id: UUID
    course_id: UUID
    course_title: str
    file_name: str
    state: State
    reason: str | None
    reasons: list[ReasonView]
    format: FormatName | None
    title: str | None
    progress: ImportProgress
    contents: ImportContents | None
    outcomes: ReportCounts | None
    applied: list[AppliedCounts]
    applied_before: UUID | None
    created_by: UUID
    created_by_name: str | None
    created_at: datetime
    updated_at: datetime
    valid_until: datetime


class ImportToUpload(ImportView):
    """A new import, with the form to upload its file by."""

    upload: ImportUploadForm


class ReportTarget(CamelView):
    """What an item became in the course: a lesson, a question of the bank, or an exam."""

    kind: TargetKind
    id: UUID


class ReportLineView(CamelView):
    """What became of one item of the file; `reason` is empty where it was taken whole.

    `reasons` are its sentences, each with a code. `target` is what it became, once it was applied; teachers may have
    deleted it since.
    """

    where: str
    what: str
    outcome: Outcome
    reason: str
    reasons: list[ReasonView]
    target: ReportTarget | None


class NewCourseExport(CamelBody):
    """`gift`, `moodleXml` and `qti` (3.0) hold the question bank, `commonCartridge` outline, bank and exams."""

    format: CourseExportFormat


class CourseExportView(CamelView):
    """A file of a course. Once it is complete, `url` leads to it until `validUntil`; `size` is in bytes.

    `reason` says why it failed, and `reasons` the same with a code.
    """

    id: UUID
    course_id: UUID
    course_title: str
    format: CourseExportFormat
    state: ExportState
    reason: str | None
    reasons: list[ReasonView]
    url: str | None
    file_name: str
    size: int | None
    created_at: datetime
    completed_at: datetime | None
    valid_until: datetime
