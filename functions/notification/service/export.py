"""What notification holds about a person, for their export."""

from collections.abc import Iterator
from datetime import datetime
from itertools import chain
from typing import Any
from uuid import UUID

from pynamodb.models import Model

from lms import exports
from lms.events.exports import ExportRequested
from lms.languages import Language
from notification.service import contacts, inbox
from notification.tables import Broadcast, Contact, Notification, ReadMark, StoredPreferences


def add_part(event: ExportRequested, now: datetime) -> None:
    """Adds where a person is reached, what they want to hear of, what they wrote, and were or will be written."""
    person_id = event.person_id
    singles = (Contact.find(person_id), StoredPreferences.find(person_id), ReadMark.find(person_id))
    language, zone = contacts.language_of(singles[1]), contacts.zone_of(singles[1])
    part = {
        "Contacts": exports.rows(row for row in singles if row is not None),
        "Notifications": list(_notifications(person_id, language, zone)),
        "Broadcasts": exports.rows(chain(_planned(person_id), Broadcast.sender_index.query(person_id))),
    }
    exports.add_part(event, "notification", part, now)


def _notifications(person_id: UUID, language: Language, zone: str) -> Iterator[dict[str, Any]]:
    """What their list shows, and what came by other channels, without its words, which the list has."""
    shown = set()
    for listed in Notification.inbox_index.query(person_id):
        [row] = exports.rows([listed])
        shown.add(row["id"])
        subject, message = inbox.texts_of(listed, language, zone)
        # A message about an account that is still on its way holds its code, encrypted.
        row.pop("facts", None)
        yield {**row, "subject": subject, "message": message}
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
