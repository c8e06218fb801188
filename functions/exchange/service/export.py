"""What exchange adds to a person's export: which files they imported."""

from datetime import datetime

from exchange.tables import Import
from lms import exports
from lms.events.exports import ExportRequested


def add_part(event: ExportRequested, now: datetime) -> None:
    """Adds the imports that the person began."""
    rows = exports.rows(Import.person_index.query(event.person_id))
    exports.add_part(event, "exchange", {"Exchange": rows}, now)
