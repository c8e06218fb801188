"""Exports of courses: the owners of outline and question bank add a part each, exchange makes a file of them."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from lms import uploads
from lms.dynamo import Stale, transaction
from lms.events.exchange import CourseExportPart, CourseExportPartAdded, CourseExportRequested
from lms.outbox import emit


def add_part(event: CourseExportRequested, part: CourseExportPart, content: Mapping[str, Any], now: datetime) -> None:
    """Stores a part of the export, and says so; doing it again changes nothing.

    Its `files` are `{"key", "name", "contentType", "size"}`: where they are stored, and what they are called in it.
    """
    uploads.write(event.part_key(part), json.dumps(content, ensure_ascii=False).encode(), "application/json")
    try:
        with transaction() as tx:
            emit(tx, CourseExportPartAdded(version=1, export_id=event.export_id, part=part), now)
    except Stale:
        # It was said before.
        return
