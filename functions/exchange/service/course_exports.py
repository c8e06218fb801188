"""Exports: a course or its question bank as a file, asked for, gathered by events, and shown."""

from datetime import datetime
from urllib.parse import quote
from uuid import UUID

from exchange import files, reasons, rules
from exchange.items import Reason
from exchange.schemas import CourseExportView
from exchange.tables import CourseExport
from lms import roster, uploads
from lms.access import teaches_or_manages
from lms.callers import Caller
from lms.dynamo import retry_stale, transaction
from lms.errors import NotFound
from lms.events.exchange import CourseExportFormat, CourseExportRequested
from lms.idempotency import IdempotentAnswer
from lms.ids import uuid7
from lms.outbox import emit
from lms.refusals import CourseNotFound

_NAME_CHARACTERS = 60


class CourseExportNotFound(NotFound):
    """The same whether there is none or the caller may not see it, so that it reveals nothing."""

    detail = "There is no such export, or it has expired, or you do not teach its course."


@retry_stale
def request(
    course_id: UUID, caller: Caller, wanted: CourseExportFormat, idempotent: IdempotentAnswer, now: datetime
) -> CourseExportView:
    """Asks the owners of outline, bank and exams for what the file is made of; raises `CourseNotFound`."""
    course = roster.find_course(course_id)
    if course is None:
        raise CourseNotFound
    valid_until = now + rules.EXPORT_KEPT
    new = CourseExport(
        id=uuid7(),
        of_course=course_id,
        requested_by=caller.id,
        format=wanted,
        state="gathering",
        created_at=now,
        valid_until=valid_until,
        expires_at=valid_until,
    )
    view = _view(new, course, now)
    event = CourseExportRequested(
        version=1,
        export_id=new.id,
        course_id=course_id,
        parts=rules.PARTS[wanted],
        folder=files.export_folder(new.id),
    )
    with transaction() as tx:
        roster.require_course_exists(tx, course_id, CourseNotFound())
        tx.put(new)
        emit(tx, event, now)
        idempotent.record(tx, view, location=location(new.id))
    return view


def location(export_id: UUID) -> str:
    return f"/exports/{export_id}"


def show(export_id: UUID, caller: Caller, now: datetime) -> CourseExportView:
    """An export, with a link once it is complete; raises `CourseExportNotFound`."""
    found = CourseExport.find(export_id, "")
    if found is None or found.valid_until <= now or not teaches_or_manages(caller, found.of_course):
        raise CourseExportNotFound
    course = roster.find_course(found.of_course)
    if course is None:
        raise CourseExportNotFound
    return _view(found, course, now)


def _view(row: CourseExport, course: roster.Course, now: datetime) -> CourseExportView:
    file_name = f"{course.title[:_NAME_CHARACTERS]}{rules.EXTENSIONS[row.format]}"
    url = None
    if row.state == "complete":
        url = uploads.link(
            files.export_key(row.id),
            seconds=int((row.valid_until - now).total_seconds()),
            ResponseContentDisposition=f"attachment; filename*=UTF-8''{quote(file_name, safe='')}",
            ResponseContentType="application/octet-stream",
        )
    return CourseExportView(
        id=row.id,
        course_id=row.of_course,
        course_title=course.title,
        format=row.format,
        state=row.state,
        reason=row.reason,
        reasons=reasons.coded([Reason.of(row.reason)] if row.reason else []),
        url=url,
        file_name=file_name,
        size=None if row.size is None else int(row.size),
        created_at=row.created_at,
        completed_at=row.completed_at,
        valid_until=row.valid_until,
    )
