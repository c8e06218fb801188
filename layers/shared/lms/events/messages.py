"""Messages that people write. Emitted by notification and instructor."""

from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID

from lms.events import Event


class MessageRequested(Event):
    """Somebody asks for a message to be sent to people, to a class or to an `audience`; `version` is always 1.

    `teacher_id`: for whom an administrator sends it. `accepted`: to how many people it goes.
    """

    type: ClassVar[str] = "lms.message.requested.v1"
    topic: ClassVar[str] = "lms.message"
    message_id: UUID
    sender_id: UUID
    teacher_id: UUID | None = None
    course_id: UUID | None
    recipient_ids: tuple[UUID, ...]
    kind: Literal["announcement", "course_update", "exam", "deadline"]
    subject_line: str | None
    message: str
    channels: tuple[Literal["in_app", "email", "sms"], ...]
    send_at: datetime | None
    accepted: int | None = None
    audience: Literal["everybody", "students", "teachers"] | None = None

    @property
    def subject(self) -> str:
        return f"message#{self.message_id}"
