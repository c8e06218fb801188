"""What becomes of deleted imports, and of what erased people imported."""

from uuid import UUID

from exchange import files
from exchange.rules import OUTCOMES
from exchange.tables import Import, ReportLine
from lms import uploads


def forget(import_id: UUID) -> None:
    """Deletes the files and the report of an import that was deleted; what is missed expires by itself."""
    uploads.remove_folder(files.folder(import_id))
    for outcome in OUTCOMES:
        rows = ReportLine.query(f"{import_id}#{outcome}", ReportLine.number.startswith(""), consistent_read=True)
        with ReportLine.batch_write() as batch:
            for row in rows:
                batch.delete(row)


def erase(person_id: UUID) -> None:
    """Deletes the names of the files that an erased person imported: they may say whose they are."""
    for row in Import.person_index.query(person_id):
        row.update_if(Import.id.exists(), [Import.file_name.set("")], any_version=True)
