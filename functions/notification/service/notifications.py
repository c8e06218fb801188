"""Notifications: one row for each person and channel, written once however often its cause comes, and then queued."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from uuid import UUID

from pynamodb.expressions.update import Action

from lms.due import shard_of
from lms.dynamo import Stale, read_together, retry_stale, transaction
from lms.faults import is_transient
from lms.log import request_id
from lms.messages import Channel
from lms.settings import setting
from notification.messages.message import Message
from notification.queues import send_all
from notification.rules.identities import notification_id
from notification.rules.preferences import CHANNELS
from notification.rules.schedules import KEPT
from notification.service import contacts
from notification.service.contacts import Recipient
from notification.tables import Notification

# A transaction holds 4 MB, and a message of 10 000 characters up to 120 KB, each escaped as a pair of surrogates.
_WRITTEN_TOGETHER = 25


class RecipientsFailed(Exception):
    """The other recipients have their notifications; each of these brings a fault of their own."""

    def __init__(self, recipients: Sequence[UUID]) -> None:
        super().__init__(f"{len(recipients)} recipients")
        self.recipients = recipients


def notify(
    message: Message,
    source: UUID,
    recipients: Sequence[UUID],
    now: datetime,
    *,
    channels: Sequence[Channel] = CHANNELS,
) -> None:
    """Writes and queues a message to people as far as their preferences allow; repeated, it completes what is missing.

    What stops one recipient stops no other, whatever it is: raises `RecipientsFailed` once the others have theirs.
    Faults that pass, and one that everybody has, are raised as they are.
    """

    def write(some: Sequence[UUID]) -> None:
        people = contacts.find(some)
        rows = [row for person in people for row in _rows(message, source, person, channels, now)]
        write_and_queue(rows)

    try:
        write(recipients)
    except Exception as fault:  # whatever one recipient causes, the others are notified; nothing is swallowed
        if is_transient(fault) or len(recipients) < 2:
            raise
        failed = _in_halves(write, recipients)
        if len(failed) == len(recipients):
            raise
        if failed:
            raise RecipientsFailed(failed) from None


def notify_owner(
    message: Message,
    source: UUID,
    user_id: UUID,
    now: datetime,
    *,
    address: str,
    name: str | None = None,
    channel: Channel = "email",
) -> None:
    """Writes a message about an account to its owner at an address, once; shown in their list, too.

    Without `name`, they are addressed by theirs if they confirmed this address. Nothing is written to who was erased:
    the event may come late.
    """
    owner = contacts.find_owner(user_id)
    if owner is None:
        return
    if name is None:
        name = owner.name if channel == "email" and address == owner.email else ""
    row = draft(message, source, user_id, channel, now)
    _list(row, message)
    row.destination, row.name, row.time_zone, row.language = address, name, owner.zone, owner.language
    write_and_queue([row])


def draft(message: Message, source: UUID, recipient_id: UUID, channel: Channel, now: datetime) -> Notification:
    """A pending row that is not written yet."""
    return Notification(
        id=notification_id(source, recipient_id, channel),
        recipient_id=recipient_id,
        type=message.kind,
        status="pending",
        channel=channel,
        facts=message.model_dump(mode="json"),
        valid_until=message.valid_until,
        request_id=request_id.get(),
        created_at=now,
        updated_at=now,
        expires_at=now + KEPT,
    )


def _rows(
    message: Message, source: UUID, person: Recipient, channels: Sequence[Channel], now: datetime
) -> Iterator[Notification]:
    if person.disabled and message.group is not None:
        return
    not_before = person.preferences.quiet_until(now)
    for channel in channels:
        if not person.preferences.allow(message.group, channel):
            continue
        row = draft(message, source, person.id, channel, now)
        if channel == "in_app":
            # It has arrived once it is written.
            row.status, row.facts = "sent", None
            _list(row, message)
            yield row
        elif address := person.addresses.get(channel):
            row.destination, row.name = address, person.name
            row.time_zone, row.language = person.preferences.zone, person.preferences.language
            if not_before is not None:
                row.due_shard, row.due_at = shard_of(row.id), not_before
            yield row


def _list(row: Notification, message: Message) -> None:
    """Shows a message in the list of its recipient; `service.inbox` makes its texts."""
    row.inbox = row.unread = row.recipient_id
    # A link with a secret in it is for the mail alone.
    row.link = None if message.secrets else message.path
    row.about = message.model_dump(mode="json", exclude=set(message.secrets))


def write_and_queue(rows: Sequence[Notification]) -> None:
    """Rows first: whatever stops the work before the queue has them, it comes again and finds them pending.

    What waits for the end of quiet hours is queued by the tick.
    """
    stored: list[Notification] = []
    for begin in range(0, len(rows), _WRITTEN_TOGETHER):
        stored += _write(rows[begin : begin + _WRITTEN_TOGETHER])
    queue([row.id for row in stored if row.status == "pending" and row.due_shard is None])


def queue(notification_ids: Sequence[UUID]) -> None:
    """Hands notifications to the delivery; raises `QueueFull`."""
    send_all(setting("DELIVERY_QUEUE_URL"), [{"id": str(notification_id)} for notification_id in notification_ids])


def release(notification_id: UUID) -> None:
    """Queues a notification that waited: for the end of quiet hours, or to be tried again."""
    queue([notification_id])
    waits_no_more: list[Action] = [Notification.due_shard.remove()]
    Notification(notification_id).update(waits_no_more, Notification.id.exists(), add_version_condition=False)


def erase_all(recipient_id: UUID) -> None:
    """Deletes every notification of a person; entries that are still queued find nothing to send."""
    with Notification.batch_write() as batch:
        for row in Notification.deliveries_index.query(recipient_id):
            batch.delete(row)


def _in_halves(write: Callable[[Sequence[UUID]], None], recipients: Sequence[UUID]) -> list[UUID]:
    """Writes to both halves, and again to what cannot be written to whole; answers who fails alone."""
    failed: list[UUID] = []
    middle = len(recipients) // 2
    for half in (recipients[:middle], recipients[middle:]):
        try:
            write(half)
        except Exception as fault:  # as above: who causes it is found, and raised by the caller
            if is_transient(fault):
                raise
            failed += half if len(half) == 1 else _in_halves(write, half)
    return failed


def _write(rows: Sequence[Notification]) -> Sequence[Notification]:
    """The rows as they are stored now: written here, or before."""
    try:
        _put(rows)
    except Stale:
        return _write_missing(rows)
    return rows


@retry_stale
def _write_missing(rows: Sequence[Notification]) -> Sequence[Notification]:
    stored = read_together([(Notification, row.id, None) for row in rows])
    _put([row for row, known in zip(rows, stored, strict=True) if known is None])
    return [row if known is None else known for row, known in zip(rows, stored, strict=True)]


def _put(rows: Sequence[Notification]) -> None:
    with transaction() as tx:
        for row in rows:
            tx.put(row, Notification.id.does_not_exist())
