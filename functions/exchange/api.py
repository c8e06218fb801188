"""The routes of exchange."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query, Response

from exchange import rules
from exchange.rules import Outcome
from exchange.schemas import (
    CourseExportView,
    ImportToUpload,
    ImportView,
    NewCourseExport,
    NewImport,
    ReportLineView,
    Selection,
)
from exchange.service import course_exports, imports
from exchange.service.course_exports import CourseExportNotFound
from exchange.service.imports import ImportNotFound
from lms.dependencies import CourseId, CourseTeacher, Idempotent, Now, Paging
from lms.errors import refuses
from lms.http import LambdaHandler, create_app
from lms.pages import Page
from lms.refusals import CourseNotFound
from lms.security import TeacherOrAdmin

app = create_app("exchange")

ImportId = Annotated[UUID, Path(alias="importId")]


@app.post("/courses/{courseId}/imports", status_code=201)
@refuses(CourseNotFound)
def create_import(
    course_id: CourseId, caller: CourseTeacher, body: NewImport, idempotent: Idempotent, response: Response, now: Now
) -> ImportToUpload:
    """Begins to bring a file into a course, with a form to upload it by: 200 MB at most, within an hour.

    The file is a question bank (GIFT, Moodle XML, QTI 2.1 to 3.0) or a course (a Moodle backup, Common Cartridge, an
    Open edX course). Nothing changes in the course until the import is applied.
    """
    view = imports.create(course_id, caller, body, idempotent, now)
    response.headers["Location"] = imports.location(view.id)
    return view


@app.get("/courses/{courseId}/imports")
@refuses(CourseNotFound)
def list_imports(course_id: CourseId, _: CourseTeacher, paging: Paging, now: Now) -> Page[ImportView]:
    """The imports of a course of the last 30 days, the latest first."""
    return imports.list_imports(course_id, paging, now)


@app.get("/imports/{importId}")
@refuses(ImportNotFound)
def get_import(import_id: ImportId, caller: TeacherOrAdmin, now: Now) -> ImportView:
    """An import: its state, how far it is, what the file holds, and what became of it."""
    return imports.show(import_id, caller, now)


@app.get("/imports/{importId}/items")
@refuses(ImportNotFound)
def list_import_items(
    import_id: ImportId,
    caller: TeacherOrAdmin,
    paging: Paging,
    now: Now,
    outcome: Annotated[Outcome | None, Query(description="Only lines with this outcome.")] = None,
) -> Page[ReportLineView]:
    """What becomes of each item of the file: first what is left out, then what is changed, then what is taken whole."""
    return imports.report(import_id, caller, outcome, paging, now)


@app.post("/imports/{importId}/read", status_code=202)
@refuses(ImportNotFound, rules.NothingUploaded, rules.AnotherIsRead, rules.AlreadyRead)
def read_import(import_id: ImportId, caller: TeacherOrAdmin, now: Now) -> ImportView:
    """Has the uploaded file read; one file of a course at a time. A file that failed may be read again."""
    return imports.read(import_id, caller, now)


@app.post("/imports/{importId}/apply", status_code=202)
@refuses(ImportNotFound, rules.NotReadYet, rules.StillApplied)
def apply_import(import_id: ImportId, caller: TeacherOrAdmin, body: Selection, now: Now) -> ImportView:
    """Makes what was read part of the course: the bank, the outline and exams, the last two unpublished.

    What was applied already is not applied again; kinds left out may follow later.
    """
    return imports.apply(import_id, caller, body.include, now)


@app.delete("/imports/{importId}", status_code=204)
@refuses(ImportNotFound)
def delete_import(import_id: ImportId, caller: TeacherOrAdmin, now: Now) -> None:
    """Forgets an import, its file and its report; what was taken from it stays in the course."""
    imports.delete(import_id, caller, now)


@app.post("/courses/{courseId}/exports", status_code=201)
@refuses(CourseNotFound)
def create_course_export(
    course_id: CourseId,
    caller: CourseTeacher,
    body: NewCourseExport,
    idempotent: Idempotent,
    response: Response,
    now: Now,
) -> CourseExportView:
    """Asks for the question bank as GIFT, Moodle XML or QTI 3.0, or for the course as a Common Cartridge."""
    view = course_exports.request(course_id, caller, body.format, idempotent, now)
    response.headers["Location"] = course_exports.location(view.id)
    return view


@app.get("/exports/{exportId}")
@refuses(CourseExportNotFound)
def get_course_export(
    export_id: Annotated[UUID, Path(alias="exportId")], caller: TeacherOrAdmin, now: Now
) -> CourseExportView:
    """A file of a course; once it is complete, with a link to it, for 24 hours after it was asked for."""
    return course_exports.show(export_id, caller, now)


handler = LambdaHandler(app)
