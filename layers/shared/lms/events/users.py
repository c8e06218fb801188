"""What happens to accounts, and to the people who have them. Emitted by auth; preferences by notification."""

from datetime import datetime
from typing import Any, ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from lms.callers import Role
from lms.events import Event
from lms.languages import Language

CodeChannel = Literal["email", "sms"]


MobileChange = Literal["set", "confirmed", "dropped"]


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

    @staticmethod
    def subject_of(user_id: UUID) -> str:
        """The subject of all events of a user."""
        return f"user#{user_id}"

    @property
    def subject(self) -> str:
        return self.subject_of(self.user_id)


class UserRegistered(UserEvent):
    """An account exists; it can be used once it is provisioned at the gateway.

    `invitation` (encrypted, see `lms.event_secrets`) is the link token of a person whom an administrator registered.
    `language` is the one in which somebody registered themselves.
    """

    type: ClassVar[str] = "lms.user.registered.v1"
    role: Role
    roll_no: str | None
    person: Person
    invitation: str | None = None
    invitation_expires_at: datetime | None = None
    language: Language | None = None


class UserProvisioned(UserEvent):
    """The gateway knows the user: from now on they can sign in."""

    type: ClassVar[str] = "lms.user.provisioned.v1"
    role: Role
    roll_no: str | None
    person: Person
    email_verified: bool = False


class UserProfileUpdated(UserEvent):
    """The profile, the e-mail address or a confirmation changed.

    `previous_email` is set when the address did, with whether it had been confirmed; `mobile_change` when the mobile
    number or its confirmation did.

    Republished (`lms.republish`), it is all that there is to know of a user, so it says whether they are disabled.
    """

    type: ClassVar[str] = "lms.user.profile_updated.v1"
    role: Role
    roll_no: str | None
    person: Person
    email_verified: bool
    mobile_verified: bool
    disabled: bool = False
    previous_email: str | None = None
    previous_email_verified: bool = False
    mobile_change: MobileChange | None = None


class UserCodeRequested(UserEvent):
    """A code is to be sent to `destination`; `code` and `link_token` are encrypted, worthless after `expires_at`."""

    reset_id: UUID
    channel: CodeChannel
    destination: str
    code: str
    link_token: str | None = None
    expires_at: datetime


class UserPasswordResetRequested(UserCodeRequested):
    type: ClassVar[str] = "lms.user.password_reset_requested.v1"


class UserVerificationRequested(UserCodeRequested):
    type: ClassVar[str] = "lms.user.verification_requested.v1"


class UserInvited(UserCodeRequested):
    """An administrator sends an invitation again; `link_token` alone counts."""

    type: ClassVar[str] = "lms.user.invited.v1"


class UserPasswordChanged(UserEvent):
    """Every session has ended; the gateway credential was replaced.

    `reset_by` is how the code or link was sent that set the password; None when the current password was given.
    """

    type: ClassVar[str] = "lms.user.password_changed.v1"
    reset_by: CodeChannel | None = None


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


class UserPreferencesChanged(Event):
    """A person chose another time zone or language; `version` is that of their preferences.

    Null: they chose none, and the institute's counts.
    """

    type: ClassVar[str] = "lms.user.preferences_changed.v1"
    topic: ClassVar[str] = "lms.user"
    user_id: UUID
    time_zone: str | None
    language: Language | None = None

    @property
    def subject(self) -> str:
        return f"preferences#{self.user_id}"


class CoursesRequested(Event):
    """An administrator imported a person with courses to learn in, or to teach; `version` is always 1.

    Whoever can give what the role asks for does so, or says why not (`CourseRequestRefused`). Nobody who left a course
    is brought back by it.
    """

    type: ClassVar[str] = "lms.user.courses_requested.v1"
    topic: ClassVar[str] = "lms.user"
    import_id: UUID
    user_id: UUID
    role: Role
    course_ids: tuple[UUID, ...]
    requested_by: UUID

    @property
    def subject(self) -> str:
        return f"course_request#{self.import_id}#{self.user_id}"


CourseRefusal = Literal["closed", "deleted", "full", "inactive", "left", "standing", "unpaid"]
"""Why a person did not get into a course; `inactive` and `standing` are about the person."""


class CourseRequestRefused(Event):
    """A person who was imported did not get into one of the courses; `version` is always 1."""

    type: ClassVar[str] = "lms.user.course_request_refused.v1"
    topic: ClassVar[str] = "lms.user"
    import_id: UUID
    user_id: UUID
    course_id: UUID
    requested_by: UUID
    reason: CourseRefusal

    @property
    def subject(self) -> str:
        return f"course_request#{self.import_id}#{self.user_id}#{self.course_id}"
