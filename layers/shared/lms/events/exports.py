"""The export of all that is held about a person. Emitted by institute; the parts by every service."""

from typing import ClassVar
from uuid import UUID

from lms.events import Event


class ExportEvent(Event):
    """`version` is always 1. On the topic of users, so that who holds something of a person consumes it already."""

    topic: ClassVar[str] = "lms.user"
    export_id: UUID
    person_id: UUID


class ExportRequested(ExportEvent):
    """Somebody wants everything that the system holds about a person; each service adds its part (`lms.exports`)."""

    type: ClassVar[str] = "lms.export.requested.v1"

    @property
    def subject(self) -> str:
        return f"export#{self.export_id}"


class ExportPartAdded(ExportEvent):
    """A service has added what it holds about the person, or that this is nothing."""

    type: ClassVar[str] = "lms.export.part_added.v1"
    service: str

    @property
    def subject(self) -> str:
        return f"export#{self.export_id}#{self.service}"
