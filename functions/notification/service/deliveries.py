"""Sending notifications: each is held by one sender at a time until it is out, given up, or too late."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import cast
from uuid import UUID

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from lms.event_secrets import UndecryptableSecret, decrypt_secret
from lms.institute import current_institute
from lms.languages import Language
from lms.log import logger
from lms.messages import Channel
from lms.settings import setting
from notification import unsubscribe_links
from notification.channels import ChannelDown, Outgoing, Undeliverable, mail, sms
from notification.messages import KINDS
from notification.messages.message import Message
from notification.rules import deliveries as rules
from notification.rules.deliveries import Status
from notification.service import contacts
from notification.tables import Notification
from notification.words import Frame

# The person's list needs none: there, a message has arrived once it is written.
_SENDERS: dict[Channel, Callable[[Outgoing, datetime], Awaitable[None]]] = {"email": mail.send, "sms": sms.send}
_FORGOTTEN = (
    Notification.destination,
    Notification.name,
    Notification.time_zone,
    Notification.language,
    Notification.facts,
)


class Postponed(Exception):
    """The notification stays pending; its queue entry should come again after `pause`."""

    def __init__(self, pause: timedelta) -> None:
        super().__init__(f"again in {pause.total_seconds():.0f} s")
        self.pause = pause


async def deliver(notification_id: UUID, now: datetime) -> None:
    """Sends a notification if it is still to be sent; raises `Postponed` when it should come again.

    A crash between the channel's yes and the note of it sends it once more: a mail with the same Message-ID.
    """
    # DynamoDB answers within milliseconds, so it is called in the event loop, and threads are spared.
    row = _claim(notification_id, now)
    if row is None:
        return
    try:
        await _SENDERS[cast(Channel, row.channel)](_outgoing(row), now)
    except Undeliverable as error:
        _end(row, "failed", str(error), now, _held(row))
    except ChannelDown as error:
        _postpone(row, str(error), now)
    else:
        _end(row, "sent", None, now, _held(row))


def _outgoing(row: Notification) -> Outgoing:
    message = KINDS[row.type].model_validate({**row.facts, **_decrypted(row)})
    institute = current_institute()
    frame = Frame(
        institute=institute.name,
        public_url=setting("PUBLIC_URL"),
        name=row.name or "",
        zone=row.time_zone,
        # What waits since before rows had a language has none.
        language=cast(Language | None, row.language) or institute.language,
        unsubscribe_url=_unsubscribe_url(message, row.recipient_id),
    )
    return Outgoing(row.id, row.destination, message, frame)


def _decrypted(row: Notification) -> dict[str, str]:
    try:
        return {name: decrypt_secret(row.facts[name]) for name in KINDS[row.type].secrets if row.facts.get(name)}
    except UndecryptableSecret:
        raise Undeliverable("its secret cannot be decrypted") from None


def _unsubscribe_url(message: Message, recipient_id: UUID) -> str | None:
    if message.group is None:
        return None
    token = unsubscribe_links.make_token(recipient_id, message.group)
    return f"{setting('PUBLIC_URL')}/notifications/unsubscribe?token={token}"


def _claim(notification_id: UUID, now: datetime) -> Notification | None:
    """Holds a notification for `rules.LEASE`, so that a repeated queue entry sends nothing twice.

    None when there is nothing to send: it is out, given up, or (decided here) too late. `Postponed` while another
    sender holds it: should that one die, this entry is what brings it again.
    """
    row = Notification.find(notification_id)
    if row is None:
        logger.warning("no such notification", extra={"notification_id": str(notification_id)})
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
    if not row.update_if(None, lease):
        raise Postponed(rules.LEASE)
    return row


def _end(row: Notification, status: Status, reason: str | None, now: datetime, condition: Condition) -> None:
    """Ends a notification, and forgets whom it went to and what it said; a failed one may be tried again.

    Not one with a secret: its code would be kept long after its time.
    """
    may_come_again = status == "failed" and not KINDS[row.type].secrets
    actions: list[Action] = [
        Notification.status.set(status),
        Notification.updated_at.set(now),
        Notification.log.set(_tries(row, reason or status, now)),
        Notification.leased_until.remove(),
        *(attribute.remove() for attribute in (() if may_come_again else _FORGOTTEN)),
    ]
    if status == "failed":
        actions += [Notification.failed_year.set(now.year), Notification.failed_at.set(now)]
    actions.append(Notification.reason.set(reason) if reason else Notification.reason.remove())
    _update(row, actions, condition)
    _log(row, status, reason)


def _postpone(row: Notification, reason: str, now: datetime) -> None:
    """Lets go of a notification that the channel did not take: raises `Postponed`, or ends it after the last try."""
    if row.tries >= rules.TRIES:
        _end(row, "failed", reason, now, _held(row))
        return
    released: list[Action] = [
        Notification.leased_until.remove(),
        Notification.reason.set(reason),
        Notification.log.set(_tries(row, reason, now)),
        Notification.updated_at.set(now),
    ]
    _update(row, released, _held(row))
    _log(row, "pending", reason)
    raise Postponed(rules.pause_after(int(row.tries)))


def _held(row: Notification) -> Condition:
    # Not the version: the recipient may mark the notification as read while it is on its way.
    held: Condition = (Notification.status == "pending") & (Notification.tries == row.tries)
    return held


def _tries(row: Notification, outcome: str, now: datetime) -> list[dict[str, str]]:
    """The tries so far, for administrators."""
    return [*(row.log or []), {"at": now.isoformat(), "outcome": outcome}]


def _update(row: Notification, actions: list[Action], condition: Condition) -> None:
    if not row.update_if(condition, actions, any_version=True):
        # The lease ran out meanwhile, and another sender holds the notification: its outcome counts.
        logger.warning("notification taken over", extra={"notification_id": str(row.id)})


def _log(row: Notification, status: Status, reason: str | None) -> None:
    notification = {"notification_id": str(row.id), "type": row.type, "channel": row.channel, "tries": row.tries}
    logger.info("delivery", extra={**notification, "status": status, "reason": reason, "request_id": row.request_id})
