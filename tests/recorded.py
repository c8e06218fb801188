"""The recorded events of `events/`, and what they name."""

import json
from typing import Any
from uuid import UUID, uuid4

from operations.source import ROOT

COURSE = UUID("018f4e2a-80aa-7c10-8a11-3b5d7f9e1c21")
EXAM = UUID("018f4e2a-8f01-7e55-9c33-5d7f9e1c2b43")
STUDENT = UUID("018f4e2a-7c1e-7d3b-9a54-2f6f1c0d9e11")


def event(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((ROOT / "events" / f"{name}.json").read_text())
    return found


def open_course() -> None:
    """Lets the course that they name exist."""
    from lms import roster
    from lms.dynamo import transaction

    with transaction() as tx:
        roster.put_course(tx, COURSE, title="Agents", program_id=uuid4(), requires_payment=False, version=1)
