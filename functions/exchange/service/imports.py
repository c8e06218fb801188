"""Imports: begun, shown, read, applied, deleted, as their course's teachers ask for it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from exchange import files, rules
from exchange.rules import Outcome
from exchange.schemas import (
    AppliedCounts,
    ImportContents,
    ImportProgress,
    ImportToUpload,
    ImportUploadForm,
    ImportView,
    NewImport,
    ReportCounts,
    ReportLineView,
    ReportTarget,
)
from exchange.service import applying
from exchange.tables import Import, ReportLine, RunningRead
from lms import roster, uploads
from lms.access import teaches_or_manages
from lms.callers import Caller
from lms.dynamo import retry_stale, transaction
from lms.errors import NotFound
from lms.events.exchange import ImportDeleted, ImportKind, ImportReadRequested
from lms.idempotency import IdempotentAnswer
from lms.ids import uuid7
from lms.outbox import emit
from lms.pages import Page, PageRequest, query_page
from lms.refusals import CourseNotFound


class ImportNotFound(NotFound):
    """The same whether there is none or the caller may not see it, so that it reveals nothing."""

    detail = "There is no such import, or it has expired, or you do not teach its course."


@retry_stale
def create(
    course_id: UUID, caller: Caller, body: NewImport, idempotent: IdempotentAnswer, now: datetime
) -> ImportToUpload:
    """Begins an import, with a form by which its file can be uploaded within an hour; raises `CourseNotFound`."""
    new = Import(
        id=uuid7(),
        course_id=course_id,
        created_by=caller.id,
        file_name=body.file_name,
        state="waiting",
        created_at=now,
        updated_at=now,
        valid_until=now + rules.KEPT,
        expires_at=now + rules.KEPT,
    )
    form = uploads.upload_form(files.upload_key(new.id), rules.MAX_BYTES)
    upload = ImportUploadForm(url=form.url, fields=form.fields, expires_in=uploads.FORM_SECONDS)
    course = roster.find_course(course_id)
    if course is None:
        raise CourseNotFound
    view = ImportToUpload(**dict(_shown(new, course)), upload=upload)
    with transaction() as tx:
        roster.require_course_exists(tx, course_id, CourseNotFound())
        tx.put(new)
        idempotent.record(tx, view, location=location(new.id))
    return view


def location(import_id: UUID) -> str:
    return f"/imports/{import_id}"


def list_imports(course_id: UUID, paging: PageRequest, now: datetime) -> Page[ImportView]:
    """The imports of a course, the latest first; raises `CourseNotFound`."""
    course = roster.find_course(course_id)
    if course is None:
        raise CourseNotFound
    found, after = query_page(Import.course_index, [course_id], paging, scan_index_forward=False)
    rows = [row for row in found if row.valid_until > now]
    people = roster.find_users({row.created_by for row in rows})
    return paging.page([_view(row, course, people.get(row.created_by)) for row in rows], after)


def show(import_id: UUID, caller: Caller, now: datetime) -> ImportView:
    """An import; raises `ImportNotFound`."""
    return _shown(*_find(import_id, caller, now))


def report(
    import_id: UUID, caller: Caller, outcome: Outcome | None, paging: PageRequest, now: datetime
) -> Page[ReportLineView]:
    """What became of each item of the file: first those left out, then those changed, then those taken whole."""
    found_import, _ = _find(import_id, caller, now)
    outcomes = rules.OUTCOMES if outcome is None else (outcome,)
    found, after = query_page(ReportLine, [f"{import_id}#{each}" for each in outcomes], paging, consistent_read=True)
    return paging.page([_line(row, found_import) for row in found], after)


@retry_stale
def read(import_id: UUID, caller: Caller, now: datetime) -> ImportView:
    """Has an uploaded file read; again, if it failed. Raises `NothingUploaded`, `AnotherIsRead`, `AlreadyRead`."""
    found, course = _find(import_id, caller, now)
    if not rules.may_be_read(found.state):
        return _shown(found, course)
    if uploads.find(files.upload_key(import_id), 1) is None:
        raise rules.NothingUploaded
    found.state, found.reason, found.reasons = "reading", None, []
    found.done, found.total, found.tries, found.lease_until = 0, None, 0, None
    found.updated_at = now
    until = now + rules.READING_ENDS
    running = RunningRead(found.course_id, "", import_id=import_id, until=until, expires_at=until)
    with transaction() as tx:
        version = tx.put(found)
        free = RunningRead.import_id.does_not_exist() | (RunningRead.import_id == import_id) | (RunningRead.until < now)
        tx.put(running, free, refuse=rules.AnotherIsRead())
        emit(tx, ImportReadRequested(version=version, import_id=import_id, course_id=found.course_id), now)
    return _shown(found, course)


@retry_stale
def apply(import_id: UUID, caller: Caller, selected: Sequence[ImportKind], now: datetime) -> ImportView:
    """Begins to make what was read part of the course; done already, it changes nothing.

    A part that has waited for long is asked for again. Raises `NotReadYet`, `StillApplied`.
    """
    found, course = _find(import_id, caller, now)
    kinds = rules.still_to_apply(found.state, selected, found.applied, found.selected)
    if kinds:
        applying.begin(found, kinds, caller.id, now)
    elif found.state == "applying" and found.updated_at + rules.STUCK_AFTER <= now:
        applying.ask_again(found, caller.id, now)
    return _shown(found, course)


@retry_stale
def delete(import_id: UUID, caller: Caller, now: datetime) -> None:
    """Forgets an import, its files and its report; what was taken from it stays in the course."""
    found, _ = _find(import_id, caller, now)
    with transaction() as tx:
        tx.delete(found)
        event = ImportDeleted(version=found.version + 1, import_id=import_id, course_id=found.course_id)
        emit(tx, event, now)


def _find(import_id: UUID, caller: Caller, now: datetime) -> tuple[Import, roster.Course]:
    found = Import.find(import_id, "")
    if found is None or found.valid_until <= now or not teaches_or_manages(caller, found.course_id):
        raise ImportNotFound
    course = roster.find_course(found.course_id)
    if course is None:
        raise ImportNotFound
    return found, course


def _shown(row: Import, course: roster.Course) -> ImportView:
    return _view(row, course, roster.find_user(row.created_by))


def _view(row: Import, course: roster.Course, person: roster.User | None) -> ImportView:
    applied = [
        AppliedCounts(kind=kind, added=counts["added"], left_out=counts["leftOut"])
        for kind in rules.KINDS
        if (counts := row.applied.get(kind))
    ]
    return ImportView(
        id=row.id,
        course_id=row.course_id,
        course_title=course.title,
        file_name=row.file_name,
        state=row.state,
        reason=row.reason,
        reasons=row.reasons,
        format=row.format,
        title=row.title,
        progress=ImportProgress(done=int(row.done), total=None if row.total is None else int(row.total)),
        contents=ImportContents(**row.contents) if row.contents else None,
        outcomes=ReportCounts.model_validate(row.outcomes) if row.outcomes else None,
        applied=applied,
        applied_before=row.applied_before,
        created_by=row.created_by,
        created_by_name=person.name if person else None,
        created_at=row.created_at,
        updated_at=row.updated_at,
        valid_until=row.valid_until,
    )


def _line(row: ReportLine, of: Import) -> ReportLineView:
    return ReportLineView(
        where=row.where,
        what=row.what,
        outcome=row.import_outcome.rpartition("#")[2],
        reason=row.reason,
        reasons=row.reasons,
        target=_target(row, of),
    )


def _target(row: ReportLine, of: Import) -> ReportTarget | None:
    if row.target_id is None:
        return None
    target = ReportTarget(kind=row.target_kind, id=row.target_id)
    is_there = rules.is_applied(rules.APPLIED_WITH[target.kind], of.state, of.applied, of.selected)
    return target if is_there else None
