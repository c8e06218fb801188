"""Telling people: by which channels, in which words, each once."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from notification.rules import wishes
from notification.rules.messages import Channel, Message, NoticeKind, message_id_of
from notification.rules.wordings import word
from notification.service import contacts, messages
from notification.service.contacts import Reachable


@dataclass(frozen=True)
class Notice:
    """What to tell; who gets it twice under one `id` gets it once."""

    id: UUID
    kind: NoticeKind
    facts: Mapping[str, str]
    channels: Sequence[Channel] = wishes.CHANNELS
    valid_until: datetime | None = None


def tell(notice: Notice, recipients: Sequence[UUID], now: datetime) -> None:
    """Writes and queues a notice to people, as far as their wishes allow; repeated, it completes what is missing."""
    people = contacts.find(recipients)
    messages.tell([message for person in people for message in _messages(notice, person, now)], now)


def _messages(notice: Notice, person: Reachable, now: datetime) -> Iterator[Message]:
    if person.disabled:
        return
    wording = word(notice.kind, notice.facts, person.wishes.zone)
    destinations: dict[Channel, str | None] = {"in_app": None, "email": person.email, "sms": person.mobile_number}
    facts = {"name": person.name, "subject": wording.subject, "text": wording.text}
    for channel in notice.channels:
        in_app = channel == "in_app"
        if not person.wishes.allow(notice.kind, channel) or (destinations[channel] is None and not in_app):
            continue
        yield Message(
            id=message_id_of(notice.id, person.id, channel),
            recipient_id=person.id,
            kind=notice.kind,
            channel=channel,
            text=wording.text if in_app else wording.subject,
            destination=destinations[channel],
            facts={} if in_app else facts,
            valid_until=notice.valid_until,
            not_before=None if in_app else wishes.quiet_until(person.wishes, now),
            listed=in_app,
        )
