"""Telling people: by which channels, in which words, each once."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lms.faults import is_transient
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


class NotTold(Exception):
    """The others of the recipients were told; of these, each one alone brings a fault."""

    def __init__(self, recipients: Sequence[UUID]) -> None:
        super().__init__(f"{len(recipients)} recipients")
        self.recipients = recipients


def tell(notice: Notice, recipients: Sequence[UUID], now: datetime) -> None:
    """Writes and queues a notice to people, as far as their wishes allow; repeated, it completes what is missing.

    What stops one recipient stops no other, whatever it is: raises `NotTold` once the others are told. Faults that
    pass, and one that everybody has, are raised as they are.
    """
    try:
        _notify(notice, recipients, now)
    except Exception as fault:  # whatever one recipient causes, the others are told; nothing is swallowed
        if is_transient(fault) or len(recipients) < 2:
            raise
        failed = _notify_in_halves(notice, recipients, now)
        if len(failed) == len(recipients):
            raise
        if failed:
            raise NotTold(failed) from None


def _notify(notice: Notice, recipients: Sequence[UUID], now: datetime) -> None:
    people = contacts.find(recipients)
    messages.tell([message for person in people for message in _messages(notice, person, now)], now)


def _notify_in_halves(notice: Notice, recipients: Sequence[UUID], now: datetime) -> list[UUID]:
    """Tells both halves, and again what cannot be told whole; those who cannot be told alone come back."""
    failed: list[UUID] = []
    middle = len(recipients) // 2
    for half in (recipients[:middle], recipients[middle:]):
        try:
            _notify(notice, half, now)
        except Exception as fault:  # as above: who causes it is found, and raised by the caller
            if is_transient(fault):
                raise
            failed += half if len(half) == 1 else _notify_in_halves(notice, half, now)
    return failed


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
