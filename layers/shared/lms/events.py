"""The catalogue of events: what happened, as versioned, frozen facts.

An event carries the whole state of its entity at `version`, never a difference, so that a consumer may drop what is
older than what it knows. `docs/asyncapi.yaml` describes the same for other languages.
"""

from datetime import datetime
from typing import Any, ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

UserType = Literal["student", "teacher", "admin"]
Channel = Literal["email", "sms"]


class Event(BaseModel):
    """A past-tense fact. Fields that a consumer does not know are ignored, so that producers may add some."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    type: ClassVar[str]
    topic: ClassVar[str]
    version: int

    @property
    def subject(self) -> str:
        """The entity whose version this is: the Kafka key, so that its events keep their order."""
        raise NotImplementedError


class Person(BaseModel):
    """Personal data, kept apart from the rest of an event so that it is easily left out of logs and copies."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    username: str
    email: str
    name: str
    mobile_number: str | None = None
    city: str | None = None
    country: str | None = None
    additional_details: dict[str, Any] = {}


class UserEvent(Event):
    topic: ClassVar[str] = "lms.user"
    user_id: UUID

    @property
    def subject(self) -> str:
        return f"user#{self.user_id}"


class UserRegistered(UserEvent):
    """An account exists; it can be used once it is provisioned at the gateway.

    `invitation` (encrypted, see `lms.sealed`) is the link token of a person whom an administrator registered.
    """

    type: ClassVar[str] = "lms.user.registered.v1"
    is_type: UserType
    roll_no: str | None
    person: Person
    invitation: str | None = None
    invitation_expires_at: datetime | None = None


class UserProvisioned(UserEvent):
    """The gateway knows the user: from now on they can sign in."""

    type: ClassVar[str] = "lms.user.provisioned.v1"
    is_type: UserType
    roll_no: str | None
    person: Person


class UserProfileUpdated(UserEvent):
    """The profile, the e-mail address or its confirmation changed; `previous_email` is set when the address did."""

    type: ClassVar[str] = "lms.user.profile_updated.v1"
    is_type: UserType
    roll_no: str | None
    person: Person
    email_verified: bool
    mobile_verified: bool
    previous_email: str | None = None


class UserCodeRequested(UserEvent):
    """A code is to be sent to `destination`; `code` and `link_token` are encrypted, worthless after `expires_at`."""

    reset_id: UUID
    channel: Channel
    destination: str
    code: str
    link_token: str | None = None
    expires_at: datetime


class UserPasswordResetRequested(UserCodeRequested):
    type: ClassVar[str] = "lms.user.password_reset_requested.v1"


class UserVerificationRequested(UserCodeRequested):
    type: ClassVar[str] = "lms.user.verification_requested.v1"


class UserPasswordChanged(UserEvent):
    """Every session has ended; the gateway credential was replaced."""

    type: ClassVar[str] = "lms.user.password_changed.v1"


class UserSessionsRevoked(UserEvent):
    """The user signed out everywhere; the gateway credential was replaced."""

    type: ClassVar[str] = "lms.user.sessions_revoked.v1"


class UserDisabled(UserEvent):
    type: ClassVar[str] = "lms.user.disabled.v1"


class UserEnabled(UserEvent):
    type: ClassVar[str] = "lms.user.enabled.v1"


class UserErased(UserEvent):
    """The tombstone of a user: forget every copy of their personal data."""

    type: ClassVar[str] = "lms.user.erased.v1"


CATALOGUE: dict[str, type[Event]] = {
    event.type: event
    for event in (
        UserRegistered,
        UserProvisioned,
        UserProfileUpdated,
        UserPasswordResetRequested,
        UserVerificationRequested,
        UserPasswordChanged,
        UserSessionsRevoked,
        UserDisabled,
        UserEnabled,
        UserErased,
    )
}
TOPICS: tuple[str, ...] = tuple(sorted({event.topic for event in CATALOGUE.values()}))
