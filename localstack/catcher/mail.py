"""A mail as it came by SMTP, in Mailpit's JSON."""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import getaddresses, parsedate_to_datetime
from typing import Any

SNIPPET_LENGTH = 250


def caught(raw: bytes, sender: str, recipients: Sequence[str], now: datetime) -> dict[str, Any]:
    """Everything that Mailpit says of one message; recipients whom no header names were blind copies."""
    message = message_from_bytes(raw, policy=policy.default)
    named = {who["Address"].lower() for header in ("To", "Cc") for who in _people(message, header)}
    text = _content(message, "plain")
    message_id = str(message.get("Message-ID", "")).strip("<> ")
    return {
        "ID": _identity(message_id, recipients),
        "MessageID": message_id,
        "From": next(iter(_people(message, "From")), {"Name": "", "Address": sender}),
        "To": _people(message, "To"),
        "Cc": _people(message, "Cc"),
        "Bcc": [{"Name": "", "Address": who} for who in recipients if who.lower() not in named],
        "ReplyTo": _people(message, "Reply-To"),
        "ReturnPath": sender,
        "Subject": str(message.get("Subject", "")),
        "Date": _date(message, now),
        "Created": _utc(now),
        "Tags": [],
        "Text": text,
        "HTML": _content(message, "html"),
        "Size": len(raw),
        "Snippet": " ".join(text.split())[:SNIPPET_LENGTH],
        "Inline": [],
        "ListUnsubscribe": _unsubscribe(message),
        "Attachments": [
            {"FileName": part.get_filename() or "", "ContentType": part.get_content_type()}
            for part in message.iter_attachments()
        ],
    }


def _identity(message_id: str, recipients: Sequence[str]) -> str:
    """The same for a mail that is sent again: a sender that died may not know that it was taken (RFC 5321, 4.5.3.2)."""
    if not message_id:
        return uuid.uuid4().hex
    return hashlib.sha256("\n".join([message_id, *sorted(recipients)]).encode()).hexdigest()[:32]


def _unsubscribe(message: EmailMessage) -> dict[str, Any]:
    header = str(message.get("List-Unsubscribe", ""))
    links = re.findall("<([^<>]+)>", header)
    return {"Header": header, "Links": links, "Errors": "", "HeaderPost": str(message.get("List-Unsubscribe-Post", ""))}


def _people(message: EmailMessage, header: str) -> list[dict[str, str]]:
    found = getaddresses([str(value) for value in message.get_all(header, [])])
    return [{"Name": name, "Address": address} for name, address in found if address]


def _content(message: EmailMessage, subtype: str) -> str:
    part = message.get_body((subtype,))
    if part is None:
        return ""
    try:
        return str(part.get_content())
    except LookupError:
        # A charset that nobody knows: show what can be read.
        return bytes(part.get_payload(decode=True) or b"").decode("utf-8", "replace")


def _date(message: EmailMessage, now: datetime) -> str:
    try:
        return _utc(parsedate_to_datetime(str(message["Date"])))
    except ValueError:
        return _utc(now)


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
