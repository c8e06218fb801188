"""A message's way: written and queued, then held by one sender at a time until it is out, given up, or too late."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

import botocore.session
from pynamodb.exceptions import DoesNotExist, UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from lms.dynamo import Stale, read_together, retry_stale, transaction
from lms.errors import Unavailable
from lms.faults import condition_failed
from lms.log import logger, request_id
from lms.settings import setting
from notification.rules import messages as rules
from notification.rules.messages import Message, Status
from notification.service import contacts
from notification.tables import DUE_SHARDS, MessageDueIndex, Notification

_FORGOTTEN = (Notification.destination, Notification.facts, Notification.secrets, Notification.leased_until)
_QUEUE_BATCH = 10
# A transaction holds 4 MB, and a message of 10 000 characters up to 120 KB, each escaped as a pair of surrogates.
_WRITTEN_TOGETHER = 25


def announce(message: Message, now: datetime) -> None:
    """Writes a message once, however often its event comes, and queues it while it is pending.

    Nothing is written to who was erased: the event may come late.
    """
    if not contacts.is_erased(message.recipient_id):
        tell([message], now)


def tell(told: Sequence[Message], now: datetime) -> None:
    """Writes messages once, however often they come, and queues those that are pending.

    Rows first: whatever stops the work before the queue has them, it comes again and finds them pending. In the
    application a message has arrived once it is written; one that waits for the end of quiet hours is queued by the
    tick.
    """
    rows = [_row(message, now) for message in told]
    stored: list[Notification] = []
    for begin in range(0, len(rows), _WRITTEN_TOGETHER):
        stored += _write(rows[begin : begin + _WRITTEN_TOGETHER])
    enqueue([row.id for row in stored if row.status == "pending" and row.due_shard is None])


def _row(message: Message, now: datetime) -> Notification:
    waits = message.not_before is not None and message.not_before > now
    return Notification(
        id=message.id,
        recipient_id=message.recipient_id,
        inbox=message.recipient_id if message.listed else None,
        message=message.text,
        type=message.kind,
        status="sent" if message.channel == "in_app" else "pending",
        channel=message.channel,
        destination=message.destination,
        facts=message.facts,
        secrets=message.secrets,
        valid_until=message.valid_until,
        due_shard=message.id.int % DUE_SHARDS if waits else None,
        due_at=message.not_before if waits else None,
        request_id=request_id.get(),
        created_at=now,
        updated_at=now,
        expires_at=now + rules.KEPT,
    )


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


def enqueue(message_ids: Sequence[UUID]) -> None:
    """Hands messages to the delivery queue, ten a call; raises `Unavailable` when it did not take them all."""
    send_all(setting("DELIVERY_QUEUE_URL"), [{"id": str(message_id)} for message_id in message_ids])


def due(shard: int, now: datetime) -> Iterable[UUID]:
    """The messages of one shard whose quiet hours are over."""
    return (row.id for row in Notification.due_index.query(shard, MessageDueIndex.due_at <= now))


def release(message_id: UUID) -> None:
    """Queues a message that waited for the end of quiet hours."""
    enqueue([message_id])
    waits_no_more: list[Action] = [Notification.due_shard.remove()]
    Notification(message_id).update(waits_no_more, Notification.id.exists(), add_version_condition=False)


def erase_all(recipient_id: UUID) -> None:
    """Deletes every message to a person; entries that still queue find nothing to send."""
    with Notification.batch_write() as batch:
        for row in Notification.deliveries_index.query(recipient_id):
            batch.delete(row)


def send_all(queue_url: str, bodies: Sequence[Mapping[str, str | None]], *, delay: timedelta = timedelta()) -> None:
    """Puts entries into a queue, to be seen after a delay; raises `Unavailable` when it did not take them all."""
    for begin in range(0, len(bodies), _QUEUE_BATCH):
        entries = [
            {"Id": str(place), "MessageBody": json.dumps(body), "DelaySeconds": int(delay.total_seconds())}
            for place, body in enumerate(bodies[begin : begin + _QUEUE_BATCH])
        ]
        if sqs().send_message_batch(QueueUrl=queue_url, Entries=entries).get("Failed"):
            raise Unavailable("The queue did not take all messages.")


@lru_cache(maxsize=1)
def sqs() -> Any:
    """The worker's client of the delivery queue."""
    return botocore.session.get_session().create_client("sqs", region_name=setting("AWS_REGION"))


