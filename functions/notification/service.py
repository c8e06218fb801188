"""A message's way: written and queued, then held by one sender at a time until it is out, given up, or too late."""

import json
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

import botocore.session
from pynamodb.exceptions import DoesNotExist, PutError, UpdateError
from pynamodb.expressions.update import Action

from lms.faults import is_refused
from lms.log import logger, request_id
from lms.settings import setting
from notification import rules
from notification.rules import Message, Status
from notification.tables import Notification

_FORGOTTEN = (Notification.destination, Notification.facts, Notification.secrets, Notification.leased_until)


def announce(message: Message, now: datetime) -> None:
    """Writes a message once, however often its event comes, and queues it while it is pending.

    Row first: whatever stops the work before the queue has it, the event comes again and finds it pending.
    """
    row = Notification(
        id=message.id,
        recipient_id=message.recipient_id,
        message=message.text,
        type=message.kind,
        status="pending",
        channel=message.channel,
        destination=message.destination,
        facts=message.facts,
        secrets=message.secrets,
        valid_until=message.valid_until,
        request_id=request_id.get(),
        created_at=now,
        updated_at=now,
        expires_at=now + rules.KEPT,
    )
    try:
        row.save(Notification.id.does_not_exist())
    except PutError as error:
        if not is_refused(error):
            raise
        if Notification.get(message.id, consistent_read=True).status != "pending":
            return
    body = json.dumps({"id": str(message.id)})
    sqs().send_message(QueueUrl=setting("DELIVERY_QUEUE_URL"), MessageBody=body)


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
    if row.leased_until is not None and row.leased_until > now:
        raise Postponed(row.leased_until - now)
    if rules.is_too_late(row.valid_until, now):
        settle(row, "suppressed", "too late", now)
        return None
    if row.tries >= rules.TRIES:
        settle(row, "failed", row.reason or "no try came to an end", now)
        return None
    lease: list[Action] = [
        Notification.leased_until.set(now + rules.LEASE),
        Notification.tries.set(row.tries + 1),
        Notification.updated_at.set(now),
    ]
    try:
        row.update(lease)
    except UpdateError as error:
        if not is_refused(error):
            raise
        raise Postponed(rules.LEASE) from error
    return row


def settle(row: Notification, status: Status, reason: str | None, now: datetime) -> None:
    """Ends a message, and forgets whom it went to and what it held."""
    actions: list[Action] = [
        Notification.status.set(status),
        Notification.updated_at.set(now),
        *(attribute.remove() for attribute in _FORGOTTEN),
    ]
    actions.append(Notification.reason.set(reason) if reason else Notification.reason.remove())
    _update_held(row, actions)
    _log(row, status, reason)


def postpone(row: Notification, reason: str, now: datetime) -> None:
    """Lets go of a message that no channel took for now: raises `Postponed`, or ends it after the last try."""
    if row.tries >= rules.TRIES:
        settle(row, "failed", reason, now)
        return
    released: list[Action] = [
        Notification.leased_until.remove(),
        Notification.reason.set(reason),
        Notification.updated_at.set(now),
    ]
    _update_held(row, released)
    _log(row, "pending", reason)
    raise Postponed(rules.pause_after(int(row.tries)))


def _update_held(row: Notification, actions: list[Action]) -> None:
    try:
        row.update(actions)
    except UpdateError as error:
        if not is_refused(error):
            raise
        # The lease ran out meanwhile, and another sender holds the message: its word counts.
        logger.warning("message taken over", extra={"notification_id": str(row.id)})


def _log(row: Notification, status: Status, reason: str | None) -> None:
    message = {"notification_id": str(row.id), "type": row.type, "channel": row.channel, "tries": row.tries}
    logger.info("message", extra={**message, "status": status, "reason": reason, "request_id": row.request_id})
