"""A person's export: each service that holds something of a person adds its part when it hears of the request.

Parts are files below `exports/`, which expire after a day; institute makes one file of them when all are there.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, Literal, get_args
from uuid import UUID

from pydantic import BaseModel
from pynamodb.models import Model

from lms import uploads
from lms.dynamo import Stale, transaction
from lms.events.exports import ExportPartAdded, ExportRequested
from lms.outbox import emit

Service = Literal[
    "auth", "exam", "exchange", "institute", "instructor", "notification", "payment", "program", "progress", "student"
]
SERVICES: tuple[Service, ...] = get_args(Service)
"""Those that add a part. `lms.personal_data` says what each of them holds."""
JSON = "application/json"
Part = Mapping[str, list[dict[str, Any]]]
"""Rows by table, as `lms.personal_data` names it."""


def add_part(event: ExportRequested, service: Service, part: Part, now: datetime) -> None:
    """Stores what a service holds about the person, and says so; doing it again changes nothing."""
    uploads.write(part_key(event.person_id, event.export_id, service), dump(part), JSON)
    added = ExportPartAdded(version=1, export_id=event.export_id, person_id=event.person_id, service=service)
    try:
        with transaction() as tx:
            emit(tx, added, now)
    except Stale:
        # It was said before.
        return


def rows(items: Iterable[Model]) -> list[dict[str, Any]]:
    """What is stored, by the names of attributes."""
    return [dict(item.attribute_values) for item in items]


def part_key(person_id: UUID, export_id: UUID, service: str) -> str:
    return f"{folder(person_id)}{export_id}/parts/{service}.json"


def file_key(person_id: UUID, export_id: UUID) -> str:
    return f"{folder(person_id)}{export_id}/export.json"


def folder(person_id: UUID) -> str:
    """Where all exports of a person are."""
    return f"exports/{person_id}/"


def dump(value: object) -> bytes:
    return json.dumps(value, default=_plain, ensure_ascii=False, indent=1).encode()


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, set | frozenset):
        return sorted(value)
    return value.model_dump(mode="json") if isinstance(value, BaseModel) else str(value)
