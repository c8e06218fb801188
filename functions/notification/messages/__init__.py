"""What people are written: each kind of message is one class here, with its facts, and one section of the words."""

from collections.abc import Mapping
from typing import Any

from notification.messages import accounts, announcements, courses, exams, payments
from notification.messages.message import Message

KINDS: dict[str, type[Message]] = {
    message.kind: message
    for module in (accounts, announcements, courses, exams, payments)
    for message in vars(module).values()
    if isinstance(message, type) and issubclass(message, Message) and hasattr(message, "kind")
}


def without_secrets(kind: str, facts: Mapping[str, Any]) -> Message:
    """A message of the person's list, which says nothing of its secrets."""
    return KINDS[kind].model_validate({**dict.fromkeys(KINDS[kind].secrets, ""), **facts})
