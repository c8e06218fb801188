"""What notification holds about a person, for their export."""

from collections.abc import Iterator
from datetime import datetime
from itertools import chain
from typing import Any
from uuid import UUID

from pynamodb.models import Model

from lms import exports
from lms.events import ExportRequested
from notification.tables import Broadcast, Contact, Notification, ReadMark, StoredPreferences


def add_part(event: ExportRequested, now: datetime) -> None:
    """Adds where a person is reached, what they want to hear of, what they wrote, and were or will be written."""
    person_id = event.person_id
    singles = (Contact.find(person_id), StoredPreferences.find(person_id), ReadMark.find(person_id))
    part = {
        "Contacts": exports.rows(row for row in singles if row is not None),
        "Notifications": list(_notifications(person_id)),
        "Broadcasts": exports.rows(chain(_planned(person_id), Broadcast.sender_index.query(person_id))),
    }
    exports.add_part(event, "notification", part, now)


def _notifications(person_id: UUID) -> Iterator[dict[str, Any]]:
    """What their list shows, and what came by other channels, without its words, which the list has."""
    shown = set()
    for row in exports.rows(Notification.inbox_index.query(person_id)):
        shown.add(row["id"])
        # Of a message about an account on its way: its code, encrypted.
        yield {name: value for name, value in row.items() if name != "facts"}
    for row in exports.rows(Notification.deliveries_index.query(person_id)):
        if row["id"] not in shown:
            yield row


def _planned(person_id: UUID) -> Iterator[Model]:
    """What is planned for them alone."""
    for key in Broadcast.recipient_index.query(person_id):
        planned = Broadcast.find(key.id)
        # It may have gone out meanwhile.
        if planned is not None:
            yield planned
