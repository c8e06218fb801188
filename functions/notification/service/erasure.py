"""Forgetting a person."""

from datetime import timedelta
from uuid import UUID

from lms.settings import setting
from notification.queues import send_all
from notification.service import broadcasts, contacts, notifications
from notification.tables import ReadMark, StoredPreferences

# Longer than any function works at what it had read before, and than an index is behind its table.
_SECOND_LOOK = timedelta(minutes=5)


def erase(user_id: UUID, version: int) -> None:
    """Deletes what is kept of a person, messages on their way included; once more changes nothing.

    First nothing more is written to them. What was being written meanwhile is deleted by a second look.
    """
    contacts.forget(user_id, version)
    delete_all(user_id)
    send_all(setting("FANOUT_QUEUE_URL"), [{"erased": str(user_id)}], delay=_SECOND_LOOK)


def delete_all(user_id: UUID) -> None:
    """Deletes all but the tombstone of a person."""
    notifications.erase_all(user_id)
    broadcasts.erase_all(user_id)
    StoredPreferences(user_id).delete(add_version_condition=False)
    ReadMark(user_id).delete()
