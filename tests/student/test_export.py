"""What student adds to a person's export."""

import json
from datetime import datetime
from typing import Any
from uuid import uuid4

from lms.events.exports import ExportPartAdded, ExportRequested
from tests.conftest import Outbox
from tests.student.conftest import School


def test_record_and_report_cards_are_added_and_it_is_said_once(school: School, outbox: Outbox, bucket: Any) -> None:
    assert school.update(address="12 Canal Road", date_of_birth="2004-05-17").status == 200
    requested = ExportRequested(version=1, export_id=uuid4(), person_id=school.student.id)
    school.consume(requested)
    school.consume(requested)
    [found] = bucket.objects.all()
    assert found.key == f"exports/{school.student.id}/{requested.export_id}/parts/student.json"
    part = json.loads(found.get()["Body"].read())
    assert part["Students"][0]["own"] == {"address": "12 Canal Road", "date_of_birth": "2004-05-17"}
    assert datetime.fromisoformat(part["Students"][0]["created_at"]) == school.clock()
    [added] = outbox.of(ExportPartAdded)
    assert (added.export_id, added.service) == (requested.export_id, "student")
