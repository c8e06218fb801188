"""Making one file of the parts of an export, and institute's own part."""

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from institute.reasons import decrypt_reason
from institute.tables import AuditEntry, Calendar, DueVoucher, Export, PersonPreferences, ReasonKey
from lms import exports, uploads
from lms.dynamo import retry_stale, transaction
from lms.events.exports import ExportPartAdded, ExportRequested


def add_own_part(event: ExportRequested, now: datetime) -> None:
    """Adds what institute holds about the person."""
    person_id = event.person_id
    singles = (Calendar.find(person_id, ""), PersonPreferences.find(person_id, ""))
    vouchers = DueVoucher.query(person_id, DueVoucher.voucher_no.startswith(""), consistent_read=True)
    part = {
        "Institute": exports.rows([*(row for row in singles if row is not None), *vouchers]),
        "Audit": _entries_about(person_id),
    }
    exports.add_part(event, "institute", part, now)


def _entries_about(person_id: UUID) -> list[dict[str, Any]]:
    """What was done to a person, and why; not by whom, which is the other's."""
    opener = ReasonKey.find(person_id, "")
    return [
        {
            "at": entry.at,
            "action": entry.action,
            "about": entry.about,
            "before": entry.before,
            "after": entry.after,
            "reason": decrypt_reason(opener.key, entry.reason)
            if entry.reason_of == person_id and opener and opener.key
            else None,
        }
        for entry in AuditEntry.subject_index.query(str(person_id))
    ]


@retry_stale
def complete(event: ExportPartAdded, now: datetime) -> None:
    """Counts a part; with the last one, all become one file. Parts of an export that is gone are deleted."""
    export = Export.find(event.person_id, event.export_id)
    if export is None:
        uploads.remove(exports.part_key(event.person_id, event.export_id, event.service))
        # Whoever was erased while it was written.
        uploads.remove(exports.file_key(event.person_id, event.export_id))
        return
    if export.completed_at is not None:
        return
    export.services = sorted({*export.services, event.service})
    if set(exports.SERVICES) <= set(export.services):
        _write_file(export, now)
        export.completed_at = now
    with transaction() as tx:
        tx.put(export)


def _write_file(export: Export, now: datetime) -> None:
    parts = {name: uploads.read(exports.part_key(export.person_id, export.id, name)) for name in exports.SERVICES}
    data = {name: json.loads(part) for name, part in parts.items() if part is not None}
    file = {"personId": export.person_id, "exportedAt": now, "data": data}
    uploads.write(exports.file_key(export.person_id, export.id), exports.dump(file), exports.JSON)


def erase(person_id: UUID) -> None:
    """Deletes all exports of an erased person."""
    for export in Export.query(person_id, Export.id.startswith(""), consistent_read=True):
        export.delete()
    uploads.remove_folder(exports.folder(person_id))
