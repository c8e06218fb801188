"""Ids that follow from what happened, so that an event that comes again writes nothing a second time."""

from uuid import UUID, uuid5

from lms.events import Event
from lms.messages import Channel

_NAMESPACE = UUID("5f0a1c37-52b0-4c8e-8a3e-0d6f4b6f2f57")


def source_of(event: Event) -> str:
    """What names a fact; the same when it is published again under another event id (`lms.republish`)."""
    return f"{event.type} {event.subject} {event.version}"


def source_id(source: str) -> UUID:
    """The id of what is to be said once because of a source."""
    return uuid5(_NAMESPACE, source)


def notification_id(source: UUID, recipient_id: UUID, channel: Channel) -> UUID:
    """The id of what one person gets of it by one channel."""
    return uuid5(_NAMESPACE, f"{source} {recipient_id} {channel}")
