"""The institute itself. Emitted by institute."""

from typing import ClassVar, Literal

from lms.events import Event


class InstituteSettingsChanged(Event):
    """The institute's settings as they are now; every service also finds them on the Roster (`lms.institute`)."""

    type: ClassVar[str] = "lms.institute.settings_changed.v1"
    topic: ClassVar[str] = "lms.institute"
    name: str
    time_zone: str
    languages: tuple[str, ...]
    country: str | None
    currency: str
    registration: Literal["open", "closed"]

    @property
    def subject(self) -> str:
        return "institute"
