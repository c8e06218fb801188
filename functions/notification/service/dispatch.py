"""Sending one message by its channel."""

import asyncio
from datetime import datetime
from functools import lru_cache
from typing import cast, get_args
from uuid import UUID

from lms.event_secrets import UndecryptableSecret, decrypt_secret
from lms.settings import setting
from notification import mail, sms, unsubscribing
from notification.channels import ChannelDown, Undeliverable
from notification.rules import letters, wishes
from notification.rules.messages import Kind, NoticeKind
from notification.service import messages
from notification.tables import Notification

_MAIL_SECONDS = 18


async def deliver(message_id: UUID, now: datetime) -> None:
    """Sends a message if it is still to be sent; raises `messages.Postponed` when it should come again.

    A crash between the channel's yes and the note of it sends the message once more: a mail with the same Message-ID.
    """
    # DynamoDB answers within milliseconds, so it is called in the event loop, and threads are spared.
    row = messages.claim(message_id, now)
    if row is None:
        return
    try:
        await _post(row, now)
    except Undeliverable as error:
        messages.settle(row, "failed", str(error), now)
    except ChannelDown as error:
        messages.postpone(row, str(error), now)
    else:
        messages.settle(row, "sent", None, now)


async def _post(row: Notification, now: datetime) -> None:
    kind, destination = cast(Kind, row.type), row.destination
    facts = {**cast(dict[str, str], row.facts), **_unsealed(row)}
    server = _mail_server()
    unsubscribe_url = _unsubscribe_url(row)
    wording = letters.Setting(server.institute, setting("PUBLIC_URL"), row.valid_until, unsubscribe_url)
    if row.channel == "sms":
        await asyncio.to_thread(sms.send, letters.short(kind, facts, wording), destination, _sms_account())
        return
    message = mail.compose(letters.letter(kind, facts, wording), destination, row.id, server, now, unsubscribe_url)
    try:
        async with asyncio.timeout(_MAIL_SECONDS):
            await mail.send(message, server)
    except TimeoutError:
        raise ChannelDown("SMTP: too slow") from None


def _unsubscribe_url(row: Notification) -> str | None:
    if row.type not in get_args(NoticeKind):
        return None
    token = unsubscribing.seal(row.recipient_id, wishes.group_of(cast(NoticeKind, row.type)))
    return f"{setting('PUBLIC_URL')}/notifications/unsubscribe?token={token}"


def _unsealed(row: Notification) -> dict[str, str]:
    try:
        return {name: decrypt_secret(secret) for name, secret in cast(dict[str, str], row.secrets).items()}
    except UndecryptableSecret:
        raise Undeliverable("its secret cannot be decrypted") from None


@lru_cache(maxsize=1)
def _mail_server() -> mail.MailServer:
    return mail.MailServer.from_environment()


@lru_cache(maxsize=1)
def _sms_account() -> sms.SmsAccount:
    return sms.SmsAccount.from_environment()
