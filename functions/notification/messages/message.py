"""What all messages have, and the types of their facts beside those of Python."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, ClassVar

from pydantic import AfterValidator, BaseModel, ConfigDict

from notification.rules.preferences import Group

Line = Annotated[str, AfterValidator(lambda typed: " ".join(typed.split()))]
"""Text that stays on one line, whatever was typed: a second one could pass for a line of the institute's."""


class Money(BaseModel):
    model_config = ConfigDict(frozen=True)

    amount: Decimal
    currency: str


class Titles(BaseModel):
    """The first titles of a longer list, and how many it has."""

    model_config = ConfigDict(frozen=True)

    first: tuple[Line, ...]
    count: int


class Message(BaseModel):
    """The facts of one message; `notification.words` has its sentences, under `section`.

    They are stored until the message is out, so a fact that is added later needs a default.
    """

    model_config = ConfigDict(frozen=True)

    kind: ClassVar[str]
    group: ClassVar[Group | None] = None
    """What it is switched off with; None: it is about the account, and always comes."""
    secrets: ClassVar[tuple[str, ...]] = ()
    """The facts that are encrypted (`lms.event_secrets`) until it is sent."""

    @property
    def section(self) -> str:
        """Where its words stand."""
        return self.kind

    @property
    def variant(self) -> str:
        """The part of the section that says it differently; empty for most."""
        return ""

    @property
    def path(self) -> str | None:
        """The page that it leads to."""
        return None

    @property
    def valid_until(self) -> datetime | None:
        """When it is too late to send it."""
        return None
