"""What the requests for messages of all services have in common."""

from typing import Annotated, Any, Literal

from pydantic import Field

from lms.fields import Body, Moment, Name, Passage

Channel = Literal["in_app", "email", "sms"]
MessageType = Literal["announcement", "course_update", "exam", "deadline"]
Audience = Literal["everybody", "students", "teachers"]
"""People of the whole institute, by role."""


class MessageBody(Body):
    """What a message consists of, whoever gets it. `send_at`: not before."""

    message: Passage
    type: MessageType
    subject: Name | None = None
    channels: Annotated[tuple[Channel, ...], Field(min_length=1, max_length=3)] = ("in_app", "email")
    send_at: Moment | None = None

    def content(self) -> dict[str, Any]:
        """The content as fields of a `MessageRequested`."""
        return {
            "kind": self.type,
            "subject_line": self.subject,
            "message": self.message,
            "channels": tuple(dict.fromkeys(self.channels)),
            "send_at": self.send_at,
        }
