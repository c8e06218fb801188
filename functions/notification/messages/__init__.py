"""What people are written: each kind of message is one class here, with its facts, and one section of the words."""

from notification.messages import accounts, announcements, courses, exams, payments
from notification.messages.message import Message

KINDS: dict[str, type[Message]] = {
    message.kind: message
    for module in (accounts, announcements, courses, exams, payments)
    for message in vars(module).values()
    if isinstance(message, type) and issubclass(message, Message) and hasattr(message, "kind")
}
