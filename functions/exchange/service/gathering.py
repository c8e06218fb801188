"""Gathering the parts of exports, as their owners add them."""

from exchange import rules
from exchange.tables import CourseExport
from lms.dynamo import retry_stale, transaction
from lms.events.exchange import CourseExportPartAdded


@retry_stale
def has_all_parts(event: CourseExportPartAdded) -> bool:
    """Notes that a part came; whether the file can be written now, and is not yet."""
    found = CourseExport.find(event.export_id, "")
    if found is None or found.state != "gathering":
        return False
    if event.part not in found.parts:
        found.parts = [*found.parts, event.part]
        with transaction() as tx:
            tx.put(found)
    return set(rules.PARTS[found.format]) <= set(found.parts)
