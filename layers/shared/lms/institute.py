"""What the institute set once and every service obeys: kept on the Roster, so that nobody has to ask for it."""

import time
from typing import Literal

from pydantic import BaseModel, ConfigDict

from lms import roster
from lms.grades import DEFAULT_SCALE, GradeStep
from lms.languages import Language

KEPT_SECONDS = 60
Registration = Literal["open", "closed"]


class Institute(BaseModel):
    """The institute's settings; as they are before anybody set any, at version 0."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: str = "Education LMS"
    logo_url: str | None = None
    time_zone: str = "UTC"
    languages: tuple[Language, ...] = ("en",)
    country: str | None = None
    currency: str = "PKR"
    registration: Registration = "open"
    grade_scale: tuple[GradeStep, ...] = DEFAULT_SCALE
    contact_email: str | None = None
    version: int = 0

    @property
    def language(self) -> Language:
        """What counts for people who chose no language: the first."""
        return self.languages[0]


class _Kept:
    """The settings of this worker: read again when they are a minute old."""

    def __init__(self) -> None:
        self._institute = Institute.model_construct()
        self._read_at = float("-inf")

    def get(self) -> Institute:
        if time.monotonic() - self._read_at > KEPT_SECONDS:
            card = roster.find_institute()
            self._institute = Institute(**{**card.settings, "version": card.version} if card else {})
            self._read_at = time.monotonic()
        return self._institute

    def forget(self) -> None:
        self._read_at = float("-inf")


kept = _Kept()


def current_institute() -> Institute:
    """The institute's settings, at most a minute old."""
    return kept.get()


def default_currency() -> str:
    """The currency of amounts for which none is given."""
    return current_institute().currency
