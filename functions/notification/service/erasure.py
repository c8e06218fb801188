"""Forgetting a person."""

from uuid import UUID

from notification.service import contacts, messages
from notification.tables import Inbox, Preference


def erase(user_id: UUID, version: int) -> None:
    """Deletes what is kept of a person, messages on their way included; once more changes nothing.

    First nothing more is written to them. What was being written meanwhile is suppressed when it is to be sent.
    """
    contacts.forget(user_id, version)
    messages.erase_all(user_id)
    Preference(user_id).delete(add_version_condition=False)
    Inbox(user_id).delete()
