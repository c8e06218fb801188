"""Exports of everything about a person: asked for, and shown."""

from datetime import datetime, timedelta
from uuid import UUID

from institute.schemas import ExportView
from institute.tables import Export
from lms import exports, roster, uploads
from lms.audit import audit
from lms.dynamo import retry_stale, transaction
from lms.errors import NotFound
from lms.events.exports import ExportRequested
from lms.idempotency import IdempotentAnswer
from lms.ids import uuid7
from lms.outbox import emit

KEPT = timedelta(hours=24)


class PersonNotFound(NotFound):
    detail = "There is no such person."


class ExportNotFound(NotFound):
    detail = "There is no such export, or it has expired."


@retry_stale
def request(person_id: UUID, actor_id: UUID, idempotent: IdempotentAnswer, now: datetime) -> ExportView:
    """Asks every service for what it holds about a person; raises `PersonNotFound`."""
    person = roster.find_user(person_id)
    if person is None:
        raise PersonNotFound
    export = Export(person_id=person_id, id=uuid7(), requested_at=now, valid_until=now + KEPT, expires_at=now + KEPT)
    view = _view(export, person, now)
    with transaction() as tx:
        roster.require_exists(tx, person_id, PersonNotFound())
        tx.put(export)
        emit(tx, ExportRequested(version=1, export_id=export.id, person_id=person_id), now)
        audit(tx, now, "export.requested", actor_id, {"user": person_id})
        idempotent.record(tx, view, location=location(view))
    return view


def show(person_id: UUID, export_id: UUID, now: datetime) -> ExportView:
    """An export, with a link to its file once it is complete; raises `ExportNotFound`."""
    export = Export.find(person_id, export_id)
    if export is None or export.valid_until <= now:
        raise ExportNotFound
    return _view(export, roster.find_user(person_id), now)


def location(view: ExportView) -> str:
    return f"/people/{view.person_id}/export/{view.id}"


def _view(export: Export, person: roster.User | None, now: datetime) -> ExportView:
    url = None
    if export.completed_at is not None:
        url = uploads.link(
            exports.file_key(export.person_id, export.id),
            seconds=int((export.valid_until - now).total_seconds()),
            ResponseContentDisposition='attachment; filename="export.json"',
            ResponseContentType=exports.JSON,
        )
    return ExportView(
        id=export.id,
        person_id=export.person_id,
        person_name=person and person.name,
        status="complete" if export.completed_at else "gathering",
        url=url,
        requested_at=export.requested_at,
        completed_at=export.completed_at,
        valid_until=export.valid_until,
    )
