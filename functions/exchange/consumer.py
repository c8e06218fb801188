"""Events of imports and exports, which give the queue its tasks, and of people: erased, or asking for their data."""

from exchange import queues
from exchange.service import applying, export, forgetting, gathering
from lms.clock import now
from lms.consumer import Envelope, KafkaConsumer
from lms.events.exchange import CourseExportPartAdded, ImportDeleted, ImportPartApplied, ImportReadRequested
from lms.events.exports import ExportRequested
from lms.events.users import UserErased


def _read_requested(event: ImportReadRequested, _: Envelope) -> None:
    queues.send("read", event.import_id)


def _deleted(event: ImportDeleted, _: Envelope) -> None:
    queues.send("forget", event.import_id)


def _part_applied(event: ImportPartApplied, _: Envelope) -> None:
    applying.take(event, now())


def _export_part(event: CourseExportPartAdded, _: Envelope) -> None:
    if gathering.has_all_parts(event):
        queues.send("write", event.export_id)


def _export(event: ExportRequested, _: Envelope) -> None:
    export.add_part(event, now())


def _erased(event: UserErased, _: Envelope) -> None:
    forgetting.erase(event.user_id)


handler = KafkaConsumer(
    {
        ImportReadRequested: _read_requested,
        ImportDeleted: _deleted,
        ImportPartApplied: _part_applied,
        CourseExportPartAdded: _export_part,
        ExportRequested: _export,
        UserErased: _erased,
    }
)