class Postponed(Exception):
    """The message stays pending; its queue entry should come again after `pause`."""

    def __init__(self, pause: timedelta) -> None:
        super().__init__(f"again in {pause.total_seconds():.0f} s")
        self.pause = pause


def claim(message_id: UUID, now: datetime) -> Notification | None:
    """Holds a message for `rules.LEASE`, so that a repeated queue entry sends nothing twice.

    None when there is nothing to send: it is out, given up, or (decided here) too late. `Postponed` while another
    sender holds it: should that one die, this entry is what brings the message again.
    """
    try:
        row = Notification.get(message_id, consistent_read=True)
    except DoesNotExist:
        logger.warning("no such message", extra={"notification_id": str(message_id)})
        return None
    if row.status != "pending":
        return None
    if row.due_shard is not None and row.due_at > now:
        return None
    if row.leased_until is not None and row.leased_until > now:
        raise Postponed(row.leased_until - now)
    if contacts.is_erased(row.recipient_id):
        row.delete(add_version_condition=False)
        return None
    if rules.is_too_late(row.valid_until, now):
        _end(row, "suppressed", "too late", now, Notification.version == row.version)
        return None
    if row.tries >= rules.TRIES:
        _end(row, "failed", row.reason or "no try came to an end", now, Notification.version == row.version)
        return None
    lease: list[Action] = [
        Notification.leased_until.set(now + rules.LEASE),
        Notification.tries.set(row.tries + 1),
        Notification.updated_at.set(now),
    ]
    try:
        row.update(lease)
    except UpdateError as error:
        if not condition_failed(error):
            raise
        raise Postponed(rules.LEASE) from error
    return row


def settle(row: Notification, status: Status, reason: str | None, now: datetime) -> None:
    """Ends a message that is held, and forgets whom it went to and what it held."""
    _end(row, status, reason, now, _held(row))


def _end(row: Notification, status: Status, reason: str | None, now: datetime, condition: Condition) -> None:
    actions: list[Action] = [
        Notification.status.set(status),
        Notification.updated_at.set(now),
        Notification.log.set(_logged(row, reason or status, now)),
        *(attribute.remove() for attribute in _FORGOTTEN),
    ]
    actions.append(Notification.reason.set(reason) if reason else Notification.reason.remove())
    _update(row, actions, condition)
    _log(row, status, reason)


def postpone(row: Notification, reason: str, now: datetime) -> None:
    """Lets go of a message that no channel took for now: raises `Postponed`, or ends it after the last try."""
    if row.tries >= rules.TRIES:
        settle(row, "failed", reason, now)
        return
    released: list[Action] = [
        Notification.leased_until.remove(),
        Notification.reason.set(reason),
        Notification.log.set(_logged(row, reason, now)),
        Notification.updated_at.set(now),
    ]
    _update(row, released, _held(row))
    _log(row, "pending", reason)
    raise Postponed(rules.pause_after(int(row.tries)))


def _held(row: Notification) -> Condition:
    # Not the version: the recipient may mark the message as read while it is on its way.
    held: Condition = (Notification.status == "pending") & (Notification.tries == row.tries)
    return held


def _logged(row: Notification, outcome: str, now: datetime) -> list[dict[str, str]]:
    """The tries of a message so far, for administrators."""
    return [*(row.log or []), {"at": now.isoformat(), "outcome": outcome}]


def _update(row: Notification, actions: list[Action], condition: Condition) -> None:
    try:
        row.update(actions, condition, add_version_condition=False)
    except UpdateError as error:
        if not condition_failed(error):
            raise
        # The lease ran out meanwhile, and another sender holds the message: its word counts.
        logger.warning("message taken over", extra={"notification_id": str(row.id)})


def _log(row: Notification, status: Status, reason: str | None) -> None:
    message = {"notification_id": str(row.id), "type": row.type, "channel": row.channel, "tries": row.tries}
    logger.info("message", extra={**message, "status": status, "reason": reason, "request_id": row.request_id})
